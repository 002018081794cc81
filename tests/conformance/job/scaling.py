"""More or fewer pods at a time."""

from conformance.hands import HELD
from conformance.job import scenario
from conformance.job.hands import arrived, by_hand, completed, let_go, pod_of, run, succeed
from conformance.job.hands import indexed as numbered
from conformance.objects import ago


@scenario
def more_at_a_time(side):
    """In the middle of the work."""
    side.create(by_hand(parallelism=1, completions=4))
    side.settle("one")
    side.spec(parallelism=3)
    arrived(side, 3)
    side.settle("three")
    succeed(side, *side.names())
    side.counts(succeeded=3)
    arrived(side, 1)
    side.settle("the last")


@scenario
def fewer_at_a_time(side):
    """Those that are removed do not count; the one that runs stays."""
    side.create(by_hand(parallelism=3, completions=3))
    side.settle("three")
    keep = side.names()[1]
    run(side, keep)
    side.settle("one runs")
    side.spec(parallelism=1)
    side.until(lambda: side.names() == [keep], "one is left")
    side.settle("one at a time")
    succeed(side, keep)
    side.counts(succeeded=1)
    arrived(side, 1)
    side.settle("the next")


@scenario
def the_youngest_in_readiness_go_first(side):
    """Of those that run, who is ready for less long."""
    side.create(by_hand(parallelism=3, completions=3))
    side.settle("three")
    for hours, pod in enumerate(side.names(), 1):
        side.pod_status(pod, ready=True, since=ago(hours=hours), phase="Running")
    side.settle("they run")
    keep = side.names()[2]
    side.spec(parallelism=1)
    side.until(lambda: side.names() == [keep], "the oldest is left")
    side.settle("one at a time")


@scenario
def none_at_a_time(side):
    """A parallelism of 0 removes all, and suspends nothing."""
    side.create(by_hand(parallelism=2, completions=4))
    side.settle("two")
    succeed(side, side.names()[0])
    side.counts(succeeded=1)
    arrived(side, 2)
    side.settle("one has succeeded")
    side.spec(parallelism=0)
    arrived(side, 0)
    side.settle("none")
    side.spec(parallelism=3)
    arrived(side, 3)
    side.settle("three")


@scenario
def fewer_and_slow_to_go(side):
    """They are terminating, and their places are free."""
    side.create(by_hand(parallelism=2, completions=2, metadata=HELD))
    side.settle("two")
    run(side, *side.names())
    pods = side.names()
    side.spec(parallelism=0)
    side.counts(active=0, terminating=2)
    side.settle("none", stuck=True)
    side.spec(parallelism=2)
    arrived(side, 2)
    side.settle("two again")
    let_go(side, *pods)
    side.counts(terminating=0)
    side.settle("the old ones have gone")


@scenario
def fewer_indexes_at_a_time(side):
    """An index that was removed comes again, when there is room."""
    side.create(numbered(3))
    side.settle("three")
    run(side, pod_of(side, 1))
    side.settle("one runs")
    side.spec(parallelism=1)
    arrived(side, 1)
    side.settle("one at a time")
    succeed(side, pod_of(side, 1))
    arrived(side, 1)
    side.settle("the next")
    side.spec(parallelism=2)
    arrived(side, 2)
    side.settle("all that are left")


@scenario
def a_work_queue_with_more_hands(side):
    """Before one has succeeded; afterwards none comes."""
    side.create(by_hand(parallelism=1))
    side.settle("one")
    (first,) = side.names()
    side.spec(parallelism=3)
    arrived(side, 3)
    side.settle("three")
    succeed(side, first)
    side.counts(succeeded=1)
    side.spec(parallelism=5)
    side.pause(1.5)
    side.settle("no more")
    side.spec(parallelism=1)
    side.pause(1.5)
    side.settle("nor fewer")
    succeed(side, *side.names())
    completed(side)
