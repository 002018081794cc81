"""A Job that has ended goes by itself: ``ttlSecondsAfterFinished``, its pods first.

Kubernetes: pkg/controller/ttlafterfinished/ttlafterfinished_controller.go.

Differs: it goes if it is as it was seen, instead of being read again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from podwright.kinds.job import finish
from podwright.owners import JobSpec, Myself
from podwright.plan import Delete, Plan
from podwright.workload import Observed


def expires_at(seen: Observed[JobSpec]) -> datetime | None:
    """When it goes; None when it stays.

    Kubernetes: pkg/controller/ttlafterfinished/ttlafterfinished_controller.go, ``timeLeft``.
    """
    seconds, ended = seen.spec.ttl_seconds_after_finished, finish.ended_at(seen)
    if seconds is None or ended is None:
        return None
    try:
        return ended + timedelta(seconds=seconds)
    except OverflowError:  # beyond the end of the calendar
        return None


def expire(seen: Observed[JobSpec]) -> Plan:
    """Remove the Job when its time has come, or come back then.

    Kubernetes: pkg/controller/ttlafterfinished/ttlafterfinished_controller.go, ``processJob``.
    """
    moment = expires_at(seen)
    if moment is None or seen.meta.deletion_timestamp is not None:
        return Plan()
    if moment > seen.now:
        return Plan().again_at(moment)
    return Plan.of(Delete(Myself(metadata=seen.meta), foreground=True))
