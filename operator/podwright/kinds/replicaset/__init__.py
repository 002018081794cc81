"""ReplicaSet: keep so many pods of one template running."""

from podwright.kinds.replicaset.crd import REPLICASET_CRD
from podwright.kinds.replicaset.decide import decide
from podwright.objects import Pod
from podwright.owners import ReplicaSet, ReplicaSetSpec
from podwright.rules import pods, replica_counts
from podwright.workload import Owns, Workload

REPLICASET: Workload[ReplicaSetSpec] = Workload(
    kind="ReplicaSet",
    plural="replicasets",
    spec=ReplicaSetSpec,
    decide=decide,
    status=lambda seen, outcome: replica_counts.status(seen, outcome, seen.spec.selector),
    owns=(Owns(Pod, selector=lambda spec: spec.selector, claims=pods.is_active),),
    crd=REPLICASET_CRD,
    model=ReplicaSet,
)
