"""How a Job ends, in two steps: first the verdict, then the end, once no pod is left to count.

``SuccessCriteriaMet`` or ``FailureTarget`` says how it will end; its active pods are removed. When
all pods have ended and are counted, ``Complete`` or ``Failed`` says the same, for good. A verdict
stands: what happens to pods after it changes nothing.

Kubernetes: pkg/controller/job/job_controller.go, ``enactJobFinished``, ``recordJobFinished``.

Differs: the verdict and the end are never written at once, so the end takes one look more.
"""

from __future__ import annotations

from datetime import datetime

from podwright import labels, owners
from podwright.kinds.job import parallelism
from podwright.kinds.job.verdict import Verdict, standing
from podwright.kinds.job.work import Work
from podwright.owners import JobSpec
from podwright.plan import Delete, Plan, Record
from podwright.rules import conditions, templates
from podwright.workload import Observed


def outcome(seen: Observed[JobSpec]) -> str:
    """``Complete`` or ``Failed`` once it has ended, else "".

    Kubernetes: pkg/controller/job/util/utils.go, ``FinishedCondition``.
    """
    return owners.outcome(seen.status)


def ended_at(seen: Observed[JobSpec]) -> datetime | None:
    """When it ended.

    Kubernetes: pkg/controller/ttlafterfinished/ttlafterfinished_controller.go, ``jobFinishTime``.
    """
    known = conditions.find(seen.status.get("conditions") or (), outcome(seen)) or {}
    return owners.moment(known.get("lastTransitionTime"))


def stop(work: Work, verdict: Verdict) -> Plan:
    """Remove the active pods: they count as failed if the Job fails, and not at all otherwise.

    Kubernetes: pkg/controller/job/job_controller.go, ``deleteActivePods``.
    """
    if not verdict.is_failure:
        return parallelism.remove(work.active)
    return Plan.of(*(Delete(pod, as_seen=False, say=templates.SAY_DELETE) for pod in work.active))


def is_over(seen: Observed[JobSpec], work: Work) -> bool:
    """There is a verdict in the status, and no pod is left that runs, ends or is to be counted.

    Kubernetes: pkg/controller/job/job_controller.go, ``enactJobFinished``.
    """
    left = work.active or work.tracked or work.terminating
    return standing(seen) is not None and not left


def records(seen: Observed[JobSpec], work: Work, verdict: Verdict) -> Plan:
    """The events that tell of the end.

    Kubernetes: pkg/controller/job/job_controller.go, ``recordJobFinished``.
    """
    if verdict.is_failure:
        return Plan.of(Record(verdict.reason, verdict.message, "Warning"))
    done = Record(*labels.EVENT_COMPLETED)
    if seen.spec.needed is not None and work.succeeded > seen.spec.needed:
        return Plan.of(Record(*labels.TOO_MANY_SUCCEEDED, "Warning"), done)
    return Plan.of(done)


def conclude(seen: Observed[JobSpec], work: Work, verdict: Verdict) -> Plan:
    """Remove what is active, or tell of the end.

    Kubernetes: pkg/controller/job/job_controller.go, ``syncJob``, ``enactJobFinished``.
    """
    if is_over(seen, work):
        return records(seen, work, verdict)
    plan = stop(work, verdict)
    if standing(seen) is None:  # our own status wakes nobody
        plan = plan.again_at(seen.now)
    return plan.beside(Plan.wait("its pods to end"))
