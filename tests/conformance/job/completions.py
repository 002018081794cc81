"""How many pods have to succeed, and how many run at a time."""

from conformance.builders import job
from conformance.job import scenario
from conformance.job.hands import AT_ONCE, arrived, by_hand, completed, fail, run, succeed


@scenario(smoke=True)
def one_pod(side):
    """A Job of which nothing is said: one pod, once."""
    side.create(by_hand())
    side.settle("created")
    run(side, *side.names())
    side.settle("runs")
    succeed(side, *side.names())
    completed(side)


@scenario(smoke=True)
def played_by_kwok(side):
    """Pods that are scheduled, run and end by themselves."""
    side.create(job(completions=3, parallelism=3, pod=AT_ONCE))
    completed(side)


@scenario
def five_completions_two_at_a_time(side):
    """The next pod comes when one has succeeded, and no more than are needed."""
    side.create(by_hand(completions=5, parallelism=2))
    side.settle("two")
    queue = side.names()
    for count, active in ((1, 2), (2, 2), (3, 2), (4, 1)):
        succeed(side, queue.pop(0))
        side.counts(succeeded=count, active=active)
        side.settle(f"{count} of them")
        queue += [name for name in side.names() if name not in queue]
    succeed(side, *queue)
    completed(side)


@scenario
def more_at_a_time_than_needed(side):
    """Two of five."""
    side.create(by_hand(completions=2, parallelism=5))
    side.settle("two")
    succeed(side, *side.names())
    completed(side)


@scenario
def completions_without_parallelism(side):
    """One at a time."""
    side.create(by_hand(completions=2))
    side.settle("one")
    succeed(side, *side.names())
    arrived(side, 1)
    side.settle("the other")
    succeed(side, *side.names())
    completed(side)


@scenario
def a_work_queue(side):
    """Without completions nobody new comes once one has succeeded, and the others finish."""
    side.create(by_hand(parallelism=3))
    side.settle("three")
    first, second, third = side.names()
    succeed(side, first)
    side.settle("one has succeeded")
    fail(side, second)
    side.settle("one has failed")
    succeed(side, third)
    completed(side)


@scenario
def a_work_queue_whose_first_pod_fails(side):
    """It is replaced: nobody has said yet that the queue is empty."""
    side.create(by_hand(parallelism=2))
    side.settle("two")
    fail(side, side.names()[0])
    side.counts(failed=1)
    arrived(side, 2)
    side.settle("replaced")
    succeed(side, *side.names())
    completed(side)


@scenario
def nothing_to_do(side):
    """No completions: complete at once."""
    side.create(by_hand(completions=0))
    completed(side)


@scenario
def nothing_to_do_and_suspended(side):
    """Complete at once, without a start."""
    side.create(by_hand(completions=0, suspend=True))
    completed(side)


@scenario
def nobody_at_a_time(side):
    """A parallelism of 0 makes no pods, until it is raised."""
    side.create(by_hand(parallelism=0, completions=2))
    side.settle("nobody")
    side.spec(parallelism=2)
    side.settle("two")
    side.spec(parallelism=0)
    side.settle("nobody again")


@scenario
def a_work_queue_of_nobody(side):
    """No completions and no pods: it is not complete."""
    side.create(by_hand(parallelism=0))
    side.pause(1.5)
    side.settle("nobody")


@scenario
def two_jobs_beside_each_other(side):
    """The same template: each has its own pods."""
    side.create(by_hand("one"))
    side.create(by_hand("two"))
    side.settle("both", ordered=False)
    succeed(side, *side.names("one"))
    completed(side, "one is complete", "one")


@scenario
def finished_pods_may_be_removed(side):
    """A success is counted, whatever becomes of its pod."""
    side.create(by_hand(completions=2))
    side.settle("one")
    (first,) = side.names()
    succeed(side, first)
    arrived(side, 1)
    side.settle("the other")
    side.delete(first, "Pod")
    side.settle("the first pod is removed")
    succeed(side, *side.names())
    completed(side)
    side.delete(side.recorder.objects(side.namespace, "Pod")[0]["metadata"]["name"], "Pod")
    side.pause(1)
    side.settle("so is the other")
