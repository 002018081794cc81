"""CronJobs in a cluster where everything goes wrong that can; chance chooses the moves.

In the end each invariant is seen to fail: one rule is broken on purpose, and the simulation finds it.
"""

import os
import random
from random import Random

from simulation.cronjobs import CronJobEngine, CronJobWorld
from simulation.world import walk

RUNS = os.environ.get("SIMULATION_RUNS")
WALKS = 1500


def test_whatever_happens_each_run_starts_once_and_in_time():
    first = 0 if RUNS is None else random.randrange(10**9)
    for seed in range(first, first + int(RUNS or 25)):
        random.seed(seed)  # the engine's names come from there
        walk(CronJobWorld(CronJobEngine), Random(seed))
