"""A Deployment's ReplicaSets: the new one, which has its template, and the old ones.

Whatever a template was called before does not matter: the oldest ReplicaSet with the same template
is the new one, so going back to an old template makes an old ReplicaSet the new one again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from podwright import labels
from podwright.kinds.deployment.spec import DeploymentSpec
from podwright.objects import Manifest
from podwright.owners import ReplicaSet
from podwright.rules import equality, selectors
from podwright.workload import Observed

_START = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sets:
    """A Deployment's ReplicaSets, the old ones by age, the oldest first."""

    new: ReplicaSet | None
    old: tuple[ReplicaSet, ...]

    @classmethod
    def of(cls, seen: Observed[DeploymentSpec]) -> Sets:
        """Deal the ReplicaSets into the new one and the old ones.

        Kubernetes: pkg/controller/deployment/util/deployment_util.go, ``FindNewReplicaSet``.
        """
        selector = seen.spec.selector
        mine = [
            each
            for each in sorted(seen.of(ReplicaSet), key=age)
            if selectors.matches(selector, each.metadata.labels)
        ]
        template = unmarked(seen.spec.template)
        same = equality.alike(template, mine, lambda each: unmarked(each.spec.template))
        new = next(iter(same), None)
        return cls(new, tuple(each for each in mine if each is not new))

    @property
    def all(self) -> tuple[ReplicaSet, ...]:
        """The old ones, then the new one."""
        return (*self.old, self.new) if self.new else self.old

    @property
    def active(self) -> tuple[ReplicaSet, ...]:
        """All that are to have pods."""
        return tuple(each for each in self.all if each.spec.replicas > 0)

    @property
    def active_old(self) -> tuple[ReplicaSet, ...]:
        """The old ones that are to have pods."""
        return tuple(each for each in self.old if each.spec.replicas > 0)

    @property
    def wished(self) -> int:
        """How many pods all are to have together."""
        return sum(each.spec.replicas for each in self.all)

    def count(self, field: str) -> int:
        """The sum of a count of their status."""
        return sum(each.count(field) for each in self.all)


def age(replica_set: ReplicaSet) -> tuple[datetime, str]:
    """Sorts the oldest first; of two as old as each other by name.

    Kubernetes: pkg/controller/controller_utils.go, ``ReplicaSetsByCreationTimestamp``.
    """
    return (replica_set.metadata.creation_timestamp or _START, replica_set.name)


def unmarked(template: Manifest) -> Manifest:
    """A template without the label that keeps the pods of ReplicaSets apart.

    Kubernetes: pkg/controller/deployment/util/deployment_util.go, ``EqualIgnoreHash``.
    """
    metadata = template.get("metadata") or {}
    given = metadata.get("labels") or {}
    if labels.TEMPLATE_HASH not in given:
        return template
    kept = {name: value for name, value in given.items() if name != labels.TEMPLATE_HASH}
    return template | {"metadata": metadata | {"labels": kept}}
