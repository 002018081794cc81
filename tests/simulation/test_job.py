"""Jobs in a cluster where everything goes wrong that can; chance chooses the moves.

In the end each invariant is seen to fail: one rule is broken on purpose, and the simulation finds it.
"""

import os
import random
from contextlib import contextmanager
from dataclasses import replace
from random import Random

import pytest
from msgspec.structs import replace as changed

from podwright import labels
from podwright.kinds.job import counting, finish, parallelism, verdict
from podwright.plan import Create, Delete, Plan, Record
from simulation.jobs import LIST, JobEngine, JobWorld
from simulation.world import violated, walk

RUNS = os.environ.get("SIMULATION_RUNS")
WALKS = 1500


@pytest.fixture(autouse=True)
def _short_list(monkeypatch):
    """The list of what is not counted yet is full at once."""
    monkeypatch.setattr(counting, "MOST", LIST)


def test_whatever_happens_each_pod_counts_once_and_a_job_ends():
    first = 0 if RUNS is None else random.randrange(10**9)
    for seed in range(first, first + int(RUNS or 60)):
        random.seed(seed)  # the engine's names come from there
        walk(JobWorld(JobEngine), Random(seed))


@contextmanager
def broken(module, name, other):
    """Another rule in the place of this one."""
    honest = getattr(module, name)
    setattr(module, name, other)
    try:
        yield
    finally:
        setattr(module, name, honest)


def without(plan, unwanted):
    steps = (tuple(it for it in step if not unwanted(it)) for step in plan.steps)
    return replace(plan, steps=tuple(step for step in steps if step))


class LetsGoWhatIsNotWrittenDown(JobEngine):
    """Takes finalizers off before the status knows of those pods."""

    def decide(self, seen):
        with broken(counting, "is_noted", lambda *_: True):
            return super().decide(seen)


class CountsBeforeItLetsGo(JobEngine):
    """What has ended goes to the counters, and never through the list."""

    def status(self, seen, outcome):
        told = super().status(seen, outcome)
        lists = told.get("uncountedTerminatedPods") or {}
        grown = {how: told[how] + len(uids) for how, uids in lists.items()}
        return told | grown | {"uncountedTerminatedPods": {}}


class CountsTwice(JobEngine):
    """A pod that loses its finalizer is counted, and stays in the list."""

    def status(self, seen, outcome):
        told = super().status(seen, outcome)
        old = seen.status.get("uncountedTerminatedPods") or {}
        return told | ({"uncountedTerminatedPods": old} if old and "failed" in told else {})


class ForgetsTheList(JobEngine):
    """The list is emptied, and nothing counted."""

    def status(self, seen, outcome):
        told = super().status(seen, outcome)
        same = {name: seen.status.get(name, 0) for name in ("succeeded", "failed")}
        return told | (same if seen.status.get("uncountedTerminatedPods") else {})


class KeepsALongList(JobEngine):
    """Notes all that have ended, however many."""

    def status(self, seen, outcome):
        with broken(counting, "MOST", 500):
            return super().status(seen, outcome)


class EndsTooEarly(JobEngine):
    """Does not wait for its pods."""

    def status(self, seen, outcome):
        with broken(finish, "is_over", lambda seen, _: verdict.standing(seen) is not None):
            return super().status(seen, outcome)


class ChangesItsMind(JobEngine):
    """A verdict holds as long as there is a reason for it."""

    def status(self, seen, outcome):
        told = super().status(seen, outcome)
        kept = [
            each for each in told.get("conditions", ()) if each["type"] != labels.FAILURE_TARGET
        ]
        return told | {"conditions": kept} if verdict.standing(seen) else told


class GoesOnAfterTheVerdict(JobEngine):
    """Makes pods for a Job that is about to end."""

    def decide(self, seen):
        with broken(verdict, "of", lambda *_: None):
            return super().decide(seen)


class MakesOneTooMany(JobEngine):
    def decide(self, seen):
        plan = super().decide(seen)
        made = [action for action in plan.actions if isinstance(action, Create)]
        return plan.beside(Plan.of(made[0])) if made else plan


class DoesAnIndexAgain(JobEngine):
    """Which indexes have a pod, or have succeeded, is not looked at."""

    def decide(self, seen):
        with broken(parallelism, "_taken", lambda *_: ()):
            return super().decide(seen)


class MakesPodsThatNobodyCounts(JobEngine):
    """Pods have no finalizer."""

    def decide(self, seen):
        with broken(labels, "JOB_TRACKING", "example.com/other"):
            return super().decide(seen)


class LeavesStrays(JobEngine):
    """Nobody looks at what has no owner."""

    def _reconcile(self, key):
        return super()._reconcile(key) if key.name else None


class DeletesItsPodsLast(JobEngine):
    """A Job whose time is over goes before its pods."""

    def decide(self, seen):
        plan = super().decide(seen)
        deletes = [replace(it, foreground=False) for it in plan.actions if isinstance(it, Delete)]
        return Plan.of(*deletes) if finish.outcome(seen) and deletes else plan


class DoesNotComeBack(JobEngine):
    """What it has just written down is not acted on: nobody wakes it."""

    def decide(self, seen):
        return replace(super().decide(seen), requeue_at=None)


class WorksThoughSuspended(JobEngine):
    def decide(self, seen):
        return super().decide(replace(seen, spec=changed(seen.spec, suspend=False)))


class SpeaksAtRest(JobEngine):
    def decide(self, seen):
        return super().decide(seen).beside(Plan.of(Record("Looked", "all is well")))


class TellsTooMuch(JobEngine):
    """Pods are ready that are not active."""

    def status(self, seen, outcome):
        told = super().status(seen, outcome)
        return told | ({"ready": told["active"] + 1} if told.get("active") else {})


BROKEN = [
    (LetsGoWhatIsNotWrittenDown, "I8"),
    (CountsBeforeItLetsGo, "I8"),
    (CountsTwice, "I8"),
    (ForgetsTheList, "I8"),
    (KeepsALongList, "I8"),
    (EndsTooEarly, "I8"),
    (ChangesItsMind, "I8"),
    (GoesOnAfterTheVerdict, "I8"),
    (MakesOneTooMany, "I8"),
    (DoesAnIndexAgain, "I8"),
    (MakesPodsThatNobodyCounts, "I8"),
    (WorksThoughSuspended, "I8"),
    (LeavesStrays, "I9"),
    (DeletesItsPodsLast, "I11"),
    (DoesNotComeBack, "I12"),
    (SpeaksAtRest, "I13"),
    (TellsTooMuch, "I15"),
]


@pytest.mark.parametrize(
    ("broken", "invariant"), [pytest.param(*each, id=each[0].__name__) for each in BROKEN]
)
def test_the_simulation_notices(broken, invariant):
    found = violated(lambda: JobWorld(broken), invariant, WALKS)
    assert invariant in found, f"not seen to fail, only {found or 'nothing'}"
