"""The spec of a DaemonSet, as far as its rules read it."""

from __future__ import annotations

from podwright.objects import LabelSelector, Manifest, Model


class RollingUpdate(Model, frozen=True):
    """How many nodes may be without an available pod, or have two; or which part of all."""

    max_unavailable: int | str = 1
    max_surge: int | str = 0


class UpdateStrategy(Model, frozen=True):
    """How pods of an old revision are replaced."""

    type: str = "RollingUpdate"
    rolling_update: RollingUpdate = RollingUpdate()


class DaemonSetSpec(Model, frozen=True):
    """One pod on each node that fits."""

    selector: LabelSelector
    template: Manifest
    update_strategy: UpdateStrategy = UpdateStrategy()
    min_ready_seconds: int = 0
    revision_history_limit: int = 10
