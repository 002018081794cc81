"""Pods of a set go where their template lets them, and the set says when there is no such place."""

import contextlib
from collections import Counter
from datetime import datetime

import pytest
from operating import eventually
from words import Watch, built_in, expose, name_of, only_pod, set_of, shell, uids

HOST = "kubernetes.io/hostname"
CONTROL_PLANE = "node-role.kubernetes.io/control-plane"
TOLERANT = [{"key": CONTROL_PLANE, "operator": "Exists", "effect": "NoSchedule"}]
NO_NODE = "the scheduler to find nodes for its pods"


def placed(name="web", replicas=3, **pod):
    """A set whose pods do nothing; `pod` says where."""
    # Where nothing is requested the scheduler assumes 100m and 200 MB, and prefers emptier nodes.
    resources = {"requests": {"cpu": "1m", "memory": "1Mi"}}
    container = shell("exec sleep infinity", resources=resources)
    return set_of(container, name=name, replicas=replicas, pod=pod)


def only_on(*nodes, operator="In"):
    expression = {"key": HOST, "operator": operator, "values": list(nodes)}
    return {"nodeAffinity": _required({"nodeSelectorTerms": [{"matchExpressions": [expression]}]})}


def prefers(*weights):
    """Preferences in the form (weight, node)."""
    terms = [
        {
            "weight": weight,
            "preference": {"matchExpressions": [{"key": HOST, "operator": "In", "values": [node]}]},
        }
        for weight, node in weights
    ]
    return {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": terms}}


def near(name):
    return {"podAffinity": _required([_pods_of(name)])}


def one_per_node(name="web"):
    return {"podAntiAffinity": _required([_pods_of(name)])}


def _required(terms):
    return {"requiredDuringSchedulingIgnoredDuringExecution": terms}


def _pods_of(name):
    return {"labelSelector": {"matchLabels": {"app": name}}, "topologyKey": HOST}


def spread(name="web", otherwise="DoNotSchedule"):
    """A constraint that counts only nodes whose taints the pods tolerate."""
    selector = {"labelSelector": {"matchLabels": {"app": name}}, "nodeTaintsPolicy": "Honor"}
    constraint = {"maxSkew": 1, "topologyKey": HOST, "whenUnsatisfiable": otherwise}
    return [constraint | selector]


def spread_over(workers):
    """Evenly over these nodes, whatever taints another test gives them just now."""
    return {
        "affinity": only_on(*workers),
        "tolerations": [{"operator": "Exists", "effect": "NoSchedule"}],
        "topologySpreadConstraints": spread(),
    }


def where(world, name="web"):
    """How many pods of a set each node has."""
    return Counter(pod["spec"].get("nodeName", "nowhere") for pod in world.pods(f"app={name}"))


def waits_for_a_node(world, ready, name="web"):
    """Wait until so many pods are ready and the set says that the others have no node."""

    def says_so():
        status = world.get(name).get("status", {})
        waits = status.get("podwright", {}).get("waitingFor")
        return status.get("readyReplicas") == ready and waits == NO_NODE

    eventually(says_so, f"{name} has {ready} ready pods and waits for nodes", seconds=90)
    return [pod for pod in world.pods(f"app={name}") if "nodeName" not in pod["spec"]]


@contextlib.contextmanager
def tainted(world, node, *effects):
    """A node with taints of this test's own; yields their key."""
    key = f"e2e/{world.namespace}"
    world.cluster.kubectl("taint", "node", node, *(f"{key}=yes:{effect}" for effect in effects))
    try:
        yield key
    finally:
        world.cluster.kubectl("taint", "node", node, f"{key}-")


PLACES = {
    "nodeSelector": lambda on: ({"nodeSelector": {HOST: on[0]}}, {on[0]}),
    "nodeName": lambda on: ({"nodeName": on[1]}, {on[1]}),
    "required affinity": lambda on: ({"affinity": only_on(on[0], on[2])}, {on[0], on[2]}),
    "excluding affinity": lambda on: (
        {"affinity": only_on(on[1], operator="NotIn")},
        {on[0], on[2]},
    ),
    "preferred affinity": lambda on: ({"affinity": prefers((100, on[2]))}, {on[2]}),
    "a preference for what is not there": lambda on: (
        {"affinity": prefers((100, "nowhere"))},
        set(on),
    ),
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_pods_go_only_to_nodes_that_the_template_names(world, kind, place):
    fields, allowed = place(kind.workers)
    world.create(placed(**fields))
    world.settled(3)
    assert set(where(world)) <= allowed


def test_pods_without_a_node_wait_and_the_set_says_so_until_there_is_one(world, kind):
    key = f"e2e/{world.namespace}"
    world.create(placed(replicas=2, nodeSelector={key: "yes"}))
    waiting = waits_for_a_node(world, ready=0)
    assert len(waiting) == 2
    for pod in waiting:
        (condition,) = pod["status"]["conditions"]
        assert (condition["type"], condition["reason"]) == ("PodScheduled", "Unschedulable")
    node = kind.workers[0]
    world.cluster.kubectl("label", "node", node, f"{key}=yes")
    try:
        status = world.settled(2)["status"]
    finally:
        world.cluster.kubectl("label", "node", node, f"{key}-")
    assert not status["podwright"].get("waitingFor")
    assert where(world) == {node: 2}
    assert uids(world.pods()) == uids(waiting)


def test_one_per_node_fills_the_nodes_and_of_too_many_the_waiting_one_goes_first(world, kind):
    world.create(placed(replicas=4, affinity=one_per_node()))
    (waiting,) = waits_for_a_node(world, ready=3)
    placed_pods = [pod for pod in world.pods() if name_of(pod) != name_of(waiting)]
    assert where(world) == dict.fromkeys([*kind.workers, "nowhere"], 1)
    world.scale(3)
    world.settled(3)
    assert uids(world.pods()) == uids(placed_pods)


def test_a_set_follows_the_pods_of_another(world):
    world.create(placed("lead", replicas=1))
    world.settled(1, "lead")
    world.create(placed("follow", affinity=near("lead")))
    world.settled(3, "follow")
    assert set(where(world, "follow")) == set(where(world, "lead"))


def test_a_taint_keeps_pods_away_that_do_not_tolerate_it(world, kind):
    node = kind.workers[1]
    with tainted(world, node, "NoSchedule") as key:
        tolerations = [{"key": key, "operator": "Equal", "value": "yes", "effect": "NoSchedule"}]
        bold = {"affinity": one_per_node("bold"), "tolerations": tolerations}
        world.create(placed("bold", **bold))
        world.create(placed("shy", affinity=one_per_node("shy")))
        world.settled(3, "bold")
        assert set(where(world, "bold")) == set(kind.workers)
        waits_for_a_node(world, ready=2, name="shy")
        assert set(where(world, "shy")) == {*kind.workers, "nowhere"} - {node}
    world.settled(3, "shy")
    assert set(where(world, "shy")) == set(kind.workers)


def test_only_a_set_that_tolerates_the_control_planes_taint_gets_there(world, kind):
    control_plane = kind.nodes[0]
    world.create(placed("everywhere", 4, affinity=one_per_node("everywhere"), tolerations=TOLERANT))
    world.create(placed("kept-out", 1, nodeSelector={CONTROL_PLANE: ""}))
    world.settled(4, "everywhere")
    assert where(world, "everywhere") == dict.fromkeys(kind.nodes, 1)
    (waiting,) = waits_for_a_node(world, ready=0, name="kept-out")
    assert "untolerated taint" in waiting["status"]["conditions"][0]["message"]
    assert control_plane in where(world, "everywhere")


def test_constraints_of_the_template_spread_pods(world, kind):
    world.create(placed(replicas=4, **spread_over(kind.workers)))
    world.settled(4)
    assert sorted(where(world).values()) == [1, 1, 2]
    world.scale(6)
    world.settled(6)
    assert sorted(where(world).values()) == [2, 2, 2]


def test_a_set_under_a_controller_shrinks_where_its_pods_are_doubled_up(world, kind):
    """As upstream: a set without a controller, such as a Deployment, does not look at nodes."""
    config = world.api.post(f"{world.core}/configmaps", {"metadata": {"name": "controller"}})
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "controller": True}
    reference |= {key: config["metadata"][key] for key in ("name", "uid")}
    manifest = placed(replicas=4, **spread_over(kind.workers))
    manifest["metadata"]["ownerReferences"] = [reference]
    world.create(manifest)
    world.settled(4)
    assert sorted(where(world).values()) == [1, 1, 2]
    world.scale(3)
    eventually(lambda: where(world) == dict.fromkeys(kind.workers, 1), "one pod on each node", 60)


@pytest.mark.alone  # what other tests run would weigh in the scheduler's choice
def test_the_schedulers_default_spreading_needs_a_service_for_our_kinds(world, kind):
    """It looks for the selector of a pod's owner among Services and built-in kinds only.

    All prefer one node a little; the default spreading, where it takes place, is stronger.
    """
    one, *others = kind.workers
    gentle = {"affinity": prefers((100, one), *((85, node) for node in others))}
    explicit = {"topologySpreadConstraints": spread("explicit", "ScheduleAnyway")}
    sets = {
        "ours": placed("ours", 6, **gentle),
        "served": placed("served", 6, **gentle),
        "explicit": placed("explicit", 6, **gentle, **explicit),
    }
    built_ins = f"/apis/apps/v1/namespaces/{world.namespace}/replicasets"
    expose(world, "served")
    for manifest in sets.values():
        world.create(manifest)
    world.api.post(built_ins, built_in(sets["ours"], "theirs"))
    for name in sets:
        world.settled(6, name)
    eventually(
        lambda: world.api.get(f"{built_ins}/theirs")["status"].get("readyReplicas") == 6,
        "the built-in has six ready pods",
        seconds=60,
    )
    nodes = {name: set(where(world, name)) for name in [*sets, "theirs"]}
    assert nodes == {name: set(kind.workers) for name in nodes} | {"ours": {one}}


@pytest.mark.alone  # whatever runs on that node is evicted
def test_a_taint_evicts_pods_at_once_later_or_never_and_the_set_replaces_them(world, kind):
    node = without_the_operator(kind)
    tolerates = {"key": f"e2e/{world.namespace}", "operator": "Exists", "effect": "NoExecute"}
    tolerations = {
        "at-once": [],
        "later": [tolerates | {"tolerationSeconds": 4}],
        "never": [tolerates],
    }
    for name, each in tolerations.items():
        world.create(placed(name, 1, affinity=prefers((100, node)), tolerations=each))
    for name in tolerations:
        world.settled(1, name)
        assert where(world, name) == {node: 1}
    pods = {name: only_pod(world, name) for name in tolerations}
    changes = Watch(world, f"{world.core}/pods")

    def evicted(name):
        """When its pod was told to end."""

        def told(verb, pod):
            return name_of(pod) == name_of(pods[name]) and "deletionTimestamp" in pod["metadata"]

        _, pod = changes.first(told, f"the pod of {name} is evicted")
        return datetime.fromisoformat(pod["metadata"]["deletionTimestamp"])

    with tainted(world, node, "NoExecute", "NoSchedule"):
        later_by = (evicted("later") - evicted("at-once")).total_seconds()
        eventually(lambda: len(world.pods()) == 3, "evicted pods are gone", 60)
        for name in tolerations:
            world.settled(1, name)
        assert node not in where(world, "at-once")
    assert 3 <= later_by < 10  # 4 s, and both times are whole seconds
    assert uids(world.pods()) & uids(pods.values()) == uids([pods["never"]])


def without_the_operator(kind):
    """A worker on which no pod of the operator runs."""
    path = "{.items[*].spec.nodeName}"
    used = kind.kubectl("get", "pods", "-n", "podwright-system", "-o", f"jsonpath={path}").split()
    return next(node for node in kind.workers if node not in used)
