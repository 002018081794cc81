"""What becomes of pods, and what the set does about it."""

from conformance.builders import bare_pod, object_of
from conformance.daemonset import scenario
from conformance.daemonset.nodes import bound, by_hand, daemons, going, let_go, nodes
from conformance.hands import ready
from conformance.objects import ago


@scenario(smoke=True)
def a_deleted_pod_comes_back(side):
    """On the same node."""
    nodes(side, 2)
    side.create(daemons(side))
    side.settle("two")
    side.delete(side.names()[0], "Pod")
    side.counts(numberReady=2)
    side.settle("two again", ordered=False)


@scenario
def a_pod_on_its_way_out_holds_its_node(side):
    """The next one comes when it is gone."""
    nodes(side, 1, by_hand=True)
    side.create(by_hand(side))
    side.until(lambda: len(bound(side)) == 1, "a pod")
    ready(side, *bound(side))
    side.settle("one")
    side.delete(*bound(side), "Pod")
    side.pause(1)
    side.settle("going", stuck=True)
    let_go(side, 1)
    side.until(lambda: len(bound(side)) == 1, "another pod")
    ready(side, *bound(side))
    side.settle("one again")


@scenario
def a_failed_pod_is_replaced(side):
    """It is removed, which is told, and made again."""
    nodes(side, 2)
    side.create(daemons(side))
    side.settle("two")
    side.pod_status(side.names()[0], phase="Failed")
    side.told("FailedDaemonPod")
    side.counts(numberReady=2)
    side.settle("two again", ordered=False)


@scenario
def a_pod_that_fails_again_waits(side):
    """The first is replaced at once, the second after a second."""
    nodes(side, 1, by_hand=True)
    side.create(daemons(side))
    for number in range(3):
        side.until(lambda: len(bound(side)) == 1, "a pod")
        side.settle(f"pod {number}", stuck=True)
        (pod,) = bound(side)
        side.pod_status(pod, phase="Failed")
        side.until(lambda pod=pod: side.get("Pod", pod) is None, "it is gone")
    side.until(lambda: len(bound(side)) == 1, "a pod")
    ready(side, *bound(side))
    side.settle("one")


@scenario
def a_succeeded_pod_is_replaced(side):
    """A daemon is not meant to end."""
    nodes(side, 1)
    side.create(daemons(side))
    side.settle("one")
    side.pod_status(side.names()[0], phase="Succeeded")
    side.told("SucceededDaemonPod")
    side.counts(numberReady=1)
    side.settle("one again", ordered=False)


@scenario
def two_pods_on_a_node(side):
    """The older one stays."""
    nodes(side, 1)
    side.create(daemons(side))
    side.settle("one")
    side.pause(1)  # creation times have whole seconds
    side.create(bare_pod("twin", spec={"nodeName": f"{side.namespace}-node-0"}))
    side.until(lambda: side.get("Pod", "twin") is None, "the twin is gone")
    side.settle("one again")


@scenario
def a_quota_stops_the_set(side):
    """Pods beyond it are refused and told of; more quota lets them come."""
    nodes(side, 2)
    side.create(object_of("ResourceQuota", "few", spec={"hard": {"pods": "1"}}))
    side.until(lambda: side.get("ResourceQuota", "few").get("status", {}).get("used"), "it counts")
    side.create(daemons(side))
    side.told("FailedCreate")
    side.counts(numberReady=1)
    side.settle("one", stuck=True)
    side.delete("few", "ResourceQuota")
    side.counts(numberReady=2)
    side.settle("two", seconds=60)


@scenario
def a_pod_has_to_be_ready_for_long_enough(side):
    """minReadySeconds tell ready pods from available ones."""
    nodes(side, 2)
    side.create(daemons(side, minReadySeconds=2))
    side.counts(numberReady=2)
    side.counts(numberAvailable=2)
    side.settle("available")


@scenario
def a_condition_of_somebody_else_is_kept(side):
    """Counts that were edited are put right with the next change."""
    nodes(side, 1)
    side.create(daemons(side))
    side.settle("one")
    condition = {"type": "Theirs", "status": "True", "reason": "Because", "message": "so"}
    condition["lastTransitionTime"] = ago(hours=1)
    side.patch({"status": {"conditions": [condition], "numberReady": 5}}, subresource="status")
    side.patch({"metadata": {"labels": {"wake": "up"}}})
    side.counts(numberReady=1)
    side.settle("right again")


@scenario
def deleted_with_its_pods(side):
    """In the background, pods and history go."""
    nodes(side, 2)
    side.create(daemons(side))
    side.settle("two")
    side.delete(policy="Background")
    side.gone()
    side.until(lambda: not side.pods() and not going(side), "its pods are gone")
    side.settle("gone", ordered=False)
