"""Failures counted index by index."""

from conformance.job import scenario
from conformance.job.hands import ended, fail, failed, has, indexed, pod_of, pods_of, succeed
from conformance.objects import ago

ONE = {"backoffLimitPerIndex": 1}
NONE = {"backoffLimitPerIndex": 0}


def exits(code, action):
    return {"action": action, "onExitCodes": {"operator": "In", "values": [code]}}


@scenario
def an_index_fails_for_good(side):
    """The others go on; the Job fails when all have ended."""
    side.create(indexed(3, **ONE))
    side.settle("created")
    fail(side, pod_of(side, 0))
    side.counts(failed=1)
    pod_of(side, 0)
    side.settle("once")
    fail(side, pod_of(side, 0))
    side.counts(failed=2, failedIndexes="0")
    side.settle("twice", stuck=True)
    succeed(side, *pods_of(side, 1, 2))
    failed(side)


@scenario
def an_index_recovers(side):
    """Its next pod tells how often it has failed."""
    side.create(indexed(2, **ONE))
    side.settle("created")
    fail(side, pod_of(side, 1))
    side.counts(failed=1)
    pod_of(side, 1)
    side.settle("once")
    succeed(side, *pods_of(side, 0, 1))
    has(side, "Complete")
    side.settle("complete")


@scenario
def an_index_pauses(side):
    """Its failed pod is held, because it holds the count; the others are not concerned."""
    side.create(indexed(2, **ONE))
    side.settle("created")
    side.pod_status(pod_of(side, 0), phase="Failed", containerStatuses=[ended(1, seconds=0)])
    side.pause(3)
    side.settle("nobody yet", stuck=True)
    succeed(side, pod_of(side, 1))
    side.counts(succeeded=1)
    pod_of(side, 0)
    side.counts(failed=1)
    side.settle("the pause is over", stuck=True)


@scenario
def too_many_indexes_fail(side):
    """Those that still run are removed."""
    side.create(indexed(4, maxFailedIndexes=1, **NONE))
    side.settle("created")
    fail(side, pod_of(side, 0))
    side.counts(failed=1, failedIndexes="0")
    side.settle("one", stuck=True)
    fail(side, pod_of(side, 2))
    failed(side)


@scenario
def not_one_index_may_fail(side):
    """A maximum of 0."""
    side.create(indexed(3, maxFailedIndexes=0, **NONE))
    side.settle("created")
    succeed(side, pod_of(side, 1))
    side.counts(succeeded=1)
    side.settle("one has succeeded")
    fail(side, pod_of(side, 0))
    failed(side)


@scenario
def a_limit_for_all_beside_that_of_each(side):
    """The first to be reached decides."""
    side.create(indexed(3, backoffLimit=1, backoffLimitPerIndex=5))
    side.settle("created")
    fail(side, pod_of(side, 0))
    side.counts(failed=1)
    pod_of(side, 0)
    side.settle("one")
    fail(side, pod_of(side, 1))
    failed(side)


@scenario
def a_policy_fails_an_index(side):
    """FailIndex: not tried again, whatever is allowed."""
    rules = [exits(42, "FailIndex")]
    side.create(indexed(2, backoffLimitPerIndex=3, podFailurePolicy={"rules": rules}))
    side.settle("created")
    fail(side, pod_of(side, 1), code=42)
    side.counts(failed=1, failedIndexes="1")
    side.settle("one index", stuck=True)
    succeed(side, pod_of(side, 0))
    failed(side)


@scenario
def a_policy_ignores_a_failure_of_an_index(side):
    """It is told apart from those that count."""
    rules = [exits(42, "Ignore")]
    side.create(indexed(1, **ONE, podFailurePolicy={"rules": rules}))
    side.settle("created")
    for title, code in (("ignored", 42), ("counted", 1), ("ignored again", 42)):
        old = pod_of(side, 0)
        fail(side, old, code=code)
        side.until(lambda old=old: side.names() not in ([], [old]), "the next one")
        side.settle(title)
    fail(side, pod_of(side, 0))
    failed(side)


@scenario
def a_deleted_pod_of_an_index(side):
    """Counts as failed for its index."""
    side.create(indexed(2, **NONE))
    side.settle("created")
    pod = pod_of(side, 0)
    side.pod_status(pod, ready=False, since=ago(hours=1), phase="Running")
    side.delete(pod, "Pod")
    side.counts(failed=1, failedIndexes="0")
    side.settle("deleted", stuck=True)
    succeed(side, pod_of(side, 1))
    failed(side)
