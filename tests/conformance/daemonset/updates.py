"""From one revision to the next."""

from conformance.daemonset import scenario
from conformance.daemonset.nodes import bound, by_hand, daemons, let_go, new, nodes
from conformance.hands import broken, image, ready
from conformance.objects import ago


def strategy(unavailable=1, surge=0):
    rolling = {"maxUnavailable": unavailable, "maxSurge": surge}
    return {"type": "RollingUpdate", "rollingUpdate": rolling}


def started(side, count, **more):
    """So many nodes with a ready pod each."""
    nodes(side, count, by_hand=True)
    side.create(by_hand(side, **more))
    side.until(lambda: len(bound(side)) == count, f"{count} pods")
    ready(side, *bound(side))
    side.settle("first")


def arrived(side, value, count):
    """Wait for so many pods with this image."""
    side.until(lambda: len(new(side, value)) == count, f"{count} pods with {value}")


@scenario(smoke=True)
def a_rolling_update(side):
    """One node after the other."""
    nodes(side, 3)
    side.create(daemons(side))
    side.settle("first")
    image(side, "nginx:2")
    side.counts(updatedNumberScheduled=3, numberReady=3)
    side.settle("second", ordered=False, seconds=60)


@scenario
def a_rolling_update_node_by_node(side):
    """The next one goes when the new one is ready."""
    started(side, 3)
    image(side, "nginx:2")
    for number in (1, 2, 3):
        let_go(side, 1)
        arrived(side, "nginx:2", number)
        side.settle(f"{number} not ready", stuck=True)
        ready(side, *new(side, "nginx:2"))
    side.settle("second")


@scenario
def a_part_of_all_nodes(side):
    """30% of 4, rounded up: two at a time."""
    started(side, 4, updateStrategy=strategy("30%"))
    image(side, "nginx:2")
    for number in (2, 4):
        let_go(side, 2)
        arrived(side, "nginx:2", number)
        side.settle(f"{number} not ready", stuck=True)
        ready(side, *new(side, "nginx:2"))
    side.settle("second")


@scenario
def broken_pods_are_replaced_beyond_the_budget(side):
    """Two of three are not ready: both go at once, and the third waits."""
    started(side, 3)
    broken(side, *list(bound(side))[:2])
    side.counts(numberReady=1)
    image(side, "nginx:2")
    let_go(side, 2)
    arrived(side, "nginx:2", 2)
    side.settle("two are new", stuck=True)
    ready(side, *new(side, "nginx:2"))
    let_go(side, 1)
    arrived(side, "nginx:2", 3)
    ready(side, *new(side, "nginx:2"))
    side.settle("second")


@scenario
def an_update_waits_for_min_ready_seconds(side):
    """A pod that is ready and not available holds it up."""
    started(side, 2, minReadySeconds=600)
    image(side, "nginx:2")
    let_go(side, 1)
    arrived(side, "nginx:2", 1)
    ready(side, *new(side, "nginx:2"), since=ago(seconds=1))
    side.counts(numberReady=2, numberAvailable=1)
    side.settle("waits", stuck=True)
    ready(side, *new(side, "nginx:2"))
    let_go(side, 1)
    arrived(side, "nginx:2", 2)
    ready(side, *new(side, "nginx:2"))
    side.settle("second")


@scenario(smoke=True)
def a_surge(side):
    """A new pod beside the old one, which goes when the new one is available."""
    started(side, 3, updateStrategy=strategy(0, "50%"))
    side.pause(1.1)  # the older pod of a node counts, by the second
    image(side, "nginx:2")
    arrived(side, "nginx:2", 2)
    side.settle("two beside", stuck=True)
    ready(side, *new(side, "nginx:2"))
    let_go(side, 2)
    arrived(side, "nginx:2", 3)
    ready(side, *new(side, "nginx:2"))
    let_go(side, 1)
    side.settle("second", ordered=False)


@scenario
def a_surge_beside_a_broken_pod(side):
    """A node whose old pod is not ready gets its new one at once, beyond the budget."""
    started(side, 2, updateStrategy=strategy(0, 1))
    broken(side, *bound(side))
    side.counts(numberReady=0)
    image(side, "nginx:2")
    arrived(side, "nginx:2", 2)
    let_go(side, 2)
    side.settle("both new", stuck=True)
    ready(side, *new(side, "nginx:2"))
    side.settle("second")


@scenario(smoke=True)
def on_delete(side):
    """Only pods that somebody deletes come back at the new revision."""
    nodes(side, 2)
    side.create(daemons(side, updateStrategy={"type": "OnDelete"}))
    side.settle("first")
    image(side, "nginx:2")
    side.counts(updatedNumberScheduled=0, observedGeneration=2)
    side.settle("nothing changes", stuck=True)
    side.delete(side.names()[0], "Pod")
    side.counts(updatedNumberScheduled=1, numberReady=2)
    side.settle("one", stuck=True)
    side.spec(updateStrategy=strategy())
    side.counts(updatedNumberScheduled=2, numberReady=2)
    side.settle("both", ordered=False)


@scenario
def back_without_unnecessary_restarts(side):
    """A bad image got to one node only; the others are not restarted."""
    started(side, 3)
    image(side, "nginx:bad")
    let_go(side, 1)
    arrived(side, "nginx:bad", 1)
    side.settle("stuck", stuck=True)
    image(side, "nginx:1")
    let_go(side, 1)
    arrived(side, "nginx:1", 3)
    ready(side, *new(side, "nginx:1"))
    side.settle("first again")


@scenario
def what_is_not_of_the_template_changes_no_pod(side):
    """Labels and annotations of the set, limits, strategies."""
    nodes(side, 1)
    side.create(daemons(side))
    side.settle("created")
    side.patch({"metadata": {"labels": {"a": "b"}, "annotations": {"c": "d"}}})
    side.spec(revisionHistoryLimit=3, minReadySeconds=1, updateStrategy=strategy(2))
    side.counts(observedGeneration=2, numberAvailable=1)
    side.settle("the same pods")
