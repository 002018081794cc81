"""How long a Job may take."""

from conformance.hands import HELD
from conformance.job import scenario
from conformance.job.hands import arrived, by_hand, completed, failed, indexed, let_go, run, succeed


@scenario
def too_slow(side):
    """Its pods are removed, and count as failed."""
    side.create(by_hand(parallelism=2, completions=2, activeDeadlineSeconds=3))
    arrived(side, 2)
    side.settle("created")
    failed(side)


@scenario
def fast_enough(side):
    """It is complete before."""
    side.create(by_hand(activeDeadlineSeconds=60))
    side.settle("created")
    succeed(side, *side.names())
    completed(side)


@scenario
def a_deadline_for_a_job_that_runs(side):
    """It counts from the start."""
    side.create(by_hand())
    side.settle("created")
    run(side, *side.names())
    side.settle("runs")
    side.spec(activeDeadlineSeconds=1)
    failed(side)


@scenario
def no_time_at_all(side):
    """Not one second: it fails before it has a pod."""
    side.create(by_hand(activeDeadlineSeconds=0))
    failed(side)


@scenario
def too_slow_and_slow_to_go(side):
    """First the verdict; the end comes when the last pod has gone."""
    side.create(by_hand(activeDeadlineSeconds=3, metadata=HELD))
    arrived(side, 1)
    side.settle("created")
    (pod,) = side.names()
    side.until(lambda: "deletionTimestamp" in side.get("Pod", pod)["metadata"], "it goes")
    side.settle("verdict")
    let_go(side, pod)
    failed(side)


@scenario
def the_clock_stands_while_it_is_suspended(side):
    """And begins anew when it is resumed."""
    side.create(by_hand(activeDeadlineSeconds=4, suspend=True))
    side.settle("created")
    side.pause(4.5)
    side.settle("later")
    side.spec(suspend=False)
    arrived(side, 1)
    side.settle("resumed")
    failed(side)


@scenario
def some_indexes_in_time(side):
    """What has succeeded stays."""
    side.create(indexed(3, activeDeadlineSeconds=5))
    arrived(side, 3)
    side.settle("created")
    succeed(side, side.names()[0])
    side.counts(succeeded=1)
    side.settle("one has succeeded")
    failed(side)
