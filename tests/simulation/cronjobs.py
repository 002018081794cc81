"""CronJobs in the simulated cluster; what Jobs do is simulated, too.

A Job is what its status says: it starts, and ends well or badly whenever chance lets it. The clock
goes on by seconds, by hours, and sometimes back.
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from jobs import TEMPLATE
from podwright import labels
from podwright.kinds import BATCH
from podwright.kinds.cronjob import CRONJOB, children
from podwright.kinds.cronjob.spec import FORBID, REPLACE, CronJobSpec
from podwright.objects import Meta
from podwright.owners import Job, JobSpec, Owner, moment
from podwright.plan import Create, Delete, Plan
from podwright.rules.conditions import timestamp
from podwright.workload import Observed, Served
from simulation.cluster import Cluster, Write, controller_uid
from simulation.engine import Engine
from simulation.invariants import Invariants, expect
from simulation.world import FEW, SETS, World, move

SCHEDULES = ("* * * * *", "*/2 * * * *", "0 * * * *")
POLICIES = ("Allow", FORBID, REPLACE)
DEADLINES = (None, 30, 600)
CLOCK = (1, 20, 60, 60, 200, 3700, -70)


class CronJobEngine(Engine):
    """The real engine, serving CronJobs."""

    served = Served(CRONJOB, BATCH)


def run_of(job: Job) -> datetime | None:
    """The time that a Job was made for."""
    return moment(job.metadata.annotations.get(labels.SCHEDULED_TIMESTAMP))


def last_run(owner: Owner[Any]) -> datetime | None:
    return moment(owner.status.get("lastScheduleTime"))


class CronJobInvariants(Invariants):
    """What must hold of CronJobs, whichever of the last wishes a look was about: I9."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self._wishes: dict[str, list[CronJobSpec]] = defaultdict(list)
        self._made: dict[str, set[datetime]] = defaultdict(set)

    def wished(self, owner: Owner[Any]) -> None:
        self._wishes[owner.metadata.uid].append(owner.spec)

    def quiet(self) -> None:
        self._wishes.clear()
        for owner in self._cluster.owners:
            self.wished(owner)

    def deleting(self, owner: Owner[Any], cascade: Any) -> None:
        """Its Jobs go with it, and their pods are nobody's concern here."""

    def jobs(self, uid: str) -> list[Job]:
        every = self._cluster.things[Job].values()
        return [each for each in every if controller_uid(each) == uid]

    # --- at every decision -----------------------------------------------------------------------

    def decided(self, seen: Observed[Any], plan: Plan, again: Plan) -> None:
        super().decided(seen, plan, again)
        made = [each for each in plan.actions if isinstance(each, Create)]
        expect("I9", len(made) <= 1, f"{len(made)} runs are made good at once")
        gone = {each.target.name for each in plan.actions if isinstance(each, Delete)}
        limits = {
            "Complete": seen.spec.successful_jobs_history_limit,
            "Failed": seen.spec.failed_jobs_history_limit,
        }
        for outcome, limit in limits.items():
            ended = [job.name for job in seen.of(Job) if _stays(job) and job.outcome == outcome]
            left = len(set(ended) - gone)
            wanted = min(limit, len(ended))
            expect("I9", left == wanted, f"{left} {outcome} of {len(ended)} are kept, not {wanted}")

    # --- at every write --------------------------------------------------------------------------

    def wrote(self, write: Write, before: Any, after: Any, acting: str) -> None:
        if write.verb == "status":
            self._check_status(write, before.status, after.status)
        elif write.verb == "create":
            self._check_created(after, acting)
        else:
            expect("I10", write.verb == "delete" and write.uid, f"{write.name} is changed")
            expect("I10", controller_uid(before) in {acting, ""}, f"{write.name} is a stranger's")
            policies = {each.concurrency_policy for each in self._wishes[acting]}
            replaced = before.outcome or REPLACE in policies
            expect("I9", replaced, f"{write.name} is removed while it runs")

    def _check_created(self, job: Job, acting: str) -> None:
        run, wishes = run_of(job), self._wishes[acting]
        expect("I10", controller_uid(job) == acting, f"{job.name} is made for somebody else")
        owner = next((each for each in self._cluster.owners if each.metadata.uid == acting), None)
        if owner is None or run is None:
            return
        expect("I9", job.name == children.name_of(owner.metadata, run), f"{job.name} for {run}")
        late = self._cluster.now - run
        seconds = [each.starting_deadline_seconds for each in wishes]
        allowed = None in seconds or late < timedelta(seconds=max(s for s in seconds if s))
        expect("I9", late >= timedelta() and allowed, f"{job.name} is {late} late")
        expect("I9", not all(each.suspend for each in wishes), f"{job.name} though suspended")
        # Between a creation and the status the Job may go, and nobody knows that it ever was.
        known = (last_run(owner) or run - timedelta(1)) >= run
        expect("I9", not (known and run in self._made[acting]), f"{run} is started once more")
        self._made[acting].add(run)
        if all(each.concurrency_policy != "Allow" for each in wishes):
            others = [each.name for each in self.jobs(acting) if each != job and _is_run(each)]
            expect("I9", not others, f"{job.name} runs beside {others}")

    def _check_status(self, write: Write, was: Any, now: Any) -> None:
        expect("I15", write.version, "a status is written without a look")
        uids = [each["uid"] for each in now.get("active", ())]
        expect("I15", len(uids) == len(set(uids)), f"a Job is listed twice: {now}")
        for name in ("lastScheduleTime", "lastSuccessfulTime"):
            old, new = moment(was.get(name)), moment(now.get(name))
            expect("I15", old is None or (new and new >= old), f"{name} was {old} and is {new}")
            if new != old:
                past = name == "lastSuccessfulTime" or new <= self._cluster.now
                expect("I15", past, f"{name} is {new}, to come")

    # --- at the end --------------------------------------------------------------------------------

    def started(self, owner: Owner[Any], due: datetime) -> None:
        """Nothing fails: the run of this time has been started."""
        expect("I12", last_run(owner) == due, f"{last_run(owner)} was started last, not {due}")

    def reached(self) -> None:
        there = {owner.metadata.uid: owner for owner in self._cluster.owners}
        for job in self._cluster.things[Job].values():
            uid = controller_uid(job)
            expect("I11", uid in there or not uid, f"{job.name} outlives its owner")
        for uid, owner in there.items():
            expect("I11", not owner.metadata.deletion_timestamp, f"{owner.name} was to go")
            mine = self.jobs(uid)
            runs = sorted(each.metadata.uid for each in mine if _is_run(each))
            listed = sorted(each["uid"] for each in owner.status.get("active", ()))
            expect("I15", runs == listed, f"{runs} run, {listed} are said to")
            limits = {
                "Complete": owner.spec.successful_jobs_history_limit,
                "Failed": owner.spec.failed_jobs_history_limit,
            }
            for outcome, limit in limits.items():
                kept = sum(each.outcome == outcome for each in mine)
                expect("I12", kept <= limit, f"{kept} {outcome} are kept, {limit} may be")


