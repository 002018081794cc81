"""How a CronJob goes, and what it leaves."""

from conformance.cronjob import scenario
from conformance.cronjob.hands import cron, due, jobs, started, succeeded


def nothing_left(side):
    side.until(lambda: not side.api.get(side.path("Pod"))["items"], "no pods")
    side.until(lambda: not side.api.get(side.path("Job"))["items"], "no Jobs")


@scenario(smoke=True)
def background_deletion(side):
    """Jobs go after it, those that run and those that have ended, and their pods."""
    side.create(cron())
    succeeded(side, started(side, 6))
    started(side, 3)
    side.settle("two")
    side.delete(policy="Background")
    side.gone()
    nothing_left(side)
    side.settle("gone", ordered=False)


@scenario(coarse=True)
def foreground_deletion(side):
    """It goes last."""
    side.create(cron())
    succeeded(side, started(side, 6))
    started(side, 3)
    side.settle("two")
    side.delete(policy="Foreground")
    side.gone()
    side.settle("gone", ordered=False)
    side.notes["pods"] = len(side.api.get(side.path("Pod"))["items"])


@scenario
def deleted_with_its_jobs_left(side):
    """They have no owner any more, and go on."""
    side.create(cron())
    job = started(side)
    side.settle("runs")
    side.delete(policy="Orphan")
    side.gone()
    side.settle("orphan")
    side.delete(job, "Job")
    side.gone(job, "Job")
    nothing_left(side)
    side.settle("gone", ordered=False)


@scenario
def on_its_way_out_it_does_nothing(side):
    """A finalizer holds it: nothing is started any more, and what ends is told."""
    side.create(cron())
    job = started(side, 6)
    side.settle("runs")
    side.patch({"metadata": {"finalizers": ["example.com/hold"]}})
    side.delete(policy="Orphan")
    side.until(lambda: "deletionTimestamp" in side.get()["metadata"], "it goes")
    side.until(
        lambda: "ownerReferences" not in side.get("Job", job)["metadata"], "its Job is let go"
    )
    side.settle("held")
    due(side, 3)
    side.pause(1)
    side.settle("still held")
    side.notes["jobs"] = len(jobs(side))
    side.patch({"metadata": {"finalizers": None}})
    side.gone()
    side.settle("gone")


@scenario
def made_again_under_its_name(side):
    """The new one does not know the old one's Jobs."""
    side.create(cron())
    started(side, 6)
    side.settle("first")
    side.delete(policy="Orphan")
    side.gone()
    side.create(cron())
    side.settle("again")
    started(side, 3)
    side.settle("runs")
