"""A set's pods by ordinal: those that are wanted, and those that are on their way out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from podwright.kinds.statefulset import identity
from podwright.kinds.statefulset.claims import Claims
from podwright.kinds.statefulset.spec import StatefulSetSpec
from podwright.objects import Pod
from podwright.rules import pods
from podwright.workload import Observed


@dataclass(frozen=True, slots=True)
class Members:
    """Pods by ordinal; ``wanted`` are the ordinals that there should be pods for."""

    wanted: range
    by_ordinal: dict[int, Pod]
    claims: Claims
    min_ready_seconds: int
    now: datetime

    @classmethod
    def of(cls, seen: Observed[StatefulSetSpec]) -> Members:
        """Sort a set's pods; of ``web-1`` and ``web-01`` it is the first that has the ordinal."""
        found: dict[int, Pod] = {}
        for pod in seen.of(Pod):
            ordinal = identity.ordinal_of(seen.meta.name, pod.name)
            if ordinal is None:
                continue
            if ordinal in found and pod.name != identity.pod_name(seen.meta.name, ordinal):
                continue
            found[ordinal] = pod
        spec = seen.spec
        return cls(spec.ordinal_range, found, Claims.of(seen), spec.min_ready_seconds, seen.now)

    @property
    def condemned(self) -> list[int]:
        """Ordinals that have a pod and should not, highest first."""
        return sorted((each for each in self.by_ordinal if each not in self.wanted), reverse=True)

    def missing(self, most: int) -> Iterator[int]:
        """Ordinals without a pod, lowest first, ``most`` at most."""
        # The range may be as long as 2^31; only so much of it is looked at.
        longest = self.wanted[: len(self.by_ordinal) + most]
        free = (each for each in longest if each not in self.by_ordinal)
        return (each for each, _ in zip(free, range(most), strict=False))

    def present(self) -> list[int]:
        """Ordinals that should have a pod and do, lowest first."""
        return sorted(each for each in self.by_ordinal if each in self.wanted)

    def is_ready(self, pod: Pod) -> bool:
        """Kubernetes: pkg/controller/statefulset/stateful_set_utils.go, ``isRunningAndReady``."""
        return pod.status.phase == "Running" and pods.is_ready(pod)

    def is_available(self, pod: Pod) -> bool:
        """Kubernetes: ``isRunningAndAvailable``."""
        return pods.is_available(pod, self.min_ready_seconds, self.now)

    def is_unavailable(self, pod: Pod | None) -> bool:
        """Missing, on its way out, not ready, or not for long enough.

        Kubernetes: ``isUnavailable``.
        """
        if pod is None or pod.metadata.deletion_timestamp is not None:
            return True
        return pod.status.phase != "Running" or not self.is_available(pod)
