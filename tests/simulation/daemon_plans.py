"""What a plan of a DaemonSet may hold, whatever its rules say: I7, one pod per node in the budget.

Checked in every small world and at every decision of the simulation.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from podwright.kinds.daemonset import fleet, placement
from podwright.kinds.daemonset.placement import Fit
from podwright.labels import REVISION_HASH
from podwright.objects import Node, Pod
from podwright.plan import Create, Delete, Plan
from podwright.rules import pods
from podwright.workload import Observed
from simulation.invariants import expect


class Look:
    """A set's nodes and pods as it sees them, and what a plan makes of them."""

    def __init__(self, seen: Observed[Any], plan: Plan, hash_: str) -> None:
        self.seen, self.spec, self.plan, self.hash = seen, seen.spec, plan, hash_
        wanted = placement.of(seen.spec.template)
        self.fits: dict[str, Fit] = {it.name: placement.fit(wanted, it) for it in seen.read(Node)}
        self.wanted = [name for name, fit in self.fits.items() if fit.runs]
        self.gone = [
            it.target
            for it in plan.actions
            if isinstance(it, Delete) and isinstance(it.target, Pod)
        ]
        made = [
            it.manifest
            for it in plan.actions
            if isinstance(it, Create) and it.resource == Pod.resource
        ]
        self.made = [placement.node_of(msgspec.convert(it, Pod)) for it in made]
        self.rolls = self.spec.update_strategy.type == "RollingUpdate"
        self.most, surge = fleet.budget(seen, self.wanted)  # type: ignore[arg-type]  # counted only
        self.surge = surge if self.rolls else 0

    def on(self, name: str) -> list[Pod]:
        return [it for it in self.seen.of(Pod) if placement.node_of(it) == name]

    def live(self, name: str) -> list[Pod]:
        return [it for it in self.on(name) if pods.is_active(it)]

    def is_new(self, it: Pod) -> bool:
        return it.metadata.labels.get(REVISION_HASH) == self.hash

    def is_available(self, it: Pod) -> bool:
        least = self.spec.min_ready_seconds
        return pods.is_active(it) and pods.is_available(it, least, self.seen.now)

    def has_available(self, name: str) -> bool:
        return any(map(self.is_available, self.on(name)))


def check(look: Look) -> None:
    """One pod per node, and no more renewed at once than may be."""
    names = [it.name for it in look.gone]
    expect("I7", len(set(names)) == len(names), f"{names} go twice")
    for it in look.gone:
        expect("I7", not it.metadata.deletion_timestamp, f"{it.name} is deleted again")
    expect("I7", len(set(look.made)) == len(look.made), f"{look.made} get two at once")
    expect("I7", set(look.made) <= look.fits.keys(), f"{look.made} are not all there")
    for name, fit in look.fits.items():
        _check_node(look, name, fit)
    _check_budget(look)


def _check_node(look: Look, name: str, fit: Fit) -> None:
    """At most one live pod, or two in a roll-out with surge; none where none may be."""
    live = look.live(name)
    if name in look.made:
        most = 1 if look.surge else 0
        expect("I7", fit.runs, f"{name} gets a pod that may not run there")
        expect("I7", len(live) <= most, f"{name} gets another pod beside {len(live)}")
        expect("I7", not any(map(look.is_new, live)), f"{name} gets a second new pod")
        held = [it for it in look.on(name) if not pods.is_finished(it)]
        expect("I7", look.surge or not held, f"{name} gets a pod before the old one is gone")
    left = [it for it in live if it not in look.gone]
    expect("I7", fit.stays or not left, f"{name} keeps a pod that may not stay")
    expect("I7", len(left) <= (2 if look.surge else 1), f"{name} keeps {len(left)} pods")


def _check_budget(look: Look) -> None:
    """Nodes that we take the last available pod from, and those without one, are within it."""
    taken = [name for name in look.wanted if _is_taken(look, name)]
    expect("I7", look.rolls or not taken, f"{taken} are renewed, which nobody asked for")
    for name in taken:
        expect("I7", not any(map(look.is_new, look.live(name))), f"{name} loses its new pod")
    if look.surge:
        expect("I7", not taken, f"{taken} lose their only pod in spite of surge")
    lacking = _count(not look.has_available(name) for name in look.wanted)
    within = look.surge or not taken or len(taken) + lacking <= look.most
    expect("I7", within, f"{taken} go, {lacking} have none, at most {look.most} may")
    two = [name for name in look.made if look.has_available(name)]
    settled = {placement.node_of(it) for it in look.gone}
    surging = _count(len(look.live(name)) > 1 and name not in settled for name in look.fits)
    expect("I7", not two or len(two) + surging <= look.surge, f"{two} get a second pod")


def _is_taken(look: Look, name: str) -> bool:
    live = look.live(name)
    alone = len(live) == 1 and live[0] in look.gone
    return alone and look.is_available(live[0])


def _count(flags: Iterable[bool]) -> int:
    return sum(flags)
