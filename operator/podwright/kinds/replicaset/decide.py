"""A ReplicaSet keeps ``replicas`` active pods that match its selector.

Too few: make more, at most 500 in one go. Too many: remove the cheapest to lose. Finished pods
and pods on their way out do not count: their replacement comes at once, so for a moment more pods
may run than wished. A changed template affects new pods only.
"""

from __future__ import annotations

from podwright.kinds.replicaset.scaling import scale_down, scale_up
from podwright.kinds.replicaset.spec import ReplicaSetSpec
from podwright.objects import Pod
from podwright.plan import Plan
from podwright.rules import pods
from podwright.workload import Observed


def decide(seen: Observed[ReplicaSetSpec]) -> Plan:
    """Scale up or down, or wait for pods to become available.

    Kubernetes: pkg/controller/replicaset/replica_set.go, ``syncReplicaSet``, ``manageReplicas``.
    """
    if seen.meta.deletion_timestamp is not None:
        return Plan.wait("the garbage collector to finish its deletion")
    active = [pod for pod in seen.of(Pod) if pods.is_active(pod)]
    plan = (
        scale_up(seen, active)
        or scale_down(seen, active)
        or wait_for_pods(seen.spec.min_ready_seconds, active, seen)
    )
    return plan.again_at(pods.next_available_at(active, seen.spec.min_ready_seconds, seen.now))


def wait_for_pods(
    min_ready_seconds: int, active: list[Pod], seen: Observed[ReplicaSetSpec]
) -> Plan:
    """Say what the set still waits for: its pods' nodes, readiness, or the clock."""
    if any(not pod.spec.node_name for pod in active):
        return Plan.wait("the scheduler to find nodes for its pods")
    if any(not pods.is_ready(pod) for pod in active):
        return Plan.wait("its pods to be ready")
    if any(not pods.is_available(pod, min_ready_seconds, seen.now) for pod in active):
        return Plan.wait(f"its pods to be ready for {min_ready_seconds} s")
    return Plan()
