"""CronJobs of real pods, by the minute."""

import time
from datetime import UTC, datetime

from batch import calendar, ended, ending
from operating import eventually

EVERY_MINUTE = "* * * * *"


def jobs(world):
    return world.api.get(world.path("jobs"))["items"]


def spec(script):
    return {"template": {"spec": ending(script)}}


def told(world, name="clock"):
    return world.api.get(world.path("cronjobs", name)).get("status", {})


def test_a_run_begins_with_its_minute_in_the_time_zone_that_is_said(world):
    """Each run of a schedule of hours and minutes; the one that comes next, in Calcutta's time."""
    soon = datetime.fromtimestamp(time.time() + 75, UTC)
    there = (
        soon.hour * 60 + soon.minute + 330
    ) % 1440  # half an hour more than a whole number of hours
    world.create(
        calendar(f"{there % 60} {there // 60} * * *", spec("date"), timeZone="Asia/Kolkata")
    )
    (job,) = eventually(lambda: jobs(world), "the run begins", 140, 0.2)
    run = soon.replace(second=0, microsecond=0)
    assert job["metadata"]["name"] == f"clock-{int(run.timestamp()) // 60}"
    stamp = job["metadata"]["annotations"]["batch.kubernetes.io/cronjob-scheduled-timestamp"]
    assert datetime.fromisoformat(stamp) == run
    assert stamp.endswith("+05:30")
    created = datetime.fromisoformat(job["metadata"]["creationTimestamp"])
    assert 0 <= (created - run).total_seconds() <= 2
    ended(world, name=job["metadata"]["name"])
    eventually(lambda: told(world).get("lastSuccessfulTime"), "it says when it succeeded")


def test_a_run_that_is_not_over_is_waited_for_or_replaced(world):
    """Forbid and Replace beside each other, with a run every other second that does not end."""
    staying = spec("exec sleep infinity")
    for name, policy in (("waits", "Forbid"), ("takes", "Replace"), ("both", "Allow")):
        world.create(calendar("@every 2s", staying, name, concurrencyPolicy=policy))

    def runs(name):
        mine = [each for each in jobs(world) if each["metadata"]["name"].startswith(f"{name}-")]
        return {each["metadata"]["uid"] for each in mine}

    # Names of runs are minutes: within one minute the next run has the name of the last.
    eventually(lambda: all(map(runs, ("waits", "takes", "both"))), "each has begun", 60)
    first = {name: runs(name) for name in ("waits", "takes", "both")}
    eventually(lambda: first["takes"] - runs("takes"), "the old one is replaced", 100)
    eventually(lambda: len(runs("both")) == 2, "two of those that may overlap", 100)
    assert runs("waits") == first["waits"]
    assert len(told(world, "both")["active"]) == 2
