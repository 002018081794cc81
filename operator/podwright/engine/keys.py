"""An owner's name inside the engine."""

from __future__ import annotations

from typing import NamedTuple

Place = tuple[str, str]
"""(namespace, name)."""


class Key(NamedTuple):
    """An owner's name in the queue."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name} {self.kind}"
