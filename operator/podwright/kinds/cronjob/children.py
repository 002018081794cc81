"""A CronJob's Jobs: what a run's Job is called and made of, and which of them still run.

The Job of a run is named after the run's time, in minutes: ``backup-31557600``. The name is the
lock: a run that has been started once is not started again, however the operator ended meanwhile.

Differs: a Job that was made and not written down, because the operator ended right then, is written
down without a warning, and counts for the concurrency policy. Jobs are found by the CronJob's uid.
Nothing is told of Jobs that go with a CronJob, or that it has removed itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from podwright import labels
from podwright.kinds.cronjob.spec import CronJobSpec
from podwright.objects import Manifest, Meta
from podwright.owners import Job, moment
from podwright.workload import Observed


@dataclass(frozen=True, slots=True)
class Children:
    """The Jobs, dealt out; each tuple in the order of their names."""

    finished: tuple[Job, ...]
    active: tuple[Job, ...]
    unexpected: tuple[Job, ...]
    missing: tuple[Manifest, ...]
    """What the status lists and is not there any more. A CronJob that is being deleted misses none:
    its Jobs go with it, or have no owner any more."""

    @classmethod
    def of(cls, seen: Observed[CronJobSpec]) -> Children:
        """Deal the Jobs into those that have ended, those that run, and others that run.

        Kubernetes: pkg/controller/cronjob/cronjob_controllerv2.go, ``syncCronJob``.
        """
        jobs = sorted(seen.of(Job), key=lambda job: job.name)
        running = [job for job in jobs if not job.outcome]
        active = tuple(job for job in running if is_listed(seen, job) or is_run(seen.meta, job))
        strangers = (job for job in running if job not in active)
        uids = {job.metadata.uid for job in jobs}
        going = seen.meta.deletion_timestamp is not None
        return cls(
            finished=tuple(job for job in jobs if job.outcome),
            active=active,
            unexpected=tuple(job for job in strangers if job.metadata.deletion_timestamp is None),
            missing=() if going else tuple(e for e in listed(seen) if e.get("uid") not in uids),
        )


def listed(seen: Observed[CronJobSpec]) -> tuple[Manifest, ...]:
    """The references to Jobs that run, as the status lists them.

    Kubernetes: pkg/controller/cronjob/utils.go, ``inActiveList``.
    """
    return tuple(seen.status.get("active") or ())


def is_listed(seen: Observed[CronJobSpec], job: Job) -> bool:
    """The status lists it as one that runs.

    Kubernetes: pkg/controller/cronjob/utils.go, ``inActiveList``.
    """
    return any(each.get("uid") == job.metadata.uid for each in listed(seen))


def is_run(owner: Meta, job: Job) -> bool:
    """It was made for a run, and is to stay; whether written down or not.

    Kubernetes: pkg/controller/cronjob/cronjob_controllerv2.go, ``syncCronJob``, which takes it for
    its own when it is about to make it again.
    """
    written = moment(job.metadata.annotations.get(labels.SCHEDULED_TIMESTAMP))
    is_going = job.metadata.deletion_timestamp is not None
    return written is not None and not is_going and job.name == name_of(owner, written)


def name_of(owner: Meta, run: datetime) -> str:
    """What a run's Job is called.

    Kubernetes: pkg/controller/cronjob/cronjob_controllerv2.go, ``getJobName``; utils.go,
    ``getTimeHashInMinutes``.
    """
    return f"{owner.name}-{int(run.timestamp()) // 60}"


def is_started(seen: Observed[CronJobSpec], run: datetime) -> bool:
    """The run's Job is there, though the status may not say so yet.

    Kubernetes: pkg/controller/cronjob/cronjob_controllerv2.go, ``syncCronJob``, where it already
    exists; utils.go, ``inActiveListByName``.
    """
    return name_of(seen.meta, run) in {job.name for job in seen.of(Job)}


def new(seen: Observed[CronJobSpec], run: datetime, zone: tzinfo) -> Manifest:
    """The Job of a run.

    Kubernetes: pkg/controller/cronjob/utils.go, ``getJobFromTemplate2``.
    """
    template = seen.spec.job_template
    metadata = template.get("metadata") or {}
    written = run.astimezone(zone).replace(microsecond=0).isoformat()
    scheduled = {labels.SCHEDULED_TIMESTAMP: written.replace("+00:00", "Z")}
    return {
        "metadata": {
            "name": name_of(seen.meta, run),
            "labels": metadata.get("labels") or {},
            "annotations": (metadata.get("annotations") or {}) | scheduled,
        },
        "spec": template.get("spec") or {},
    }


def age(job: Job) -> tuple[bool, datetime, str]:
    """Sorts by when a Job started, those that have not last; of two alike by name.

    Kubernetes: pkg/controller/cronjob/utils.go, ``byJobStartTime.Less``.
    """
    start = job.start_time
    return start is None, start or datetime.min.replace(tzinfo=UTC), job.name
