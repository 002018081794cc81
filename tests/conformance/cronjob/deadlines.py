"""Runs that are late, and how late they may be."""

from datetime import UTC

from conformance.cronjob import scenario
from conformance.cronjob.hands import arrived, clock, cron, job_of, jobs, last_was, lists

DAY = 24 * 60


def daily(minutes):
    """At the time that it was so many minutes ago, each day."""
    moment = clock(minutes).astimezone(UTC)
    return f"{moment.minute} {moment.hour} * * *"


@scenario
def late_and_within_the_deadline(side):
    """A day has passed since the last run; five minutes ago there should have been one."""
    side.create(cron(schedule=daily(5), startingDeadlineSeconds=1200))
    last_was(side, DAY)
    side.until(lambda: jobs(side), "a Job")
    (job,) = jobs(side)
    lists(side, job)
    arrived(side, 1, job)
    side.settle("late")


@scenario
def later_than_the_deadline(side):
    """It is dropped, without a word."""
    side.create(cron(schedule=daily(5), startingDeadlineSeconds=100))
    last_was(side, DAY)
    side.pause(2)
    side.settle("too late")
    side.notes["jobs"] = len(jobs(side))


@scenario
def a_deadline_of_nothing(side):
    """No run is ever early enough."""
    side.create(cron(schedule="@every 1s", startingDeadlineSeconds=0))
    side.pause(4)
    side.settle("nothing")
    side.notes["jobs"] = len(jobs(side))


@scenario
def a_deadline_that_is_given_up(side):
    """The run that was too late starts."""
    side.create(cron(schedule=daily(5), startingDeadlineSeconds=100))
    last_was(side, DAY)
    side.pause(1)
    side.settle("too late")
    side.spec(startingDeadlineSeconds=None)
    side.until(lambda: jobs(side), "a Job")
    lists(side, *jobs(side))
    arrived(side, 1, jobs(side)[0])
    side.settle("late")


@scenario
def five_missed_runs(side):
    """The last of them is started, and no other."""
    side.create(cron())
    last_was(side, 5 * 60 + 3)
    side.until(lambda: jobs(side), "a Job")
    lists(side, *jobs(side))
    arrived(side, 1, jobs(side)[0])
    side.settle("one")
    side.notes["jobs"] = len(jobs(side))


@scenario
def more_than_a_hundred_missed_runs(side):
    """A warning; the last of them is started all the same."""
    side.create(cron())
    last_was(side, 200 * 60 + 3)
    side.told("TooManyMissedTimes")
    side.until(lambda: jobs(side), "a Job")
    lists(side, *jobs(side))
    arrived(side, 1, jobs(side)[0])
    side.settle("one")


@scenario
def a_run_that_was_started_already(side):
    """The status names it as the last one: it is not started again."""
    side.create(cron(schedule=daily(5)))
    last = clock(5)
    side.patch({"status": {"lastScheduleTime": f"{last:%Y-%m-%dT%H:%M}:00Z"}}, subresource="status")
    side.pause(2)
    side.settle("nothing")
    side.notes["jobs"] = [job == job_of(last) for job in jobs(side)]
