"""The spec of a ReplicaSet, as far as its rules read it."""

from __future__ import annotations

from podwright.objects import LabelSelector, Manifest, Model


class ReplicaSetSpec(Model, frozen=True):
    """How many pods of which template; the selector says which pods count."""

    selector: LabelSelector
    template: Manifest
    replicas: int = 1
    min_ready_seconds: int = 0
