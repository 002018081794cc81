"""The status of a ReplicationController: a ReplicaSet's, without pods on their way out."""

from __future__ import annotations

from podwright.kinds.replicationcontroller.spec import ReplicationControllerSpec
from podwright.plan import Outcome
from podwright.rules import replica_counts
from podwright.workload import Observed, Status


def status(seen: Observed[ReplicationControllerSpec], outcome: Outcome) -> Status:
    """Compute the whole status; the engine writes it when it differs.

    Kubernetes: pkg/controller/replication/conversion.go, ``convertStatus``.
    """
    whole = replica_counts.status(seen, outcome, seen.spec.chosen)
    return {name: value for name, value in whole.items() if name != "terminatingReplicas"}
