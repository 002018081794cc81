"""The status of so many interchangeable pods: what was observed before this reconcile acted.

And how such a kind looks: its columns, its defaults, what is refused of its counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from podwright import labels
from podwright.objects import LabelSelector, Manifest, Pod
from podwright.plan import Outcome
from podwright.rules import columns, conditions, pods, selectors, summary, templates
from podwright.rules.checks import at_least_zero, no_more
from podwright.rules.replicas import S
from podwright.workload import Column, Observed, Status

COLUMNS = (
    Column("Desired", "integer", ".spec.replicas"),
    Column("Current", "integer", ".status.replicas"),
    Column("Ready", "integer", ".status.readyReplicas"),
    columns.AGE,
    *columns.CONTAINERS,
    columns.SELECTOR,
)
DEFAULTS: Mapping[str, Any] = {
    "spec.replicas": 1,
    "spec.minReadySeconds": 0,
    # Until the first status is written, so that kubectl shows 0 as it does for the built-in kinds.
    "status": {"replicas": 0, "readyReplicas": 0},
}
_PARTS = ("fullyLabeledReplicas", "readyReplicas", "availableReplicas")
CHECKS = (
    at_least_zero("spec.replicas"),
    at_least_zero("spec.minReadySeconds"),
    *(at_least_zero(f"status.{name}") for name in ("replicas", *_PARTS)),
    *(no_more(name, "replicas", "cannot be greater than status.replicas") for name in _PARTS),
    no_more("availableReplicas", "readyReplicas", "cannot be greater than readyReplicas"),
)
"""What ``apps/v1`` and ``v1`` refuse of these counts, wished or told."""


def status(seen: Observed[S], outcome: Outcome, selector: LabelSelector) -> Status:
    """Compute the whole status; the engine writes it when it differs.

    Kubernetes: pkg/controller/replicaset/replica_set_utils.go, ``calculateStatus``.

    Differs: ``selector`` and ``podwright`` are ours; they feed ``/scale`` and kubectl's columns.
    Every count is written, zeros too, or a column would be empty.
    """
    spec = seen.spec
    mine = [pod for pod in seen.of(Pod) if selectors.matches(selector, pod.metadata.labels)]
    active = [pod for pod in mine if pods.is_active(pod)]
    ready = [pod for pod in active if pods.is_ready(pod)]
    wanted = (spec.template.get("metadata") or {}).get("labels") or {}
    available = ready  # all of them, unless the clock has a say
    if spec.min_ready_seconds:
        available = [p for p in ready if pods.is_available(p, spec.min_ready_seconds, seen.now)]
    whole: Status = {
        "replicas": len(active),
        "fullyLabeledReplicas": sum(
            wanted.items() <= pod.metadata.labels.items() for pod in active
        ),
        "readyReplicas": len(ready),
        "availableReplicas": len(available),
        "terminatingReplicas": sum(pods.is_terminating(pod) for pod in mine),
        "observedGeneration": seen.meta.generation,
        "selector": selectors.as_text(selector),
        "podwright": summary.words(spec.template, f"{len(ready)}/{spec.replicas}", outcome),
    }
    known = replica_failure(seen, active, outcome)
    return whole | {"conditions": known} if known else whole


def replica_failure(seen: Observed[S], active: Sequence[Pod], outcome: Outcome) -> list[Manifest]:
    """Conditions with ReplicaFailure while pods cannot be made or removed, its first text kept.

    Kubernetes: pkg/controller/replicaset/replica_set_utils.go, ``calculateStatus``.
    """
    known = seen.status.get("conditions") or []
    too_few = len(active) < seen.spec.replicas
    making = too_few and seen.meta.deletion_timestamp is None
    error = outcome.first_error or (making and templates.problem(seen.spec.template))
    if not error:
        return conditions.without(known, labels.REPLICA_FAILURE)
    if too_few:
        reason, message = labels.FAILED_CREATE, error
    else:
        reason, message = labels.FAILED_DELETE, f"unable to delete pods: {error}"
    return conditions.failure(
        known, labels.REPLICA_FAILURE, reason=reason, message=message, now=seen.now
    )
