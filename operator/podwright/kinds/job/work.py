"""A Job's pods and its status, sorted once: what is known, and what pods tell beyond it.

A pod is *tracked* as long as it carries our finalizer: it has not been counted. A tracked pod whose
uid or index is in the status is *noted*; one that has ended and is not noted is *new*.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from podwright import labels
from podwright.kinds.job import backoff, failure_policy, indexes, replacement
from podwright.kinds.job.indexes import Intervals
from podwright.objects import Pod
from podwright.owners import JobSpec
from podwright.rules import pods
from podwright.workload import Observed


@dataclass(frozen=True, slots=True)
class Work:
    """How far a Job is."""

    pods: tuple[Pod, ...]
    """In an order that the cluster does not change: by index, age and uid."""
    active: tuple[Pod, ...]
    tracked: tuple[Pod, ...]
    terminating: tuple[Pod, ...]
    noted_succeeded: tuple[str, ...]
    noted_failed: tuple[str, ...]
    completed: Intervals
    """Indexes that the status knows to have succeeded."""
    succeeded_indexes: Intervals
    """Those, and what tracked pods add."""
    failed_indexes: Intervals
    new_succeeded: tuple[Pod, ...]
    new_failed: tuple[Pod, ...]
    held: Mapping[int, Pod]
    """By index, the last failed pod: it holds the count for the one that replaces it."""
    succeeded: int
    failed: int

    @classmethod
    def of(cls, seen: Observed[JobSpec]) -> Work:
        """Sort what is seen.

        Kubernetes: pkg/controller/job/job_controller.go, ``syncJob``, ``getNewFinishedPods``.
        """
        spec = seen.spec
        everything = tuple(sorted(seen.of(Pod), key=_order))
        active = tuple(pod for pod in everything if pods.is_active(pod))
        tracked = tuple(pod for pod in everything if is_tracked(pod))
        noted = _noted(seen.status)
        completed = _known(seen.status, "completedIndexes", spec)
        done, lost = _done(spec, tracked, noted, completed), _lost(seen, tracked, noted[1])
        new = _news(spec, tracked, noted, completed)
        return cls(
            pods=everything,
            active=active,
            tracked=tracked,
            terminating=tuple(pod for pod in everything if pods.is_terminating(pod)),
            noted_succeeded=noted[0],
            noted_failed=noted[1],
            completed=completed,
            succeeded_indexes=done,
            failed_indexes=lost,
            new_succeeded=new[0],
            new_failed=new[1],
            held=_held(spec, tracked, active, indexes.merged(done, lost)),
            succeeded=_succeeded(seen, noted[0], new[0], done),
            failed=_failed(seen, noted[1], new[1]),
        )


def is_tracked(pod: Pod) -> bool:
    """It carries our finalizer.

    Kubernetes: pkg/controller/job/tracking_utils.go, ``hasJobTrackingFinalizer``.
    """
    return labels.JOB_TRACKING in pod.metadata.finalizers


def is_success(pod: Pod) -> bool:
    """It has done its work.

    Kubernetes: pkg/controller/job/job_controller.go, ``getNewFinishedPods``.
    """
    return pod.status.phase == "Succeeded"


def _order(pod: Pod) -> tuple[int, str, str]:
    created = pod.metadata.creation_timestamp
    index = indexes.of(pod)
    return -1 if index is None else index, str(created or ""), pod.metadata.uid


def _noted(status: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The uids that the status holds: succeeded, failed."""
    uids = status.get("uncountedTerminatedPods") or {}
    return tuple(uids.get("succeeded") or ()), tuple(uids.get("failed") or ())


def _ended_well(tracked: tuple[Pod, ...], failed: tuple[str, ...]) -> tuple[Pod, ...]:
    return tuple(pod for pod in tracked if is_success(pod) and pod.metadata.uid not in failed)


def _done(
    spec: JobSpec,
    tracked: tuple[Pod, ...],
    noted: tuple[tuple[str, ...], tuple[str, ...]],
    completed: Intervals,
) -> Intervals:
    """Kubernetes: pkg/controller/job/indexed_job_utils.go, ``calculateSucceededIndexes``."""
    if not spec.is_indexed:
        return ()
    return indexes.merged(completed, sorted(_within(_ended_well(tracked, noted[1]), spec)))


def _news(
    spec: JobSpec,
    tracked: tuple[Pod, ...],
    noted: tuple[tuple[str, ...], tuple[str, ...]],
    completed: Intervals,
) -> tuple[tuple[Pod, ...], tuple[Pod, ...]]:
    """Pods that have ended and are not noted: succeeded, failed."""
    ended = _ended_well(tracked, noted[1])
    failed = (pod for pod in tracked if replacement.is_failed(pod, spec))
    return (
        tuple(pod for pod in ended if _is_new(pod, spec, noted[0], completed)),
        tuple(pod for pod in failed if _is_new(pod, spec, noted[1])),
    )


def _succeeded(
    seen: Observed[JobSpec], noted: tuple[str, ...], new: tuple[Pod, ...], done: Intervals
) -> int:
    if seen.spec.is_indexed:
        return indexes.total(done)
    return int(seen.status.get("succeeded") or 0) + len(noted) + len(new)


def _failed(seen: Observed[JobSpec], noted: tuple[str, ...], new: tuple[Pod, ...]) -> int:
    counted = sum(failure_policy.meaning(pod, seen.spec).is_counted for pod in new)
    return int(seen.status.get("failed") or 0) + len(noted) + counted


def _is_new(pod: Pod, spec: JobSpec, noted: tuple[str, ...], completed: Intervals = ()) -> bool:
    if pod.metadata.uid in noted:
        return False
    if not spec.is_indexed:
        return True
    index = indexes.within(pod, spec)
    return index is not None and not indexes.has(completed, index)


def _known(status: Mapping[str, Any], field: str, spec: JobSpec) -> Intervals:
    return indexes.parse(str(status.get(field) or ""), spec.indexes) if spec.is_indexed else ()


def _within(some: Iterable[Pod], spec: JobSpec) -> list[int]:
    found = (indexes.within(pod, spec) for pod in some)
    return [index for index in found if index is not None]


def _lost(seen: Observed[JobSpec], tracked: tuple[Pod, ...], noted: tuple[str, ...]) -> Intervals:
    """Failed indexes: those that the status knows, and those that have failed since.

    A pod that is noted adds nothing: the status has told of its index, or it was removed because
    the Job fails, which is not the index's fault.

    Kubernetes: pkg/controller/job/indexed_job_utils.go, ``calculateFailedIndexes``.
    """
    if not seen.spec.limits_each_index:
        return ()
    new = (pod for pod in tracked if pod.metadata.uid not in noted)
    failed = [pod for pod in new if backoff.is_index_failed(pod, seen.spec)]
    return indexes.merged(
        _known(seen.status, "failedIndexes", seen.spec), _within(failed, seen.spec)
    )


def _held(
    spec: JobSpec, tracked: tuple[Pod, ...], active: tuple[Pod, ...], ended: Intervals
) -> Mapping[int, Pod]:
    """The failed pods whose replacement is not there yet.

    Kubernetes: pkg/controller/job/indexed_job_utils.go, ``getPodsWithDelayedDeletionPerIndex``.
    """
    if not spec.limits_each_index:
        return {}
    settled = indexes.merged(ended, _within(active, spec))
    held: dict[int, Pod] = {}
    for pod in tracked:
        index = indexes.within(pod, spec)
        if index is None or indexes.has(settled, index):
            continue
        if replacement.is_failed(pod, spec):
            held[index] = max(held.get(index, pod), pod, key=backoff.attempt)
    return held
