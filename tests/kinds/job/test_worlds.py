"""Every small world of a Job's accounting: pods end in any order, and each look may stop anywhere.

A look is a row of writes: what it plans, then the status. The operator may die after any of them,
and the next look goes by what is there. I8: no pod is counted twice, none is lost, no counter goes
back. I9: a Job that has ended holds no pod. That each bites is seen at the end, with rules that are
broken on purpose.
"""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from jobs import job, look, task
from podwright import labels
from podwright.kinds.job import counting, finish
from podwright.kinds.job.decide import decide
from podwright.kinds.job.status import status as status_of
from podwright.plan import Create, Delete, Outcome, Patch, Plan
from podwright.rules import pods as rules
from simulation.invariants import expect

HOUR = timedelta(hours=1)
SPECS = {
    "plain": {"completions": 2, "parallelism": 2, "backoffLimit": 1},
    "work-queue": {"parallelism": 2, "backoffLimit": 1},
    "indexed": {"completionMode": "Indexed", "completions": 2, "parallelism": 2, "backoffLimit": 1},
    "replaced-late": {
        "completions": 1,
        "parallelism": 1,
        "backoffLimit": 1,
        "podReplacementPolicy": "Failed",
    },
}


class World:
    """Pods by name as (phase, tracked, terminating, index); how each ended; the status."""

    def __init__(self, pods=(), fates=(), status="{}", deletions=1):
        self.pods, self.fates = dict(pods), dict(fates)
        self.status, self.deletions = status, deletions

    @property
    def key(self):
        pods, fates = (tuple(sorted(it.items())) for it in (self.pods, self.fates))
        return pods, fates, self.status, self.deletions

    def copy(self):
        return World(self.pods, self.fates, self.status, self.deletions)

    def read(self):
        return json.loads(self.status)

    def objects(self):
        for name, (phase, tracked, terminating, index) in self.pods.items():
            yield task(
                name,
                phase,
                tracked=tracked,
                terminating=terminating,
                index=index or None,
                ended=HOUR,
                age=HOUR,
            )

    def put(self, name, pod):
        """Write a pod; one that is to go, runs no more and is held by nobody is gone."""
        phase, tracked, terminating, _ = pod
        self.pods[name] = pod
        if terminating and not tracked and phase != "Running":
            del self.pods[name]

    def write(self, action):
        match action:
            case Create(manifest=made):
                name = f"p{len(self.fates)}"
                index = made["metadata"].get("annotations", {}).get(labels.COMPLETION_INDEX, "")
                self.fates[name] = "runs"
                self.pods[name] = ("Running", True, False, index)
            case Delete(target) if target.name in self.pods:
                phase, tracked, _, index = self.pods[target.name]
                self.put(target.name, (phase, tracked, True, index))
            case Patch(target, {"metadata": {"finalizers": kept}}) if target.name in self.pods:
                phase, _, terminating, index = self.pods[target.name]
                tracked = labels.JOB_TRACKING in (kept or ())
                self.put(target.name, (phase, tracked, terminating, index))

    def looks(self, spec):
        """This world after each write of a look; the last one is the look as a whole."""
        it = look(job(self.read(), **spec), *self.objects())
        plan, after = decide(it), self.copy()
        for action in plan.actions:
            after.write(action)
            yield after.copy()
        written = status_of(it, Outcome(plan))
        check_write(self, it.status, written)
        del written["podwright"]  # with the pause after failures: here no time passes
        after.status = json.dumps(written, sort_keys=True)
        yield after

    def moves(self):
        """What pods and users do."""
        for name, (phase, tracked, terminating, index) in self.pods.items():
            for end in ("Succeeded", "Failed") if phase == "Running" else ():
                after = self.copy()
                after.fates[name] = end
                after.put(name, (end, tracked, terminating, index))
                yield after
            if not terminating and self.deletions:
                after = self.copy()
                after.deletions -= 1
                after.put(name, (phase, tracked, True, index))
                yield after

    @property
    def is_over(self):
        return bool(finish.outcome(look(job(self.read()))))


def check_write(world, old, new):
    """No counter goes back, and none holds more than there is."""
    indexed = "completedIndexes" in new
    for name in ("succeeded", "failed"):
        expect("I8", new[name] >= (old.get(name) or 0), f"{name} goes back")
    lists = new["uncountedTerminatedPods"]
    uids = [uid for each in lists.values() for uid in each]
    expect("I8", len(uids) == len(set(uids)), "a pod is in the list twice")
    total = new["failed"] + len(uids) + (0 if indexed else new["succeeded"])
    expect("I8", total <= len(world.fates), f"{total} are counted of {len(world.fates)}")


