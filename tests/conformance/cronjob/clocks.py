"""Schedules and time zones."""

from conformance.cronjob import scenario
from conformance.cronjob.hands import arrived, cron, early, jobs, last_was, listed, lists, started


def yearly(**more):
    """On New Year's Day, at midnight of its zone."""
    return cron(schedule="0 0 1 1 *", **more)


def runs_once(side):
    side.until(lambda: jobs(side), "a Job")
    lists(side, *jobs(side))
    arrived(side, 1, jobs(side)[0])
    side.settle("runs")
    (job,) = jobs(side)
    side.notes["day"] = job_day(side, job)


def job_day(side, job):
    """When the run was to start, in the words of its Job."""
    annotations = side.get("Job", job)["metadata"]["annotations"]
    year, rest = annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"].split("-", 1)
    return f"{len(year)} digits, {rest.replace(':', '.')}"


@scenario
def a_time_zone(side):
    """The run starts at midnight there, and its Job says so with the offset."""
    side.create(yearly(timeZone="Asia/Kathmandu"))
    last_was(side, 364 * 24 * 60)
    runs_once(side)


@scenario
def a_time_zone_behind(side):
    """New Year comes later there."""
    side.create(yearly(timeZone="America/New_York"))
    last_was(side, 364 * 24 * 60)
    runs_once(side)


@scenario
def universal_time(side):
    """Its offset is a letter."""
    side.create(yearly(timeZone="Etc/UTC"))
    last_was(side, 364 * 24 * 60)
    runs_once(side)


@scenario
def no_time_zone(side):
    """The controller's own."""
    side.create(yearly())
    last_was(side, 364 * 24 * 60)
    runs_once(side)


@scenario
def a_day_that_never_comes(side):
    """The schedule is taken, and a warning told."""
    side.create(cron(schedule="0 0 30 2 *"))
    side.told("InvalidSchedule")
    side.settle("never")


@scenario
def a_schedule_that_is_changed(side):
    """Its runs are those of the new one."""
    side.create(cron(schedule="0 0 1 1 *"))
    side.settle("yearly")
    early(side)
    side.spec(schedule="@every 2s")
    side.until(lambda: listed(side), "a Job")
    arrived(side, 1, listed(side)[0])
    side.settle("often")


@scenario
def a_time_zone_that_is_changed(side):
    """Nothing is started by it."""
    side.create(cron(timeZone="Etc/UTC"))
    started(side)
    side.settle("runs")
    side.spec(timeZone="Europe/Berlin")
    side.pause(2)
    side.settle("changed")
    side.notes["jobs"] = len(jobs(side))


@scenario
def the_next_minute(side):
    """A real one."""
    side.create(cron(schedule="* * * * *"))
    side.until(lambda: listed(side), "a Job", seconds=75)
    arrived(side, 1, listed(side)[0])
    side.settle("runs", seconds=75)
