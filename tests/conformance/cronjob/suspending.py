"""A CronJob that is suspended, and one that is resumed."""

from conformance.cronjob import scenario
from conformance.cronjob.hands import arrived, cron, jobs, last_was, lists, started, succeeded


@scenario(smoke=True)
def suspended_from_the_beginning(side):
    """Nothing is started, whatever is due."""
    side.create(cron(schedule="@every 1s", suspend=True))
    last_was(side, 3)
    side.pause(3)
    side.settle("suspended")
    side.notes["jobs"] = len(jobs(side))


@scenario
def resumed(side):
    """Of all that was missed, one run is started."""
    side.create(cron(suspend=True))
    last_was(side, 7 * 60 + 2)
    side.pause(1)
    side.settle("suspended")
    side.spec(suspend=False)
    side.until(lambda: jobs(side), "a Job")
    lists(side, *jobs(side))
    arrived(side, 1, jobs(side)[0])
    side.pause(1)
    side.settle("resumed")
    side.notes["jobs"] = len(jobs(side))


@scenario
def resumed_too_late(side):
    """With a deadline nothing is made up for."""
    side.create(cron(schedule="0 0 1 1 *", suspend=True, startingDeadlineSeconds=60))
    last_was(side, 2 * 365 * 24 * 60)
    side.settle("suspended")
    side.spec(suspend=False)
    side.pause(2)
    side.settle("resumed")
    side.notes["jobs"] = len(jobs(side))


@scenario
def suspended_while_a_job_runs(side):
    """It goes on to its end, and the CronJob takes notice."""
    side.create(cron())
    job = started(side)
    side.settle("runs")
    side.spec(suspend=True)
    side.settle("suspended")
    succeeded(side, job)
    side.settle("has succeeded")


@scenario
def suspended_with_too_much_history(side):
    """It is tidied up all the same."""
    side.create(cron())
    succeeded(side, started(side, 9))
    succeeded(side, started(side, 6))
    side.settle("two")
    side.spec(suspend=True, successfulJobsHistoryLimit=1)
    side.until(lambda: len(jobs(side)) == 1, "one")
    side.settle("one")
