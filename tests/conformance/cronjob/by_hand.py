"""Jobs of a CronJob that it did not start itself."""

from conformance.builders import BY_HAND, container
from conformance.cronjob import scenario
from conformance.cronjob.hands import (
    arrived,
    clock,
    cron,
    due_at,
    ended,
    job_of,
    jobs,
    started,
)
from conformance.job.hands import AT_ONCE, succeed

MANUAL = {"cronjob.kubernetes.io/instantiate": "manual"}


def job_from(side, name, annotations=None, cron_job="web"):
    """A Job as ``kubectl create job --from`` makes it."""
    owner = side.get(name=cron_job)
    reference = {
        "apiVersion": side.flavour.api_version("CronJob"),
        "kind": "CronJob",
        "name": cron_job,
        "uid": owner["metadata"]["uid"],
        "controller": True,
    }
    metadata = {"name": name, "annotations": annotations or MANUAL, "ownerReferences": [reference]}
    pod = {"restartPolicy": "Never", "containers": [container()]} | BY_HAND | AT_ONCE
    return side.create(
        {"kind": "Job", "metadata": metadata, "spec": {"template": {"spec": pod}}},
    )


@scenario
def started_by_hand(side):
    """It is not listed, and told to be unexpected; its success counts."""
    side.create(cron())
    side.settle("created")
    job_from(side, "now")
    arrived(side, 1, "now")
    side.told("UnexpectedJob")
    side.settle("runs")
    succeed(side, *side.names("now", "Job"))
    ended(side, "now")
    side.until(lambda: "lastSuccessfulTime" in side.get().get("status", {}), "a success")
    side.settle("has succeeded")


@scenario
def started_by_hand_beside_a_run(side):
    """It keeps no run from being started."""
    side.create(cron(concurrencyPolicy="Forbid"))
    job_from(side, "now")
    arrived(side, 1, "now")
    side.told("UnexpectedJob")
    side.settle("by hand")
    started(side, 3)
    side.settle("both")


@scenario
def started_by_hand_and_kept(side):
    """It counts for the history."""
    side.create(cron(successfulJobsHistoryLimit=1))
    for name in ("first", "second"):
        job_from(side, name)
        arrived(side, 1, name)
        succeed(side, *side.names(name, "Job"))
        ended(side, name)
    side.until(lambda: jobs(side) == ["second"], "one is kept")
    side.settle("one")


@scenario
def by_hand_with_the_name_of_a_run(side):
    """The run is not made twice."""
    side.create(cron())
    run = clock(3)
    job = job_of(run)
    job_from(side, job)
    arrived(side, 1, job)
    side.told("UnexpectedJob")
    side.settle("by hand")
    due_at(side, run)
    side.pause(2)
    side.settle("due")
    side.notes["jobs"] = len(jobs(side))
