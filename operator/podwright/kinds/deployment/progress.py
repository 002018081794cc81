"""How a roll-out gets on: its counts, whether it is complete, and whether it has got stuck.

``Progressing`` is True while pods come and go and when all are there; it turns False when nothing
has changed for ``progressDeadlineSeconds``. That stops nothing: it is told, and more progress turns
it True again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from podwright import labels
from podwright.kinds.deployment.following import is_resized
from podwright.kinds.deployment.sets import Sets
from podwright.kinds.deployment.spec import DeploymentSpec
from podwright.objects import Manifest
from podwright.owners import ReplicaSet
from podwright.rules import conditions
from podwright.workload import Observed

Known = Sequence[Manifest]
"""Conditions of a status."""

_OVER = (labels.NEW_AVAILABLE, labels.TIMED_OUT)
_SPARE = timedelta(seconds=1)
_NEVER = "0001-01-01T00:00:00Z"


def counts(seen: Observed[DeploymentSpec], sets: Sets) -> dict[str, int]:
    """The counts of the status, as the ReplicaSets tell them.

    Kubernetes: pkg/controller/deployment/sync.go, ``calculateStatus``.
    """
    available = sets.count("availableReplicas")
    return {
        "replicas": sets.count("replicas"),
        "updatedReplicas": sets.new.count("replicas") if sets.new else 0,
        "readyReplicas": sets.count("readyReplicas"),
        "availableReplicas": available,
        "unavailableReplicas": max(sets.wished - available, 0),
        "terminatingReplicas": sets.count("terminatingReplicas"),
        "observedGeneration": seen.meta.generation,
    }


def is_complete(seen: Observed[DeploymentSpec], status: Mapping[str, Any]) -> bool:
    """All pods are there, of the new template, available, and no others.

    Kubernetes: pkg/controller/deployment/util/deployment_util.go, ``DeploymentComplete``.
    """
    fields = ("updatedReplicas", "replicas", "availableReplicas")
    return (
        all((status.get(field) or 0) == seen.spec.replicas for field in fields)
        and (status.get("observedGeneration") or 0) >= seen.meta.generation
    )


def has_moved(before: Mapping[str, Any], after: Mapping[str, int]) -> bool:
    """Some pod more is new, ready or available, or some old one is gone.

    Kubernetes: pkg/controller/deployment/util/deployment_util.go, ``DeploymentProgressing``.
    """
    grown = ("updatedReplicas", "readyReplicas", "availableReplicas")
    old_before = (before.get("replicas") or 0) - (before.get("updatedReplicas") or 0)
    old_after = after["replicas"] - after["updatedReplicas"]
    return old_after < old_before or any(after[it] > (before.get(it) or 0) for it in grown)


def is_rolling_out(seen: Observed[DeploymentSpec], sets: Sets) -> bool:
    """This look is about the roll-out; one about a pause or a change of size judges no progress.

    Kubernetes: pkg/controller/deployment/deployment_controller.go, ``syncDeployment``.
    """
    going = seen.meta.deletion_timestamp is not None
    return not (going or seen.spec.paused or is_resized(seen, sets))


def judge(seen: Observed[DeploymentSpec], sets: Sets, known: Known) -> list[Manifest]:
    """The conditions with what is to be said about progress.

    Kubernetes: pkg/controller/deployment/progress.go, ``syncRolloutStatus``.
    """
    if not seen.spec.has_deadline:
        return conditions.without(known, labels.PROGRESSING)
    now_counted = counts(seen, sets)
    current = conditions.find(known, labels.PROGRESSING) or {}
    settled = now_counted["replicas"] == now_counted["updatedReplicas"]
    if settled and current.get("reason") == labels.NEW_AVAILABLE:
        return list(known)
    who = f'ReplicaSet "{sets.new.name}"' if sets.new else f'Deployment "{seen.meta.name}"'
    if is_complete(seen, now_counted):
        return _told(seen, known, labels.NEW_AVAILABLE, f"{who} has successfully progressed.")
    if has_moved(seen.status, now_counted):
        return _told(seen, known, labels.NEW_UPDATED, f"{who} is progressing.", anew=True)
    if _is_late(seen, current):
        text = f"{who} has timed out progressing."
        return _told(seen, known, labels.TIMED_OUT, text, status="False")
    return list(known)


def _told(
    seen: Observed[DeploymentSpec],
    known: Known,
    reason: str,
    message: str,
    status: str = "True",
    *,
    anew: bool = False,
) -> list[Manifest]:
    return conditions.put(
        known,
        labels.PROGRESSING,
        status=status,
        reason=reason,
        message=message,
        now=seen.now,
        anew=anew,
    )


def _is_late(seen: Observed[DeploymentSpec], current: Manifest) -> bool:
    """Nothing has moved for too long.

    Kubernetes: pkg/controller/deployment/util/deployment_util.go, ``DeploymentTimedOut``.
    """
    if not current or current.get("reason") == labels.NEW_AVAILABLE:
        return False
    return current.get("reason") == labels.TIMED_OUT or _deadline(seen, current) < seen.now


def _deadline(seen: Observed[DeploymentSpec], current: Manifest) -> datetime:
    last = datetime.fromisoformat(current.get("lastUpdateTime") or _NEVER)
    return last + timedelta(seconds=seen.spec.progress_deadline_seconds)


def before(seen: Observed[DeploymentSpec], sets: Sets) -> list[Manifest]:
    """The conditions as they are, with what a pause or a ReplicaSet that was there already means.

    Kubernetes: pkg/controller/deployment/sync.go, ``checkPausedConditions``, ``getNewReplicaSet``.

    Differs: with ``rollbackOnDeadline``, when another one has timed out, a ReplicaSet that was
    there already is told of too and has its whole time; or it would be gone back from at once.
    """
    known = list(seen.status.get("conditions") or [])
    if not seen.spec.has_deadline or seen.meta.deletion_timestamp is not None:
        return known
    current = conditions.find(known, labels.PROGRESSING) or {}
    reason = current.get("reason")
    if seen.spec.paused and reason not in {labels.PAUSED, labels.TIMED_OUT}:
        return _told(seen, known, labels.PAUSED, "Deployment is paused", "Unknown")
    if not seen.spec.paused and reason == labels.PAUSED:
        return _told(seen, known, labels.RESUMED, "Deployment is resumed", "Unknown")
    other = seen.spec.rollback_on_deadline and reason == labels.TIMED_OUT
    if sets.new and (reason is None or (other and not _names(current, sets.new))):
        return _told(seen, known, labels.NEW_FOUND, f'Found new replica set "{sets.new.name}"')
    return known


def _names(current: Manifest, new: ReplicaSet) -> bool:
    return f'"{new.name}"' in (current.get("message") or "")


def has_timed_out(seen: Observed[DeploymentSpec], sets: Sets) -> bool:
    """The roll-out has got stuck.

    Kubernetes: pkg/controller/deployment/util/deployment_util.go, ``DeploymentTimedOut``.
    """
    now_known = judge(seen, sets, before(seen, sets))
    return (conditions.find(now_known, labels.PROGRESSING) or {}).get("reason") == labels.TIMED_OUT


def deadline_at(seen: Observed[DeploymentSpec], sets: Sets) -> datetime | None:
    """When to look whether the roll-out has got stuck; None where it cannot.

    Kubernetes: pkg/controller/deployment/progress.go, ``requeueStuckDeployment``.

    Differs: a Deployment that was complete and has lost pods since is not looked at again and
    again: it cannot time out. Upstream looks about ten times a second until they are back.
    """
    if not seen.spec.has_deadline or not is_rolling_out(seen, sets):
        return None
    current = conditions.find(judge(seen, sets, before(seen, sets)), labels.PROGRESSING) or {}
    is_over = current.get("reason") in _OVER
    if not current or (sets.new is None and (is_over or seen.spec.is_rolling)):  # it begins now
        return seen.now + timedelta(seconds=seen.spec.progress_deadline_seconds) + _SPARE
    return None if is_over else _deadline(seen, current) + _SPARE
