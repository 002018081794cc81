"""How many pods run at a time: ``parallelism``, and never more than are still needed.

A Job of 5 completions, 3 of them done, with a parallelism of 4 wants 2. Without completions it
wants ``parallelism`` until one has succeeded, and then whatever is still running. Too many: the
cheapest to lose go, and do not count as failed, because they lose their finalizer first. One look
removes or makes, never both.

Kubernetes: pkg/controller/job/job_controller.go, ``manageJob``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from podwright.kinds.job import backoff, counting, creation, indexes, replacement
from podwright.kinds.job.work import Work, is_tracked
from podwright.objects import Pod
from podwright.owners import JobSpec
from podwright.plan import Delete, Plan
from podwright.rules import pods, ranking, templates
from podwright.workload import Observed

BURST = 500
"""At most so many creations or deletions in one look (``MaxPodCreateDeletePerSync``)."""


def keep(seen: Observed[JobSpec], work: Work) -> Plan:
    """Remove what is too much, or make what is missing.

    Kubernetes: pkg/controller/job/job_controller.go, ``manageJob``.
    """
    if seen.spec.suspend:
        return remove(work.active)
    count = wanted(seen.spec, work)
    going = surplus(seen.spec, work, len(work.active) - count)
    plan = remove(going[:BURST]) if going else make(seen, work, count)
    gone = {pod.metadata.uid for pod in going[:BURST]}
    stays = [pod for pod in work.active if pod.metadata.uid not in gone]
    return plan.beside(counting.track_again(stays))


def wanted(spec: JobSpec, work: Work) -> int:
    """So many pods are to be active.

    Kubernetes: pkg/controller/job/job_controller.go, ``manageJob``.
    """
    if spec.needed is None:
        return len(work.active) if work.succeeded else spec.at_a_time
    return max(min(spec.needed - work.succeeded, spec.at_a_time), 0)


def surplus(spec: JobSpec, work: Work, least: int) -> list[Pod]:
    """Pods to remove: of an Indexed Job those without a place, and at least so many in all.

    Kubernetes: pkg/controller/job/job_controller.go, ``activePodsForRemoval``.
    """
    going: list[Pod] = []
    left = list(work.active)
    if spec.is_indexed:
        by_index = groupby(left, key=lambda pod: indexes.within(pod, spec))  # they are in order
        left = []
        for index, group in by_index:
            ranked = sorted(group, key=cheapest_first)
            going += ranked if index is None else ranked[:-1]
            left += [] if index is None else ranked[-1:]
    missing = max(least - len(going), 0)
    return going + sorted(left, key=cheapest_first)[:missing]


def cheapest_first(pod: Pod) -> tuple[bool, int, bool, float, tuple[int, int], float, str]:
    """Sorts pods: not on a node, not running, not ready, ready for less long, restarted, new.

    Kubernetes: pkg/controller/controller_utils.go, ``ActivePods.Less``.
    """
    ready = pods.ready_condition(pod)
    restarts, beside = ranking.restarts(pod)
    return (
        bool(pod.spec.node_name),
        ranking.PHASES.get(pod.status.phase, 0),
        ready is not None,
        _newest_first(ready.last_transition_time if ready else None),
        (-restarts, -beside),
        _newest_first(pod.metadata.creation_timestamp),
        pod.metadata.uid,
    )


def remove(going: Sequence[Pod]) -> Plan:
    """Remove pods that shall not count: first their finalizers, then they themselves.

    Kubernetes: pkg/controller/job/job_controller.go, ``deleteJobPods``.

    Differs: where a finalizer cannot be taken off, because the pod has changed, none is deleted.
    """
    tracked = [counting.untrack(pod) for pod in going if is_tracked(pod)]
    deletions = (Delete(pod, as_seen=False, say=templates.SAY_DELETE) for pod in going)
    return Plan.of(*tracked).then(Plan.of(*deletions))


def make(seen: Observed[JobSpec], work: Work, count: int) -> Plan:
    """Make the pods that are missing, 500 at most, once the pause after a failure is over.

    Kubernetes: pkg/controller/job/job_controller.go, ``manageJob``,
    ``getPodCreationInfoForIndependentIndexes``.
    """
    holds = len(work.terminating) if replacement.waits_for_the_end(seen.spec) else 0
    missing = min(count - holds - len(work.active), BURST)
    if missing <= 0:
        return Plan.wait("its pods to end")
    if not seen.spec.limits_each_index and (moment := _pause(seen, work)):
        return _wait(moment)
    if not seen.spec.is_indexed:
        return creation.pods(seen, [None] * missing, work)
    places = indexes.missing(_taken(seen.spec, work), seen.spec.indexes, missing)
    pauses = [backoff.index_until(work.held.get(index), seen.now) for index in places]
    now = [index for index, pause in zip(places, pauses, strict=True) if pause is None]
    moment = min((pause for pause in pauses if pause is not None), default=None)
    plan = creation.pods(seen, now, work) if now else Plan.wait("its pods to end")
    return plan.beside(_wait(moment)) if moment else plan


def _taken(spec: JobSpec, work: Work) -> indexes.Intervals:
    """Indexes that get no pod now: they have one, or have ended.

    Kubernetes: pkg/controller/job/indexed_job_utils.go, ``firstPendingIndexes``.
    """
    there = [*work.active, *(work.terminating if replacement.waits_for_the_end(spec) else ())]
    held = (indexes.of(pod) for pod in there)
    ended = indexes.merged(work.succeeded_indexes, work.failed_indexes)
    return indexes.merged(ended, sorted({index for index in held if index is not None}))


def _pause(seen: Observed[JobSpec], work: Work) -> datetime | None:
    row = backoff.in_a_row(backoff.Row.of(seen.status), work.new_succeeded, work.new_failed)
    return backoff.until(row.failures, row.last, seen.now)


def _wait(moment: datetime) -> Plan:
    return Plan.wait("the pause after a failure").again_at(moment)


def _newest_first(moment: datetime | None) -> float:
    return float("-inf") if moment is None else -moment.timestamp()
