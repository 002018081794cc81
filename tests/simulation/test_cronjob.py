"""CronJobs in a cluster where everything goes wrong that can; chance chooses the moves.

In the end each invariant is seen to fail: one rule is broken on purpose, and the simulation finds it.
"""

import os
import random
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from msgspec.structs import replace as changed

from podwright.kinds.cronjob import children
from podwright.plan import Create, Delete, Plan, Record
from podwright.rules.conditions import timestamp
from simulation.cronjobs import CalmWorld, CronJobEngine, CronJobWorld
from simulation.world import violated, walk

RUNS = os.environ.get("SIMULATION_RUNS")
WALKS = 1500


@pytest.mark.parametrize("world", [CronJobWorld, CalmWorld])
def test_whatever_happens_each_run_starts_once_and_in_time(world):
    first = 0 if RUNS is None else random.randrange(10**9)
    for seed in range(first, first + int(RUNS or 15)):
        random.seed(seed)  # the engine's names come from there
        walk(world(CronJobEngine), Random(seed))


class StartsWhatWasStarted(CronJobEngine):
    """Forgets when it has started a run, once its Job is gone."""

    def decide(self, seen):
        status = {k: v for k, v in seen.status.items() if k != "lastScheduleTime"}
        return super().decide(replace(seen, status=status))


class NamesItsJobsAnew(CronJobEngine):
    """The name is no lock."""

    def decide(self, seen):
        return renamed(super().decide(seen), f"{seen.meta.name}-{seen.meta.resource_version}")


def renamed(plan, name):
    def other(each):
        if not isinstance(each, Create):
            return each
        metadata = each.manifest["metadata"] | {"name": name}
        return replace(each, manifest=each.manifest | {"metadata": metadata})

    return replace(plan, steps=tuple(tuple(map(other, step)) for step in plan.steps))


class ForbidsNothing(CronJobEngine):
    def decide(self, seen):
        return super().decide(replace(seen, spec=changed(seen.spec, concurrency_policy="Allow")))


class ForbidsByItsStatusOnly(CronJobEngine):
    """A Job that nobody has written down yet does not count, as upstream has it."""

    def decide(self, seen):
        honest, children.is_run = children.is_run, lambda _meta, _job: False
        try:
            return super().decide(seen)
        finally:
            children.is_run = honest


class LeavesWhatItReplaces(CronJobEngine):
    def decide(self, seen):
        return without(
            super().decide(seen), lambda it: isinstance(it, Delete) and not it.target.outcome
        )


def without(plan, unwanted):
    steps = (tuple(it for it in step if not unwanted(it)) for step in plan.steps)
    return replace(plan, steps=tuple(step for step in steps if step))


class StartsHoweverLate(CronJobEngine):
    def decide(self, seen):
        return super().decide(
            replace(seen, spec=changed(seen.spec, starting_deadline_seconds=None))
        )


class StartsThoughSuspended(CronJobEngine):
    def decide(self, seen):
        return super().decide(replace(seen, spec=changed(seen.spec, suspend=False)))


class ReplacesAlways(CronJobEngine):
    """Stops what runs, whatever the policy says."""

    def decide(self, seen):
        return super().decide(replace(seen, spec=changed(seen.spec, concurrency_policy="Replace")))


class KeepsEverything(CronJobEngine):
    def decide(self, seen):
        return without(
            super().decide(seen), lambda it: isinstance(it, Delete) and it.target.outcome
        )


class TidiesTooMuch(CronJobEngine):
    """One Job less than is to be kept."""

    def decide(self, seen):
        fewer = max(seen.spec.successful_jobs_history_limit - 1, 0)
        spec = changed(seen.spec, successful_jobs_history_limit=fewer)
        return super().decide(replace(seen, spec=spec))


class DoesNotWatchTheClock(CronJobEngine):
    def decide(self, seen):
        return replace(super().decide(seen), requeue_at=None)


class SpeaksAtRest(CronJobEngine):
    def decide(self, seen):
        return super().decide(seen).beside(Plan.of(Record("Looked", "all is well")))


class TellsTheTimeOfDay(CronJobEngine):
    """The last schedule time is not when the Job was made."""

    def status(self, seen, outcome):
        told = super().status(seen, outcome)
        soon = timestamp(seen.now + timedelta(minutes=1))
        return told | ({"lastScheduleTime": soon} if outcome.made else {})


class ListsWhatHasEnded(CronJobEngine):
    def status(self, seen, outcome):
        told = super().status(seen, outcome)
        return told | ({"active": seen.status["active"]} if seen.status.get("active") else {})


BROKEN = [
    (StartsWhatWasStarted, "I9"),
    (NamesItsJobsAnew, "I9"),
    (ForbidsNothing, "I9", CalmWorld),
    (ForbidsByItsStatusOnly, "I9", CalmWorld),
    (LeavesWhatItReplaces, "I9", CalmWorld),
    (StartsHoweverLate, "I9"),
    (StartsThoughSuspended, "I12"),
    (ReplacesAlways, "I9", CalmWorld),
    (KeepsEverything, "I9"),
    (TidiesTooMuch, "I9"),
    (DoesNotWatchTheClock, "I12"),
    (SpeaksAtRest, "I13"),
    (TellsTheTimeOfDay, "I15"),
    (ListsWhatHasEnded, "I15"),
]


@pytest.mark.parametrize(
    ("broken", "invariant", "world"),
    [
        pytest.param(broken, invariant, *(world or (CronJobWorld,)), id=broken.__name__)
        for broken, invariant, *world in BROKEN
    ],
)
def test_the_simulation_notices(broken, invariant, world):
    found = violated(lambda: world(broken), invariant, WALKS)
    assert invariant in found, f"not seen to fail, only {found or 'nothing'}"
