"""What is found out about an owner, before it is told as text or JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that is waited for."""

    until: str
    rule: str = ""
    on: str = ""
    since: datetime | None = None
    facts: tuple[str, ...] = ()
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that nobody waits for, and that may be a surprise."""

    text: str
    rule: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Why an owner is not as wished, or that it is."""

    kind: str
    namespace: str
    name: str
    ready: int
    wished: int
    reasons: tuple[Reason, ...] = ()
    notes: tuple[Note, ...] = ()
    state: str = ""
    """How it is, of a kind that does not count ready pods: ``waits: 1 of 3 pods succeeded``."""
