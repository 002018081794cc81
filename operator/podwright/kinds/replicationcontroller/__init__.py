"""ReplicationController: the oldest kind, a ReplicaSet whose selector is a plain map."""

from podwright.kinds.replicationcontroller.crd import REPLICATIONCONTROLLER_CRD
from podwright.kinds.replicationcontroller.decide import decide
from podwright.kinds.replicationcontroller.spec import ReplicationControllerSpec
from podwright.kinds.replicationcontroller.status import status
from podwright.objects import Pod
from podwright.rules import pods
from podwright.workload import Owns, Workload

REPLICATIONCONTROLLER: Workload[ReplicationControllerSpec] = Workload(
    kind="ReplicationController",
    plural="replicationcontrollers",
    spec=ReplicationControllerSpec,
    decide=decide,
    status=status,
    owns=(Owns(Pod, selector=lambda spec: spec.chosen, claims=pods.is_active),),
    crd=REPLICATIONCONTROLLER_CRD,
    source="replication-controller",
)
