"""Jobs in the simulated cluster: pods that end well or badly, and are counted once each.

The referee keeps books of its own. It knows which pods have ended while they carried our finalizer,
and follows every uid from the list in the status to a counter.
"""

from __future__ import annotations

import random
from collections import defaultdict
from typing import Any

from msgspec.structs import replace

from jobs import TEMPLATE
from podwright import labels
from podwright.kinds import BATCH
from podwright.kinds.job import JOB, indexes
from podwright.kinds.job.spec import chosen
from podwright.objects import Condition, ContainerStatus, Meta, Pod, Terminated
from podwright.owners import FailurePolicy, FailureRule, JobSpec, OnExitCodes, Owner
from podwright.rules import pods, selectors
from podwright.workload import Served
from simulation.cluster import Cluster, Write, controller_uid
from simulation.engine import Engine
from simulation.invariants import Invariants, expect
from simulation.world import FEW, SETS, SMALL, World, move

LIST = 3
"""So many uids may wait in a status here, instead of 500."""
IGNORED = 42
INDEXED: dict[str, Any] = {"completion_mode": "Indexed"}
SHAPES: dict[str, dict[str, Any]] = {
    "queue": {"parallelism": 2},
    "counted": {"completions": 3},
    "strict": {"completions": 4, "backoff_limit": 1},
    "patient": {"completions": 3, "pod_replacement_policy": "Failed"},
    "indexed": {**INDEXED, "completions": 4},
    "each": {**INDEXED, "completions": 3, "backoff_limit_per_index": 1},
    "choosy": {
        "completions": 3,
        "pod_replacement_policy": "Failed",
        "pod_failure_policy": FailurePolicy(
            (FailureRule("Ignore", OnExitCodes("In", (IGNORED,))),)
        ),
    },
    "short": {"completions": 2, "ttl_seconds_after_finished": 30},
    "timed": {"completions": 3, "active_deadline_seconds": 60},
}
ENDS = {"Succeeded": 0, "Failed": 1, "ignored": IGNORED}
VERDICTS = (labels.SUCCESS_CRITERIA_MET, labels.FAILURE_TARGET)
LAST = (labels.COMPLETE, labels.FAILED)


class JobEngine(Engine):
    """The real engine, serving Jobs."""

    served = Served(JOB, BATCH)


def is_tracked(it: Pod) -> bool:
    return labels.JOB_TRACKING in it.metadata.finalizers


def true(status: Any, types: tuple[str, ...]) -> list[str]:
    """Which of these conditions are true."""
    told = status.get("conditions") or ()
    return [each["type"] for each in told if each["type"] in types and each["status"] == "True"]


def uncounted(status: Any, how: str) -> list[str]:
    return list((status.get("uncountedTerminatedPods") or {}).get(how) or ())


