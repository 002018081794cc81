"""Runs: which Job is made, and what is told of it."""

from conformance.builders import BY_HAND, container, object_of
from conformance.cronjob import scenario
from conformance.cronjob.hands import (
    arrived,
    by_itself,
    clock,
    cron,
    due,
    due_at,
    early,
    ended,
    failed,
    gone,
    job_of,
    jobs,
    listed,
    lists,
    ran,
    started,
    succeeded,
)
from conformance.job.hands import AT_ONCE


@scenario(smoke=True)
def the_first_run(side):
    """Counted from the creation; its Job is listed while it runs."""
    early(side)
    side.create(cron(schedule="@every 2s"))
    side.until(lambda: len(listed(side)) == 1, "a Job")
    arrived(side, 1, listed(side)[0])
    side.settle("runs")


@scenario(smoke=True)
def a_run_from_beginning_to_end(side):
    """Listed while it runs; then the CronJob knows when it succeeded."""
    side.create(cron())
    side.settle("nothing is due")
    job = started(side)
    side.settle("runs")
    succeeded(side, job)
    side.settle("has succeeded")


@scenario
def a_run_that_fails(side):
    """It is over as well, and nothing is told of a success."""
    side.create(cron(job_spec={"backoffLimit": 0}))
    job = started(side)
    side.settle("runs")
    failed(side, job)
    side.settle("has failed")


@scenario
def a_failure_after_a_success(side):
    """The time of the success stays."""
    side.create(cron(job_spec={"backoffLimit": 0}))
    succeeded(side, started(side, 5))
    side.settle("has succeeded")
    failed(side, started(side, 2))
    side.settle("has failed")


@scenario
def labels_and_annotations(side):
    """Of the Job's template, and when it was to start."""
    metadata = {"labels": {"a": "b"}, "annotations": {"c.io/d": "e"}}
    side.create(cron(job_metadata=metadata, metadata={"annotations": {"f": "g"}}))
    started(side)
    side.settle("runs")


@scenario
def a_template_with_everything(side):
    """The Job has all that the template says of it."""
    spec = {
        "completions": 2,
        "parallelism": 2,
        "completionMode": "Indexed",
        "backoffLimitPerIndex": 1,
        "maxFailedIndexes": 1,
        "activeDeadlineSeconds": 600,
        "ttlSecondsAfterFinished": 600,
    }
    side.create(cron(job_spec=spec))
    job = due(side, 1)
    lists(side, job)
    arrived(side, 2, job)
    side.settle("runs")
    succeeded(side, job)
    side.settle("has succeeded")


@scenario
def a_template_that_changes_between_runs(side):
    """The next run has the new one; the Job that runs keeps its own."""
    side.create(cron())
    first = started(side, 5)
    side.settle("first")
    containers = [container(image="nginx:2")]
    side.spec(jobTemplate={"spec": {"template": {"spec": {"containers": containers}}}})
    second = started(side, 2, beside=[first])
    side.settle("second")
    succeeded(side, first)
    succeeded(side, second)
    side.settle("both have succeeded")


@scenario
def a_template_with_a_suspended_job(side):
    """It counts as one that runs."""
    side.create(cron(job_spec={"suspend": True}))
    job = due(side, 1)
    lists(side, job)
    side.settle("suspended")
    side.patch({"spec": {"suspend": False}}, job, "Job")
    arrived(side, 1, job)
    side.settle("resumed")


@scenario
def a_job_that_is_removed_when_it_has_ended(side):
    """Its time to live is over before the next run."""
    side.create(by_itself(job_spec={"ttlSecondsAfterFinished": 3}))
    job = ran(side, 1)
    side.settle("has succeeded")
    gone(side, job)
    side.settle("is gone")


@scenario
def a_job_deleted_while_it_runs(side):
    """It went missing; the run is not started again."""
    side.create(cron())
    job = started(side)
    side.settle("runs")
    side.delete(job, "Job")
    gone(side, job)
    lists(side)
    side.pause(1)
    side.settle("is gone")
    side.notes["jobs"] = len(jobs(side))


@scenario
def two_cron_jobs(side):
    """The same schedule and template: each has its own Jobs."""
    side.create(cron("one"))
    side.create(cron("two"))
    first = started(side, 1, "one")
    side.settle("one")
    second = started(side, 1, "two")
    side.settle("two")
    succeeded(side, first, "one")
    succeeded(side, second, "two")
    side.settle("both have succeeded", ordered=False)


@scenario
def a_name_that_is_taken_by_a_stranger(side):
    """Nothing is made, nothing is told, and the stranger is left alone."""
    side.create(cron())
    run = clock(3)
    taken = job_of(run)
    template = {"spec": {"restartPolicy": "Never", "containers": [container()]} | BY_HAND}
    side.create(object_of("Job", taken, "batch/v1", spec={"template": template}))
    arrived(side, 1, taken)
    side.settle("a stranger")
    due_at(side, run)
    side.pause(2)
    side.settle("due")
    side.notes["jobs"] = len(jobs(side))


@scenario
def indexed_pods_of_two_runs(side):
    """Both runs have pod 0 and pod 1."""
    spec = {"completions": 2, "parallelism": 2, "completionMode": "Indexed"}
    side.create(cron(job_spec=spec, pod=BY_HAND | AT_ONCE))
    for minutes in (5, 2):
        job = due(side, minutes)
        lists(side, job)
        arrived(side, 2, job)
        succeeded(side, job)
        ended(side, job)
    side.settle("both have succeeded")
