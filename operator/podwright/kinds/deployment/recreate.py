"""Replacing old pods by new ones with none of both at the same time."""

from __future__ import annotations

from podwright.kinds.deployment.creation import create
from podwright.kinds.deployment.sets import Sets
from podwright.kinds.deployment.sizing import resize_all
from podwright.kinds.deployment.spec import DeploymentSpec
from podwright.owners import ReplicaSet
from podwright.plan import Plan
from podwright.workload import Observed


def recreate(seen: Observed[DeploymentSpec], sets: Sets) -> Plan:
    """Remove all old pods, wait until the last has ended, then make the new ones.

    Kubernetes: pkg/controller/deployment/recreate.go, ``rolloutRecreate``.

    Differs: whether old pods run still is asked of their ReplicaSets' status, which counts those on
    their way out too; upstream looks at the pods.
    """
    if emptied := resize_all(seen, [(each, 0) for each in sets.active_old]):
        return emptied
    if any(map(has_pods, sets.old)):
        return Plan.wait("its old pods to end")
    if sets.new is None:
        return create(seen, sets, seen.spec.replicas)
    if sets.new.spec.replicas != seen.spec.replicas:
        return resize_all(seen, [(sets.new, seen.spec.replicas)]) or Plan()
    if sets.new.count("availableReplicas") < seen.spec.replicas:
        return Plan.wait("its new pods to be available", on=f"ReplicaSet {sets.new.name}")
    return Plan()


def has_pods(old: ReplicaSet) -> bool:
    """Some of its pods have not ended, or it has not looked since it was told to have none.

    Kubernetes: pkg/controller/deployment/recreate.go, ``oldPodsRunning``.
    """
    left = old.count("replicas") + old.count("terminatingReplicas")
    return left > 0 or not old.is_observed
