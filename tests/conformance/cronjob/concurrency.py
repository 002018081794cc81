"""What happens to a run while an earlier one is not over."""

from conformance.cronjob import scenario
from conformance.cronjob.hands import (
    arrived,
    cron,
    due,
    ended,
    gone,
    jobs,
    lists,
    started,
    succeeded,
)
from conformance.job.hands import succeed


@scenario
def allowed_beside_each_other(side):
    """Three of them run, in the order in which they started."""
    side.create(cron(concurrencyPolicy="Allow"))
    first = started(side, 9)
    side.settle("first")
    second = started(side, 6, beside=[first])
    side.settle("second")
    third = started(side, 3, beside=[first, second])
    side.settle("third")
    succeeded(side, second)
    lists(side, first, third)
    side.settle("the second is over")


@scenario(smoke=True)
def forbidden_while_one_runs(side):
    """The run is not started; when the other is over, it is, late."""
    side.create(cron(concurrencyPolicy="Forbid"))
    first = started(side, 9)
    side.settle("first")
    second = due(side, 3)
    side.told("JobAlreadyActive")
    side.settle("not now")
    succeed(side, *side.names(first, "Job"))
    lists(side, second)
    arrived(side, 1, second)
    side.settle("now")


@scenario
def forbidden_and_too_late_when_the_other_is_over(side):
    """The deadline has passed meanwhile: the run is dropped without a word."""
    side.create(cron(concurrencyPolicy="Forbid"))
    first = started(side, 9)
    side.settle("first")
    due(side, 3)
    side.told("JobAlreadyActive")
    side.spec(startingDeadlineSeconds=60)
    succeeded(side, first)
    side.pause(1)
    side.settle("dropped")
    side.notes["jobs"] = len(jobs(side))


@scenario
def forbidden_and_deleted_by_a_user(side):
    """When the Job that runs is gone, the run starts."""
    side.create(cron(concurrencyPolicy="Forbid"))
    first = started(side, 9)
    side.settle("first")
    second = due(side, 3)
    side.told("JobAlreadyActive")
    side.delete(first, "Job")
    gone(side, first)
    lists(side, second)
    arrived(side, 1, second)
    side.settle("now", ordered=False)


@scenario
def replaced_while_one_runs(side):
    """The Job that runs is deleted, with its pods, and the new one made."""
    side.create(cron(concurrencyPolicy="Replace"))
    first = started(side, 9)
    side.settle("first")
    second = due(side, 3)
    lists(side, second)
    gone(side, first)
    arrived(side, 1, second)
    side.settle("second", ordered=False)
    succeeded(side, second)
    side.settle("has succeeded")


@scenario
def replaced_when_several_run(side):
    """All of them: the policy was another one before."""
    side.create(cron(concurrencyPolicy="Allow"))
    first = started(side, 9)
    second = started(side, 6, beside=[first])
    side.settle("two")
    side.spec(concurrencyPolicy="Replace")
    third = due(side, 3)
    lists(side, third)
    gone(side, first, second)
    arrived(side, 1, third)
    side.settle("one", ordered=False)


@scenario
def nothing_to_replace(side):
    """One that has ended stays."""
    side.create(cron(concurrencyPolicy="Replace"))
    first = started(side, 9)
    succeeded(side, first)
    side.settle("first")
    started(side, 3)
    ended(side, first)
    side.settle("second")
