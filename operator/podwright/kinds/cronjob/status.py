"""The status of a CronJob: which Jobs run, when the last was started, when one succeeded."""

from __future__ import annotations

from datetime import datetime

from podwright import labels
from podwright.kinds.cronjob import children, runs
from podwright.kinds.cronjob.children import Children
from podwright.kinds.cronjob.spec import CronJobSpec
from podwright.objects import Manifest, Meta
from podwright.owners import Job, moment
from podwright.plan import Create, Delete, Outcome
from podwright.rules import summary
from podwright.rules.conditions import timestamp
from podwright.workload import Observed, Status

NONE = "<none>"
"""What kubectl shows of a field that is not set."""


def status(seen: Observed[CronJobSpec], outcome: Outcome) -> Status:
    """Compute the whole status; the engine writes it when it differs.

    Kubernetes: pkg/controller/cronjob/cronjob_controllerv2.go, ``syncCronJob``.

    Differs: ``podwright`` is ours; it feeds kubectl's columns, and remembers the schedule.
    """
    active = running(seen, outcome)
    times = {
        "lastScheduleTime": last_scheduled(seen, outcome),
        "lastSuccessfulTime": last_successful(seen),
    }
    told = words(seen, outcome) | {"active": str(len(active))} | runs.remembered(seen)
    whole: Status = {name: timestamp(at) for name, at in times.items() if at is not None}
    return whole | ({"active": active} if active else {}) | {"podwright": told}


def running(seen: Observed[CronJobSpec], outcome: Outcome) -> list[Manifest]:
    """References to the Jobs that run: those that were listed, in their order, then new ones.

    Kubernetes: pkg/controller/cronjob/cronjob_controllerv2.go, ``syncCronJob``, ``deleteJob``.
    """
    gone = removed(outcome)
    there = {job.metadata.uid: job for job in Children.of(seen).active}
    there = {uid: job for uid, job in there.items() if uid not in gone}
    old = [each for each in children.listed(seen) if each.get("uid") in there]
    known = {each["uid"] for each in old}
    new = [job.metadata for uid, job in there.items() if uid not in known]
    made = [each for each in outcome.made.values() if each.uid not in known | there.keys()]
    return [*old, *(refer(seen, each) for each in (*new, *made))]


def removed(outcome: Outcome) -> set[str]:
    """The uids of Jobs that this look has removed.

    Kubernetes: pkg/controller/cronjob/cronjob_controllerv2.go, ``deleteJob``.
    """
    failed = [failure.action for failure in outcome.failures]
    deletes = (each for each in outcome.plan.actions if isinstance(each, Delete))
    return {each.target.metadata.uid for each in deletes if each not in failed}


def refer(seen: Observed[CronJobSpec], job: Meta) -> Manifest:
    """A reference to a Job, at the version at which it was first seen.

    Kubernetes: client-go tools/reference/ref.go, ``GetReference``.
    """
    return {
        "kind": Job.resource.kind,
        "namespace": seen.meta.namespace,
        "name": job.name,
        "uid": job.uid,
        "apiVersion": seen.reference.api_version,
        "resourceVersion": job.resource_version,
    }


def last_scheduled(seen: Observed[CronJobSpec], outcome: Outcome) -> datetime | None:
    """The time of the last run that was started; also of one that nobody wrote down.

    Kubernetes: pkg/controller/cronjob/cronjob_controllerv2.go, ``syncCronJob``.
    """
    for action in outcome.plan.actions:
        if isinstance(action, Create) and action.manifest["metadata"]["name"] in outcome.made:
            return moment(action.manifest["metadata"]["annotations"][labels.SCHEDULED_TIMESTAMP])
    due = runs.due(seen)
    if due is not None and children.is_started(seen, due):
        return due
    return moment(seen.status.get("lastScheduleTime"))


def last_successful(seen: Observed[CronJobSpec]) -> datetime | None:
    """When a Job was last complete, also when it is gone since.

    Kubernetes: pkg/controller/cronjob/cronjob_controllerv2.go, ``syncCronJob``.
    """
    succeeded = (job for job in seen.of(Job) if job.outcome == "Complete")
    times = [moment(seen.status.get("lastSuccessfulTime")), *(j.completion_time for j in succeeded)]
    return max((each for each in times if each is not None), default=None)


def words(seen: Observed[CronJobSpec], outcome: Outcome) -> Manifest:
    """What kubectl's columns show, and what is waited for.

    Kubernetes: pkg/printers/internalversion/printers.go, ``printCronJob``.
    """
    told = summary.words(seen.spec.pod_template, "", outcome)
    if outcome.failures:
        told["waitingFor"] = "the API server to accept its Jobs"
    elif outcome.existing:
        told["waitingFor"] = f"a name that another object has: {', '.join(outcome.existing)}"
    return told | {
        "suspend": str(seen.spec.suspend),
        "timeZone": NONE if seen.spec.time_zone is None else seen.spec.time_zone,
        "selector": NONE,
    }
