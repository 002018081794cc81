"""Each invariant is seen to fail: break one rule on purpose, and the simulation finds it.

What is broken here are mistakes that operators have really made. The invariant that must notice
each stands beside it.
"""

from dataclasses import replace

import pytest
from msgspec.structs import replace as changed

from podwright import client as api
from podwright.engine.sinks import ObjectSink
from podwright.objects import Pod
from podwright.owners import Owner
from podwright.plan import Adopt, Create, Delete, Plan, Record, Release
from podwright.rules import pods
from simulation.cluster import Write
from simulation.operators import Planner
from simulation.world import World, violated

WALKS = 3000


class ActsOnAnOldCache(Planner):
    """Own writes are not awaited."""

    def ensure_ready(self, key):
        pass


class ForgetsLostWrites(Planner):
    """A creation without an answer counts as a failure."""

    def _settle(self, key, seen):
        self.lost.pop(key, None)
        return super()._settle(key, seen)


class RepeatsUnderAnotherName(Planner):
    """A creation without an answer is sent again as the API server's generateName would."""

    def _settle(self, key, seen):
        self.lost = {
            owner: [(uid, action, self.wire.name("again")) for uid, action, _ in lost]
            for owner, lost in self.lost.items()
        }
        return super()._settle(key, seen)


class KeepsItsOldLook(Planner):
    """Settles lost writes, and then decides on what it saw before."""

    def _settle(self, key, seen):
        super()._settle(key, seen)
        self.ensure_ready(key)
        return False


class MakesOneTooMany(Planner):
    """Off by one."""

    def decide(self, seen):
        plan = super().decide(seen)
        made = [action for action in plan.actions if isinstance(action, Create)]
        return plan.beside(Plan.of(made[0])) if made else plan


class CountsReadyPodsOnly(Planner):
    """A pod that has not started yet is not there."""

    def decide(self, seen):
        ready = tuple(pod for pod in seen.of(Pod) if pods.is_ready(pod))
        return super().decide(replace(seen, owned={Pod: ready}))


class AdoptsStrangers(Planner):
    """Adopts without looking at labels."""

    def claim(self, seen):
        known = self.store.objects[Pod].values()
        orphans = [p for p in known if p.metadata.controller is None and pods.is_active(p)]
        return Plan.of(*map(Adopt, orphans)) if orphans else super().claim(seen)


class AdoptsWithoutALiveLook(Planner):
    """Does not ask whether it is still there itself."""

    def recheck(self, run):
        pass


class DeletesWithoutALook(Planner):
    """Deletes whatever has the name and uid, as upstream's ReplicaSet does."""

    def _delete(self, run, delete):
        super()._delete(run, replace(delete, as_seen=False))


class DeletesWhatIsNotItsOwnAnyMore(Planner):
    """Deletes with the uid alone, and nobody told the referee about preconditions."""

    def _delete(self, run, delete):
        meta = delete.target.metadata
        live = self.wire.read(Pod, meta.name).metadata
        if live.uid != meta.uid:
            raise api.NotFound("gone")
        version = live.resource_version
        self._write(run.key, Write("delete", Pod, meta.name, uid=meta.uid, version=version))


class TouchesFinishedPods(Planner):
    """Cleans up after its pods, which is nobody's wish."""

    def decide(self, seen):
        failed = [pod for pod in seen.of(Pod) if pod.status.phase == "Failed"]
        return Plan.of(*map(Delete, failed)) if failed else super().decide(seen)


class LetsGoWhileItGoes(Planner):
    """Releases its pods when it is deleted."""

    def claim(self, seen):
        if seen.meta.deletion_timestamp is None:
            return super().claim(seen)
        mine = [pod for pod in seen.of(Pod) if pods.is_active(pod)]
        return Plan.of(*map(Release, mine)) if mine else None


class WorksWhileItGoes(Planner):
    """Makes new pods while garbage collection removes the old ones."""

    def decide(self, seen):
        return super().decide(replace(seen, meta=changed(seen.meta, deletion_timestamp=None)))


