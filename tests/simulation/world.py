"""A cluster and its operator, and every move that can be made with them.

A move is a method with the values that each of its arguments may take; Hypothesis chooses among them
in ``test_replicaset.py``, chance in ``test_invariants_bite.py``.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from builders import LABELS, TEMPLATE, pod, replica_set
from podwright.engine.keys import Key
from podwright.objects import Pod
from podwright.owners import Owner
from podwright.plan import Plan
from podwright.workload import Observed
from simulation.cluster import Cluster
from simulation.invariants import Invariants, Violation, expect
from simulation.operators import Crash, Feed, Planner, Wire

ROUNDS = 10
"""So many looks of every owner are enough, once the wish stands still and nothing fails: a lost write
is settled, pods are claimed, then made or removed, ready, available. Seven is the most ever seen."""

SETS = ("web", "web", "web", "api")
FEW = (0, 0, 1, 2)
SMALL = (0, 1, 2, 3, 4)

Move = Callable[..., None]


def move(*, often: int = 1, **domains: Sequence[Any]) -> Callable[[Move], Move]:
    """What can happen, with these values."""

    def register(method: Move) -> Move:
        method.domains, method.often = domains, often
        return method

    return register


def moves(world: type[World]) -> list[Move]:
    """Everything that can happen in a world, in order."""
    names = dict.fromkeys(name for each in reversed(world.__mro__) for name in vars(each))
    found = (getattr(world, name) for name in names)
    return [each for each in found if hasattr(each, "domains")]


class World:
    """Everything there is; every invariant is checked on the way."""

    referee = Invariants
    rounds = ROUNDS
    may_wait = False
    """Whether a set at rest may wait for people: a partition, a deletion by hand."""

    def __init__(self, operator: type[Planner] = Planner) -> None:
        self.cluster = Cluster(served=operator.served)
        self.invariants = self.referee(self.cluster)
        self.wire = Wire(self.cluster, self.invariants)
        self.operator = operator(self.wire)
        self._watch_decisions()

    def begin(self, replicas: int, *, rested: bool, quick: bool) -> None:
        """One set is there, seen by all; perhaps it has its pods already."""
        self.watch_is(quick=quick)
        self.set_is_applied("web", replicas, 0)
        self.deliver_all()
        if rested:
            self.rest()

    def _watch_decisions(self) -> None:
        """Ask every question twice, in another order."""
        decide = self.operator.decide

        def watched(seen: Observed[Any]) -> Plan:
            plan = decide(seen)
            turned, reads = (
                {model: tuple(reversed(things)) for model, things in each.items()}
                for each in (seen.owned, seen.reads)
            )
            self.invariants.decided(seen, plan, decide(replace(seen, owned=turned, reads=reads)))
            return plan

        self.operator.decide = watched

    # --- the operator: half of all moves -------------------------------------------------------------

    @move(often=2, name=SETS)
    def reconcile(self, name: str) -> None:
        try:
            self.operator.reconcile(self.key(name))
        except Crash:
            self.operator.start()
        self.wire.calm()

    @move(name=SETS, after=FEW)
    def reconcile_and_crash(self, name: str, after: int) -> None:
        self.wire.crash_after = after
        self.reconcile(name)

    @move(
        often=3,
        name=SETS,
        after=FEW,
        loses=("answer", "answer", "request"),
        meanwhile=((), ("owners", "kopf"), ("pods",), Feed.NAMES),
    )
    def reconcile_and_again(
        self, name: str, after: int, loses: str, meanwhile: Sequence[str]
    ) -> None:
        """A request or its answer gets lost; the operator soon comes back to it."""
        self.wire.fault_after, self.wire.fault = after, loses
        self.reconcile(name)
        for stream in meanwhile:
            self.operator.feed.deliver(stream)
        self.reconcile(name)

    @move(count=(None, 1, 2))
    def pods_are_seen(self, count: int | None) -> None:
        self.operator.feed.deliver("pods", count)

    @move(count=(None, 1, 2))
    def owners_are_seen(self, count: int | None) -> None:
        self.operator.feed.deliver("owners", count)
        self.operator.feed.deliver("kopf", count)

    @move(often=2, stream=Feed.NAMES)
    def watch_breaks(self, stream: str) -> None:
        self.operator.feed.relist(stream)

    def watch_is(self, *, quick: bool) -> None:
        """Whether news of a write comes before the answer to it."""
        news = (lambda: self.operator.feed.deliver("pods")) if quick else (lambda: None)
        self.wire.on_write = news

    def deliver_all(self) -> None:
        for stream in self.operator.feed.names:
            self.operator.feed.deliver(stream)

    # --- the cluster -----------------------------------------------------------------------------------

    @move(
        often=3,
        index=(0, 0, 1, -1),
        what=("relabel", "orphan", "delete", "unready", "Failed", "Succeeded"),
    )
    def pod_meets(self, index: int, what: str) -> None:
        """Something happens to the newest pod, or to the one before it, ..."""
        newest = self.cluster.pods[::-1]
        if not newest:
            return
        it = newest[index % len(newest)]
        match what:
            case "relabel":  # out of the selector, or back into it
                self.invariants.spared(it)
                away = it.metadata.labels.get("app") == LABELS["app"]
                self.cluster.relabel(it.name, {"app": "quarantine"} if away else dict(LABELS))
            case "orphan":
                self.invariants.spared(it)
                self.cluster.orphan(it.name)
            case "delete":
                self.cluster.delete(Pod, it.name)
            case "unready":
                self.cluster.say_ready(it.name, ready=False)
            case phase:
                self.cluster.end(it.name, phase)

    @move(steps=SMALL)
    def cluster_works(self, steps: int) -> None:
        """All pods get on with their lives; garbage is collected."""
        for name in list(self.cluster.things[Pod]):
            for _ in range(steps):
                if self.cluster.find(Pod, name):
                    self.cluster.grow(name)
        for _ in range(steps):
            self.cluster.collect()

    @move(seconds=(1, 10), quota=(None, *SMALL))
    def surroundings_change(self, seconds: int, quota: int | None) -> None:
        self.cluster.pass_time(seconds)
        self.cluster.pod_quota = quota

    # --- users -----------------------------------------------------------------------------------------

    @move(often=2, name=SETS, replicas=SMALL, min_ready_seconds=(0, 10))
    def set_is_applied(self, name: str, replicas: int, min_ready_seconds: int) -> None:
        """``web`` and ``api`` select the same pods: that is a mistake users make."""
        spec = {"replicas": replicas, "min_ready_seconds": min_ready_seconds}
        if self.cluster.find(Owner, name):
            self.cluster.edit(name, **spec)
        else:
            self.cluster.create(replica_set(name, **spec))
        self.invariants.wished(self.cluster.find(Owner, name))

    @move(name=SETS, version=(1, 2))
    def template_is_changed(self, name: str, version: int) -> None:
        if self.cluster.find(Owner, name):
            labels = LABELS | {"version": str(version)}
            self.cluster.edit(name, template=TEMPLATE | {"metadata": {"labels": labels}})

    @move(name=SETS, cascade=("background", "foreground", "orphan"))
    def set_is_deleted(self, name: str, cascade: Any) -> None:
        if owner := self.cluster.find(Owner, name):
            self.invariants.deleting(owner, cascade)
            self.cluster.delete(Owner, name, cascade)

    @move(name=SETS)
    def bare_pod_is_made(self, name: str) -> None:
        """A pod that nobody controls, under the name that the operator would take next."""
        bare = pod(f"{name}-{self.wire.names + 1}", owner=None, phase="Pending", node="")
        if self.cluster.find(Pod, bare.name) is None and self.cluster.pod_quota is None:
            self.cluster.create(bare)

    # --- in the end ------------------------------------------------------------------------------------

    @move()
    def rest(self) -> None:
        """The wish stands still, nothing fails: the cluster gets there, and then nothing moves."""
        self.cluster.pod_quota = None
        for _ in range(self.rounds):
            if not self._round():
                break
        else:
            expect("I12", holds=False, what=f"no rest after {self.rounds} rounds")
        self.invariants.reached()
        self._check_quiet()
        self.invariants.quiet()

    def _round(self) -> bool:
        """Everybody moves; whether anybody did. Owners move only when something woke them."""
        before = self.cluster.version
        self.deliver_all()
        due = self.operator.due
        if not due.keys and due.at:
            self.cluster.now = max(self.cluster.now, min(due.at.values()))
        late = [key for key, at in due.at.items() if at <= self.cluster.now]
        keys = list(dict.fromkeys([*due.keys, *late]))
        for key in keys:
            self.operator.reconcile(key)
        for name in list(self.cluster.things[Pod]):
            while self.cluster.find(Pod, name) and self.cluster.grow(name):
                pass
        while self.cluster.collect():
            pass
        return bool(keys or due.at) or self.cluster.version > before

    def _check_quiet(self) -> None:
        """A look at a goal that is reached plans nothing and changes nothing."""
        writes = self.wire.writes
        for owner in self.cluster.owners:
            key = self.key(owner.name)
            seen = self.operator.store.observe(key, self.cluster.now)
            plan = self.operator.claim(seen) or self.operator.decide(seen)
            rests = plan == replace(Plan(), waits=plan.waits if self.may_wait else ())
            expect("I13", rests, f"{owner.name} is at rest and plans {plan}")
            self.operator.reconcile(key)
        expect("I13", self.wire.writes == writes, "a look at a goal that is reached has written")

    def key(self, name: str) -> Key:
        return Key(self.cluster.served.workload.kind, "default", name)


def walk(world: World, chance: Random, count: int = 30) -> None:
    """Play by chance, and rest; a violation tells the way that led to it."""
    way = []
    try:
        begin = {"replicas": chance.choice(SMALL)}
        begin |= {name: chance.random() < 0.5 for name in ("rested", "quick")}
        way.append(f"begin {begin}")
        world.begin(**begin)
        can = moves(type(world))
        for what in chance.choices(can, [each.often for each in can], k=count):
            values = {name: chance.choice(of) for name, of in what.domains.items()}
            way.append(f"{what.__name__} {values}")
            what(world, **values)
        way.append("rest")
        world.rest()
    except Exception as error:
        error.add_note("\n".join(way))
        raise


def violated(world: Callable[[], World], invariant: str, walks: int) -> set[str]:
    """Play by chance until this invariant is violated; which ones were."""
    found: set[str] = set()
    for seed in range(walks):
        random.seed(seed)  # the engine's names come from there
        try:
            walk(world(), Random(seed))
        except Violation as violation:
            found.add(violation.invariant)
            if violation.invariant == invariant:
                break
    return found
