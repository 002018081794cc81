"""What a Deployment writes on its ReplicaSets: its own annotations, and their revision.

Revisions are numbers: 1, 2, 3. Going back to the template of 1 makes its ReplicaSet number 4, and
``revision-history`` remembers the 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from podwright import labels
from podwright.kinds.deployment.sets import Sets
from podwright.kinds.deployment.spec import DeploymentSpec
from podwright.owners import ReplicaSet
from podwright.workload import Observed

OWN = frozenset(
    {
        labels.LAST_APPLIED,
        labels.REVISION,
        labels.REVISION_HISTORY,
        labels.DESIRED_REPLICAS,
        labels.MAX_REPLICAS,
        labels.ROLLBACK_TO,
    }
)
"""Not copied: they speak of the object that they are on."""

_LONGEST_HISTORY = 2000
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")


def copied(annotations: Mapping[str, str]) -> dict[str, str]:
    """A Deployment's annotations, as its ReplicaSets have them.

    Kubernetes: pkg/controller/deployment/util/deployment_util.go,
    ``copyDeploymentAnnotationsToReplicaSet``.
    """
    return {name: value for name, value in annotations.items() if name not in OWN}


def sizes(seen: Observed[DeploymentSpec]) -> dict[str, str]:
    """What the Deployment wishes for now, without and with surge.

    Kubernetes: pkg/controller/deployment/util/deployment_util.go, ``SetReplicasAnnotations``.
    """
    spec = seen.spec
    return {
        labels.DESIRED_REPLICAS: str(spec.replicas),
        labels.MAX_REPLICAS: str(spec.replicas + spec.surge),
    }


def number(text: str | None) -> int | None:
    """A number in an annotation; None when it is none.

    Kubernetes: pkg/controller/deployment/util/deployment_util.go,
    ``getNonNegativeInt32FromAnnotation``, ``Revision``.
    """
    return int(text) if text and _NUMBER.fullmatch(text) else None


def revision(replica_set: ReplicaSet) -> int:
    """The ReplicaSet's revision; 0 when it has none that can be read.

    Kubernetes: pkg/controller/deployment/util/deployment_util.go, ``Revision``.
    """
    return number(replica_set.metadata.annotations.get(labels.REVISION)) or 0


def next_revision(old: Iterable[ReplicaSet]) -> int:
    """The number of the new ReplicaSet: one more than any old one has.

    Kubernetes: pkg/controller/deployment/util/deployment_util.go, ``MaxRevision``.
    """
    return max(map(revision, old), default=0) + 1


def outdated(seen: Observed[DeploymentSpec], sets: Sets, new: ReplicaSet) -> dict[str, str]:
    """The annotations that the new ReplicaSet lacks or has otherwise; none are taken away.

    Kubernetes: pkg/controller/deployment/util/deployment_util.go, ``SetNewReplicaSetAnnotations``.
    """
    has = new.metadata.annotations
    wanted = copied(seen.meta.annotations)
    given, wished = has.get(labels.REVISION, ""), next_revision(sets.old)
    known = number(given) if given else 0
    if known is not None and known < wished:
        wanted[labels.REVISION] = str(wished)
        if given:
            wanted[labels.REVISION_HISTORY] = remembered(has, given)
    return {name: value for name, value in wanted.items() if has.get(name) != value}


def remembered(annotations: Mapping[str, str], given: str) -> str:
    """The numbers that a ReplicaSet has had, with one more; the oldest are dropped at length.

    Kubernetes: pkg/controller/deployment/util/deployment_util.go, ``SetNewReplicaSetAnnotations``.
    """
    history = [each for each in annotations.get(labels.REVISION_HISTORY, "").split(",") if each]
    numbers = [*history, given]
    while len(",".join(numbers)) > _LONGEST_HISTORY:
        del numbers[0]
    return ",".join(numbers)
