"""Old ReplicaSets without pods are the history to go back to; what is too old is removed."""

from __future__ import annotations

from podwright.kinds.deployment import notes
from podwright.kinds.deployment.sets import Sets, age
from podwright.kinds.deployment.spec import UNLIMITED, DeploymentSpec
from podwright.owners import ReplicaSet
from podwright.plan import Delete, Plan
from podwright.workload import Observed


def clean_up(seen: Observed[DeploymentSpec], sets: Sets) -> Plan:
    """Remove the lowest revisions beyond the limit, of those that have no pods.

    With a limit of 2 and old revisions 1, 2, 3, 4: 1 and 2 go. Had 1 a pod still, only 2 would.

    Kubernetes: pkg/controller/deployment/sync.go, ``cleanupDeployment``.
    """
    limit = seen.spec.revision_history_limit
    if limit == UNLIMITED:
        return Plan()
    old = [each for each in sets.old if each.metadata.deletion_timestamp is None]
    old.sort(key=lambda each: (notes.revision(each), *age(each)))
    surplus = old[: max(len(old) - limit, 0)]
    return Plan.of(*[Delete(each) for each in surplus if is_idle(each)])


def is_idle(old: ReplicaSet) -> bool:
    """It has no pods and is to have none.

    Kubernetes: pkg/controller/deployment/sync.go, ``cleanupDeployment``.
    """
    return old.spec.replicas == 0 and old.count("replicas") == 0 and old.is_observed
