"""Every small world of a CronJob: a policy, Jobs that run, ended or are gone, and missed runs.

What holds in all of them: *once*, no run gets a second Job; *alone*, with ``Forbid`` and
``Replace`` no two runs' Jobs run side by side; *latest*, it is the last run that starts; *quiet*, a
second look at the same moment does nothing; *written*, what runs is what the status lists. That
each of them bites is seen at the end, with rules that are broken on purpose.
"""

from __future__ import annotations

from itertools import product

import msgspec
import pytest
from msgspec.structs import replace

from podwright.kinds.cronjob import children, history, runs
from podwright.kinds.cronjob.decide import decide, start
from podwright.kinds.cronjob.status import status
from podwright.owners import Job
from podwright.plan import Create, Delete, Plan
from schedules import clock, cron_job, done, job, look
from simulation.invariants import Violation, expect

POLICIES = ("Allow", "Forbid", "Replace")
STATES = ("absent", "runs", "lost", "ended", "gone")
"""Of a run: it had no Job; its Job runs; it was not written down; it ended; it was removed."""
LASTS = ("09:00", "10:00", "11:00")
NOWS = ("10:59", "11:00", "12:00", "12:30", "15:10")
LATEST = {"10:59": "10:00", "11:00": "11:00", "12:00": "12:00", "12:30": "12:00", "15:10": "15:00"}


class World:
    """A CronJob and its Jobs, and what becomes of them in one look after another."""

    def __init__(self, policy, states, last, now):
        pairs = list(zip(("10:00", "11:00"), states, strict=True))
        self.jobs = {
            run: job(run, ended="Complete" if state == "ended" else "")
            for run, state in pairs
            if state in {"runs", "lost", "ended"}
        }
        listed = [job(run) for run, state in pairs if state in {"runs", "ended", "gone"}]
        self.owner = cron_job(last=last, active=listed, concurrency_policy=policy)
        self.policy, self.now = policy, now
        self.made = {it.name for it in (*self.jobs.values(), *listed)}

    def look(self):
        return look(self.owner, *self.jobs.values(), now=self.now)

    def step(self, *, write=True):
        """One look; without ``write`` the operator ends before the status is written."""
        it = self.look()
        plan = decide(it)
        for action in plan.actions:
            if isinstance(action, Delete):
                self.jobs.pop(clock(action.target.name), None)
            if isinstance(action, Create):
                self._make(action)
        if write:
            self.owner = replace(self.owner, status=status(it, done(plan)))
        return plan

    def _make(self, create):
        made = msgspec.convert(create.manifest | {"spec": {"template": {}}}, Job)
        expect("once", made.name not in self.made, f"a second Job for {clock(made.name)}")
        self.made.add(made.name)
        expect("latest", clock(made.name) == LATEST[self.now], f"{clock(made.name)} starts")
        running = [each for each in self.jobs.values() if not each.outcome]
        expect("alone", self.policy == "Allow" or not running, f"beside {running}")
        meta = replace(
            made.metadata, uid=f"uid-{made.name}", namespace="default", resource_version="1"
        )
        self.jobs[clock(made.name)] = replace(made, metadata=meta)

    def check(self):
        running = {it.metadata.uid for it in self.jobs.values() if not it.outcome}
        listed = {each["uid"] for each in self.owner.status.get("active", [])}
        expect("written", running == listed, f"{running} run, {listed} are listed")


def explore():
    for policy, states, last, now in product(POLICIES, product(STATES, repeat=2), LASTS, NOWS):
        if now == "10:59" and (states[1] != "absent" or last == "11:00"):
            continue  # the run of 11:00 is to come
        if states[1] == "gone" and last != "11:00":
            continue  # what is listed was written down as the last one
        if states[0] == "gone" and last == "09:00":
            continue
        for crash in (False, True):
            world = World(policy, states, last, now)
            if crash:
                world.step(write=False)
            world.step()
            world.check()
            again = world.step()
            quiet = not [it for it in again.actions if isinstance(it, Create | Delete)]
            expect("quiet", quiet, "a second look acts")
            world.check()
            later(world)


def later(world):
    """All Jobs are removed, by hand or their TTL: no run starts again but one that was held up."""
    held = [it for it in world.step().actions if not isinstance(it, Create | Delete)]
    world.jobs.clear()
    plan = world.step()
    expect("once", held or not plan.steps or not _creates(plan), "a removed Job starts again")


def _creates(plan: Plan) -> bool:
    return any(isinstance(action, Create) for action in plan.actions)


@pytest.mark.timeout(120)  # ten seconds, on a machine that has nothing else to do
def test_in_every_small_world_each_run_starts_once_and_as_the_policy_says():
    explore()


def test_the_plan_does_not_depend_on_the_order_of_jobs():
    jobs = [job("10:00"), job("11:00", ended="Failed"), job(by_hand=True)]
    for policy in POLICIES:
        owner = cron_job(last="11:00", active=jobs, concurrency_policy=policy)
        assert decide(look(owner, *jobs)) == decide(look(owner, *reversed(jobs)))


# --- each invariant is seen to fail ------------------------------------------------------------


def forgets_what_it_started(monkeypatch):
    monkeypatch.setattr(children, "is_started", lambda *_: False)


def forgets_to_write_down_the_run(monkeypatch):
    monkeypatch.setitem(status.__globals__, "last_scheduled", lambda *_: None)


def takes_no_notice_of_those_that_run(monkeypatch):
    def always(it, mine, due):
        return start(it, children.Children((), (), (), ()), due)

    monkeypatch.setitem(decide.__globals__, "start", always)


def starts_the_first_that_was_missed(monkeypatch):
    def first(self):
        found = self.schedule.after(self.base)
        return found if found is not None and found <= self.now else None

    monkeypatch.setattr(runs.Runs, "due", property(first))


def never_lists_what_was_lost(monkeypatch):
    monkeypatch.setattr(children, "is_run", lambda *_: False)


def always_removes_something(monkeypatch):
    def each_time(it, mine):
        return Plan.of(*[Delete(job(by_hand=True))])

    monkeypatch.setattr(history, "clean_up", each_time)


BROKEN = [
    (forgets_what_it_started, "once"),
    (forgets_to_write_down_the_run, "once"),
    (takes_no_notice_of_those_that_run, "alone"),
    (starts_the_first_that_was_missed, "latest"),
    (never_lists_what_was_lost, "alone|written"),
    (always_removes_something, "quiet"),
]


@pytest.mark.parametrize(
    ("broken", "invariant"), [pytest.param(*each, id=each[0].__name__) for each in BROKEN]
)
def test_a_broken_rule_is_noticed(broken, invariant, monkeypatch):
    broken(monkeypatch)
    with pytest.raises(Violation, match=f"^({invariant}): "):
        explore()
