"""A set's nodes with their pods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from podwright import labels
from podwright.kinds.daemonset import placement
from podwright.kinds.daemonset.placement import Fit
from podwright.kinds.daemonset.spec import DaemonSetSpec
from podwright.objects import Node, Pod
from podwright.rules import budgets, pods
from podwright.workload import Observed

_NO_TIME = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Berth:
    """A node, whether it should run a pod, and the pods that it has, the first one deciding."""

    node: str
    fit: Fit
    pods: list[Pod] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Fleet:
    """All nodes by name, and pods that are bound for nodes that are no more."""

    berths: dict[str, Berth]
    astray: tuple[Pod, ...]
    hash: str
    min_ready_seconds: int
    now: datetime

    @classmethod
    def of(cls, seen: Observed[DaemonSetSpec], hash_: str) -> Fleet:
        """Sort a set's pods by node; those that have ended and are being deleted do not count."""
        wanted = placement.of(seen.spec.template)
        berths = {
            node.name: Berth(node.name, placement.fit(wanted, node))
            for node in sorted(seen.read(Node), key=lambda node: node.name)
        }
        astray = []
        for pod in sorted(seen.of(Pod), key=_order):
            if pods.is_finished(pod) and pod.metadata.deletion_timestamp:
                continue
            if berth := berths.get(placement.node_of(pod)):
                berth.pods.append(pod)
            else:
                astray.append(pod)
        return cls(berths, tuple(astray), hash_, seen.spec.min_ready_seconds, seen.now)

    @property
    def wanted(self) -> list[Berth]:
        """Nodes that should run a pod."""
        return [berth for berth in self.berths.values() if berth.fit.runs]

    def is_new(self, pod: Pod) -> bool:
        """It was made of the present revision."""
        return pod.metadata.labels.get(labels.REVISION_HASH) == self.hash

    def is_available(self, pod: Pod) -> bool:
        """Ready for long enough."""
        return pods.is_available(pod, self.min_ready_seconds, self.now)

    def newest_and_oldest(self, berth: Berth) -> tuple[Pod | None, Pod | None] | None:
        """A node's pod of the present revision and of an old one; None when two are alike.

        Kubernetes: pkg/controller/daemon/update.go, ``findUpdatedPodsOnNode``.
        """
        there = [pod for pod in berth.pods if pod.metadata.deletion_timestamp is None]
        new = [pod for pod in there if self.is_new(pod)]
        old = [pod for pod in there if not self.is_new(pod)]
        if len(new) > 1 or len(old) > 1:
            return None
        return (new[0] if new else None, old[0] if old else None)


def _order(pod: Pod) -> tuple[bool, datetime, str]:
    """On a node before bound for one, older before younger.

    Kubernetes: pkg/controller/daemon/daemon_controller.go, ``podByCreationTimestampAndPhase``.
    """
    return (not pod.spec.node_name, pod.metadata.creation_timestamp or _NO_TIME, pod.name)


def budget(seen: Observed[DaemonSetSpec], nodes: Sequence[Berth]) -> tuple[int, int]:
    """How many of these nodes may be without an available pod, and how many may have two.

    Kubernetes: pkg/controller/daemon/update.go, ``updatedDesiredNodeCounts``.
    """
    rolling = seen.spec.update_strategy.rolling_update
    unavailable = budgets.scaled(rolling.max_unavailable, len(nodes), up=True)
    surge = budgets.scaled(rolling.max_surge, len(nodes), up=True)
    if nodes and not unavailable and not surge:
        return 1, 0
    return unavailable, surge


def may_surge(seen: Observed[DaemonSetSpec]) -> bool:
    """Whether a node may have a new pod beside the old one at all.

    Kubernetes: pkg/apis/apps/v1, daemon util ``AllowsSurge``.
    """
    strategy = seen.spec.update_strategy
    rolling = strategy.type == "RollingUpdate"
    return rolling and budgets.scaled(strategy.rolling_update.max_surge, 1, up=True) > 0
