"""The spec of a StatefulSet, as far as its rules read it."""

from __future__ import annotations

from podwright.objects import LabelSelector, Manifest, Model


class RollingUpdate(Model, frozen=True):
    """Ordinals below ``partition`` stay at the old revision. Without a budget: one at a time."""

    partition: int = 0
    max_unavailable: int | str | None = None


class UpdateStrategy(Model, frozen=True):
    """How pods of an old revision are replaced; ``replace_stuck_pods`` is ours."""

    type: str = "RollingUpdate"
    rolling_update: RollingUpdate | None = None
    replace_stuck_pods: bool = False


class RetentionPolicy(Model, frozen=True):
    """What becomes of claims when the set is deleted, and when it is scaled down."""

    when_deleted: str = "Retain"
    when_scaled: str = "Retain"


class Ordinals(Model, frozen=True):
    """Which numbers the pods have: ``start`` and on."""

    start: int = 0


class StatefulSetSpec(Model, frozen=True):
    """So many pods with names, numbers and claims of their own."""

    selector: LabelSelector
    template: Manifest
    replicas: int = 1
    service_name: str = ""
    volume_claim_templates: tuple[Manifest, ...] = ()
    pod_management_policy: str = "OrderedReady"
    update_strategy: UpdateStrategy = UpdateStrategy()
    min_ready_seconds: int = 0
    revision_history_limit: int = 10
    persistent_volume_claim_retention_policy: RetentionPolicy = RetentionPolicy()
    ordinals: Ordinals = Ordinals()

    @property
    def ordinal_range(self) -> range:
        """The numbers that there should be pods for."""
        return range(self.ordinals.start, self.ordinals.start + self.replicas)

    @property
    def partition(self) -> int:
        """The lowest ordinal that gets the new revision."""
        rolling = self.update_strategy.rolling_update
        return self.ordinals.start + (rolling.partition if rolling else 0)
