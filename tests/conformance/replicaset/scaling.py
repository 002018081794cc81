"""How many pods there are, and which of them go."""

from conformance.builders import BY_HAND, UNBOUND, object_of, replica_set
from conformance.replicaset import scenario

RUNNING = "Running"


def marked(side, *, name="web"):
    """The pods' names, each pod annotated with a letter of its own, so that the story tells them apart."""
    names = side.names(name)
    for letter, pod in zip("abcdefgh", names):  # noqa: B905  # as many letters as pods
        side.annotate(pod, mark=letter)
    return names


def by_hand(side, replicas, **fields):
    """A set whose pods run on a node that we are the kubelet of; their names."""
    side.create(replica_set(replicas=replicas, pod=BY_HAND | fields))
    side.settle("created")
    return marked(side)


def shrink(side, to):
    side.settle("prepared")
    side.scale(to)
    side.settle(f"scaled to {to}")


@scenario(smoke=True)
def scale_up_and_down(side):
    """As many pods as wished: 2, 5, 1, 0, 2."""
    side.create(replica_set(replicas=2))
    side.settle("2")
    for pod in side.names():  # so that it is not chance whether the first or the later ones go
        side.annotate(pod, **{"controller.kubernetes.io/pod-deletion-cost": "1"})
    for replicas in (5, 1, 0, 2):
        side.scale(replicas)
        side.settle(str(replicas))


@scenario
def no_replicas_given(side):
    """One replica is the default."""
    manifest = replica_set()
    del manifest["spec"]["replicas"]
    side.create(manifest)
    side.settle("created")


@scenario
def no_replicas_wished(side):
    """A set of none has a status, and no pod."""
    side.create(replica_set(replicas=0))
    side.settle("created")


@scenario(smoke=True)
def pods_without_a_node_go_first(side):
    """Rule 1: a pod that is on no node yet is the cheapest."""
    side.create(replica_set(replicas=4, pod=UNBOUND))
    side.settle("created")
    for number, pod in enumerate(marked(side)):
        if number < 2:
            side.bind(pod, "by-hand-1")
    shrink(side, 2)


@scenario
def earlier_phases_go_first(side):
    """Rule 2: Pending before Unknown before Running."""
    pods = by_hand(side, 4)
    for pod, phase in zip(pods, (RUNNING, "Unknown", "Pending", RUNNING), strict=True):
        side.pod_status(pod, phase=phase)
    shrink(side, 3)
    shrink(side, 2)


@scenario(smoke=True)
def unready_pods_go_first(side):
    """Rule 3: not ready before ready, whatever it costs."""
    pods = by_hand(side, 4)
    for pod in pods:
        side.pod_status(pod, ready=pod != pods[2], since="2026-01-01T00:00:00Z", phase=RUNNING)
    side.annotate(pods[2], **{"controller.kubernetes.io/pod-deletion-cost": "100"})
    shrink(side, 3)


@scenario(smoke=True)
def cheaper_pods_go_first(side):
    """Rule 4: the lower deletion cost."""
    side.create(replica_set(replicas=4))
    side.settle("created")
    for pod, cost in zip(marked(side), ("10", "-5", "2147483647", "0"), strict=True):
        side.annotate(pod, **{"controller.kubernetes.io/pod-deletion-cost": cost})
    for replicas in (3, 2, 1):
        shrink(side, replicas)


@scenario
def an_invalid_cost_is_refused(side):
    """Rule 4: +10, 008, words and what exceeds 32 bits never get into a pod."""
    side.create(replica_set(replicas=1))
    side.settle("created")
    for cost in ("+10", "008", "much", "2147483648", ""):
        annotations = {"controller.kubernetes.io/pod-deletion-cost": cost}
        side.attempt(f"cost {cost!r}", side.annotate, side.names()[0], **annotations)


@scenario
def crowded_nodes_are_relieved_first(side):
    """Rule 5: with a common controller, the node with more pods of all its sets."""
    owner = side.create(object_of("ConfigMap", "boss"))
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "boss", "controller": True}
    reference["uid"] = owner["metadata"]["uid"]
    for name, replicas in (("web", 3), ("other", 2)):
        manifest = replica_set(name, replicas, labels={"of": name}, pod=UNBOUND)
        manifest["metadata"]["ownerReferences"] = [reference]
        side.create(manifest)
    side.settle("created")
    for pod, node in zip(marked(side), (1, 1, 2), strict=True):
        side.bind(pod, f"by-hand-{node}")
    for pod in side.names("other"):
        side.bind(pod, "by-hand-2")
    since = "2026-01-01T00:00:00Z"
    for pod in (*side.names(), *side.names("other")):
        side.pod_status(pod, ready=True, since=since, phase=RUNNING)
    shrink(side, 2)


@scenario
def crowds_do_not_matter_without_a_common_controller(side):
    """Rule 5 holds only for sets under one controller: here restarts decide against the crowd."""
    side.create(replica_set(replicas=3, pod=UNBOUND))
    side.settle("created")
    for pod, node, restarts in zip(marked(side), (1, 1, 2), (0, 0, 5), strict=True):
        side.bind(pod, f"by-hand-{node}")
        since = "2026-01-01T00:00:00Z"
        side.pod_status(pod, ready=True, since=since, restarts=restarts, phase=RUNNING)
    shrink(side, 2)


@scenario
def the_newly_ready_go_first(side):
    """Rule 6: ready more recently, by powers of two; a time that is not known first of all."""
    times = ("2020-01-01T00:00:00Z", None, "2026-06-01T00:00:00Z", "2000-01-01T00:00:00Z")
    for pod, since in zip(by_hand(side, 4), times, strict=True):
        side.pod_status(pod, ready=True, since=since, phase=RUNNING)
    for replicas in (3, 2, 1):
        shrink(side, replicas)


@scenario
def often_restarted_pods_go_first(side):
    """Rule 7: the highest restart count of a container."""
    for pod, restarts in zip(by_hand(side, 3), (1, 7, 3), strict=True):
        side.pod_status(
            pod, ready=True, since="2026-01-01T00:00:00Z", restarts=restarts, phase=RUNNING
        )
    shrink(side, 2)
    shrink(side, 1)


@scenario
def young_pods_go_first(side):
    """Rule 8: created more recently, where nothing else differs."""
    by_hand(side, 1)
    side.pause(8)
    side.scale(2)
    side.settle("one more")
    shrink(side, 1)


@scenario
def scale_through_a_put(side):
    """PUT of /scale with a resource version, as autoscalers do; an old version conflicts."""
    side.create(replica_set(replicas=1))
    side.settle("created")
    scale = side.get(subresource="scale")
    side.notes["scale"] = scale
    scale["spec"]["replicas"] = 3
    side.attempt("put", side.api.put, side.path("ReplicaSet", "web", "scale"), scale)
    side.settle("scaled")
    scale["spec"]["replicas"] = 2
    side.attempt(
        "put of an old version", side.api.put, side.path("ReplicaSet", "web", "scale"), scale
    )
    side.attempt("negative", side.scale, -1)
    side.settle("as before")
