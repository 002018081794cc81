"""Conditions of a status: set, keep, remove; each type appears once.

``lastTransitionTime`` moves only when the status changes, so a condition tells since when it holds.
Conditions that others wrote are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from podwright.objects import Manifest


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC and whole seconds, as the API server writes times."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def find(conditions: Sequence[Manifest], type_: str) -> Manifest | None:
    """The condition of this type."""
    return next((condition for condition in conditions if condition["type"] == type_), None)


def without(conditions: Sequence[Manifest], type_: str) -> list[Manifest]:
    """All conditions but the one of this type."""
    return [condition for condition in conditions if condition["type"] != type_]


def put(  # the fields of a condition
    conditions: Sequence[Manifest],
    type_: str,
    *,
    status: str,
    reason: str,
    message: str,
    now: datetime,
    anew: bool = False,
) -> list[Manifest]:
    """The conditions with this one at the end; unchanged while status and reason are the same.

    With ``anew`` it is written though they are, so that ``lastUpdateTime`` tells of the last time.

    Kubernetes: pkg/controller/deployment/util/deployment_util.go, ``SetDeploymentCondition``.
    """
    old = find(conditions, type_) or {}
    if not anew and (old.get("status"), old.get("reason")) == (status, reason):
        return list(conditions)
    moment = timestamp(now)
    since = old.get("lastTransitionTime") if old.get("status") == status else None
    new = {"type": type_, "status": status, "reason": reason, "message": message}
    times = {"lastUpdateTime": moment, "lastTransitionTime": since or moment}
    return [*without(conditions, type_), new | times]


def failure(
    conditions: Sequence[Manifest], type_: str, *, reason: str, message: str, now: datetime
) -> list[Manifest]:
    """The conditions with this one True; one that is there stays as it is, its first text kept.

    Kubernetes: pkg/controller/replicaset/replica_set_utils.go, ``calculateStatus``.
    """
    if find(conditions, type_) is not None:
        return list(conditions)
    new = {"type": type_, "status": "True", "lastTransitionTime": timestamp(now)}
    return [*conditions, new | {"reason": reason, "message": message}]
