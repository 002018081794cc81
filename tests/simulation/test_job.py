"""Jobs in a cluster where everything goes wrong that can; chance chooses the moves.

In the end each invariant is seen to fail: one rule is broken on purpose, and the simulation finds it.
"""

import os
import random
from random import Random

import pytest

from podwright.kinds.job import counting
from simulation.jobs import LIST, JobEngine, JobWorld
from simulation.world import walk

RUNS = os.environ.get("SIMULATION_RUNS")
WALKS = 1500


@pytest.fixture(autouse=True)
def _short_list(monkeypatch):
    """The list of what is not counted yet is full at once."""
    monkeypatch.setattr(counting, "MOST", LIST)


def test_whatever_happens_each_pod_counts_once_and_a_job_ends():
    first = 0 if RUNS is None else random.randrange(10**9)
    for seed in range(first, first + int(RUNS or 100)):
        random.seed(seed)  # the engine's names come from there
        walk(JobWorld(JobEngine), Random(seed))
