"""How long a Job may take: ``activeDeadlineSeconds``, from its start or its last resumption."""

from __future__ import annotations

from datetime import datetime, timedelta

from podwright.owners import JobSpec, moment
from podwright.workload import Observed


def started_at(seen: Observed[JobSpec]) -> datetime | None:
    """When it began, which is now if it has not and may; None while it is suspended.

    Kubernetes: pkg/controller/job/job_controller.go, ``syncJob``.
    """
    told = moment(seen.status.get("startTime"))
    return seen.now if told is None and not seen.spec.suspend else told


def ends_at(seen: Observed[JobSpec]) -> datetime | None:
    """When it fails for being too slow; None when it may take for ever.

    Kubernetes: pkg/controller/job/job_controller.go, ``pastActiveDeadline``.
    """
    seconds, start = seen.spec.active_deadline_seconds, started_at(seen)
    if seconds is None or start is None or seen.spec.suspend:
        return None
    try:
        return start + timedelta(seconds=seconds)
    except OverflowError:  # beyond the end of the calendar
        return None


def is_past(seen: Observed[JobSpec]) -> bool:
    """It was too slow.

    Kubernetes: pkg/controller/job/job_controller.go, ``pastActiveDeadline``.
    """
    end = ends_at(seen)
    return end is not None and end <= seen.now
