"""Jobs that have ended are kept to be looked at: so many that succeeded, so many that failed."""

from __future__ import annotations

from podwright import labels
from podwright.kinds.cronjob.children import Children, age
from podwright.kinds.cronjob.spec import CronJobSpec
from podwright.owners import Job
from podwright.plan import Delete, Plan, Say
from podwright.workload import Observed

DELETED = Say(
    done=(labels.SUCCESSFUL_DELETE, "Deleted job {name}"),
    failed=((labels.FAILED_DELETE, "Deleted job: {error}"),),
)


def clean_up(seen: Observed[CronJobSpec], children: Children) -> Plan:
    """Remove the Jobs that are too many, those that started first; 0 keeps none.

    Kubernetes: pkg/controller/cronjob/cronjob_controllerv2.go, ``cleanupFinishedJobs``,
    ``removeOldestJobs``.
    """
    return Plan.of(*[Delete(job, say=DELETED) for job in surplus(seen.spec, children)])


def surplus(spec: CronJobSpec, children: Children) -> tuple[Job, ...]:
    """The Jobs that are too many.

    Kubernetes: pkg/controller/cronjob/cronjob_controllerv2.go, ``removeOldestJobs``.

    Differs: one that is on its way out already takes no place.
    """
    limits = {
        "Complete": spec.successful_jobs_history_limit,
        "Failed": spec.failed_jobs_history_limit,
    }
    found: list[Job] = []
    for outcome, limit in limits.items():
        ended = [
            job
            for job in sorted(children.finished, key=age)
            if job.outcome == outcome and job.metadata.deletion_timestamp is None
        ]
        found += ended[: max(len(ended) - limit, 0)]
    return tuple(found)