def check_end(world, spec):
    """What the status says at the end is what became of the pods."""
    held = [name for name, (_, tracked, *_) in world.pods.items() if tracked]
    expect("I9", not held, f"{held} are held by a Job that has ended")
    said = world.read()
    fates = list(world.fates.values())
    good = sum(fate == "Succeeded" for fate in fates)
    if spec.get("completionMode") != "Indexed":
        total = said["succeeded"] + said["failed"]
        expect("I8", total == len(fates), f"{total} of {len(fates)} are counted: {fates}")
        expect("I8", said["succeeded"] <= good, f"{said['succeeded']} of {good} have succeeded")


def goes_on(world, spec, known):
    """Nobody disturbs it any more: its pods succeed, and it ends."""
    trail = []
    for _ in range(40):
        if world.key in known:
            break
        trail.append(world.key)
        if world.is_over:
            break
        *_, after = world.looks(spec)
        if after.key == world.key:
            running = [n for n, (phase, *_) in world.pods.items() if phase == "Running"]
            expect("I12", running, f"it stands still at {world.key}")
            after = world.copy()
            _, tracked, terminating, index = world.pods[running[0]]
            after.fates[running[0]] = "Succeeded"
            after.put(running[0], ("Succeeded", tracked, terminating, index))
        world = after
    else:
        expect("I12", holds=False, what=f"it does not end: {world.key}")
    known.update(trail)


def explore(name):
    spec, known, seen = SPECS[name], set(), set()
    waiting = [World()]
    while waiting:
        world = waiting.pop(0)
        if world.key in seen:
            continue
        seen.add(world.key)
        if world.is_over:
            check_end(world, spec)
            continue
        goes_on(world, spec, known)
        waiting += [*world.looks(spec), *world.moves()]
    return seen


@pytest.mark.timeout(120)  # ten seconds, on a machine that has nothing else to do
@pytest.mark.parametrize("name", SPECS)
def test_in_every_small_world_each_pod_is_counted_once_and_none_is_held(name):
    explored = explore(name)
    assert len(explored) > 100


def test_an_end_is_reached_in_both_ways():
    ends = {
        condition["type"]
        for *_, status, _ in explore("replaced-late")
        for condition in json.loads(status).get("conditions", ())
    }
    assert {"Complete", "Failed"} <= ends


# --- each invariant is seen to fail ------------------------------------------------------------


def releases_before_it_is_written(monkeypatch):
    """A crash between finalizer and status loses the pod."""
    monkeypatch.setattr(counting, "is_noted", _noted_or_in_a_plan(counting.is_noted))


def _noted_or_in_a_plan(is_noted):
    def anything(spec, work, pod, role):
        return True if rules.is_finished(pod) else is_noted(spec, work, pod, role)

    return anything


def counts_what_is_only_noted(monkeypatch):
    """A uid moves to the counter, and stays in the list."""
    whole = counting.ledger

    def eager(seen, work, verdict):
        entries = whole(seen, work, verdict)
        more = len(work.noted_succeeded)
        return entries._replace(counted_succeeded=more)

    monkeypatch.setattr(counting, "ledger", eager)


def forgets_what_is_gone(monkeypatch):
    whole = counting.ledger
    monkeypatch.setattr(
        counting,
        "ledger",
        lambda *it: whole(*it)._replace(counted_succeeded=0, counted_failed=0),
    )


def ends_while_pods_are_held(monkeypatch):
    def early(seen, work):
        return finish.standing(seen) is not None

    monkeypatch.setattr(finish, "is_over", early)
    monkeypatch.setattr(counting, "release", lambda *_: Plan())


def never_releases(monkeypatch):
    monkeypatch.setattr(counting, "release", lambda *_: Plan())


BROKEN = [
    (releases_before_it_is_written, "plain", "I12"),
    (counts_what_is_only_noted, "plain", "I8"),
    (forgets_what_is_gone, "plain", "I12"),
    (ends_while_pods_are_held, "replaced-late", "I9"),
    (never_releases, "plain", "I12"),
]


@pytest.mark.parametrize(
    ("broken", "name", "invariant"), [pytest.param(*each, id=each[0].__name__) for each in BROKEN]
)
def test_a_broken_rule_is_noticed(broken, name, invariant, monkeypatch):
    broken(monkeypatch)
    with pytest.raises(AssertionError, match=f"^{invariant}: "):
        explore(name)
