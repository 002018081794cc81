"""DaemonSets in a cluster where everything goes wrong that can; chance chooses the moves.

In the end each invariant is seen to fail: one rule is broken on purpose, and the simulation finds it.
"""

import os
import random
from dataclasses import replace
from random import Random

import pytest
from msgspec.structs import replace as changed

from members import daemon_set
from podwright.kinds import APPS
from podwright.kinds.daemonset import DAEMONSET
from podwright.objects import Pod, Revision
from podwright.plan import Delete, Patch, Plan, Record
from podwright.workload import Served
from simulation.daemons import DaemonEngine, DaemonWorld
from simulation.world import violated, walk

RUNS = os.environ.get("SIMULATION_RUNS")
WALKS = 1500


def test_whatever_happens_a_daemon_set_gets_there_and_rests():
    first = 0 if RUNS is None else random.randrange(10**9)
    for seed in range(first, first + int(RUNS or 40)):
        random.seed(seed)  # the engine's names come from there
        walk(DaemonWorld(DaemonEngine), Random(seed))


class ActsOnAnOldCache(DaemonEngine):
    """Own writes are not awaited: the second pod of upstream's issue 134937."""

    def start(self):
        super().start()
        self.consistency.ensure_ready = lambda _: None


class RenewsAllAtOnce(DaemonEngine):
    def decide(self, seen):
        update = daemon_set(most="100%").spec.update_strategy
        return super().decide(replace(seen, spec=changed(seen.spec, update_strategy=update)))


class ForgetsPodsThatGo(DaemonEngine):
    """A pod on its way out does not hold its node."""

    def decide(self, seen):
        there = tuple(it for it in seen.of(Pod) if not it.metadata.deletion_timestamp)
        return super().decide(replace(seen, owned=seen.owned | {Pod: there}))


class IsDeafToTaints(DaemonEngine):
    """Wakes for nodes that come and go only."""

    [_reads] = DAEMONSET.reads
    served = Served(replace(DAEMONSET, reads=(replace(_reads, matters=lambda *_: True),)), APPS)


class NumbersNothing(DaemonEngine):
    """Going back to an old template leaves its revision where it is."""

    def decide(self, seen):
        plan = super().decide(seen)
        steps = (
            tuple(
                it for it in step if not (isinstance(it, Patch) and isinstance(it.target, Revision))
            )
            for step in plan.steps
        )
        return replace(plan, steps=tuple(step for step in steps if step))


class DeletesByUidAlone(DaemonEngine):
    def decide(self, seen):
        plan = super().decide(seen)
        steps = (
            tuple(replace(it, as_seen=False) if isinstance(it, Delete) else it for it in step)
            for step in plan.steps
        )
        return replace(plan, steps=tuple(steps))


class DoesNotWatchTheClock(DaemonEngine):
    def decide(self, seen):
        return replace(super().decide(seen), requeue_at=None)


class SpeaksAtRest(DaemonEngine):
    def decide(self, seen):
        return super().decide(seen).beside(Plan.of(Record("Looked", "all is well")))


class TellsTooMuch(DaemonEngine):
    def status(self, seen, outcome):
        said = super().status(seen, outcome)
        return said | {"numberAvailable": said.get("desiredNumberScheduled", 0)}


BROKEN = [
    (ActsOnAnOldCache, "I7"),
    (RenewsAllAtOnce, "I7"),
    (ForgetsPodsThatGo, "I7"),
    (IsDeafToTaints, "I7"),
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
    found = violated(lambda: DaemonWorld(broken), invariant, WALKS)
    assert invariant in found, f"not seen to fail, only {found or 'nothing'}"
