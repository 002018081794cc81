"""Which pods go when there are too many: the criteria, one after the other."""

from conformance.builders import BY_HAND, UNBOUND, container, object_of, replica_set
from conformance.objects import ago, container_status
from conformance.replicaset import scenario

RUNNING = "Running"
COST = "controller.kubernetes.io/pod-deletion-cost"
LONG_AGO = "2026-01-01T00:00:00Z"


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
        side.pod_status(pod, ready=pod != pods[2], since=LONG_AGO, phase=RUNNING)
    side.annotate(pods[2], **{COST: "100"})
    shrink(side, 3)


@scenario(smoke=True)
def cheaper_pods_go_first(side):
    """Rule 4: the lower deletion cost."""
    side.create(replica_set(replicas=4))
    side.settle("created")
    for pod, cost in zip(marked(side), ("10", "-5", "2147483647", "0"), strict=True):
        side.annotate(pod, **{COST: cost})
    for replicas in (3, 2, 1):
        shrink(side, replicas)


@scenario
def an_invalid_cost_is_refused(side):
    """Rule 4: +10, 008, words and what exceeds 32 bits never get into a pod."""
    side.create(replica_set(replicas=1))
    side.settle("created")
    for cost in ("+10", "008", "much", "2147483648", ""):
        annotations = {COST: cost}
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
    for pod in side.names("other"):
        side.pod_status(pod, ready=True, since=LONG_AGO, phase=RUNNING)
    for pod, restarts in zip(side.names(), (9, 9, 0), strict=True):  # which would spare the third
        side.pod_status(pod, ready=True, since=LONG_AGO, restarts=restarts, phase=RUNNING)
    shrink(side, 2)


@scenario
def crowds_do_not_matter_without_a_common_controller(side):
    """Rule 5 holds only for sets under one controller: here restarts decide against the crowd."""
    side.create(replica_set(replicas=3, pod=UNBOUND))
    side.settle("created")
    for pod, node, restarts in zip(marked(side), (1, 1, 2), (0, 0, 5), strict=True):
        side.bind(pod, f"by-hand-{node}")
        side.pod_status(pod, ready=True, since=LONG_AGO, restarts=restarts, phase=RUNNING)
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
        side.pod_status(pod, ready=True, since=LONG_AGO, restarts=restarts, phase=RUNNING)
    shrink(side, 2)
    shrink(side, 1)


@scenario
def often_restarted_sidecars_go_first(side):
    """Rule 7: where containers restarted equally often, sidecars decide; init containers never do."""
    sidecar, first = container(name="log", restartPolicy="Always"), container(name="first")
    for pod, (log, init) in zip(
        by_hand(side, 3, initContainers=[first, sidecar]), ((1, 0), (7, 0), (3, 50)), strict=True
    ):
        statuses = [container_status("first", init), container_status("log", log)]
        ready = {"ready": True, "since": LONG_AGO, "restarts": 4, "phase": RUNNING}
        side.pod_status(pod, **ready, initContainerStatuses=statuses)
    shrink(side, 2)
    shrink(side, 1)


@scenario
def uids_decide_between_ages_of_one_magnitude(side):
    """Rule 6: ready for 5 to 8 years, all between 2^57 and 2^58 ns: as if by lot, not the youngest."""
    side.create(replica_set(replicas=6, pod=BY_HAND))
    side.settle("created")
    pods = side.names()
    for pod, years in zip(pods, (5, 8, 6, 7, 5.5, 6.5), strict=True):
        since = ago(days=365 * years)
        side.pod_status(pod, ready=True, since=since, phase=RUNNING)
    uids = {pod: side.get("Pod", pod)["metadata"]["uid"] for pod in pods}
    for gone in sorted(pods, key=uids.get)[:5]:
        side.scale(len(side.names()) - 1)
        side.until(lambda gone=gone: gone not in side.names(), "the lowest uid goes")
        side.until(lambda: side.get()["status"]["replicas"] == len(side.names()), "counted")
    side.settle("one is left")


@scenario(smoke=True)
def the_first_difference_decides(side):
    """Each pod is the worst by one criterion, and the best by all that come after it."""
    side.create(replica_set(replicas=7, pod=UNBOUND))
    side.settle("created")
    pods, late, early = marked(side), "2026-06-01T00:00:00Z", "2020-01-01T00:00:00Z"
    for pod, (bound, phase, ready, cost, since, restarts) in zip(
        pods,
        (
            (False, RUNNING, True, "9", early, 0),
            (True, "Pending", True, "9", early, 0),
            (True, RUNNING, False, "9", early, 0),
            (True, RUNNING, True, "1", early, 0),
            (True, RUNNING, True, "2", late, 0),
            (True, RUNNING, True, "2", early, 9),
            (True, RUNNING, True, "2", early, 8),
        ),
        strict=True,
    ):
        if bound:
            side.bind(pod, "by-hand-1")
        side.annotate(pod, **{COST: cost})
        side.pod_status(pod, ready=ready, since=since, restarts=restarts, phase=phase)
    for replicas in range(6, 0, -1):
        shrink(side, replicas)


@scenario
def young_pods_go_first(side):
    """Rule 8: created more recently, where nothing else differs."""
    by_hand(side, 3)  # three of each, so that a lot drawn by uids does not look like a rule
    side.pause(8)
    side.scale(6)
    side.settle("three more")
    shrink(side, 3)
