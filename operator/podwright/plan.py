"""What a kind wants done, and what became of it.

A plan holds only what may happen *now*; the next reconcile plans the rest. Steps run in order, a
step's actions side by side; a failed step ends the plan. Example: a claim before its pod is

    Plan.of(Create(claim)).then(Plan.of(Create(pod)))
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from podwright.objects import Manifest, Meta, Object, Resource


@dataclass(frozen=True, slots=True)
class Say:
    """The events that an action leaves on its owner: (reason, text) when done and when failed.

    Texts may name ``{name}``, the object's name, and ``{error}``, the API server's answer. A
    failure may be told in several ways: a claim that cannot be made is a pod that cannot be made.
    """

    done: tuple[str, str] | None = None
    failed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Create:
    """Make an object; without a name the executor chooses one as the API server would.

    The executor adds the namespace and, if it is ``owned``, the controller reference. ``like`` is
    what the API server has to accept once before many are sent at a time; by default the spec.
    """

    resource: Resource
    manifest: Manifest
    say: Say = Say()
    owned: bool = True
    like: Manifest | None = None


@dataclass(frozen=True, slots=True)
class Patch:
    """Merge ``body`` into an object, provided it is still as it was seen; ``Myself`` is the owner.

    A list in ``body`` replaces the object's; with ``by_key`` its entries are merged, which the API
    server does for its own kinds only.
    """

    target: Object
    body: Manifest
    say: Say = Say()
    by_key: bool = False


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove an object; its uid is always the precondition.

    ``as_seen``: the object was chosen by ranking, budget or selector, so its resource version is a
    precondition too, and a change meanwhile means "look again". Without it: right whatever changed.
    ``strike`` names the slot whose next attempt has to wait longer (``rules/backoff.py``).
    ``foreground``: what it owns goes first.
    """

    target: Object
    as_seen: bool = True
    say: Say = Say()
    strike: str = ""
    foreground: bool = False


@dataclass(frozen=True, slots=True)
class Adopt:
    """Become the controller of an orphan that matches. Only claiming plans this.

    ``finalizer`` is put on in the same write: what its owner keeps account of.
    """

    target: Object
    finalizer: str = ""


@dataclass(frozen=True, slots=True)
class Release:
    """Stop being the controller of an object that no longer matches. Only claiming plans this.

    ``finalizer`` is taken off in the same write.
    """

    target: Object
    finalizer: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """An event on the owner, of its own."""

    reason: str
    message: str
    type: str = "Normal"


Action = Create | Patch | Delete | Adopt | Release | Record


@dataclass(frozen=True, slots=True)
class Wait:
    """What the owner waits for, in words that do not change with every pod."""

    until: str
    on: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that may happen now."""

    steps: tuple[tuple[Action, ...], ...] = ()
    waits: tuple[Wait, ...] = ()
    requeue_at: datetime | None = None

    @classmethod
    def of(cls, *actions: Action) -> Plan:
        """Do these side by side."""
        return cls(steps=(actions,) if actions else ())

    @classmethod
    def wait(cls, until: str, *, on: str = "", remedy: str = "") -> Plan:
        """Do nothing, and say why."""
        return cls(waits=(Wait(until, on, remedy),))

    def then(self, later: Plan) -> Plan:
        """Do ``later`` once these steps have succeeded."""
        moment = _earliest(self.requeue_at, later.requeue_at)
        return Plan(self.steps + later.steps, self.waits + later.waits, moment)

    def beside(self, *others: Plan) -> Plan:
        """Do the first steps of all at the same time, then the second ones, and so on."""
        steps: list[list[Action]] = []
        waits: list[Wait] = []
        moment = self.requeue_at
        for plan in (self, *others):
            steps += [[] for _ in range(len(plan.steps) - len(steps))]
            for step, more in zip(steps, plan.steps, strict=False):
                step.extend(more)
            waits += plan.waits
            moment = _earliest(moment, plan.requeue_at)
        return Plan(tuple(map(tuple, steps)), tuple(waits), moment)

    def again_at(self, moment: datetime | None) -> Plan:
        """Look again at this moment; the earliest of several wins."""
        return replace(self, requeue_at=_earliest(self.requeue_at, moment))

    @property
    def actions(self) -> tuple[Action, ...]:
        """All actions of all steps."""
        return tuple(action for step in self.steps for action in step)


def _earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    moments = [moment for moment in (one, other) if moment is not None]
    return min(moments, default=None)


@dataclass(frozen=True, slots=True)
class Failure:
    """An action that the API server did not carry out, and its words."""

    action: Action
    message: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a plan.

    ``failures`` are refusals and outages: they become a condition and are tried again with growing
    delay. ``outdated``: something had changed meanwhile; look again, that is no failure.
    ``existing`` holds objects found under a decided name, as the API server holds them. ``made``
    tells of what was made, by name: which uid it got, and where it stood then.
    ``version`` is where the owner stands after it was patched itself.
    """

    plan: Plan = Plan()
    failures: tuple[Failure, ...] = ()
    outdated: bool = False
    existing: Mapping[str, Manifest] = field(default_factory=dict)
    made: Mapping[str, Meta] = field(default_factory=dict)
    version: str = ""

    @property
    def first_error(self) -> str | None:
        """The first failure's text, which is the one that users are told."""
        return self.failures[0].message if self.failures else None
