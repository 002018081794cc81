"""When the next pod comes: as soon as the old one has to go, or when it has gone."""

from conformance.hands import HELD
from conformance.job import scenario
from conformance.job.hands import (
    arrived,
    broken,
    by_hand,
    completed,
    fail,
    indexed,
    let_go,
    pod_of,
    succeed,
)

FAILED = {"podReplacementPolicy": "Failed"}


def told_to_go(side, **more):
    """A pod that has been deleted, and takes its time."""
    side.create(by_hand(metadata=HELD, **more))
    side.settle("created")
    (pod,) = side.names()
    broken(side, pod)
    side.delete(pod, "Pod")
    return pod


@scenario
def replaced_at_once(side):
    """Two pods for a while: the one that goes counts as failed."""
    pod = told_to_go(side)
    side.counts(failed=1)
    arrived(side, 1)
    side.settle("replaced")
    let_go(side, pod)
    side.settle("the old one has gone")
    succeed(side, *side.names())
    completed(side)


@scenario
def replaced_when_it_has_gone(side):
    """It holds its place until it has ended."""
    pod = told_to_go(side, **FAILED)
    side.counts(terminating=1)
    side.pause(1.5)
    side.settle("it goes", stuck=True)
    fail(side, pod)
    side.counts(failed=1)
    arrived(side, 1)
    side.settle("replaced")
    let_go(side, pod)
    side.settle("the old one has gone")


@scenario
def a_failure_policy_waits_as_well(side):
    """It has to see how the pod ends."""
    rule = {"action": "Count", "onExitCodes": {"operator": "In", "values": [1]}}
    pod = told_to_go(side, podFailurePolicy={"rules": [rule]})
    side.counts(terminating=1)
    side.pause(1.5)
    side.settle("it goes", stuck=True)
    fail(side, pod)
    side.counts(failed=1)
    arrived(side, 1)
    side.settle("replaced")
    let_go(side, pod)
    side.settle("the old one has gone")


@scenario
def it_succeeds_on_its_way_out(side):
    """Where only what has ended counts, it is a success."""
    pod = told_to_go(side, **FAILED)
    side.counts(terminating=1)
    side.settle("it goes", stuck=True)
    succeed(side, pod)
    completed(side)
    let_go(side, pod)
    side.settle("it has gone")


@scenario
def an_index_waits_for_its_pod(side):
    """The other index does not."""
    side.create(indexed(2, metadata=HELD, **FAILED))
    side.settle("created")
    pod = pod_of(side, 0)
    broken(side, pod)
    side.delete(pod, "Pod")
    side.counts(terminating=1)
    side.pause(1.5)
    side.settle("it goes", stuck=True)
    fail(side, pod)
    side.counts(failed=1)
    pod_of(side, 0)
    side.settle("replaced")
    let_go(side, pod)
    side.settle("the old one has gone")


@scenario
def the_policy_is_changed(side):
    """From the one to the other, while a pod goes."""
    pod = told_to_go(side, **FAILED)
    side.counts(terminating=1)
    side.pause(1.5)
    side.settle("it goes", stuck=True)
    side.spec(podReplacementPolicy="TerminatingOrFailed")
    side.counts(failed=1)
    arrived(side, 1)
    side.settle("replaced")
    let_go(side, pod)
    side.settle("the old one has gone")
