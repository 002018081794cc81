"""StatefulSets in a cluster where everything goes wrong that can; chance chooses the moves.

In the end each invariant is seen to fail: one rule is broken on purpose, and the simulation finds it.
"""

import os
import random
from dataclasses import replace
from random import Random

import pytest
from msgspec.structs import replace as changed

from members import rolling
from podwright.objects import Claim, Pod, Revision
from podwright.plan import Adopt, Create, Delete, Patch, Plan, Record
from simulation.stateful import StatefulEngine, StatefulWorld
from simulation.world import violated, walk

RUNS = os.environ.get("SIMULATION_RUNS")
WALKS = 1500


def test_whatever_happens_a_stateful_set_gets_there_and_rests():
    first = 0 if RUNS is None else random.randrange(10**9)
    for seed in range(first, first + int(RUNS or 40)):
        random.seed(seed)  # the engine's names come from there
        walk(StatefulWorld(StatefulEngine), Random(seed))


def with_spec(seen, **spec):
    return replace(seen, spec=changed(seen.spec, **spec))


class MakesAllAtOnce(StatefulEngine):
    """Forgets about order."""

    def decide(self, seen):
        plan = super().decide(with_spec(seen, pod_management_policy="Parallel"))
        return replace(plan, waits=())


class ForgetsThePartition(StatefulEngine):
    def decide(self, seen):
        return super().decide(with_spec(seen, update_strategy=rolling(0)))


class TidiesClaims(StatefulEngine):
    """Deletes claims that no pod uses."""

    def decide(self, seen):
        used = {f"data-{pod.name}" for pod in seen.of(Pod)}
        idle = [claim for claim in seen.read(Claim) if claim.name not in used]
        return super().decide(seen).beside(Plan.of(*map(Delete, idle)))


class ForgetsWhoClaimsBelongTo(StatefulEngine):
    def decide(self, seen):
        plan = super().decide(seen)
        return without(plan, lambda it: isinstance(it, Patch) and isinstance(it.target, Claim))


class MakesPodsWithoutTheirClaims(StatefulEngine):
    def decide(self, seen):
        plan = super().decide(seen)
        claims = Claim.resource
        return without(plan, lambda it: isinstance(it, Create) and it.resource == claims)


def without(plan, unwanted):
    steps = (tuple(it for it in step if not unwanted(it)) for step in plan.steps)
    return replace(plan, steps=tuple(step for step in steps if step))


class TrimsAllButTheNewest(StatefulEngine):
    """Removes revisions that pods below the partition come back as."""

    def decide(self, seen):
        old = sorted(seen.of(Revision), key=lambda it: it.revision)[:-1]
        return super().decide(seen).beside(Plan.of(*map(Delete, old)))


class NumbersNothing(StatefulEngine):
    """Going back to an old template leaves its revision where it is."""

    def decide(self, seen):
        plan = super().decide(seen)
        return without(plan, lambda it: isinstance(it, Patch) and isinstance(it.target, Revision))


class AdoptsByLabels(StatefulEngine):
    """Takes pods that have another set's name."""

    def claim(self, seen):
        orphans = seen.orphans.get(Pod, ())
        return Plan.of(*map(Adopt, orphans)) if orphans else super().claim(seen)

    def start(self):
        super().start()
        reconciler = self.reconciler
        decide = reconciler._workload.decide
        reconciler._workload = replace(
            reconciler._workload, decide=lambda seen: self.claim(seen) or decide(seen)
        )


class DeletesByUidAlone(StatefulEngine):
    def decide(self, seen):
        plan = super().decide(seen)
        steps = (
            tuple(replace(it, as_seen=False) if isinstance(it, Delete) else it for it in step)
            for step in plan.steps
        )
        return replace(plan, steps=tuple(steps))


class DoesNotWatchTheClock(StatefulEngine):
    def decide(self, seen):
        return replace(super().decide(seen), requeue_at=None)


class SpeaksAtRest(StatefulEngine):
    def decide(self, seen):
        return super().decide(seen).beside(Plan.of(Record("Looked", "all is well")))


class TellsTooMuch(StatefulEngine):
    def status(self, seen, outcome):
        said = super().status(seen, outcome)
        return said | {"availableReplicas": said["replicas"]}


BROKEN = [
    (MakesAllAtOnce, "I5"),
    (ForgetsThePartition, "I5"),
    (TrimsAllButTheNewest, "I5"),
    (TidiesClaims, "I6"),
    (ForgetsWhoClaimsBelongTo, "I6"),
    (MakesPodsWithoutTheirClaims, "I12"),
    (AdoptsByLabels, "I12"),
    (NumbersNothing, "I12"),
    (DoesNotWatchTheClock, "I12"),
    (DeletesByUidAlone, "I10"),
    (SpeaksAtRest, "I13"),
    (TellsTooMuch, "I15"),
]


@pytest.mark.parametrize(
    ("broken", "invariant"), [pytest.param(*each, id=each[0].__name__) for each in BROKEN]
)
def test_the_simulation_notices(broken, invariant):
    found = violated(lambda: StatefulWorld(broken), invariant, WALKS)
    assert invariant in found, f"not seen to fail, only {found or 'nothing'}"
