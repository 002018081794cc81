"""The status of a StatefulSet: counts of what was observed before this reconcile acted."""

from __future__ import annotations

from podwright.kinds.statefulset import identity, rolling_update
from podwright.kinds.statefulset.decide import history_of
from podwright.kinds.statefulset.members import Members
from podwright.kinds.statefulset.spec import StatefulSetSpec
from podwright.objects import Pod
from podwright.plan import Outcome
from podwright.rules import revisions, selectors, summary
from podwright.workload import Observed, Status

_ALWAYS_TOLD = ("replicas", "availableReplicas")
"""The other counts are left out when they are zero, as upstream does."""


def status(seen: Observed[StatefulSetSpec], outcome: Outcome) -> Status:
    """Compute the whole status; the engine writes it when it differs.

    Kubernetes: pkg/controller/statefulset/stateful_set_control.go, ``updateStatus``,
    ``computeReplicaStatus``; stateful_set_utils.go, ``completeRollingUpdate``.

    Differs: ``selector`` and ``podwright`` are ours; they feed ``/scale`` and kubectl's columns.
    Conditions of others are kept; upstream drops them with the next change.
    """
    history, members = history_of(seen), Members.of(seen)
    current, update = rolling_update.current(seen, history), history.present
    counts = _counts(seen, members, current.name, update.name)
    if rolling_update.is_complete(seen, members, history):
        current, counts["currentReplicas"] = update, counts["updatedReplicas"]
    ready = f"{counts['readyReplicas']}/{seen.spec.replicas}"
    known = seen.status.get("conditions")
    collisions = int(seen.status.get("collisionCount") or 0)
    told = {name: count for name, count in counts.items() if count or name in _ALWAYS_TOLD}
    return told | {
        "currentRevision": current.name,
        "updateRevision": update.name,
        "observedGeneration": seen.meta.generation,
        "collisionCount": revisions.collided(outcome, collisions),
        "selector": selectors.as_text(seen.spec.selector),
        "podwright": summary.words(seen.spec.template, ready, outcome),
        **({"conditions": known} if known else {}),
    }


def _counts(
    seen: Observed[StatefulSetSpec], members: Members, current: str, update: str
) -> dict[str, int]:
    ready = [pod for pod in seen.of(Pod) if members.is_ready(pod)]
    return {
        "replicas": len(seen.of(Pod)),
        "readyReplicas": len(ready),
        "availableReplicas": sum(members.is_available(pod) for pod in ready),
        "currentReplicas": _made_of(seen, current),
        "updatedReplicas": _made_of(seen, update),
    }


def _made_of(seen: Observed[StatefulSetSpec], revision: str) -> int:
    """Pods of a revision, without those on their way out."""
    return sum(
        pod.metadata.deletion_timestamp is None and identity.is_of(pod, revision)
        for pod in seen.of(Pod)
    )