def _stays(job: Job) -> bool:
    return job.metadata.deletion_timestamp is None


def _is_run(job: Job) -> bool:
    """It was made for a run, and goes on."""
    return _stays(job) and not job.outcome and run_of(job) is not None


class CronJobWorld(World):
    """A cluster with CronJobs and their Jobs."""

    referee = CronJobInvariants
    rounds = 30
    may_wait = True

    # --- users -----------------------------------------------------------------------------------

    def begin(self, replicas: int, *, rested: bool, quick: bool) -> None:
        """One is there, of any policy."""
        self.watch_is(quick=quick)
        policy = (REPLACE, FORBID, "Allow", REPLACE, FORBID)[replicas]
        self.set_is_applied("web", policy, random.choice(DEADLINES))
        self.deliver_all()
        if rested:
            self.rest()

    @move(name=SETS, policy=POLICIES, deadline=DEADLINES)
    def set_is_applied(self, name: str, policy: str, deadline: int | None) -> None:
        changes = {"concurrency_policy": policy, "starting_deadline_seconds": deadline}
        if self.cluster.find(Owner, name):
            self._edit(name, **changes)
            return
        spec = CronJobSpec(SCHEDULES[0], {"spec": {"template": TEMPLATE}}, **changes)
        meta = Meta(name=name, namespace="default")
        self.invariants.wished(self.cluster.create(Owner(metadata=meta, spec=spec)))

    def _edit(self, name: str, **changes: Any) -> None:
        if self.cluster.find(Owner, name):
            self.cluster.edit(name, **changes)
            self.invariants.wished(self.cluster.find(Owner, name))

    @move(name=SETS, schedule=SCHEDULES)
    def schedule_is_changed(self, name: str, schedule: str) -> None:
        self._edit(name, schedule=schedule)

    @move(name=SETS, suspend=(True, False, False))
    def it_is_suspended(self, name: str, suspend: bool) -> None:
        self._edit(name, suspend=suspend)

    @move(name=SETS, limit=(0, 1, 3))
    def history_is_limited(self, name: str, limit: int) -> None:
        self._edit(name, successful_jobs_history_limit=limit, failed_jobs_history_limit=limit)

    @move(name=SETS)
    def name_of_the_next_run_is_taken(self, name: str) -> None:
        """By a Job that somebody made by hand."""
        minute = int(self.cluster.now.timestamp()) // 60 + 1
        meta = Meta(name=f"{name}-{minute}", namespace="default")
        if self.cluster.find(Job, meta.name) is None:
            self.cluster.create(Job(metadata=meta, spec=JobSpec(TEMPLATE)))

    # --- the operator: time goes by, and it comes back -----------------------------------------------

    @move(often=4, name=SETS, seconds=CLOCK, crash_after=(None, None, None, *FEW))
    def time_goes_by(self, name: str, seconds: int, crash_after: int | None) -> None:
        self.cluster.pass_time(seconds)
        self.wire.crash_after = crash_after
        self.reconcile(name)

    @move(often=4)
    def everything_is_seen(self) -> None:
        self.deliver_all()

    @move(often=2, count=(None, 1, 2))
    def jobs_are_seen(self, count: int | None) -> None:
        self.operator.feed.deliver("jobs", count)

    @move()
    def watch_of_jobs_breaks(self) -> None:
        self.operator.feed.relist("jobs")

    # --- Jobs, and what befalls them -----------------------------------------------------------------

    @move(
        often=3,
        index=FEW,
        what=("start", "Complete", "Complete", "Failed", "background", "foreground", "orphan"),
    )
    def job_meets(self, index: int, what: str) -> None:
        newest = list(self.cluster.things[Job].values())[::-1]
        if not newest:
            return
        it = newest[index % len(newest)]
        match what:
            case "start" | "Complete" | "Failed":
                self.goes_on(it, what)
            case "orphan":
                self.cluster.put(replace(it, metadata=replace(it.metadata, owner_references=())))
            case _:
                self.cluster.delete(Job, it.name, what)  # type: ignore[arg-type]  # one of three

    def goes_on(self, it: Job, what: str) -> None:
        if it.outcome:
            return
        now = timestamp(self.cluster.now)
        status = {"startTime": now} | it.status
        if what != "start":
            status["conditions"] = [{"type": what, "status": "True", "lastTransitionTime": now}]
            status |= {"completionTime": now} if what == "Complete" else {}
        self.cluster.put(replace(it, status=status))

    # --- in the end ----------------------------------------------------------------------------------

    def rest(self) -> None:
        """Nothing is in the way: runs start in time, for some minutes. Then they are suspended.

        Afterwards they go on.
        """
        for job in list(self.cluster.things[Job].values()):
            if controller_uid(job) == "":
                self.cluster.delete(Job, job.name)
        for owner in self.cluster.owners:
            self._edit(owner.name, suspend=False, schedule=SCHEDULES[0])
        for _ in range(4):
            self._minute()
        for owner in self.cluster.owners:
            self._edit(owner.name, suspend=True)
        super().rest()
        for owner in self.cluster.owners:
            self._edit(owner.name, suspend=False)

    rest.domains, rest.often = {}, 1  # type: ignore[attr-defined]  # as its original

    def _minute(self) -> None:
        """The clock comes to the next run, and everybody gets on with it."""
        for _ in range(6):
            super()._round()
            for job in list(self.cluster.things[Job].values()):
                self.goes_on(job, "Complete")
        now = self.cluster.now
        for owner in self.cluster.owners:
            late = last_run(owner)
            if late is None or late <= now:  # else the clock went back, and is to get there yet
                self.invariants.started(owner, now.replace(second=0, microsecond=0))

    pod_meets = cluster_works = surroundings_change = None  # type: ignore[assignment]
    template_is_changed = bare_pod_is_made = pods_are_seen = None  # type: ignore[assignment]


class CalmWorld(CronJobWorld):
    """Nobody changes policies: what holds for all wishes since the last rest says more."""

    def set_is_applied(self, name: str, policy: str, deadline: int | None) -> None:
        super().set_is_applied(name, policy, deadline)  # in the beginning, and no move
