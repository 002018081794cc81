"""ReplicaSets in a cluster where everything goes wrong that can: Hypothesis chooses the moves.

``SIMULATION_RUNS=20000 pytest tests/simulation`` plays longer, and differently every time.
"""

import os
import random
from random import Random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from simulation.engine import Engine
from simulation.operators import Planner
from simulation.world import SMALL, World, moves, walk

RUNS = os.environ.get("SIMULATION_RUNS")
SETTINGS = settings(
    stateful_step_count=30,
    derandomize=RUNS is None,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class Machine(RuleBasedStateMachine):
    """Everybody moves, in any order; each run ends in rest."""

    operator = Planner

    def __init__(self):
        super().__init__()
        self.world = World(self.operator)

    @initialize(replicas=st.sampled_from(SMALL), rested=st.booleans(), quick=st.booleans())
    def begin(self, replicas, rested, quick):
        self.world.begin(replicas, rested=rested, quick=quick)

    def teardown(self):
        self.world.rest()


def machine(operator):
    """A state machine with rules for every move, more of them for what happens often."""

    def as_rule(move):
        def play(self, **values):
            move(self.world, **values)

        play.__name__ = move.__name__
        return rule(**{name: st.sampled_from(of) for name, of in move.domains.items()})(play)

    rules = {
        f"{each.__name__}_{n}": as_rule(each) for each in moves(World) for n in range(each.often)
    }
    return type("ReplicaSets", (Machine,), rules | {"operator": operator})


@pytest.mark.parametrize(
    ("operator", "runs"), [(Planner, 50), (Engine, 15)], ids=["rules", "engine"]
)
def test_whatever_happens_the_cluster_gets_there_and_rests(operator, runs):
    play = settings(SETTINGS, max_examples=int(RUNS or runs))
    run_state_machine_as_test(machine(operator), settings=play)


@pytest.mark.parametrize(
    ("operator", "runs"), [(Planner, 100), (Engine, 80)], ids=["rules", "engine"]
)
def test_whatever_happens_by_chance_it_gets_there_too(operator, runs):
    """Four times as fast as Hypothesis, but a failure comes with all its moves."""
    first = 0 if RUNS is None else random.randrange(10**9)
    for seed in range(first, first + int(RUNS or runs)):
        random.seed(seed)  # the engine's names come from there
        walk(World(operator), Random(seed))