class SpeaksAtRest(Planner):
    """Has an action for every look."""

    def decide(self, seen):
        return super().decide(seen).beside(Plan.of(Record("Looked", "all is well")))


class WritesAtRest(Planner):
    """A status that is different each time."""

    def status(self, seen, outcome):
        return super().status(seen, outcome) | {"looks": seen.status.get("looks", 0) + 1}


class TakesTheFirstPods(Planner):
    """Chooses by the order of its cache."""

    def decide(self, seen):
        plan = super().decide(seen)
        gone = [action for action in plan.actions if isinstance(action, Delete)]
        active = [pod for pod in seen.of(Pod) if pods.is_active(pod)]
        return replace(plan, steps=(tuple(map(Delete, active[: len(gone)])),)) if gone else plan


class TellsTheLiveGeneration(Planner):
    """Counts with one spec and names the generation of another."""

    def status(self, seen, outcome):
        live = self.wire.read(Owner, seen.meta.name)
        said = super().status(seen, outcome)
        return said | {"observedGeneration": live.metadata.generation}

    def _write_status(self, key, seen, new):
        live = self.wire.read(Owner, key.name)
        super()._write_status(key, replace(seen, meta=live.metadata), new)


class CountsAllPods(Planner):
    """Says that pods are there which are not active."""

    def status(self, seen, outcome):
        return super().status(seen, outcome) | {"replicas": len(seen.of(Pod))}


class RemovesOneTooMany(Planner):
    """Takes back what it gives."""

    def decide(self, seen):
        if len(seen.of(Pod)) == seen.spec.replicas > 1:
            seen = replace(seen, spec=changed(seen.spec, replicas=seen.spec.replicas - 1))
        return super().decide(seen)


class DoesNotWatchTheClock(Planner):
    """Nobody looks again when a pod becomes available."""

    def decide(self, seen):
        return replace(super().decide(seen), requeue_at=None)


class IsContentWhenAnOrphanIsGone(Planner):
    """An adoption that met nothing is done: but no event brings the owner back."""

    def _reconcile(self, key):
        again = super()._reconcile(key)
        return None if again == self.wire.cluster.now else again

    def _attempt(self, run, action):
        super()._attempt(run, action)
        if isinstance(action, Adopt):
            run.outdated = False


class OverhearsAList(Planner):
    """After a list only what is different wakes an owner, not what came and went unseen."""

    def start(self):
        super().start()
        sink = self.feed._sinks["pods"]
        wake, store = sink._wake, self.store

        def listed(items):
            sink._wake = lambda keys, **how: (
                wake(keys, **how) if keys != set(store.owners) else None
            )
            ObjectSink.listed(sink, items)
            sink._wake = wake

        sink.listed = listed


BROKEN = [
    (ActsOnAnOldCache, "I1"),
    (ForgetsLostWrites, "I1"),
    (RepeatsUnderAnotherName, "I1"),
    (KeepsItsOldLook, "I1"),
    (MakesOneTooMany, "I1"),
    (CountsReadyPodsOnly, "I1"),
    (AdoptsStrangers, "I10"),
    (AdoptsWithoutALiveLook, "I10"),
    (DeletesWithoutALook, "I10"),
    (DeletesWhatIsNotItsOwnAnyMore, "I10"),
    (TouchesFinishedPods, "I10"),
    (LetsGoWhileItGoes, "I11"),
    (WorksWhileItGoes, "I12"),
    (RemovesOneTooMany, "I12"),
    (DoesNotWatchTheClock, "I12"),
    (IsContentWhenAnOrphanIsGone, "I12"),
    (OverhearsAList, "I12"),
    (SpeaksAtRest, "I13"),
    (WritesAtRest, "I13"),
    (TakesTheFirstPods, "I13"),
    (TellsTheLiveGeneration, "I15"),
    (CountsAllPods, "I15"),
]


@pytest.mark.parametrize(
    ("broken", "invariant"), [pytest.param(*each, id=each[0].__name__) for each in BROKEN]
)
def test_the_simulation_notices(broken, invariant):
    found = violated(lambda: World(broken), invariant, WALKS)
    assert invariant in found, f"not seen to fail, only {found or 'nothing'}"
