"""Held by hand."""

from conformance.builders import deployment
from conformance.deployment import scenario
from conformance.deployment.hands import AT_ONCE, BAD, V1, V2, V3, counted, make_ready, started
from conformance.hands import image


@scenario(smoke=True)
def created_paused(side):
    """No ReplicaSet is made until it is resumed."""
    side.create(deployment(replicas=2, paused=True))
    side.counts(observedGeneration=1)
    side.settle("nothing", stuck=True)
    side.spec(paused=False)
    side.counts(availableReplicas=2)
    side.settle("resumed")


@scenario(smoke=True)
def changed_while_paused(side):
    """Several changes become one roll-out."""
    side.create(deployment(replicas=2, pod=AT_ONCE))
    side.settle("first")
    side.spec(paused=True)
    side.counts(observedGeneration=2)
    side.settle("paused", stuck=True)
    image(side, V2)
    image(side, V3)
    side.counts(observedGeneration=4)
    side.settle("changed", stuck=True)
    side.spec(paused=False)
    side.counts(updatedReplicas=2, replicas=2, availableReplicas=2, observedGeneration=5)
    side.settle("resumed", ordered=False)


@scenario(coarse=True)
def paused_in_the_middle(side):
    """It stays as it is, whatever becomes ready."""
    started(side, 4)
    image(side, V2)
    counted(side, v1=3, v2=2)
    side.settle("on its way", stuck=True, ordered=False)
    side.spec(paused=True)
    side.counts(observedGeneration=3)
    make_ready(side, V2)
    side.counts(availableReplicas=5)
    side.settle("paused", stuck=True)
    side.spec(paused=False)
    counted(side, v1=1, v2=4)
    make_ready(side, V2)
    counted(side, v1=0, v2=4)
    side.settle("resumed", ordered=False)


@scenario
def scaled_while_paused(side):
    """One ReplicaSet: it follows."""
    side.create(deployment(replicas=2, pod=AT_ONCE))
    side.settle("two")
    side.spec(paused=True)
    side.scale(4)
    side.counts(availableReplicas=4)
    side.settle("four", stuck=True)


@scenario
def scaled_in_the_middle_while_paused(side):
    """Two ReplicaSets: both follow, each its share."""
    started(side, 10)
    image(side, BAD)
    counted(side, v1=8, bad=5)
    side.spec(paused=True)
    side.counts(observedGeneration=3)
    side.settle("paused", stuck=True, ordered=False)
    side.scale(20)
    side.until(lambda: sum(s["spec"]["replicas"] for s in side.sets()) == 25, "25 wished for")
    side.settle("grown", stuck=True, ordered=False)


@scenario
def the_size_of_a_paused_one_that_changed(side):
    """A new template that has no ReplicaSet yet: the old one follows the size."""
    side.create(deployment(replicas=2, pod=AT_ONCE))
    side.settle("two")
    side.spec(paused=True)
    image(side, V2)
    side.scale(3)
    side.counts(availableReplicas=3)
    side.settle("three old ones", stuck=True)
    side.spec(paused=False)
    side.counts(updatedReplicas=3, replicas=3, availableReplicas=3)
    side.settle("three new ones", ordered=False)


@scenario
def cleaned_up_while_paused(side):
    """The history limit holds for a paused one, too."""
    side.create(deployment(replicas=1, pod=AT_ONCE))
    side.settle("first")
    for number, name in enumerate((V2, V3), 2):
        image(side, name)
        side.counts(observedGeneration=number, updatedReplicas=1, replicas=1, availableReplicas=1)
        side.settle(name, ordered=False)
    side.spec(paused=True, revisionHistoryLimit=0)
    side.until(lambda: len(side.sets()) == 1, "one is left")
    side.settle("paused", stuck=True)
    image(side, V1)
    side.counts(observedGeneration=5)
    side.until(lambda: not side.sets() or len(side.sets()) == 1, "it keeps what has pods")
    side.settle("changed", stuck=True)
