"""How many failures a Job may have, and how long it waits after one: 10 s, 20 s, 40 s, ... 10 min.

Three failures in a row, the last one at 12:00:00: the next pod comes at 12:00:40. A success begins
anew. Pods that failed side by side count one by one: three at once and it waits 40 s, not 10.

With ``backoffLimitPerIndex`` each index has its own count, which pods carry in an annotation: 0 for
the first, one more for each replacement, so a limit of 1 makes two pods.

Kubernetes: pkg/controller/job/backoff_utils.go.

Differs: the count of failures and the time of the last are kept in ``status.podwright``, not in
memory: a restart of the operator does not shorten a pause.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from podwright import labels
from podwright.kinds.job import failure_policy, replacement
from podwright.objects import ContainerStatus, Manifest, Pod
from podwright.owners import JobSpec
from podwright.rules.conditions import timestamp
from podwright.rules.pods import sidecars

FIRST, LONGEST = timedelta(seconds=10), timedelta(minutes=10)
_EVER = datetime.min.replace(tzinfo=UTC)


class Row(NamedTuple):
    """Failures since the last success, and when the last one was."""

    failures: int = 0
    last: datetime = _EVER

    @classmethod
    def of(cls, status: Mapping[str, Any]) -> Row:
        """As the status remembers it; nothing where that cannot be read."""
        told = status.get("podwright") or {}
        try:
            return cls(int(told["failuresInARow"]), datetime.fromisoformat(told["lastFailure"]))
        except (KeyError, ValueError):
            return cls()

    @property
    def words(self) -> Manifest:
        """As the status remembers it."""
        if not self.failures:
            return {}
        return {"failuresInARow": str(self.failures), "lastFailure": timestamp(self.last)}


def in_a_row(known: Row, succeeded: Sequence[Pod], failed: Sequence[Pod]) -> Row:
    """What pods that have ended since make of it.

    Kubernetes: pkg/controller/job/backoff_utils.go, ``newBackoffRecord``.
    """
    if not succeeded:
        if not failed:
            return known
        return Row(known.failures + len(failed), max(map(finished_at, failed)))
    success = max(map(finished_at, succeeded))
    later = [moment for moment in map(finished_at, failed) if moment > success]
    return Row(len(later), max(later)) if later else Row()


def until(count: int, last: datetime, now: datetime) -> datetime | None:
    """When the next pod may be made; None when it may be made now.

    Kubernetes: pkg/controller/job/backoff_utils.go, ``getRemainingTimeForFailuresCount``.
    """
    if count == 0:
        return None
    moment = last + min(FIRST * int(2 ** min(count - 1, 6)), LONGEST)
    return moment if moment > now else None


def is_limit_exceeded(spec: JobSpec, failed: int, pods: Iterable[Pod]) -> bool:
    """More failures than ``backoffLimit``; with ``OnFailure`` as many restarts.

    Kubernetes: pkg/controller/job/job_controller.go, ``syncJob``, ``pastBackoffLimitOnFailure``.
    """
    limit = spec.failures_allowed
    if failed > limit:
        return True
    if (spec.template.get("spec") or {}).get("restartPolicy") != "OnFailure":
        return False
    restarts = sum(
        status.restart_count
        for pod in pods
        if pod.status.phase in {"Running", "Pending"}
        for status in (*pod.status.init_container_statuses, *pod.status.container_statuses)
    )
    return restarts >= max(limit, 1)


def is_index_failed(pod: Pod, spec: JobSpec) -> bool:
    """The index of this pod has failed for good.

    Kubernetes: pkg/controller/job/indexed_job_utils.go, ``isIndexFailed``.
    """
    if not replacement.is_failed(pod, spec):
        return False
    means = failure_policy.meaning(pod, spec)
    exhausted = failures(pod)[0] >= (spec.backoff_limit_per_index or 0)
    return means.action == "FailIndex" or (means.is_counted and exhausted)


def failures(pod: Pod) -> tuple[int, int]:
    """How many pods of its index failed before, counted and ignored.

    Kubernetes: pkg/controller/job/indexed_job_utils.go, ``getIndexFailureCount``.
    """
    notes = pod.metadata.annotations
    counted, ignored = labels.INDEX_FAILURES, labels.INDEX_IGNORED_FAILURES
    return _count(notes.get(counted, "")), _count(notes.get(ignored, ""))


def failures_after(pod: Pod, spec: JobSpec) -> tuple[int, int]:
    """The same for the pod that replaces it.

    Kubernetes: pkg/controller/job/indexed_job_utils.go, ``getNewIndexFailureCounts``.
    """
    counted, ignored = failures(pod)
    if failure_policy.meaning(pod, spec).is_counted:
        return counted + 1, ignored
    return counted, ignored + 1


def attempt(pod: Pod) -> tuple[int, datetime]:
    """Which of two failed pods of an index is the later one.

    Kubernetes: pkg/controller/job/indexed_job_utils.go, ``getPodsWithDelayedDeletionPerIndex``.
    """
    return sum(failures(pod)), finished_at(pod)


def index_until(pod: Pod | None, now: datetime) -> datetime | None:
    """When a failed pod of an index may be replaced; None when that is now.

    Kubernetes: pkg/controller/job/backoff_utils.go, ``getRemainingTimePerIndex``.
    """
    if pod is None:
        return None
    return until(sum(failures(pod)) + 1, finished_at(pod), now)


def finished_at(pod: Pod) -> datetime:
    """When a pod ended, as well as can be told.

    Kubernetes: pkg/controller/job/backoff_utils.go, ``getFinishedTime``.
    """
    meta = pod.metadata
    if moment := _containers_ended(pod):
        return moment
    for each in pod.status.conditions:
        if each.type == labels.READY and each.status == "False" and each.last_transition_time:
            return each.last_transition_time
    if meta.deletion_timestamp is not None:
        return meta.deletion_timestamp - timedelta(seconds=meta.deletion_grace_period_seconds)
    return meta.creation_timestamp or _EVER


def _containers_ended(pod: Pod) -> datetime | None:
    """The last end of all containers and sidecars, if all have ended."""
    statuses = (*pod.status.container_statuses, *sidecars(pod))
    moments = [_ended(status) for status in statuses]
    ended = [moment for moment in moments if moment is not None]
    return max(ended) if ended and len(ended) == len(moments) else None


def _ended(status: ContainerStatus) -> datetime | None:
    ended = status.state.get("terminated")
    return ended.finished_at if ended else None


def _count(text: str) -> int:
    """A count in an annotation; 0 for whatever is none."""
    number = int(text) if text.isascii() and text.isdigit() else 0
    return number if number < 2**31 else 0
