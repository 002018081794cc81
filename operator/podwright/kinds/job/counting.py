"""Each pod is counted once, whatever crashes when: status, finalizer, counter, in three looks.

1. A pod has ended: its uid is written to ``uncountedTerminatedPods``, or its index, which can
   succeed only once, to ``completedIndexes``.
2. What stands there loses its finalizer, and may go.
3. What stands there and has no finalizer any more, or is gone, moves to the counter.

Every look acts on what the status said before it, so each may be repeated, and none is skipped: a
uid in the list without a finalizer has not been counted, whoever died in between. What never counts
(an ignored failure, a pod without a valid index) loses its finalizer at once.

Kubernetes: pkg/controller/job/job_controller.go, ``trackJobStatusAndRemoveFinalizers``,
``cleanUncountedPodsWithoutFinalizers``.

Differs: upstream takes the three steps in one look. A pod that was counted as failed when it was
deleted, and then succeeded, stays failed; upstream counts its index as well.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from podwright import labels
from podwright.kinds.job import failure_policy, indexes, replacement
from podwright.kinds.job.verdict import Verdict, standing
from podwright.kinds.job.work import Work, is_success, is_tracked
from podwright.objects import Pod
from podwright.owners import JobSpec
from podwright.plan import Patch, Plan
from podwright.rules import merging
from podwright.workload import Observed

MOST = 500
"""So many uids in the status, and so many finalizers in one look (``MaxUncountedPods``)."""


class Ledger(NamedTuple):
    """The two lists of uids as they are to be written, and how many left them for the counters."""

    succeeded: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    counted_succeeded: int = 0
    counted_failed: int = 0
    adds: int = 0
    """So many pods are noted that were not: another look has to follow."""


def ledger(seen: Observed[JobSpec], work: Work, verdict: Verdict | None) -> Ledger:
    """Count what has no finalizer any more, and note what has ended since.

    Kubernetes: pkg/controller/job/job_controller.go, ``trackJobStatusAndRemoveFinalizers``.
    """
    tracked = {pod.metadata.uid for pod in work.tracked}
    lists = {
        "succeeded": [uid for uid in dict.fromkeys(work.noted_succeeded) if uid in tracked],
        "failed": [uid for uid in dict.fromkeys(work.noted_failed) if uid in tracked],
    }
    more, before = 0, len(lists["succeeded"]) + len(lists["failed"])
    for pod in work.tracked:
        if before + more >= MOST:
            break
        role = counts_as(seen.spec, work, pod, verdict)
        if not may_go(seen, work, pod, verdict) or is_noted(seen.spec, work, pod, role):
            continue
        more += 1
        if role == "failed" or not seen.spec.is_indexed:
            lists[role].append(pod.metadata.uid)
    return Ledger(
        succeeded=tuple(lists["succeeded"]),
        failed=tuple(lists["failed"]),
        counted_succeeded=len(set(work.noted_succeeded) - tracked),
        counted_failed=len(set(work.noted_failed) - tracked),
        adds=more,
    )


def counts_as(spec: JobSpec, work: Work, pod: Pod, verdict: Verdict | None) -> str:
    """``succeeded``, ``failed``, or "" for a pod that adds to no counter.

    Kubernetes: pkg/controller/job/job_controller.go, ``trackJobStatusAndRemoveFinalizers``.
    """
    if spec.is_indexed and indexes.within(pod, spec) is None:
        return ""
    if is_success(pod) and pod.metadata.uid not in work.noted_failed:
        return "succeeded"
    fails = verdict is not None and verdict.is_failure  # so does whatever has not ended
    if is_success(pod) or not (fails or replacement.is_failed(pod, spec)):
        return ""
    return "failed" if failure_policy.meaning(pod, spec).is_counted else ""


def is_noted(spec: JobSpec, work: Work, pod: Pod, role: str) -> bool:
    """The status holds it already, or it need not.

    Kubernetes: pkg/controller/job/job_controller.go, ``trackJobStatusAndRemoveFinalizers``.
    """
    if role == "succeeded" and spec.is_indexed:
        return indexes.has(work.completed, indexes.within(pod, spec))
    noted = work.noted_succeeded if role == "succeeded" else work.noted_failed
    return not role or pod.metadata.uid in noted


def may_go(seen: Observed[JobSpec], work: Work, pod: Pod, verdict: Verdict | None) -> bool:
    """The Job is done with it: it has ended, and no replacement waits for what it knows.

    Kubernetes: pkg/controller/job/job_controller.go, ``canRemoveFinalizer``.
    """
    if seen.meta.deletion_timestamp is not None or verdict is not None or is_success(pod):
        return True
    if not replacement.is_failed(pod, seen.spec):
        return False
    holder = work.held.get(indexes.within(pod, seen.spec) or 0) if work.held else None
    return holder is None or holder.metadata.uid != pod.metadata.uid


def release(seen: Observed[JobSpec], work: Work, besides: Collection[str] = ()) -> Plan:
    """Take the finalizer off what the status has noted, and off what never counts.

    Kubernetes: pkg/controller/job/job_controller.go, ``flushUncountedAndRemoveFinalizers``.
    """
    verdict = standing(seen)  # and not one that is not written yet
    going = [
        pod
        for pod in work.tracked
        if pod.metadata.uid not in besides
        and may_go(seen, work, pod, verdict)
        and is_noted(seen.spec, work, pod, counts_as(seen.spec, work, pod, verdict))
    ]
    return Plan.of(*map(untrack, going[:MOST]))


def untrack(pod: Pod) -> Patch:
    """Take our finalizer off.

    Kubernetes: pkg/controller/job/job_controller.go, ``removeTrackingFinalizerPatch``.
    """
    left = merging.without(labels.JOB_TRACKING, pod.metadata.finalizers)
    return Patch(pod, {"metadata": {"finalizers": left}})


def track_again(active: Collection[Pod]) -> Plan:
    """Give active pods back the finalizer that they have lost, or they would end uncounted.

    A removal that stopped half-way leaves such a pod, and so does whoever takes finalizers off.
    """
    return Plan.of(*(_track(pod) for pod in active if not is_tracked(pod)))


def _track(pod: Pod) -> Patch:
    kept = pod.metadata.finalizers
    return Patch(pod, {"metadata": {"finalizers": [*kept, labels.JOB_TRACKING]}})


def let_go(pods: Collection[Pod]) -> Plan:
    """A Job that has ended counts nothing any more, and holds nothing.

    Kubernetes: pkg/controller/job/job_controller.go, ``syncOrphanPod``.
    """
    held = sorted((pod for pod in pods if is_tracked(pod)), key=lambda pod: pod.metadata.uid)
    return Plan.of(*map(untrack, held[:MOST]))
