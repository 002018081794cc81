"""All old pods first, then the new ones."""

from conformance.builders import BY_HAND, deployment
from conformance.deployment import scenario
from conformance.deployment.hands import (
    AT_ONCE,
    V1,
    V2,
    arrived,
    budgets,
    by_hand,
    counted,
    make_ready,
    pods_with,
    started,
)
from conformance.hands import HELD, image

RECREATE = {"type": "Recreate"}
SWITCHED = {"type": "Recreate", "rollingUpdate": None}


@scenario(smoke=True)
def never_both_at_once(side):
    """No new pod before the last old one has ended."""
    side.create(deployment(replicas=2, strategy=RECREATE, pod=AT_ONCE))
    side.settle("first")
    image(side, V2)
    side.counts(updatedReplicas=2, replicas=2, availableReplicas=2)
    side.settle("second")


@scenario(smoke=True)
def a_pod_that_takes_long_to_end(side):
    """It is on its way out, and the new ones wait."""
    side.create(by_hand(2, strategy=RECREATE, metadata=HELD))
    arrived(side, V1, 2)
    make_ready(side, V1)
    side.counts(availableReplicas=2)
    side.settle("first")
    old = pods_with(side, V1)
    image(side, V2)
    counted(side, v1=0)
    side.pause(1)
    side.settle("they end", stuck=True)
    side.patch_pod(old[0], {"metadata": {"finalizers": None}})
    side.until(lambda: side.get("Pod", old[0]) is None, "one is gone")
    side.pause(1)
    side.settle("one ends still", stuck=True)
    side.patch_pod(old[1], {"metadata": {"finalizers": None}})
    counted(side, v2=2)
    make_ready(side, V2)
    side.counts(availableReplicas=2)
    side.settle("second")


@scenario
def pods_that_have_ended_by_themselves_are_no_obstacle(side):
    """A failed pod stays, and the new ones come."""
    side.create(by_hand(1, strategy=RECREATE))
    arrived(side, V1, 1)
    failed = pods_with(side, V1)
    side.pod_status(failed[0], ready=False, phase="Failed")
    side.until(lambda: pods_with(side, V1) not in ([], failed), "another one")
    make_ready(side, V1)
    side.counts(availableReplicas=1)
    side.settle("one has failed")
    image(side, V2)
    counted(side, v1=0, v2=1)
    make_ready(side, V2)
    side.counts(availableReplicas=1)
    side.settle("second")


@scenario
def from_rolling_to_recreate(side):
    """The strategy is changed in the middle."""
    started(side, 4)
    image(side, V2)
    counted(side, v1=3, v2=2)
    side.settle("on its way", stuck=True, ordered=False)
    side.spec(strategy=SWITCHED)
    counted(side, v1=0, v2=4)
    make_ready(side, V2)
    side.counts(availableReplicas=4)
    side.settle("second", ordered=False)


@scenario
def from_recreate_to_rolling(side):
    """And the other way round, with the next template."""
    side.create(deployment(replicas=2, strategy=RECREATE, pod=AT_ONCE))
    side.settle("first")
    side.spec(strategy=budgets(1, 0))
    side.settle("rolling")
    image(side, V2)
    side.counts(updatedReplicas=2, replicas=2, availableReplicas=2)
    side.settle("second", ordered=False)


@scenario
def scaled_when_recreated(side):
    """Up and down, between templates."""
    side.create(deployment(replicas=1, strategy=RECREATE, pod=AT_ONCE))
    side.settle("one")
    side.scale(3)
    side.settle("three")
    side.scale(2)
    side.settle("two")


@scenario
def another_template_while_old_pods_end(side):
    """The second template never gets a pod, nor a ReplicaSet."""
    side.create(deployment(replicas=1, strategy=RECREATE, pod=BY_HAND | AT_ONCE, metadata=HELD))
    arrived(side, V1, 1)
    make_ready(side, V1)
    side.settle("first")
    (old,) = pods_with(side, V1)
    image(side, V2)
    counted(side, v1=0)
    side.settle("it ends", stuck=True)
    image(side, "nginx:3")
    side.counts(observedGeneration=3)
    side.patch_pod(old, {"metadata": {"finalizers": None}})
    counted(side, v3=1)
    make_ready(side, "nginx:3")
    side.counts(availableReplicas=1)
    side.settle("third")
