"""Pods that are lost come back: one by one, with their node, or while it is emptied."""

import pytest
from aimed import Aimed
from census import Census
from installed import seconds_between
from operating import Rejected, eventually
from words import Watch, name_of, only_pod, restarts, set_of, shell, uids

from kindcluster import KindError

STAY = shell("exec sleep infinity")
NOTICED, TOLERATED = 20 + 10 + 5, 10
"""Seconds until a lost node is noticed, with how often it is looked for; and until its pods go."""
SPREAD = {
    "topologySpreadConstraints": [
        {
            "maxSkew": 1,
            "topologyKey": "kubernetes.io/hostname",
            "whenUnsatisfiable": "DoNotSchedule",
            "nodeTaintsPolicy": "Honor",
            "labelSelector": {"matchLabels": {"app": "web"}},
        }
    ]
}
"""Two of six pods on each worker, as long as it is one."""


def pods_on(world, node):
    return [pod for pod in world.pods() if pod["spec"].get("nodeName") == node]


# --- pods ------------------------------------------------------------------------------------
def test_a_killed_container_comes_back_in_its_pod_and_the_set_sees_both(operator, world):
    world.create(set_of(STAY))
    world.settled(1, seconds=60)
    pod, changes = only_pod(world), Watch(world, world.sets)
    node, pid = operator.process_of(pod)
    Aimed(node, f"kill -9 {pid}").fire()
    changes.first(lambda _, owner: owner["status"]["readyReplicas"] == 0, "the set sees it end")
    world.settled(1, seconds=60)
    again = only_pod(world)
    assert uids([again]) == uids([pod])
    assert restarts(again) == 1
    assert len(world.events("SuccessfulCreate")) == 1


def test_a_deleted_pod_is_replaced_at_once_and_the_others_are_left_alone(world):
    world.create(set_of(STAY, replicas=3, pod={"terminationGracePeriodSeconds": 15}))
    world.settled(3, seconds=60)
    lost, *others = world.pods()
    world.api.delete(f"{world.core}/pods/{name_of(lost)}")
    eventually(lambda: len(world.pods()) == 4, "a new one is there before the old one has ended")
    world.settled(3, seconds=60)
    assert uids(others) < uids(world.pods())
    assert len(world.active()) == 3


def test_an_evicted_pod_is_replaced_unless_a_budget_forbids_the_eviction(world):
    world.create(set_of(STAY, replicas=2))
    world.settled(2, seconds=60)
    first, second = world.pods()
    evict(world, first)
    eventually(lambda: name_of(first) not in world.active(), "it goes")
    world.settled(2, seconds=60)
    budget(world, minAvailable=2, allowed=0)
    with pytest.raises(Rejected, match="would violate the pod's disruption budget"):
        evict(world, second)
    world.scale(3)
    world.settled(3, seconds=60)
    allowed = lambda: budget_status(world)["disruptionsAllowed"] == 1  # noqa: E731
    eventually(allowed, "three of which two have to stay")
    evict(world, second)
    eventually(lambda: name_of(second) not in world.active(), "it goes")
    world.settled(3, seconds=60)


def evict(world, pod):
    name = name_of(pod)
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name}}
    world.api.post(f"{world.core}/pods/{name}/eviction", body)


def budget(world, *, allowed, **spec):
    """A PodDisruptionBudget for the set; return when it has counted."""
    path = f"/apis/policy/v1/namespaces/{world.namespace}/poddisruptionbudgets"
    spec["selector"] = {"matchLabels": {"app": "web"}}
    world.api.post(path, {"metadata": {"name": "web"}, "spec": spec})
    counted = lambda: budget_status(world).get("disruptionsAllowed") == allowed  # noqa: E731
    eventually(counted, f"the budget allows {allowed}")
    return budget_status(world)


def budget_status(world):
    path = f"/apis/policy/v1/namespaces/{world.namespace}/poddisruptionbudgets/web"
    status = world.api.get(path).get("status", {})
    return status if status.get("observedGeneration") else {}


# --- nodes -----------------------------------------------------------------------------------
def running_elsewhere(world, node, replicas):
    """Wait for it; return the moment at which the last of them became ready."""

    def ready():
        conditions = [
            each
            for pod in world.pods()
            if pod["spec"].get("nodeName") != node and name_of(pod) in world.active()
            for each in pod["status"].get("conditions", [])
            if each["type"] == "Ready" and each["status"] == "True"
        ]
        return len(conditions) == replicas and conditions

    conditions = eventually(ready, f"{replicas} ready pods on other nodes", 120, pause=0.2)
    return max(each["lastTransitionTime"] for each in conditions)


