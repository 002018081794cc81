"""StatefulSet: pods with a number, a name and storage of their own, made and removed in order."""

from podwright.kinds.statefulset import claims, identity
from podwright.kinds.statefulset.crd import STATEFULSET_CRD
from podwright.kinds.statefulset.decide import decide
from podwright.kinds.statefulset.spec import StatefulSetSpec
from podwright.kinds.statefulset.status import status
from podwright.objects import Claim, Pod, Revision
from podwright.workload import Owns, Reads, Workload

STATEFULSET: Workload[StatefulSetSpec] = Workload(
    kind="StatefulSet",
    plural="statefulsets",
    spec=StatefulSetSpec,
    decide=decide,
    status=status,
    owns=(
        Owns(Pod, selector=lambda spec: spec.selector, fits=identity.is_member),
        Owns(Revision, selector=lambda spec: spec.selector, releases=False),
    ),
    reads=(Reads(Claim, shelf=claims.shelf, shelves=claims.shelves, verbs=("create", "patch")),),
    crd=STATEFULSET_CRD,
)
