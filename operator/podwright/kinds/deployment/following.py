"""A Deployment of another size, while old and new ReplicaSets have pods: all change alike.

Growing from 10 to 15 pods with a surge of 3, old ReplicaSet 8, new one 5: 13 pods become 18, so the
old one gets 8 * 18 / 13 = 11 and the new one 7. What rounding leaves over goes to the largest.
"""

from __future__ import annotations

from collections.abc import Sequence

from podwright import labels
from podwright.kinds.deployment import notes
from podwright.kinds.deployment.sets import Sets, age
from podwright.kinds.deployment.sizing import resize_all
from podwright.kinds.deployment.spec import DeploymentSpec
from podwright.owners import ReplicaSet
from podwright.plan import Plan
from podwright.workload import Observed


def is_resized(seen: Observed[DeploymentSpec], sets: Sets) -> bool:
    """The Deployment wishes for another number than when it last sized its ReplicaSets.

    Kubernetes: pkg/controller/deployment/sync.go, ``isScalingEvent``.
    """
    known = (each.metadata.annotations.get(labels.DESIRED_REPLICAS) for each in sets.active)
    sizes = (notes.number(text) for text in known)
    return any(size is not None and size >= 0 and size != seen.spec.replicas for size in sizes)


def follow_size(seen: Observed[DeploymentSpec], sets: Sets) -> Plan | None:
    """Give the ReplicaSets the Deployment's new size, without going on with a roll-out.

    Kubernetes: pkg/controller/deployment/sync.go, ``scale``; deployment_util.go,
    ``FindActiveOrLatest``, ``IsSaturated``.

    Differs: a single ReplicaSet that has the right size already has its annotations brought up to
    date; upstream leaves them, and takes every later look for a change of size.
    """
    wished = seen.spec.replicas
    if len(sets.active) <= 1:
        only = next(iter(sets.active), sets.new) or max(sets.old, key=age, default=None)
        sizes = [(only, wished)] if only else []
    elif is_saturated(seen, sets.new):
        sizes = [(each, 0) for each in sets.active_old]
    elif seen.spec.is_rolling:
        sizes = proportional(seen, sets.active)
    else:
        sizes = []
    return resize_all(seen, sizes)


def is_saturated(seen: Observed[DeploymentSpec], new: ReplicaSet | None) -> bool:
    """The new ReplicaSet has all pods that are wished for, available.

    Kubernetes: pkg/controller/deployment/util/deployment_util.go, ``IsSaturated``.
    """
    if new is None:
        return False
    known = notes.number(new.metadata.annotations.get(labels.DESIRED_REPLICAS))
    counts = (new.spec.replicas, known, new.count("availableReplicas"))
    return all(count == seen.spec.replicas for count in counts)


def proportional(
    seen: Observed[DeploymentSpec], active: Sequence[ReplicaSet]
) -> list[tuple[ReplicaSet, int]]:
    """New sizes, each its share of what is to be added or taken; the rest to the largest.

    Kubernetes: pkg/controller/deployment/sync.go, ``scale``; deployment_util.go,
    ``GetReplicaSetProportion``.
    """
    spec = seen.spec
    allowed = spec.replicas + spec.surge if spec.replicas > 0 else 0
    missing = allowed - sum(each.spec.replicas for each in active)
    by_age = sorted(active, key=age, reverse=missing > 0)  # the newer grow, the older shrink
    ordered = sorted(by_age, key=lambda each: each.spec.replicas, reverse=True)
    sizes, rest = [], missing
    for each in ordered:
        share = fraction(seen, each)
        share = min(share, rest) if rest > 0 else max(share, rest) if rest < 0 else 0
        sizes.append(each.spec.replicas + share)
        rest -= share
    sizes[0] = max(sizes[0] + rest, 0)
    return list(zip(ordered, sizes, strict=True))


def fraction(seen: Observed[DeploymentSpec], each: ReplicaSet) -> int:
    """How many pods more its share of the new total is, rounded half away from zero.

    Kubernetes: pkg/controller/deployment/util/deployment_util.go, ``getReplicaSetFraction``.
    """
    size = each.spec.replicas
    if seen.spec.replicas == 0:
        return -size
    before = notes.number(each.metadata.annotations.get(labels.MAX_REPLICAS)) or 0
    whole = before if before > 0 else int(seen.status.get("replicas") or 0)
    if whole <= 0:
        return 0
    product = size * (seen.spec.replicas + seen.spec.surge)
    return (2 * product + whole) // (2 * whole) - size
