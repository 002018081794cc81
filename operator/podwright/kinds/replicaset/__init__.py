"""ReplicaSet: keep so many pods of one template running."""

from podwright.kinds.replicaset.crd import REPLICASET_CRD
from podwright.kinds.replicaset.decide import decide
from podwright.kinds.replicaset.spec import ReplicaSetSpec
from podwright.kinds.replicaset.status import status
from podwright.objects import Pod
from podwright.rules import pods
from podwright.workload import Owns, Workload

REPLICASET: Workload[ReplicaSetSpec] = Workload(
    kind="ReplicaSet",
    plural="replicasets",
    spec=ReplicaSetSpec,
    decide=decide,
    status=status,
    owns=(Owns(Pod, selector=lambda spec: spec.selector, claims=pods.is_active),),
    crd=REPLICASET_CRD,
)
