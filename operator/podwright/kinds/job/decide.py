"""A Job runs pods until enough of them have succeeded, or too many have failed.

Each pod is counted once, whatever happens in between: by its finalizer, in three looks
(``counting.py``). A Job ends in two steps: the verdict, then the end, when no pod is left.
"""

from __future__ import annotations

from podwright import labels
from podwright.kinds.job import counting, deadline, finish, parallelism, suspend, ttl, verdict
from podwright.kinds.job.work import Work
from podwright.objects import Pod
from podwright.owners import JobSpec
from podwright.plan import Patch, Plan, Record
from podwright.workload import Observed

MODES = frozenset({"NonIndexed", "Indexed"})


def decide(seen: Observed[JobSpec]) -> Plan:
    """End, or keep so many pods running; and count those that have ended.

    Kubernetes: pkg/controller/job/job_controller.go, ``syncJob``.
    """
    if finish.outcome(seen):
        mine = seen.of(Pod) if seen.spec.is_ours else ()
        return ttl.expire(seen).beside(counting.let_go(mine))
    if not seen.spec.is_ours:
        return Plan.wait(f"{seen.spec.managed_by}, which runs it")
    if seen.spec.completion_mode not in MODES:
        return Plan.of(Record(*labels.UNKNOWN_COMPLETION_MODE, "Warning"))
    work = Work.of(seen)
    known = verdict.of(seen, work)
    plan = finish.conclude(seen, work, known) if known else go_on(seen, work)
    busy = {each.target.metadata.uid for each in plan.actions if isinstance(each, Patch)}
    plan = plan.beside(counting.release(seen, work, busy))
    # Our own status wakes nobody: what it notes is acted on in a look of its own.
    ends = seen.spec.ttl_seconds_after_finished is not None and finish.is_over(seen, work)
    follows = ends or counting.ledger(seen, work, known).adds
    return plan.again_at(seen.now) if follows else plan


def go_on(seen: Observed[JobSpec], work: Work) -> Plan:
    """No verdict yet: keep so many pods, none while it is suspended, and mind the clock.

    Kubernetes: pkg/controller/job/job_controller.go, ``syncJob``, ``manageJob``.
    """
    if seen.meta.deletion_timestamp is not None:
        return Plan.wait("the garbage collector to finish its deletion")
    plan = parallelism.keep(seen, work)
    if suspend.has_changed(seen):
        plan = plan.beside(Plan.of(suspend.record(seen)))
    if seen.spec.suspend:
        plan = plan.beside(Plan.wait("somebody to resume it"))
    return plan.again_at(deadline.ends_at(seen))
