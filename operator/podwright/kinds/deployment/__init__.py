"""Deployment: so many pods of the newest template, by way of ReplicaSets, and the way there."""

from podwright.kinds.deployment.crd import DEPLOYMENT_CRD
from podwright.kinds.deployment.decide import decide
from podwright.kinds.deployment.spec import DeploymentSpec
from podwright.kinds.deployment.status import status
from podwright.owners import ReplicaSet
from podwright.workload import Owns, Workload

DEPLOYMENT: Workload[DeploymentSpec] = Workload(
    kind="Deployment",
    plural="deployments",
    spec=DeploymentSpec,
    decide=decide,
    status=status,
    owns=(Owns(ReplicaSet, selector=lambda spec: spec.selector),),
    crd=DEPLOYMENT_CRD,
    verbs=("patch",),
)