class JobInvariants(Invariants):
    """What must hold of Jobs: I8 each pod counts once, I9 nobody is held who is not counted."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self._wishes: dict[str, list[JobSpec]] = defaultdict(list)
        self._counted: dict[str, dict[str, set[str]]] = defaultdict(
            lambda: {"succeeded": set(), "failed": set()}
        )
        self._ended: dict[str, dict[str, dict[str, Pod]]] = defaultdict(
            lambda: {"Succeeded": {}, "Failed": {}, "terminating": {}}
        )
        """By Job and by how: its pods that have ended, or were told to, with our finalizer."""
        self._spared: set[str] = set()
        self._at = 0

    # --- told by users ---------------------------------------------------------------------------

    def wished(self, owner: Owner[Any]) -> None:
        self._wishes[owner.metadata.uid].append(owner.spec)

    def quiet(self) -> None:
        self._wishes.clear()
        for owner in self._cluster.owners:
            self.wished(owner)

    def spared(self, pod: Pod) -> None:
        """A user has had a hand in what we keep account with."""
        super().spared(pod)
        self._spared.add(pod.metadata.uid)

    def matches(self, owner: Owner[Any], pod: Pod) -> bool:
        selector = chosen(owner.metadata, owner.spec)
        return selector is not None and selectors.matches(selector, pod.metadata.labels)

    # --- what has really happened ------------------------------------------------------------------

    def _catch_up(self) -> None:
        """Read what has become of pods since the last time."""
        history = self._cluster.history[Pod]
        for _, it in history[self._at :]:
            if not is_tracked(it):
                continue
            ends = self._ended[controller_uid(it)]
            if it.status.phase in ends:
                ends[it.status.phase].setdefault(it.metadata.uid, it)
            if it.metadata.deletion_timestamp is not None:
                ends["terminating"].setdefault(it.metadata.uid, it)
        self._at = len(history)

    def _job(self, uid: str) -> Owner[Any] | None:
        return next((each for each in self._cluster.owners if each.metadata.uid == uid), None)

    # --- at every write --------------------------------------------------------------------------

    def wrote(self, write: Write, before: Any, after: Any, acting: str) -> None:
        self._catch_up()
        if write.verb == "status":
            self._check_status(write, before, after)
        elif write.model is Owner:
            expect("I10", write.verb == "delete" and write.version, "a Job is changed")
            expect("I8", true(before.status, LAST), f"{before.name} goes before it has ended")
            expect("I11", write.cascade == "foreground", "its pods do not go first")
        elif write.verb == "create":
            self._check_created(after, acting)
        elif write.verb == "delete":
            # It lost its finalizer before, so the version is another one than was seen.
            expect("I10", write.uid, f"{write.name} is deleted without a look")
            expect("I10", controller_uid(before) in {acting, ""}, f"{write.name} is a stranger's")
        else:
            self._check_patched(write, before, after, acting)

    def _check_patched(self, write: Write, before: Pod, after: Pod, acting: str) -> None:
        was, now = controller_uid(before), controller_uid(after)
        expect("I10", write.version, f"{write.name} is changed without a look")
        if is_tracked(before) and not is_tracked(after):
            self._check_untracked(before, acting)
        if was == now:
            return
        if not was:
            self._check_adopted(write, before, after, acting)
            expect("I8", is_tracked(after), f"{write.name} is adopted and not kept account of")
        else:
            self._check_released(write, before, after, acting)
            expect("I9", not is_tracked(after), f"{write.name} is released and held")

    def _check_created(self, it: Pod, acting: str) -> None:
        expect("I10", controller_uid(it) == acting, f"{it.name} is made for somebody else")
        expect("I8", is_tracked(it), f"{it.name} is made without our finalizer")
        live = [each for each in self._cluster.owned_by(acting) if pods.is_active(each)]
        most = max(0 if each.suspend else each.at_a_time for each in self._wishes[acting])
        expect("I8", len(live) <= most, f"{len(live)} active pods where {most} may be")
        owner = self._job(acting)
        if owner is None:
            return
        ends = true(owner.status, (*VERDICTS, *LAST))
        expect("I8", not ends, f"{it.name} is made though there is a verdict: {ends}")
        if owner.spec.is_indexed:
            index = indexes.within(it, owner.spec)
            twins = [each.name for each in live if indexes.of(each) == index]
            expect("I8", twins == [it.name], f"index {index} has {twins}")
            known = indexes.parse(owner.status.get("completedIndexes", ""), owner.spec.indexes)
            expect("I8", not indexes.has(known, index), f"index {index} has succeeded already")

    def _check_untracked(self, it: Pod, acting: str) -> None:
        """Who loses our finalizer is written down, or never counts."""
        owner, uid = self._job(controller_uid(it)), it.metadata.uid
        if not acting:
            expect("I9", owner is None, f"{it.name} is let go, and its Job is there")
            return
        if owner is None or uid in self._spared or true(owner.status, LAST):
            return
        status, how = owner.status, {"Succeeded": "succeeded", "Failed": "failed"}
        role = how.get(it.status.phase, "")
        if not role or (role == "failed" and _exit_code(it) == IGNORED):
            return
        noted = {uid for how in ("succeeded", "failed") for uid in uncounted(status, how)}
        if role == "succeeded" and owner.spec.is_indexed and uid not in noted:
            known = indexes.parse(status.get("completedIndexes", ""), owner.spec.indexes)
            expect("I8", indexes.has(known, indexes.of(it)), f"{it.name} is let go and not counted")
            return
        expect("I8", uid in noted, f"{it.name} is let go and not counted")

    def _check_status(self, write: Write, before: Owner[Any], after: Owner[Any]) -> None:
        expect("I15", write.version, "a status is written without a look")
        was, now = before.status, after.status
        expect("I8", not true(was, LAST), f"a status is written after the end: {now}")
        expect("I15", now["ready"] <= now["active"], f"more ready than active: {now}")
        for how in ("succeeded", "failed"):
            self._check_counted(how, after, was)
        waiting = [uid for how in ("succeeded", "failed") for uid in uncounted(now, how)]
        expect("I8", len(waiting) == len(set(waiting)), f"a pod is listed twice: {waiting}")
        expect("I8", len(waiting) <= LIST, f"{len(waiting)} pods wait to be counted")
        verdict, lost = true(now, VERDICTS), set(true(was, VERDICTS)) - set(true(now, VERDICTS))
        expect("I8", not lost and len(verdict) <= 1, f"the verdict has changed: {was}, {now}")
        if end := true(now, LAST):
            expect("I8", VERDICTS.index(verdict[0]) == LAST.index(end[0]), f"{verdict}, {end}")
            self._check_end(after, waiting)

    def _check_counted(self, how: str, owner: Owner[Any], was: Any) -> None:
        """A counter grows by those that leave the list, each for the first time, and by no other."""
        uid, now = owner.metadata.uid, owner.status
        counted, ended = self._counted[uid], self._ended[uid]
        fails = labels.FAILURE_TARGET in true(now, VERDICTS)
        truth = {"succeeded": ("Succeeded",), "failed": ("Failed", "terminating")}[how]
        for new in set(uncounted(now, how)) - set(uncounted(was, how)):
            really = fails or any(new in ended[way] for way in truth)
            expect("I8", really or new in self._spared, f"{new} has not {how}")
            twice = new in counted["succeeded"] | counted["failed"]
            expect("I8", not twice, f"{new} is to be counted again")
        gone = set(uncounted(was, how)) - set(uncounted(now, how))
        held = {each.metadata.uid for each in self._cluster.owned_by(uid) if is_tracked(each)}
        expect("I8", not gone & held, f"{gone & held} are counted and not let go")
        counted[how] |= gone
        if how == "failed" or not owner.spec.is_indexed:
            grown = now[how] - (was.get(how) or 0)
            expect("I8", grown == len(gone), f"{how} has grown by {grown}, not {len(gone)}")
        else:
            self._check_indexes(owner, was)

    def _check_indexes(self, owner: Owner[Any], was: Any) -> None:
        now, ended = owner.status, self._ended[owner.metadata.uid]["Succeeded"].values()
        known = indexes.parse(now["completedIndexes"], owner.spec.indexes)
        old = indexes.parse(was.get("completedIndexes", ""), owner.spec.indexes)
        expect("I8", indexes.merged(old, known) == known, f"{old} have succeeded, now {known}")
        really = indexes.merged((), sorted({indexes.of(it) for it in ended}))
        expect("I8", indexes.merged(really, known) == really, f"{known}, but only {really} did")
        expect("I8", now["succeeded"] == indexes.total(known), f"{now} counts an index twice")
        lost = indexes.parse(now.get("failedIndexes", ""), owner.spec.indexes)
        both = [
            n for n in range(owner.spec.indexes) if indexes.has(known, n) and indexes.has(lost, n)
        ]
        expect("I8", not both, f"{both} have succeeded and failed")

    def _check_end(self, owner: Owner[Any], waiting: list[str]) -> None:
        """All pods have ended, and each of them is counted."""
        uid, said = owner.metadata.uid, owner.status
        left = [
            it.name for it in self._cluster.owned_by(uid) if is_tracked(it) or pods.is_active(it)
        ]
        expect("I8", not left and not waiting, f"it has ended, and {left or waiting} have not")
        zeros = said["active"] == said["terminating"] == 0
        expect("I15", zeros, f"it has ended, and pods have not: {said}")
        ended, counted = self._ended[uid], self._counted[uid]
        other = counted["failed"] | self._spared
        failed = {uid for uid, it in ended["Failed"].items() if _exit_code(it) != IGNORED}
        expect("I8", failed <= other, f"{failed - other} have failed and are not counted")
        if not owner.spec.is_indexed:
            well = set(ended["Succeeded"]) - other
            expect("I8", well <= counted["succeeded"], f"{well - counted['succeeded']} are lost")

    # --- at the end --------------------------------------------------------------------------------

    def reached(self) -> None:
        """Every Job has ended; whatever is left of Jobs, nothing is held."""
        there = {owner.metadata.uid for owner in self._cluster.owners}
        for it in self._cluster.pods:
            expect("I9", not is_tracked(it), f"{it.name} is still held")
            uid = controller_uid(it)
            expect("I11", uid in there or not uid, f"{it.name} outlives its owner")
            expect("I11", it.metadata.uid not in self._doomed, f"{it.name} was to go")
        for owner in self._cluster.owners:
            expect("I11", not owner.metadata.deletion_timestamp, f"{owner.name} was to go")
            expect("I12", true(owner.status, LAST), f"{owner.name} has not ended: {owner.status}")
            ttl = owner.spec.ttl_seconds_after_finished
            expect("I12", ttl is None, f"{owner.name} outlives its time")


def _exit_code(it: Pod) -> int | None:
    ends = [each.state.get("terminated") for each in it.status.container_statuses]
    return next((each.exit_code for each in ends if each), None)


class JobWorld(World):
    """A cluster with Jobs and their pods."""

    referee = JobInvariants
    rounds = 120
    may_wait = True

    def begin(self, replicas: int, *, rested: bool, quick: bool) -> None:
        """One Job is there; perhaps its pods run already."""
        self.watch_is(quick=quick)
        self.set_is_applied("web", replicas, random.choice(list(SHAPES)))
        self.deliver_all()
        for _ in range(3 if rested else 0):
            self.reconcile("web")
            self.cluster_works(3)
            self.deliver_all()

    # --- users -----------------------------------------------------------------------------------

    @move(often=2, name=SETS, parallelism=SMALL, shape=tuple(SHAPES))
    def set_is_applied(self, name: str, parallelism: int, shape: str) -> None:
        if self.cluster.find(Owner, name):
            self._edit(name, parallelism=parallelism)
            return
        spec = JobSpec(TEMPLATE, **{"parallelism": parallelism, **SHAPES[shape]})
        meta = Meta(name=name, namespace="default")
        self.invariants.wished(self.cluster.create(Owner(metadata=meta, spec=spec)))

    def _edit(self, name: str, **changes: Any) -> None:
        if self.cluster.find(Owner, name):
            self.cluster.edit(name, **changes)
            self.invariants.wished(self.cluster.find(Owner, name))

    @move(name=SETS, suspend=(True, False))
    def it_is_suspended(self, name: str, suspend: bool) -> None:
        self._edit(name, suspend=suspend)

    # --- the operator ------------------------------------------------------------------------------

    @move(often=2, crash_after=(None, None, *FEW))
    def strays_are_looked_at(self, crash_after: int | None) -> None:
        self.wire.crash_after = crash_after
        self.reconcile("")

    # --- the cluster -------------------------------------------------------------------------------

    @move(
        often=5,
        index=FEW,
        what=(*ENDS, *ENDS, "delete", "evict", "unready", "relabel", "orphan", "untrack"),
    )
    def pod_meets(self, index: int, what: str) -> None:
        newest = self.cluster.pods[::-1]
        if not newest:
            return
        it = newest[index % len(newest)]
        match what:
            case "relabel" | "orphan" | "untrack":
                self.invariants.spared(it)
                self.by_hand(it, what)
            case "delete":
                self.cluster.delete(Pod, it.name)
            case "evict":
                told = (*it.status.conditions, Condition("DisruptionTarget", "True"))
                self.cluster.put(replace(it, status=replace(it.status, conditions=told)))
                self.cluster.delete(Pod, it.name)
            case "unready":
                self.cluster.say_ready(it.name, ready=False)
            case how:
                self.end(it, how)

    def by_hand(self, it: Pod, what: str) -> None:
        meta = it.metadata
        match what:
            case "relabel":  # out of the selector
                meta = replace(meta, labels={"app": "quarantine"})
            case "orphan":
                meta = replace(meta, owner_references=())
            case "untrack":
                meta = replace(meta, finalizers=())
        self.cluster.put(replace(it, metadata=meta))

    def end(self, it: Pod, how: str) -> None:
        """Its container ends by itself."""
        if it.status.phase != "Running":
            return
        ended = Terminated(ENDS[how], self.cluster.now)
        phase = "Succeeded" if how == "Succeeded" else "Failed"
        status = replace(
            it.status,
            phase=phase,
            conditions=(),
            container_statuses=(ContainerStatus("app", state={"terminated": ended}),),
        )
        self.cluster.put(replace(it, status=status))

    # --- in the end ----------------------------------------------------------------------------------

    def rest(self) -> None:
        """Users let their Jobs go on, and pods do their work."""
        for owner in self.cluster.owners:
            spec = owner.spec
            if spec.suspend or spec.at_a_time == 0:
                self._edit(owner.name, suspend=False, parallelism=max(spec.at_a_time, 1))
        super().rest()

    rest.domains, rest.often = {}, 1  # type: ignore[attr-defined]  # as its original

    def _round(self) -> bool:
        moved, version = super()._round(), self.cluster.version
        for it in self.cluster.pods:
            if it.metadata.deletion_timestamp is None:
                self.end(it, "Succeeded")
        return moved or self.cluster.version > version

    template_is_changed = bare_pod_is_made = None  # type: ignore[assignment]
