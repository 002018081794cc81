"""A ReplicationController keeps ``replicas`` active pods that match its selector.

All as a ReplicaSet does, but for the selector: a plain map, which may be changed.

Differs: a selector or labels that were left out are taken from the template and not written down.
"""

from __future__ import annotations

from podwright.kinds.replicationcontroller.spec import ReplicationControllerSpec
from podwright.objects import Pod
from podwright.plan import Plan
from podwright.rules import pods, replicas
from podwright.workload import Observed


def decide(seen: Observed[ReplicationControllerSpec]) -> Plan:
    """Scale up or down, or wait for pods to become available.

    Kubernetes: pkg/controller/replication/replication_controller.go, which runs the controller of
    ReplicaSets.
    """
    return replicas.keep(seen, [pod for pod in seen.of(Pod) if pods.is_active(pod)])
