"""What a plan of a StatefulSet may hold, whatever its rules say: I5, identity and order.

Checked in every small world and at every decision of the simulation.
"""

from __future__ import annotations

from typing import Any

from podwright.kinds.statefulset import identity
from podwright.objects import Pod
from podwright.plan import Create, Delete, Plan
from podwright.rules import pods
from podwright.workload import Observed
from simulation.invariants import expect


class Look:
    """A set's pods by ordinal as it sees them, and the ordinals that a plan makes and removes."""

    def __init__(self, seen: Observed[Any], plan: Plan, update: str) -> None:
        self.seen, self.spec, self.plan, self.update = seen, seen.spec, plan, update
        self.wanted = seen.spec.ordinal_range
        self.pods: dict[int | None, Pod] = {self.ordinal(it.name): it for it in seen.of(Pod)}
        self.made = [
            self.ordinal(each.manifest["metadata"]["name"])
            for each in plan.actions
            if isinstance(each, Create) and each.resource == Pod.resource
        ]
        self.gone = [
            self.ordinal(each.target.name)
            for each in plan.actions
            if isinstance(each, Delete) and isinstance(each.target, Pod)
        ]

    def ordinal(self, name: str) -> Any:
        return identity.ordinal_of(self.seen.meta.name, name)

    def is_new(self, ordinal: Any) -> bool:
        return identity.is_of(self.pods[ordinal], self.update)

    def is_available(self, ordinal: Any) -> bool:
        it = self.pods.get(ordinal)
        return (
            it is not None
            and pods.is_active(it)
            and it.status.phase == "Running"
            and pods.is_available(it, self.spec.min_ready_seconds, self.seen.now)
        )


def check(look: Look) -> None:
    """Identity, order, partition and budget."""
    made, gone = look.made, look.gone
    expect("I5", len(set(made)) == len(made), f"{made} are made twice")
    expect("I5", len(set(gone)) == len(gone), f"{gone} go twice")
    expect("I5", not set(made) & look.pods.keys(), f"{made} are made where a pod is")
    expect("I5", set(made) <= set(look.wanted), f"{made} are made and not wanted")
    for ordinal in gone:
        going = look.pods[ordinal].metadata.deletion_timestamp
        expect("I5", not going, f"{ordinal} is deleted again")
    if look.spec.pod_management_policy == "OrderedReady":
        _check_order(look)
    _check_roll_out(look)


def _check_order(look: Look) -> None:
    """One after the other, and none before its time."""
    expect("I5", len(look.made) <= 1, f"{look.made} are made at once")
    for ordinal in look.made:
        before = range(look.wanted.start, ordinal)
        expect("I5", all(map(look.is_available, before)), f"{ordinal} is made before its time")
    condemned = [ordinal for ordinal in look.gone if ordinal not in look.wanted]
    expect("I5", len(condemned) <= 1, f"{condemned} go at once")
    for ordinal in condemned:
        highest = max(n for n in look.pods if n is not None and n not in look.wanted)
        expect("I5", ordinal == highest, f"{ordinal} goes before {highest}")
        stay = all(map(look.is_available, look.wanted))
        expect("I5", stay, f"{ordinal} goes while others are not there")


def _check_roll_out(look: Look) -> None:
    """Of pods that are wanted only those of an old revision go, within partition and budget."""
    mine = [n for n in look.gone if n in look.wanted]
    live = {n for n in mine if not pods.is_finished(look.pods[n])}
    for ordinal in live:
        expect("I5", not look.is_new(ordinal), f"{ordinal} goes and is new")
        expect("I5", ordinal >= look.spec.partition, f"{ordinal} goes below the partition")
    strategy = look.spec.update_strategy
    if strategy.type == "OnDelete":
        expect("I5", not live, f"{live} go, which nobody asked for")
        return
    sound = {n for n in live if look.is_available(n)}
    budget = strategy.rolling_update.max_unavailable
    most = {None: 1, "100%": max(look.spec.replicas, 1)}.get(budget, budget)
    lacking = sum(
        not look.is_available(n)
        for n in look.wanted
        # Without a budget upstream does not ask about those that a roll-out has yet to come to.
        if budget is not None or n > max(live, default=-1)
    )
    within = not sound or len(sound) + lacking <= most
    expect("I5", within, f"{live} go, {lacking} are missing, at most {most} may be")
