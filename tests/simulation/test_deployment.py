"""Deployments in a cluster where everything goes wrong that can; chance chooses the moves.

In the end each invariant is seen to fail: one rule is broken on purpose, and the simulation finds it.
"""

import os
import random
from dataclasses import replace
from random import Random

import pytest
from msgspec.structs import replace as changed

from podwright import labels
from podwright.kinds.deployment import recreate, rolling_update
from podwright.owners import Myself, ReplicaSet
from podwright.plan import Delete, Patch, Plan, Record
from simulation.rollouts import CalmWorld, DeploymentEngine, DeploymentWorld, RecreateWorld
from simulation.world import violated, walk

RUNS = os.environ.get("SIMULATION_RUNS")
WALKS = 1500


@pytest.mark.parametrize("world", [DeploymentWorld, CalmWorld, RecreateWorld])
def test_whatever_happens_a_deployment_gets_there_and_rests(world):
    first = 0 if RUNS is None else random.randrange(10**9)
    for seed in range(first, first + int(RUNS or 25)):
        random.seed(seed)  # the engine's names come from there
        walk(world(DeploymentEngine), Random(seed))


class SurgesTwice(DeploymentEngine):
    """Counts the new pods only."""

    def decide(self, seen):
        spec = changed(seen.spec, strategy=rolling(1 + seen.spec.surge, seen.spec.unavailable))
        return super().decide(replace(seen, spec=spec))


def rolling(surge, unavailable):
    from podwright.kinds.deployment.spec import RollingUpdate, Strategy

    return Strategy(rolling_update=RollingUpdate(surge, unavailable))


class CountsPodsThatGo(DeploymentEngine):
    """Pods that a ReplicaSet was told to remove, and has not yet, count as available."""

    def decide(self, seen):
        honest = rolling_update.is_shrinking, rolling_update._after_broken
        rolling_update.is_shrinking = lambda _: False
        rolling_update._after_broken = lambda sizes, *_: sizes
        try:
            return super().decide(seen)
        finally:
            rolling_update.is_shrinking, rolling_update._after_broken = honest


class DoesNotWaitForTheOldOnes(DeploymentEngine):
    def decide(self, seen):
        honest = recreate.has_pods
        recreate.has_pods = lambda old: old.count("replicas") > 0
        try:
            return super().decide(seen)
        finally:
            recreate.has_pods = honest


class NumbersNothing(DeploymentEngine):
    """The Deployment itself does not get the number."""

    def decide(self, seen):
        return without(
            super().decide(seen), lambda it: isinstance(it, Patch) and isinstance(it.target, Myself)
        )


def without(plan, unwanted):
    steps = (tuple(it for it in step if not unwanted(it)) for step in plan.steps)
    return replace(plan, steps=tuple(step for step in steps if step))


class ForgetsTheHistoryLimit(DeploymentEngine):
    def decide(self, seen):
        return without(super().decide(seen), lambda it: isinstance(it, Delete))


class TidiesEverything(DeploymentEngine):
    """Removes old ReplicaSets whether or not they have pods."""

    def decide(self, seen):
        old = [
            it for it in seen.of(ReplicaSet) if it.metadata.annotations.get(labels.REVISION) == "1"
        ]
        return super().decide(seen).beside(Plan.of(*[Delete(it) for it in old[:1]]))


class SpeaksAtRest(DeploymentEngine):
    def decide(self, seen):
        return super().decide(seen).beside(Plan.of(Record("Looked", "all is well")))


class TellsTooMuch(DeploymentEngine):
    def status(self, seen, outcome):
        said = super().status(seen, outcome)
        return said | {"availableReplicas": seen.spec.replicas}


BROKEN = [
    (SurgesTwice, "I2"),
    (CountsPodsThatGo, "I3", CalmWorld),
    (DoesNotWaitForTheOldOnes, "I4", RecreateWorld),
    (TidiesEverything, "I10"),
    (NumbersNothing, "I12"),
    (ForgetsTheHistoryLimit, "I12"),
    (SpeaksAtRest, "I13"),
    (TellsTooMuch, "I15"),
]


@pytest.mark.parametrize(
    ("broken", "invariant", "world"),
    [
        pytest.param(broken, invariant, *(world or (DeploymentWorld,)), id=broken.__name__)
        for broken, invariant, *world in BROKEN
    ],
)
def test_the_simulation_notices(broken, invariant, world):
    found = violated(lambda: world(broken), invariant, WALKS)
    assert invariant in found, f"not seen to fail, only {found or 'nothing'}"
