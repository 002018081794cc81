"""A Job that is suspended has no pods and no clock; resumed, it begins to count its time anew.

Kubernetes: pkg/controller/job/job_controller.go, ``syncJob``, ``ensureJobConditionStatus``.
"""

from __future__ import annotations

from podwright import labels
from podwright.objects import Manifest
from podwright.owners import JobSpec
from podwright.plan import Record
from podwright.rules import conditions
from podwright.workload import Observed


def has_changed(seen: Observed[JobSpec]) -> bool:
    """The condition says otherwise; a Job that never was suspended has none.

    Kubernetes: pkg/controller/job/job_controller.go, ``ensureJobConditionStatus``.
    """
    known = conditions.find(seen.status.get("conditions") or (), labels.SUSPENDED)
    if known is None:
        return seen.spec.suspend
    return bool((known.get("status") == "True") != seen.spec.suspend)


def told(seen: Observed[JobSpec]) -> tuple[str, str, str]:
    """Status, reason and message of the condition.

    Kubernetes: pkg/controller/job/job_controller.go, ``syncJob``.
    """
    if seen.spec.suspend:
        return ("True", *labels.JOB_SUSPENDED)
    return ("False", *labels.JOB_RESUMED)


def record(seen: Observed[JobSpec]) -> Record:
    """The event that says so.

    Kubernetes: pkg/controller/job/job_controller.go, ``syncJob``.
    """
    return Record(*(labels.EVENT_SUSPENDED if seen.spec.suspend else labels.EVENT_RESUMED))


def start_time(seen: Observed[JobSpec]) -> Manifest:
    """``startTime`` after a change: none while it is suspended, now when it is resumed.

    Kubernetes: pkg/controller/job/job_controller.go, ``syncJob``.
    """
    return {} if seen.spec.suspend else {"startTime": conditions.timestamp(seen.now)}
