"""Which owner is looked at next: one key at a time, never the same key twice at once.

A key that is added while it is being worked on is worked on once more afterwards; ten additions
make one. Failed keys come back after 5 ms, 10 ms, 20 ms, ... up to 1000 s.

An owner rests three times as long as deciding about it took, at most a second: it gets a quarter
of the loop's time. A set of 5,000 pods (10 ms a look) that changes all the time is looked at 25
times a second, each change within 40 ms; one that was calm is looked at once. What is urgent (an
object that goes and may have to be replaced) does not wait for the rest, which grows instead: one
lost pod among many changes is answered at once, and 5,000 lost together get a third of the time.
So nothing is quadratic in pods, and no change waits for long.
"""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import Callable
from itertools import count

from podwright.engine.keys import Key

FIRST_RETRY = 0.005
LAST_RETRY = 1000.0
REST = 3.0
"""Times what deciding took."""
SHORTEST_REST, LONGEST_REST = 0.001, 1.0
URGENT = 0.5
"""Seconds of rest that an urgent change may leave for later."""


class Queue:
    """Keys that are due, keys that will be, keys in work."""

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        self._clock = clock or asyncio.get_running_loop().time
        self._due: deque[Key] = deque()
        self._waiting: set[Key] = set()
        self._working: set[Key] = set()
        self._again: dict[Key, bool] = {}
        self._later: list[tuple[float, int, Key]] = []
        self._later_at: dict[Key, float] = {}
        self._order = count()
        self._failures: dict[Key, int] = {}
        self._rests_until: dict[Key, float] = {}
        self._wake = asyncio.Event()

    def __len__(self) -> int:
        return len(self._due)

    @property
    def delayed(self) -> int:
        """Keys that wait for a moment."""
        return len(self._later_at)

    def add(self, key: Key, *, urgent: bool = False) -> None:
        """This owner has to be looked at; ``urgent``: now, if it has not rested too little yet."""
        if key in self._working:
            self._again[key] = urgent or self._again.get(key, False)
            return
        rest = self._rest(key) - (URGENT if urgent else 0.0)
        if rest > 0:
            self.add_after(key, rest)
        elif key not in self._waiting:
            self._waiting.add(key)
            self._due.append(key)
            self._wake.set()

    def add_after(self, key: Key, seconds: float) -> None:
        """Look at this owner in so many seconds, unless something comes earlier."""
        at = self._clock() + max(seconds, 0.0)
        if self._later_at.get(key, float("inf")) > at:
            self._later_at[key] = at
            heapq.heappush(self._later, (at, next(self._order), key))
            self._wake.set()

    def retry(self, key: Key) -> float:
        """Look again after a failure; return in how many seconds."""
        failures = self._failures.get(key, 0)
        self._failures[key] = failures + 1
        delay = min(FIRST_RETRY * 2.0 ** min(failures, 30), LAST_RETRY)
        self.add_after(key, delay)
        return delay

    def forget(self, key: Key) -> None:
        """The last look went well: the next failure starts at the shortest delay."""
        self._failures.pop(key, None)

    def drop(self, key: Key) -> None:
        """The owner is gone: remember nothing of it."""
        self.forget(key)
        self._rests_until.pop(key, None)
        self._later_at.pop(key, None)

    async def get(self) -> Key:
        """The next key that is due; the caller says ``done`` afterwards."""
        while not self._due:
            self._wake.clear()
            delay = self._promote()
            if self._due:
                break
            try:
                async with asyncio.timeout(delay):  # wait_for may swallow a cancellation
                    await self._wake.wait()
            except TimeoutError:
                continue
        self._promote()
        key = self._due.popleft()
        self._waiting.discard(key)
        self._working.add(key)
        self._later_at.pop(key, None)  # this look is that one too
        return key

    def spent(self, key: Key, seconds: float) -> None:
        """Deciding about this owner kept the loop busy for so long (requests do not count)."""
        rest = min(seconds * REST, LONGEST_REST)
        if rest >= SHORTEST_REST:
            now = self._clock()
            until = max(self._rests_until.get(key, now), now) + rest
            self._rests_until[key] = min(until, now + LONGEST_REST)

    def done(self, key: Key) -> None:
        """The look at this owner has ended."""
        self._working.discard(key)
        if key in self._again:
            self.add(key, urgent=self._again.pop(key))

    def _promote(self) -> float | None:
        """Make delayed keys due; return how long the next one still has to wait."""
        now = self._clock()
        while self._later:
            at, _, key = self._later[0]
            if self._later_at.get(key) != at:  # an earlier moment took its place
                heapq.heappop(self._later)
            elif at > now:
                return at - now
            else:
                heapq.heappop(self._later)
                del self._later_at[key]
                if key in self._working:
                    self._again.setdefault(key, False)
                elif key not in self._waiting:
                    self._waiting.add(key)
                    self._due.append(key)
        return None

    def _rest(self, key: Key) -> float:
        """Seconds that this owner has yet to rest."""
        left = self._rests_until.get(key, 0.0) - self._clock()
        if left <= 0:
            self._rests_until.pop(key, None)
        return left
