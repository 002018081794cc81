"""Giving a ReplicaSet another size: one patch, with what the Deployment wished for at the time."""

from __future__ import annotations

from collections.abc import Iterable

from podwright import labels
from podwright.kinds.deployment import notes
from podwright.kinds.deployment.spec import DeploymentSpec
from podwright.owners import ReplicaSet
from podwright.plan import Patch, Plan, Say
from podwright.workload import Observed


def resize(seen: Observed[DeploymentSpec], target: ReplicaSet, size: int) -> Patch | None:
    """Give a ReplicaSet this size and today's annotations; None when it has them.

    Kubernetes: pkg/controller/deployment/sync.go, ``scaleReplicaSet``.
    """
    before, has = target.spec.replicas, target.metadata.annotations
    stale = {name: v for name, v in notes.sizes(seen).items() if has.get(name) != v}
    if size == before and not stale:
        return None
    spec = {} if size == before else {"spec": {"replicas": size}}
    say = Say() if size == before else Say(done=scaled(target.name, before, size))
    return Patch(target, spec | ({"metadata": {"annotations": stale}} if stale else {}), say)


def resize_all(
    seen: Observed[DeploymentSpec], sizes: Iterable[tuple[ReplicaSet, int]]
) -> Plan | None:
    """Give ReplicaSets these sizes, side by side; None when they have them.

    Kubernetes: pkg/controller/deployment/sync.go, ``scaleReplicaSet``.
    """
    patches = (resize(seen, each, size) for each, size in sizes)
    actions = [patch for patch in patches if patch]
    return Plan.of(*actions) if actions else None


def scaled(name: str, before: int, after: int) -> tuple[str, str]:
    """The event about it.

    Kubernetes: pkg/controller/deployment/sync.go, ``scaleReplicaSet``.
    """
    way = "up" if after > before else "down"
    text = f"Scaled {way} replica set {name} from {before} to {after}"
    return labels.SCALING_REPLICA_SET, text
