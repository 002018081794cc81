"""Read models of custom resources: the owners, and those that other owners own.

A Deployment owns ReplicaSets, which are owners themselves. They are read once, and the same value
is an owner to its own kind and a child to the other. A child kind names no API group: it is served
where its owner is (``Resource.beside``).
"""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from podwright.objects import LabelSelector, Manifest, Model, Object, Resource

S = TypeVar("S")


class Owner(Object, Generic[S], frozen=True, kw_only=True):
    """A custom resource that a workload kind decides for, with its typed spec.

    ``status`` stays JSON: it is compared with what the kind computes, and written whole.
    """

    spec: S
    status: Manifest = {}  # noqa: RUF012  # msgspec copies it


class Myself(Object, frozen=True):
    """The owner itself, as the target of a patch that it plans."""

    resource: ClassVar[Resource] = Resource("", "", "", "")


class ReplicaSetSpec(Model, frozen=True):
    """How many pods of which template; the selector says which pods count."""

    selector: LabelSelector
    template: Manifest
    replicas: int = 1
    min_ready_seconds: int = 0


class ReplicaSet(Owner[ReplicaSetSpec], frozen=True, kw_only=True):
    """A ReplicaSet, as whoever owns it reads it."""

    resource: ClassVar[Resource] = Resource("", "", "ReplicaSet", "replicasets")

    def count(self, field: str) -> int:
        """A count of the status, ``availableReplicas``; 0 until its own controller has written."""
        return int(self.status.get(field) or 0)

    @property
    def is_observed(self) -> bool:
        """The status tells of the spec as it is."""
        return self.count("observedGeneration") >= self.metadata.generation
