"""What scenarios of CronJob do as users and clocks, and what they look for.

Nobody waits for a minute to pass: an hourly schedule whose last run is said to have been an hour
and three minutes ago has a run due, the one of three minutes ago.
"""

from datetime import UTC, datetime, timedelta

from conformance.builders import BY_HAND, cron_job
from conformance.job.hands import AT_ONCE, fail, succeed
from conformance.objects import conditions_of

HOURLY = "@every 1h"
LATEST_SECOND = 40


def cron(name="web", schedule=HOURLY, **more):
    """A CronJob whose pods become what the scenario makes of them."""
    return cron_job(name, schedule, **{"pod": BY_HAND | AT_ONCE} | more)


def by_itself(name="web", schedule=HOURLY, **more):
    """A CronJob whose pods end well by themselves."""
    return cron_job(name, schedule, **{"pod": AT_ONCE} | more)


def early(side):
    """Wait for the beginning of a minute: runs of one minute share a name."""
    while datetime.now(UTC).second > LATEST_SECOND:
        side.pause(0.2)


def clock(minutes):
    """When it was so many minutes ago."""
    return (datetime.now(UTC) - timedelta(minutes=minutes)).replace(microsecond=0)


def last_was(side, minutes, name="web"):
    """Say that the last run was so many minutes ago."""
    last_was_at(side, clock(minutes), name)


def last_was_at(side, moment, name="web"):
    """Say when the last run was."""
    last = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    side.patch({"status": {"lastScheduleTime": last}}, name, subresource="status")


def job_of(run, name="web"):
    """What the Job of a run at this time is called."""
    return f"{name}-{int(run.timestamp()) // 60}"


def due(side, minutes, name="web"):
    """An hourly run of so many minutes ago is due. Its Job's name."""
    return due_at(side, clock(minutes), name)


def due_at(side, run, name="web"):
    """An hourly run of this time is due. Its Job's name."""
    last_was_at(side, run - timedelta(hours=1), name)
    return job_of(run, name)


def arrived(side, count, job):
    """Wait for so many active pods of a Job, and give their names."""
    return side.until(
        lambda: len(side.names(job, "Job")) == count and side.names(job, "Job"),
        f"{count} active pods of {job}",
    )


def listed(side, name="web"):
    """The names of the Jobs that a CronJob says are running."""
    active = (side.get(name=name) or {}).get("status", {}).get("active", [])
    return [each["name"] for each in active]


def lists(side, *jobs, name="web"):
    """Wait until a CronJob says that these Jobs are running."""
    side.until(lambda: listed(side, name) == [*jobs], f"{name} lists {jobs}")


def started(side, minutes=1, name="web", beside=()):
    """Start an hourly run of so many minutes ago. Its Job's name."""
    job = due(side, minutes, name)
    lists(side, *beside, job, name=name)
    arrived(side, 1, job)
    return job


def ended(side, *jobs, how="Complete"):
    """Wait until these Jobs have ended."""
    for job in jobs:
        side.until(
            lambda job=job: conditions_of(side.get("Job", job) or {}).get(how), f"{job} is {how}"
        )


def succeeded(side, job, name="web"):
    """A Job's pods have done their work, and the CronJob has heard of it."""
    succeed(side, *side.names(job, "Job"))
    ended(side, job)
    side.until(lambda: job not in listed(side, name), f"{job} is not listed")


def failed(side, job, name="web"):
    """A Job's pods have failed, and the CronJob has heard of it."""
    fail(side, *side.names(job, "Job"))
    ended(side, job, how="Failed")
    side.until(lambda: job not in listed(side, name), f"{job} is not listed")


def ran(side, minutes, name="web"):
    """Run an hourly run of so many minutes ago that ends well by itself."""
    job = due(side, minutes, name)
    side.until(lambda: side.get("Job", job), f"{job} is made")
    ended(side, job)
    side.until(lambda: job not in listed(side, name), f"{job} is not listed")
    return job


def jobs(side):
    """The names of all Jobs that are to stay."""
    found = side.recorder.objects(side.namespace, "Job")
    return sorted(j["metadata"]["name"] for j in found if "deletionTimestamp" not in j["metadata"])


def gone(side, *names):
    """Wait until these Jobs are gone."""
    for name in names:
        side.gone(name, "Job")