@pytest.mark.alone
def test_pods_of_a_lost_node_are_replaced_and_there_are_never_more_than_wished(
    operator, world, last, told
):
    world.create(set_of(STAY, replicas=6, pod=SPREAD))
    world.settled(6, seconds=60)
    lost = pods_on(world, last)
    assert len(lost) == 2
    kept = uids(world.pods()) - uids(lost)
    with Census(world) as seen:
        gone = Aimed(operator.kind.nodes[0], "true").fire()
        operator.kind.pause(last)
        try:
            eventually(
                lambda: world.get()["status"]["readyReplicas"] == 6 - len(lost),
                "the set sees that they are not ready", NOTICED + 10,
            )  # fmt: skip
            back = running_elsewhere(world, last, 6)
            assert {name_of(pod) for pod in lost} < {name_of(p) for p in world.pods()}, (
                "nobody can say that they have ended"
            )
            assert world.get()["status"]["terminatingReplicas"] == len(lost)
        finally:
            seen.from_now()
            operator.kind.unpause(last)
        eventually(lambda: len(world.pods()) == 6, "the old ones have ended", 60, pause=0.2)
        world.settled(6)
        assert seen.most == seen.most_ready == seen.fewest_ready == 6
    took = seconds_between(gone, back)
    told(f"node lost: all replacements ready after {took:.0f} s")
    assert took < NOTICED + TOLERATED + 15
    assert kept < uids(world.pods())
    assert uids(lost).isdisjoint(uids(world.pods()))


@pytest.mark.alone
def test_a_node_is_drained_one_pod_at_a_time_under_a_budget_in_per_cent(operator, world, last):
    kind = operator.kind
    for other in kind.workers[:-1]:
        kind.kubectl("cordon", other)
    try:
        world.create(set_of(STAY, replicas=4))
        world.settled(4, seconds=60)
    finally:
        for other in kind.workers[:-1]:
            kind.kubectl("uncordon", other)
    assert len(pods_on(world, last)) == 4
    status = budget(world, minAvailable="75%", allowed=1)
    assert (status["expectedPods"], status["desiredHealthy"]) == (4, 3), "read from /scale"
    drain = ("drain", last, "--ignore-daemonsets", "--pod-selector=app=web", "--timeout=90s")
    with Census(world) as seen:
        said = kind.kubectl(*drain)
        world.settled(4, seconds=60)
        assert seen.fewest_ready >= 3
        assert seen.most == 4
    assert said.count(f"evicting pod {world.namespace}/web-") >= 4 or "drained" in said
    assert pods_on(world, last) == []


@pytest.mark.alone
def test_drain_asks_for_force_for_a_bare_pod_and_not_for_ours(operator, world, last):
    """kubectl looks for an owner that controls the pod; which kind it is, it does not ask."""
    kind = operator.kind
    bare = set_of(STAY)["spec"]["template"]
    bare["metadata"]["name"] = "bare"
    bare["spec"]["nodeName"] = last
    world.create({"apiVersion": "v1", "kind": "Pod"} | bare)
    world.create(set_of(STAY, name="ours", pod={"nodeSelector": {"kubernetes.io/hostname": last}}))
    world.settled(1, "ours", seconds=60)
    drain = ("drain", last, "--ignore-daemonsets", "--dry-run=server")
    with pytest.raises(KindError) as refused:
        kind.kubectl(*drain, "--pod-selector=app in (web, ours)")
    assert f"declare no controller (use --force to override): {world.namespace}/bare" in str(
        refused.value
    )
    assert "ours-" not in str(refused.value)
    assert "drained" in kind.kubectl(*drain, "--pod-selector=app=ours")


@pytest.mark.alone
def test_pods_of_a_removed_node_are_replaced_and_the_node_may_come_back(
    operator, world, last, told
):
    kind = operator.kind
    world.create(set_of(STAY, replicas=6, pod=SPREAD))
    world.settled(6, seconds=60)
    lost = pods_on(world, last)
    assert len(lost) == 2
    with Census(world) as seen:
        gone = Aimed(kind.nodes[0], "true").fire()
        kind.pause(last)
        try:
            kind.kubectl("delete", "node", last)
            back = running_elsewhere(world, last, 6)
            eventually(lambda: len(world.pods()) == 6, "the old ones are collected", 90, pause=0.3)
        finally:
            kind.unpause(last)
            kind.run(last, "systemctl", "restart", "kubelet")  # it registers when it starts
            registered = ("get", "node", last, "--ignore-not-found", "-o", "name")
            eventually(lambda: kind.kubectl(*registered), "it is registered", 60, pause=0.5)
        assert seen.most == 6
    told(f"node removed: all replacements ready after {seconds_between(gone, back):.0f} s")
    operator.cluster.wait_for(last)
    world.scale(12)
    world.settled(12, seconds=90)
    assert pods_on(world, last), "the node is used again"
