"""The spec of a Deployment, as far as its rules read it."""

from __future__ import annotations

from podwright.objects import LabelSelector, Manifest, Model
from podwright.rules import budgets

ROLLING, RECREATE = "RollingUpdate", "Recreate"
UNLIMITED = 2**31 - 1
"""As a deadline: none; as a history limit: all are kept."""


class RollingUpdate(Model, frozen=True):
    """How far the number of pods may be from the wished one, above and below, meanwhile."""

    max_surge: int | str = "25%"
    max_unavailable: int | str = "25%"


class Strategy(Model, frozen=True):
    """How old pods are replaced by new ones."""

    type: str = ROLLING
    rolling_update: RollingUpdate | None = None


class DeploymentSpec(Model, frozen=True):
    """So many pods of the newest template, and how to get there from older ones."""

    selector: LabelSelector
    template: Manifest
    replicas: int = 1
    strategy: Strategy = Strategy()
    min_ready_seconds: int = 0
    revision_history_limit: int = 10
    paused: bool = False
    progress_deadline_seconds: int = 600
    rollback_on_deadline: bool = False

    @property
    def is_rolling(self) -> bool:
        """Old pods go while new ones come."""
        return self.strategy.type == ROLLING

    @property
    def has_deadline(self) -> bool:
        """Progress is told of, and its end."""
        return self.progress_deadline_seconds < UNLIMITED

    @property
    def surge(self) -> int:
        """So many pods more than wished there may be.

        Kubernetes: pkg/controller/deployment/util/deployment_util.go, ``MaxSurge``.
        """
        return self._fenceposts()[0] if self.is_rolling else 0

    @property
    def unavailable(self) -> int:
        """So many pods fewer than wished may be available.

        Kubernetes: pkg/controller/deployment/util/deployment_util.go, ``MaxUnavailable``.
        """
        if not self.is_rolling:
            return 0
        return min(self._fenceposts()[1], self.replicas)

    def _fenceposts(self) -> tuple[int, int]:
        """Surge rounded up, unavailable rounded down; where both are 0, one may be unavailable.

        Kubernetes: pkg/controller/deployment/util/deployment_util.go, ``ResolveFenceposts``.
        """
        rolling = self.strategy.rolling_update or RollingUpdate()
        surge = budgets.scaled(rolling.max_surge, self.replicas, up=True)
        unavailable = budgets.scaled(rolling.max_unavailable, self.replicas, up=False)
        return surge, unavailable if surge or unavailable else 1
