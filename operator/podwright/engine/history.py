"""Failures by owner and slot, so that the next attempt there can wait longer.

Kept in memory only, as upstream keeps its own: after a restart every slot begins anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from podwright.engine.keys import Key
from podwright.rules import backoff
from podwright.workload import Strike

_NONE: Mapping[str, Strike] = {}


class History:
    """What went wrong where, and when it last did."""

    def __init__(self) -> None:
        self._strikes: dict[Key, dict[str, Strike]] = {}

    def of(self, key: Key) -> Mapping[str, Strike]:
        """One owner's strikes, by slot."""
        return self._strikes.get(key, _NONE)

    def note(self, key: Key, slot: str, now: datetime) -> None:
        """One more failure in this slot; what is long past is forgotten."""
        old = self._strikes.get(key, _NONE)
        recent = {name: each for name, each in old.items() if not backoff.is_over(each, now)}
        count = recent[slot].count if slot in recent else 0
        self._strikes[key] = recent | {slot: Strike(count + 1, now)}

    def forget(self, key: Key) -> None:
        """The owner is gone."""
        self._strikes.pop(key, None)
