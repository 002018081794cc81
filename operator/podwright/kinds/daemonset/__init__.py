"""DaemonSet: one pod on every node that fits."""

from __future__ import annotations

from podwright.kinds.daemonset import placement
from podwright.kinds.daemonset.crd import DAEMONSET_CRD
from podwright.kinds.daemonset.decide import decide
from podwright.kinds.daemonset.placement import Fit
from podwright.kinds.daemonset.spec import DaemonSetSpec
from podwright.kinds.daemonset.status import status
from podwright.objects import Node, Pod, Revision
from podwright.workload import Owns, Reads, Workload


def _matters(spec: DaemonSetSpec, node: Node) -> Fit | None:
    """Whether a node gets a pod; a node that may have none might as well not be there."""
    found = placement.fit(placement.of(spec.template), node)
    return found if found.stays else None


DAEMONSET: Workload[DaemonSetSpec] = Workload(
    kind="DaemonSet",
    plural="daemonsets",
    spec=DaemonSetSpec,
    decide=decide,
    status=status,
    owns=(
        Owns(Pod, selector=lambda spec: spec.selector),
        Owns(Revision, selector=lambda spec: spec.selector),
    ),
    reads=(Reads(Node, matters=_matters),),
    crd=DAEMONSET_CRD,
)
