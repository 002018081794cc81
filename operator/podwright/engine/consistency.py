"""Read your own writes: has my cache seen what I did?

Each write's resource version is noted for the owner; its key is parked until the stream of that
resource has got there, and woken then. Without this an owner that has just made 3 pods would look
at a cache that shows none, and make 3 more. Resource versions of one cluster are ordered numbers.

Kubernetes: pkg/controller/util/consistency/consistency.go, ``WroteAt``, ``EnsureReady``, ``Clear``.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable

from podwright.engine.keys import Key

Stream = tuple[str, str]
"""(resource name, namespace), the namespace being empty for a stream of all namespaces."""


class Stale(Exception):  # noqa: N818  # a state, not an error
    """The cache is behind this owner's own writes; the key is parked and will be woken."""


class Consistency:
    """What each owner's writes wait for."""

    def __init__(self, wake: Callable[[Key], None], *, namespaced: bool = False) -> None:
        self._wake = wake
        self._namespaced = namespaced
        self._wanted: dict[Key, dict[Stream, int]] = {}
        self._seen: dict[Stream, int] = {}
        self._parked: dict[Stream, list[tuple[int, Key]]] = defaultdict(list)
        self._own_status: dict[Key, int] = {}

    def wrote_at(self, key: Key, resource: str, version: int) -> None:
        """This owner wrote ``resource``, or is known to have changed, at this version."""
        stream = (resource, key.namespace if self._namespaced else "")
        wanted = self._wanted.setdefault(key, {})
        wanted[stream] = max(version, wanted.get(stream, 0))

    def wrote_status(self, key: Key, resource: str, version: int) -> None:
        """The owner's own status was written: the event about it is no news."""
        self._own_status[key] = version
        self.wrote_at(key, resource, version)

    def is_own_status(self, key: Key, version: int) -> bool:
        """Whether a change of the owner is our own status write coming back."""
        return self._own_status.get(key) == version

    def ensure_ready(self, key: Key) -> None:
        """Pass when the cache has seen all writes of this owner.

        Raises:
            Stale: it has not; the key is woken when it has.
        """
        for stream, version in self._wanted.get(key, {}).items():
            if self._seen.get(stream, 0) < version:
                heapq.heappush(self._parked[stream], (version, key))
                raise Stale(f"{stream[0]} seen up to {self._seen.get(stream, 0)}, need {version}")
        self._wanted.pop(key, None)

    def advanced(self, stream: Stream, version: int) -> None:
        """A stream has got this far: wake who waited for it."""
        if version <= self._seen.get(stream, 0):
            return
        self._seen[stream] = version
        parked = self._parked[stream]
        while parked and parked[0][0] <= version:
            self._wake(heapq.heappop(parked)[1])

    def clear(self, key: Key) -> None:
        """The owner is gone."""
        self._wanted.pop(key, None)
        self._own_status.pop(key, None)
