"""A scenario: written once, played on each API in a namespace of its own, told as a story."""

import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import pytest

from conformance.side import Side
from conformance.story import blur, tell


@dataclass(frozen=True)
class Scenario:
    """`play(side)` does what users and kubelets do; its docstring says what is to be seen."""

    name: str
    play: Callable[[Side], None]
    smoke: bool = False
    labels: dict = field(default_factory=dict)
    kind: str = "ReplicaSet"
    coarse: bool = False

    @property
    def promise(self):
        return (self.play.__doc__ or "").strip().partition("\n")[0]


class Book(dict):
    """Scenarios of a kind by name; modules of scenarios fill it by decorating functions."""

    def __init__(self, kind):
        super().__init__()
        self.kind = kind

    def scenario(self, play=None, *, smoke=False, labels=None, coarse=False):
        """Enter a function; `labels` are the namespace's.

        `coarse`: pods become ready one after the other while the controller reacts to each, so it
        is chance in how many steps it gets to the end of a step of the story; or a CronJob removes
        Jobs, and it is chance whether it misses them afterwards.
        """
        if play is None:
            return partial(self.scenario, smoke=smoke, labels=labels, coarse=coarse)
        name = play.__name__
        if name in self:
            raise ValueError(f"two scenarios are named {name}")
        self[name] = Scenario(name, play, smoke, labels or {}, self.kind, coarse)
        return play

    def parameters(self):
        """The scenarios as parameters of a test."""
        return [
            pytest.param(each, marks=pytest.mark.smoke if each.smoke else (), id=each.name)
            for each in self.values()
        ]


@dataclass(frozen=True)
class Played:
    """What became of a scenario on one API."""

    story: dict
    namespace: str
    seconds: float
    error: str = ""


def play(scenario, flavour, cluster, recorder):
    """Play a scenario to its end, or to where it got stuck, and tell its story."""
    started = time.monotonic()
    words = re.sub(r"[^a-z0-9]+", "-", scenario.name.lower())[:40].strip("-")
    side = Side(cluster, recorder, flavour, f"{words}-{secrets.token_hex(4)}", scenario.kind)
    error = ""
    try:
        side.open(scenario.labels)
        scenario.play(side)
        side.hear_out()
    except Exception as problem:
        error = f"{type(problem).__name__}: {problem}"
    seconds = time.monotonic() - started
    records = recorder.records(side.namespace)
    story = tell(records, side.marks, side.notes, side.namespace)
    story = blur(story) if scenario.coarse else story
    return Played(story, side.namespace, seconds, error)
