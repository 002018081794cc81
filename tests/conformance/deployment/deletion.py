"""How a Deployment goes, and what it leaves."""

from conformance.builders import deployment
from conformance.deployment import scenario
from conformance.deployment.hands import AT_ONCE, V2
from conformance.hands import image


def nothing_left(side):
    side.until(lambda: not side.api.get(side.path("Pod"))["items"], "no pods")
    side.until(lambda: not side.sets(), "no ReplicaSets")


@scenario(smoke=True)
def background_deletion(side):
    """ReplicaSets and pods go after it."""
    side.create(deployment(replicas=2, pod=AT_ONCE))
    side.settle("first")
    image(side, V2)
    side.counts(updatedReplicas=2, replicas=2, availableReplicas=2)
    side.settle("second", ordered=False)
    side.delete(policy="Background")
    side.gone()
    nothing_left(side)
    side.settle("gone", ordered=False)


@scenario
def foreground_deletion(side):
    """It goes last."""
    side.create(deployment(replicas=2, pod=AT_ONCE))
    side.settle("first")
    side.delete(policy="Foreground")
    side.gone()
    side.settle("gone", ordered=False)
    side.notes["pods"] = len(side.api.get(side.path("Pod"))["items"])


@scenario
def deleted_with_its_replica_sets_left(side):
    """They keep their pods, and replace them."""
    side.create(deployment(replicas=2, pod=AT_ONCE))
    side.settle("first")
    side.delete(policy="Orphan")
    side.gone()
    side.settle("orphans")
    (left,) = side.sets()
    side.delete(side.names(left["metadata"]["name"], "ReplicaSet")[0], "Pod")
    side.pause(0.5)
    side.settle("replaced")


@scenario
def on_its_way_out_it_does_nothing(side):
    """A finalizer holds it: a change of size or template has no effect any more."""
    side.create(deployment(replicas=1, pod=AT_ONCE) | {})
    side.settle("first")
    side.patch({"metadata": {"finalizers": ["example.com/hold"]}})
    side.delete(policy="Orphan")
    side.until(lambda: "deletionTimestamp" in side.get()["metadata"], "it goes")
    side.pause(1)
    side.spec(replicas=3)
    image(side, V2)
    side.pause(1)
    side.settle("held", stuck=True)
    side.patch({"metadata": {"finalizers": None}})
    side.gone()
    side.settle("gone")
