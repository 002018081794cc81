"""What a pod is, for a controller: active, terminating, ready, available.

*Active* pods count towards ``replicas``: neither finished nor being deleted. *Ready* is the
kubelet's word; *available* means ready for at least ``minReadySeconds``. A pod that is ready since
12:00:00 with ``minReadySeconds: 30`` becomes available at 12:00:30, without any event: somebody
has to look again then, see ``next_available_at``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from podwright import labels
from podwright.objects import Condition, ContainerStatus, Pod

FINISHED_PHASES = frozenset({"Succeeded", "Failed"})


def is_finished(pod: Pod) -> bool:
    """All containers have ended for good.

    Kubernetes: pkg/api/v1/pod/util.go, ``IsPodTerminal``.
    """
    return pod.status.phase in FINISHED_PHASES


def is_active(pod: Pod) -> bool:
    """Neither finished nor being deleted: it counts towards ``replicas``.

    Kubernetes: pkg/controller/controller_utils.go, ``IsPodActive``.
    """
    return pod.metadata.deletion_timestamp is None and pod.status.phase not in FINISHED_PHASES


def is_terminating(pod: Pod) -> bool:
    """Being deleted, and its containers have not ended yet.

    Kubernetes: pkg/controller/controller_utils.go, ``IsPodTerminating``.
    """
    return pod.metadata.deletion_timestamp is not None and pod.status.phase not in FINISHED_PHASES


def sidecars(pod: Pod) -> tuple[ContainerStatus, ...]:
    """What is told of init containers that run beside the others.

    Kubernetes: pkg/api/v1/pod/util.go, ``IsRestartableInitContainer``.
    """
    beside = {each.name for each in pod.spec.init_containers if each.restart_policy == "Always"}
    return tuple(each for each in pod.status.init_container_statuses if each.name in beside)


def ready_condition(pod: Pod) -> Condition | None:
    """The Ready condition when it is True."""
    for condition in pod.status.conditions:
        if condition.type == labels.READY:
            return condition if condition.status == "True" else None
    return None


def is_ready(pod: Pod) -> bool:
    """The kubelet says that the pod can serve.

    Kubernetes: pkg/api/v1/pod/util.go, ``IsPodReady``.
    """
    return ready_condition(pod) is not None


def available_at(pod: Pod, min_ready_seconds: int) -> datetime | None:
    """When a ready pod becomes available, which may be long ago; None while that is not known."""
    ready = ready_condition(pod)
    if ready is None or ready.last_transition_time is None:
        return None
    try:
        return ready.last_transition_time + timedelta(seconds=min_ready_seconds)
    except OverflowError:  # 2^31 seconds after a time near the end of the calendar
        return None


def is_available(pod: Pod, min_ready_seconds: int, now: datetime) -> bool:
    """Ready for at least ``min_ready_seconds``.

    Kubernetes: pkg/api/v1/pod/util.go, ``IsPodAvailable``.
    """
    if min_ready_seconds == 0:
        return is_ready(pod)
    moment = available_at(pod, min_ready_seconds)
    return moment is not None and moment <= now


def next_available_at(
    candidates: Iterable[Pod], min_ready_seconds: int, now: datetime
) -> datetime | None:
    """When the next ready pod becomes available, to look again just then.

    Kubernetes: pkg/controller/controller_utils.go, ``FindMinNextPodAvailabilityCheck``.
    """
    if min_ready_seconds == 0:
        return None
    moments = (available_at(pod, min_ready_seconds) for pod in candidates)
    return min((moment for moment in moments if moment is not None and moment > now), default=None)
