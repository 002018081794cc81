"""The election by a Lease, as values: who holds it, for how long, what to write next.

Whoever holds the lease writes it anew every 2 s. The holder believes in it until 10 s after it sent
the last request that was accepted; everybody else until 15 s after they saw the record change. So
between two holders there are 5 s in which nobody writes. No two clocks are compared: each process
counts on its own, and the times in the record are for people.

Kubernetes: client-go tools/leaderelection/leaderelection.go, ``tryAcquireOrRenew``, ``release``.

Differs: a lease that was deleted is free only when the time of its last holder is over.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

import msgspec

from podwright.objects import Manifest, Resource

LEASES = Resource("coordination.k8s.io", "v1", "Lease", "leases")
JITTER = 1.2
"""Candidates ask up to a fifth less often, so that they do not all ask at once."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: what others wait for, what the holder relies on, and between two tries.

    Raises:
        ValueError: there would be two holders, or no second try.
    """

    lease: int = 15
    renew: float = 10.0
    retry: float = 2.0

    def __post_init__(self) -> None:
        if not self.lease > self.renew > self.retry * JITTER > 0:
            raise ValueError(f"not {self.lease} > {self.renew:g} > {JITTER} * {self.retry:g} > 0")


class Spec(msgspec.Struct, rename="camel", frozen=True):
    """A Lease's content."""

    holder_identity: str = ""
    lease_duration_seconds: int = 0
    acquire_time: str = ""
    renew_time: str = ""
    lease_transitions: int = 0


class Candidate:
    """What one process knows of the lease. Every ``now`` is its own clock, in seconds."""

    def __init__(self, identity: str, timing: Timing, place: tuple[str, str]) -> None:
        self.identity, self.timing = identity, timing
        self.namespace, self.name = place
        self.spec = Spec()
        self.until = -math.inf
        """Until when this process may act."""
        self._manifest: Manifest | None = None
        self._changed_at = -math.inf

    @property
    def exists(self) -> bool:
        """There was a Lease when it was last looked at."""
        return self._manifest is not None

    @property
    def is_mine(self) -> bool:
        """This process was the holder when the Lease was last looked at."""
        return self.spec.holder_identity == self.identity

    def saw(self, manifest: Manifest | None, now: float) -> None:
        """The Lease is like this; None: there is none."""
        self._manifest = manifest
        if manifest is None:
            return  # what its holder believes in has not changed by that
        spec = msgspec.convert(manifest.get("spec", {}), Spec)
        if spec != self.spec:
            self.spec, self._changed_at = spec, now

    def won(self, manifest: Manifest, sent_at: float) -> None:
        """Our request of this moment was accepted."""
        self.saw(manifest, sent_at)
        self.until = sent_at + self.timing.renew

    def wait(self, now: float) -> float:
        """Seconds until the lease is over, as far as we know; 0 when it is free, or ours."""
        if not self.spec.holder_identity or self.is_mine:
            return 0.0
        seconds = self.spec.lease_duration_seconds or self.timing.lease
        return max(self._changed_at + seconds - now, 0.0)

    def claim(self, at: datetime) -> Manifest:
        """The Lease as this process's."""
        time = _micro_time(at)
        return self._with(
            Spec(
                holder_identity=self.identity,
                lease_duration_seconds=self.timing.lease,
                acquire_time=self.spec.acquire_time if self.is_mine else time,
                renew_time=time,
                lease_transitions=self.spec.lease_transitions
                + (self._changed_at > -math.inf and not self.is_mine),
            )
        )

    def surrender(self, at: datetime) -> Manifest:
        """The Lease as nobody's: whoever sees it may take it at once."""
        time = _micro_time(at)
        return self._with(Spec("", 1, time, time, self.spec.lease_transitions))

    def _with(self, spec: Spec) -> Manifest:
        """The Lease as it is, with this content; labels and annotations are other people's."""
        new = {
            "apiVersion": LEASES.api_version,
            "kind": LEASES.kind,
            "metadata": {"namespace": self.namespace, "name": self.name},
        }
        old = self._manifest or new
        return old | {"spec": old.get("spec", {}) | msgspec.to_builtins(spec)}


def _micro_time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
