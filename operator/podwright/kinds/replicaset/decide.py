"""A ReplicaSet keeps ``replicas`` active pods that match its selector.

Too few: make more, at most 500 in one go. Too many: remove the cheapest to lose. Finished pods
and pods on their way out do not count: their replacement comes at once, so for a moment more pods
may run than wished. A changed template affects new pods only.
"""

from __future__ import annotations

from podwright.objects import Pod
from podwright.owners import ReplicaSetSpec
from podwright.plan import Plan
from podwright.rules import pods, replicas
from podwright.workload import Observed


def decide(seen: Observed[ReplicaSetSpec]) -> Plan:
    """Scale up or down, or wait for pods to become available.

    Kubernetes: pkg/controller/replicaset/replica_set.go, ``syncReplicaSet``.
    """
    return replicas.keep(seen, [pod for pod in seen.of(Pod) if pods.is_active(pod)])
