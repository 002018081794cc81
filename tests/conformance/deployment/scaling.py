"""Another size: at rest, in the middle of a roll-out, and against somebody's hand."""

from conformance.builders import deployment
from conformance.deployment import scenario
from conformance.deployment.hands import (
    AT_ONCE,
    BAD,
    V1,
    V2,
    arrived,
    budgets,
    counted,
    make_ready,
    set_of,
    started,
    steps,
)
from conformance.hands import image


@scenario(smoke=True)
def up_and_down_at_rest(side):
    """Through ``/scale``; no roll-out, no new revision."""
    side.create(deployment(replicas=3, pod=AT_ONCE))
    side.settle("three")
    side.scale(1)
    side.settle("one")
    side.scale(4)
    side.settle("four")


@scenario
def to_zero_and_back(side):
    """From nothing it starts like new."""
    side.create(deployment(replicas=2, pod=AT_ONCE))
    side.settle("two")
    side.scale(0)
    side.settle("none")
    side.scale(3)
    side.settle("three")


@scenario(smoke=True, coarse=True)
def from_10_to_30_with_a_bad_image(side):
    """The specification's proportional scaling: both ReplicaSets grow."""
    started(side, 10)
    image(side, BAD)
    counted(side, v1=8, bad=5)
    side.settle("stuck", stuck=True, ordered=False)
    side.scale(30)
    side.until(lambda: sum(s["spec"]["replicas"] for s in side.sets()) == 38, "38 wished for")
    side.settle("both have grown", stuck=True, ordered=False)
    make_ready(side, V1)
    side.settle("as many as can be", stuck=True, ordered=False)


@scenario
def down_in_the_middle(side):
    """From 10 to 4 while stuck: both shrink."""
    started(side, 10)
    image(side, BAD)
    counted(side, v1=8, bad=5)
    side.settle("stuck", stuck=True, ordered=False)
    side.scale(4)
    side.until(lambda: sum(s["spec"]["replicas"] for s in side.sets()) <= 5, "fewer")
    side.settle("both have shrunk", stuck=True, ordered=False)


@scenario(coarse=True)
def to_zero_in_the_middle(side):
    """Everything goes; then the newest comes back alone."""
    started(side, 4)
    image(side, V2)
    counted(side, v1=3, v2=2)
    side.settle("on its way", stuck=True, ordered=False)
    side.scale(0)
    counted(side, v1=0, v2=0)
    side.settle("none", ordered=False)
    side.scale(2)
    arrived(side, V2, 2)
    make_ready(side, V2)
    side.settle("two", ordered=False)


@scenario
def a_size_that_is_there_already(side):
    """From 10 to 13 in the middle: the pods that there are are the new size."""
    started(side, 10)
    image(side, BAD)
    counted(side, v1=8, bad=5)
    side.settle("stuck", stuck=True, ordered=False)
    side.spec(replicas=9)
    side.until(lambda: sum(s["spec"]["replicas"] for s in side.sets()) == 12, "12 wished for")
    side.settle("nine", stuck=True, ordered=False)


@scenario
def other_budgets_in_the_middle(side):
    """More surge lets it go on at once."""
    started(side, 4, strategy=budgets(1, 0))
    image(side, V2)
    counted(side, v1=4, v2=1)
    side.settle("slowly", stuck=True, ordered=False)
    side.spec(strategy=budgets(3, 0))
    counted(side, v1=4, v2=3)
    side.settle("faster", stuck=True, ordered=False)


@scenario
def a_replica_set_scaled_by_hand(side):
    """Its Deployment sets it right."""
    side.create(deployment(replicas=2, pod=AT_ONCE))
    side.settle("two")
    side.patch({"spec": {"replicas": 4}}, set_of(side, V1), "ReplicaSet")
    side.pause(0.5)
    side.counts(replicas=2)
    side.settle("two again", ordered=False)


@scenario
def an_old_replica_set_scaled_by_hand(side):
    """It is brought down again."""
    side.create(deployment(replicas=2, pod=AT_ONCE))
    side.settle("first")
    image(side, V2)
    side.counts(updatedReplicas=2, replicas=2, availableReplicas=2)
    side.settle("second", ordered=False)
    side.patch({"spec": {"replicas": 1}}, set_of(side, V1), "ReplicaSet")
    side.pause(1)
    side.counts(replicas=2, availableReplicas=2)
    side.settle("second again", ordered=False)


@scenario
def a_replica_set_deleted_by_hand(side):
    """It is made anew, under the same name, with the next number."""
    side.create(deployment(replicas=2, pod=AT_ONCE))
    side.settle("two")
    side.delete(set_of(side, V1), "ReplicaSet")
    side.pause(1)
    side.counts(availableReplicas=2)
    side.settle("two others", ordered=False)


@scenario
def a_pod_deleted_by_hand(side):
    """Available less than wished, and again as wished."""
    side.create(deployment(replicas=2, pod=AT_ONCE))
    side.settle("two")
    side.delete(side.names(set_of(side, V1), "ReplicaSet")[0], "Pod")
    side.pause(0.5)
    side.counts(availableReplicas=2)
    side.settle("two again", ordered=False)


@scenario(coarse=True)
def scaled_and_on_with_the_roll_out(side):
    """After the change of size the roll-out goes on from there."""
    started(side, 4)
    image(side, V2)
    counted(side, v1=3, v2=2)
    side.settle("on its way", stuck=True, ordered=False)
    side.scale(8)
    counted(side, v1=6)
    make_ready(side, V1)
    side.settle("grown", stuck=True, ordered=False)
    for _ in range(6):
        make_ready(side, V2)
        side.pause(0.5)
    steps(side, {"v1": 0, "v2": 8})
    side.counts(availableReplicas=8, replicas=8)
    side.settle("second", ordered=False)
