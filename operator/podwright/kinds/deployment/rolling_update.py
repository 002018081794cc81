"""Replacing old pods by new ones a few at a time, within two budgets.

There are never more pods than wished plus surge, and never fewer available ones than wished minus
unavailable. With 10 wished, 3 surge and 2 unavailable: the new ReplicaSet begins with 3 of the 13
there may be, and the old one goes from 10 to 8, which must stay available. With the 3 new ones
available 11 are, so the old one gives up 3; the new one may have those 3; and so on, until the old
one has none.
"""

from __future__ import annotations

from podwright.kinds.deployment.creation import create
from podwright.kinds.deployment.sets import Sets
from podwright.kinds.deployment.sizing import resize_all
from podwright.kinds.deployment.spec import DeploymentSpec
from podwright.owners import ReplicaSet
from podwright.plan import Plan
from podwright.workload import Observed


def roll(seen: Observed[DeploymentSpec], sets: Sets) -> Plan:
    """Make the new ReplicaSet, or grow it, or shrink old ones; one of the two in a look.

    Kubernetes: pkg/controller/deployment/rolling.go, ``rolloutRolling``.
    """
    if sets.new is None:
        size = new_size(seen, sets.wished, 0)
        shrink = scale_down(seen, sets, size) or Plan()
        return create(seen, sets, size, beside=shrink)
    return scale_up(seen, sets, sets.new) or scale_down(seen, sets, 0) or _wait(seen, sets)


def scale_up(seen: Observed[DeploymentSpec], sets: Sets, new: ReplicaSet) -> Plan | None:
    """Give the new ReplicaSet what there is room for, or take away what is too much.

    Kubernetes: pkg/controller/deployment/rolling.go, ``reconcileNewReplicaSet``.
    """
    size = new_size(seen, sets.wished, new.spec.replicas)
    return resize_all(seen, [(new, size)]) if size != new.spec.replicas else None


def new_size(seen: Observed[DeploymentSpec], wished: int, has: int) -> int:
    """How many pods a new ReplicaSet that ``has`` so many is to have, of all that are ``wished``.

    Kubernetes: pkg/controller/deployment/util/deployment_util.go, ``NewRSNewReplicas``.
    """
    if has >= seen.spec.replicas:
        return seen.spec.replicas
    room = seen.spec.replicas + seen.spec.surge - wished
    return has + max(min(room, seen.spec.replicas - has), 0)


def scale_down(seen: Observed[DeploymentSpec], sets: Sets, coming: int) -> Plan | None:
    """Take from old ReplicaSets what need not be: broken pods first, then available ones.

    Broken pods go as far as all pods of the new ReplicaSet could become available, ``coming`` ones
    included; available ones as far as enough stay available. Pods that are about to go are not
    counted on, and old ones of them are waited for.

    Kubernetes: pkg/controller/deployment/rolling.go, ``reconcileOldReplicaSets``,
    ``cleanupUnhealthyReplicas``, ``scaleDownOldReplicaSetsForRollingUpdate``.

    Differs: a ReplicaSet that loses broken and available pods in one look is resized once, with one
    event. Upstream counts on new pods that are about to go.
    """
    if not sets.active_old or any(map(is_shrinking, sets.active_old)):
        return None
    least = seen.spec.replicas - seen.spec.unavailable
    new = sets.new
    new_available = min(new.count("availableReplicas"), new.spec.replicas) if new else 0
    new_unavailable = (new.spec.replicas if new else coming) - new_available
    spare = sets.wished + coming - least - new_unavailable
    if spare <= 0:
        return None
    available = new_available + sum(each.count("availableReplicas") for each in sets.active_old)
    sizes = _after_broken([each.spec.replicas for each in sets.active_old], sets, spare)
    sizes = _after_budget(sizes, available - least)
    return resize_all(seen, _changed(sets, sizes))


def is_shrinking(each: ReplicaSet) -> bool:
    """It has more available pods than it is to have, so some of them are about to go.

    Kubernetes: pkg/controller/deployment/rolling.go, ``cleanupUnhealthyReplicas``, where it is an
    error that ends the look.
    """
    return each.count("availableReplicas") > each.spec.replicas


def _after_broken(sizes: list[int], sets: Sets, spare: int) -> list[int]:
    left = []
    for size, each in zip(sizes, sets.active_old, strict=True):
        broken = min(spare, size - each.count("availableReplicas"))
        spare -= broken
        left.append(size - broken)
    return left


def _after_budget(sizes: list[int], budget: int) -> list[int]:
    left = []
    for size in sizes:
        going = max(min(size, budget), 0)
        budget -= going
        left.append(size - going)
    return left


def _changed(sets: Sets, sizes: list[int]) -> list[tuple[ReplicaSet, int]]:
    pairs = zip(sets.active_old, sizes, strict=True)
    return [(each, size) for each, size in pairs if size != each.spec.replicas]


def _wait(seen: Observed[DeploymentSpec], sets: Sets) -> Plan:
    """Say what holds the roll-out."""
    new, wished = sets.new, seen.spec.replicas
    if new is not None and new.count("availableReplicas") < new.spec.replicas:
        return Plan.wait("its new pods to be available", on=f"ReplicaSet {new.name}")
    if sets.count("replicas") > wished or any(map(is_shrinking, sets.active_old)):
        return Plan.wait("its old pods to end")
    return Plan() if sets.count("replicas") == wished else Plan.wait("its pods to be made")
