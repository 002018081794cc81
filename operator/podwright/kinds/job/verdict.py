"""How a Job will end: what its pods, its limits and the clock say. The first that holds decides.

Kubernetes: pkg/controller/job/job_controller.go, ``syncJob``.
"""

from __future__ import annotations

from typing import NamedTuple

from podwright import labels
from podwright.kinds.job import backoff, deadline, failure_policy, indexes, success_policy
from podwright.kinds.job.work import Work
from podwright.owners import JobSpec
from podwright.rules import conditions
from podwright.workload import Observed


class Verdict(NamedTuple):
    """The condition that says so, and the one that comes last."""

    type: str
    reason: str
    message: str

    @property
    def is_failure(self) -> bool:
        """It fails."""
        return self.type == labels.FAILURE_TARGET

    @property
    def end(self) -> str:
        """The condition that says that it has ended."""
        return labels.FAILED if self.is_failure else labels.COMPLETE


def standing(seen: Observed[JobSpec]) -> Verdict | None:
    """The verdict that is in the status already.

    Kubernetes: pkg/controller/job/job_controller.go, ``newFailedConditionForFailureTarget``;
    success_policy.go, ``hasSuccessCriteriaMetCondition``.
    """
    for type_ in (labels.SUCCESS_CRITERIA_MET, labels.FAILURE_TARGET):
        known = conditions.find(seen.status.get("conditions") or (), type_)
        if known is not None and known.get("status") == "True":
            return Verdict(type_, known.get("reason") or "", known.get("message") or "")
    return None


def of(seen: Observed[JobSpec], work: Work) -> Verdict | None:
    """The verdict, if there is one by now.

    Kubernetes: pkg/controller/job/job_controller.go, ``syncJob``.
    """
    if known := standing(seen):
        return known
    if message := failure_policy.fails_the_job(seen, work.pods):
        return Verdict(labels.FAILURE_TARGET, labels.POD_FAILURE_POLICY, message)
    if told := _limit(seen, work) or _index_limit(seen.spec, work):
        return Verdict(labels.FAILURE_TARGET, *told)
    if seen.spec.is_indexed and (rule := success_policy.met(seen.spec, work.succeeded_indexes)):
        return Verdict(labels.SUCCESS_CRITERIA_MET, labels.SUCCESS_POLICY, rule)
    if is_complete(seen.spec, work):
        return Verdict(labels.SUCCESS_CRITERIA_MET, *labels.COMPLETIONS_REACHED)
    return None


def is_complete(spec: JobSpec, work: Work) -> bool:
    """As many pods as needed have succeeded, and none is active.

    Kubernetes: pkg/controller/job/job_controller.go, ``syncJob``.
    """
    least = 1 if spec.needed is None else spec.needed
    return work.succeeded >= least and not work.active


def _limit(seen: Observed[JobSpec], work: Work) -> tuple[str, str] | None:
    if backoff.is_limit_exceeded(seen.spec, work.failed, work.pods):
        return labels.BACKOFF_LIMIT_EXCEEDED
    return labels.DEADLINE_EXCEEDED if deadline.is_past(seen) else None


def _index_limit(spec: JobSpec, work: Work) -> tuple[str, str] | None:
    """Too many indexes have failed, or all have ended and some of them failed."""
    if not spec.limits_each_index:
        return None
    failed = indexes.total(work.failed_indexes)
    if spec.max_failed_indexes is not None and failed > spec.max_failed_indexes:
        return labels.MAX_FAILED_INDEXES_EXCEEDED
    if failed and failed + work.succeeded >= spec.indexes:
        return labels.FAILED_INDEXES
    return None
