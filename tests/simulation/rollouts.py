"""Deployments in the simulated cluster; what ReplicaSets do is simulated, too.

A ReplicaSet is as many pods as its status counts. It makes, loses and finishes them one at a time,
whenever chance lets it, so what the Deployment reads is old in every way that it can be.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from msgspec.structs import replace

from builders import LABELS, POD_SPEC, SELECTOR
from podwright import labels
from podwright.kinds import APPS
from podwright.kinds.deployment import DEPLOYMENT
from podwright.kinds.deployment.progress import is_complete
from podwright.kinds.deployment.sets import unmarked
from podwright.kinds.deployment.spec import DeploymentSpec, RollingUpdate, Strategy
from podwright.objects import Meta
from podwright.owners import Owner, ReplicaSet
from podwright.workload import Observed, Served
from simulation.cluster import Cluster, Write, controller_uid
from simulation.engine import Engine
from simulation.invariants import Invariants, expect
from simulation.world import FEW, SETS, SMALL, World, move

BAD = 9
"""The version whose pods never become available."""
BUDGETS = ((1, 0), (0, 1), (1, 1), (2, 2), ("50%", "50%"))
RECREATE = Strategy("Recreate")


def template(version: int) -> dict[str, Any]:
    return {
        "metadata": {"labels": LABELS},
        "spec": {**POD_SPEC, "containers": [{"name": "app", "image": f"web:{version}"}]},
    }


def is_bad(owner: Owner[Any]) -> bool:
    return owner.spec.template["spec"] == template(BAD)["spec"]


class DeploymentEngine(Engine):
    """The real engine, serving Deployments."""

    served = Served(DEPLOYMENT, APPS)


class DeploymentInvariants(Invariants):
    """What must hold of Deployments, whichever of the last wishes a look was about."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self._wishes: dict[str, list[DeploymentSpec]] = defaultdict(list)
        self.by_hand = 0
        """So many pods users have wished for behind the Deployments' backs."""

    def wished(self, owner: Owner[Any]) -> None:
        self._wishes[owner.metadata.uid].append(owner.spec)

    def quiet(self) -> None:
        self._wishes.clear()
        self.by_hand = 0
        for owner in self._cluster.owners:
            self.wished(owner)

    def deleting(self, owner: Owner[Any], cascade: Any) -> None:
        """Its ReplicaSets go with it, and their pods are counted nowhere."""

    # --- at every write --------------------------------------------------------------------------

    def wrote(self, write: Write, before: Any, after: Any, acting: str) -> None:
        if write.verb == "status":
            self._check_status(write, before, after)
        elif write.model is Owner:
            expect("I10", after.metadata.uid == acting, "another Deployment is changed")
            expect("I10", after.spec == before.spec, "a wish is changed that nobody changed")
            expect("I10", write.version, "the Deployment is changed without a look")
        else:
            self._check_set(write, before, after, acting)

    def _check_set(self, write: Write, before: Any, after: Any, acting: str) -> None:
        adopts = before is not None and controller_uid(before) == ""
        mine = controller_uid(after if adopts or before is None else before)
        expect("I10", mine == acting, f"{write.name} is a stranger's")
        expect("I10", before is None or write.version, f"{write.name} is changed without a look")
        if write.verb == "delete":
            count = before.spec.replicas + before.count("replicas")
            expect("I10", count == 0, f"{write.name} is deleted with {count} pods")
        elif not adopts and controller_uid(after) == acting:
            self._check_sizes(before, after, acting)

    def _check_sizes(self, before: ReplicaSet | None, after: ReplicaSet, acting: str) -> None:
        old = before.spec.replicas if before else 0
        others = [each for each in self._sets(acting) if each.name != after.name]
        wishes = self._wishes[acting]
        if after.spec.replicas > old:
            total = after.spec.replicas + sum(each.spec.replicas for each in others)
            most = max(spec.replicas + spec.surge for spec in wishes) + self.by_hand
            expect("I2", total <= most, f"{total} pods wished for where {most} may be")
            if all(spec.strategy == RECREATE for spec in wishes):
                left = [it.name for it in others if _runs(it) and not _alike(it, after)]
                expect("I4", not left, f"{after.name} grows while {left} have pods")
        elif before and after.spec.replicas < old and not _is_followed(before, after):
            self._check_floor(before, after, others, wishes)

    def _check_floor(
        self,
        before: ReplicaSet,
        after: ReplicaSet,
        others: list[ReplicaSet],
        wishes: list[DeploymentSpec],
    ) -> None:
        """Pods that a ReplicaSet was told to remove are as good as gone."""
        rest = sum(map(_staying, others))
        was, left = rest + _staying(before), rest + _staying(after)
        least = min(
            0 if spec.strategy == RECREATE else spec.replicas - spec.unavailable for spec in wishes
        )
        expect("I3", left >= min(least, was), f"{left} of {was} stay available, {least} have to")

    def _check_status(self, write: Write, before: Owner[Any], after: Owner[Any]) -> None:
        said = after.status
        expect("I15", write.version, "a status is written without a look")
        counts = [said.get(it, 0) for it in ("availableReplicas", "readyReplicas", "replicas")]
        expect("I15", counts == sorted(counts), f"{said} counts some pods twice")
        generation = said.get("observedGeneration", 0)
        expect("I15", generation <= before.metadata.generation, "a generation that is not there")

    # --- at the end --------------------------------------------------------------------------------

    def reached(self) -> None:
        for owner in self._cluster.owners:
            if owner.metadata.deletion_timestamp is None:
                self._check_deployment(owner)

    def _check_deployment(self, owner: Owner[Any]) -> None:
        spec, mine = owner.spec, self._sets(owner.metadata.uid)
        new = [each for each in mine if unmarked(each.spec.template) == spec.template]
        expect("I12", new, "no ReplicaSet has the template")
        sizes = sorted(each.spec.replicas for each in mine)
        expect("I12", sum(sizes) == max(sizes) == spec.replicas, f"sizes {sizes}")
        first = min(new, key=lambda it: (it.metadata.creation_timestamp, it.name))
        expect("I12", first.spec.replicas == spec.replicas, f"{first.name} has not all")
        number = first.metadata.annotations[labels.REVISION]
        known = [int(each.metadata.annotations.get(labels.REVISION, 0)) for each in mine]
        expect("I12", int(number) == max(known), f"{first.name} is {number} of {known}")
        expect("I12", owner.metadata.annotations.get(labels.REVISION) == number, "another number")
        limit = spec.revision_history_limit
        expect("I12", len(mine) - 1 <= limit, f"{len(mine) - 1} old ones, {limit} may be")
        seen = Observed(owner.metadata, spec, self._cluster.now)
        expect("I15", is_complete(seen, owner.status), f"not complete: {owner.status}")

    def _sets(self, uid: str) -> list[ReplicaSet]:
        every = self._cluster.things[ReplicaSet].values()
        return [each for each in every if controller_uid(each) == uid]


def _runs(replica_set: ReplicaSet) -> bool:
    return replica_set.count("replicas") + replica_set.count("terminatingReplicas") > 0


def _staying(replica_set: ReplicaSet) -> int:
    return min(replica_set.count("availableReplicas"), replica_set.spec.replicas)


def _alike(one: ReplicaSet, other: ReplicaSet) -> bool:
    return unmarked(one.spec.template) == unmarked(other.spec.template)


def _is_followed(before: ReplicaSet, after: ReplicaSet) -> bool:
    """The Deployment has another size: its ReplicaSets follow, available or not."""
    old, new = (it.metadata.annotations.get(labels.DESIRED_REPLICAS) for it in (before, after))
    return old != new


class DeploymentWorld(World):
    """A cluster with Deployments and their ReplicaSets."""

    referee = DeploymentInvariants
    rounds = 60

    @move(often=2, name=SETS, replicas=SMALL, budget=(0, 1, 2, 3, 4))
    def set_is_applied(self, name: str, replicas: int, budget: int) -> None:
        strategy = Strategy(rolling_update=RollingUpdate(*BUDGETS[budget]))
        if self.cluster.find(Owner, name):
            self.change(name, replicas=replicas, strategy=strategy)
            return
        spec = DeploymentSpec(SELECTOR, template(1), replicas, strategy)
        meta = Meta(name=name, namespace="default")
        self.invariants.wished(self.cluster.create(Owner(metadata=meta, spec=spec)))

    def change(self, name: str, **changes: Any) -> None:
        if self.cluster.find(Owner, name):
            self.cluster.edit(name, **changes)
            self.invariants.wished(self.cluster.find(Owner, name))

    @move(often=2, name=SETS, version=(1, 2, 3, BAD))
    def template_is_changed(self, name: str, version: int) -> None:
        self.change(name, template=template(version))

    @move(name=SETS, paused=(True, False, False))
    def it_is_paused(self, name: str, paused: bool) -> None:
        self.change(name, paused=paused)

    @move(name=SETS, limit=(0, 1, 10))
    def history_is_limited(self, name: str, limit: int) -> None:
        self.change(name, revision_history_limit=limit)

    @move(name=SETS)
    def it_is_recreated(self, name: str) -> None:
        self.change(name, strategy=RECREATE)

    @move(often=2, count=(None, 1, 2))
    def sets_are_seen(self, count: int | None) -> None:
        self.operator.feed.deliver("replicasets", count)

    @move()
    def watch_of_sets_breaks(self) -> None:
        self.operator.feed.relist("replicasets")

    # --- ReplicaSets, and what befalls them --------------------------------------------------------

    @move(often=4, index=FEW, steps=SMALL)
    def set_works(self, index: int, steps: int) -> None:
        names = list(self.cluster.things[ReplicaSet])
        for _ in range(steps if names else 0):
            self.obey(names[index % len(names)])

    @move(index=FEW)
    def pod_breaks(self, index: int) -> None:
        sets = list(self.cluster.things[ReplicaSet].values())
        if sets and (it := sets[index % len(sets)]).count("availableReplicas"):
            self.say(it, availableReplicas=-1, readyReplicas=-1)

    @move(index=FEW, what=("delete", "resize", "orphan"))
    def set_meets(self, index: int, what: str) -> None:
        """A user's hand on a ReplicaSet."""
        sets = list(self.cluster.things[ReplicaSet].values())
        if not sets:
            return
        it = sets[index % len(sets)]
        match what:
            case "delete":
                self.cluster.delete(ReplicaSet, it.name)
            case "resize":
                self.invariants.by_hand += 1
                self.cluster.put(replace(it, spec=replace(it.spec, replicas=1)))
            case _:
                self.cluster.put(replace(it, metadata=replace(it.metadata, owner_references=())))

    def obey(self, name: str) -> bool:
        """One step of a ReplicaSet's own controller, or of a kubelet of its pods."""
        it = self.cluster.find(ReplicaSet, name)
        if it is None:
            return False
        have, ready, ends = map(it.count, ("replicas", "availableReplicas", "terminatingReplicas"))
        if not it.is_observed:
            self.say(it, observedGeneration=it.metadata.generation - it.count("observedGeneration"))
        elif have < it.spec.replicas:
            self.say(it, replicas=1)
        elif have > it.spec.replicas:
            lost = -1 if ready == have else 0
            self.say(
                it, replicas=-1, availableReplicas=lost, readyReplicas=lost, terminatingReplicas=1
            )
        elif ready < have and not is_bad(it):
            self.say(it, availableReplicas=1, readyReplicas=1)
        elif ends:
            self.say(it, terminatingReplicas=-1)
        else:
            return False
        return True

    def say(self, it: ReplicaSet, **changes: int) -> None:
        status = dict(it.status) | {field: it.count(field) + n for field, n in changes.items()}
        self.cluster.put(replace(it, status=status))

    # --- in the end --------------------------------------------------------------------------------

    def rest(self) -> None:
        """Users come to their senses first: nothing is paused, no template is bad."""
        for owner in self.cluster.owners:
            mended = template(1) if is_bad(owner) else owner.spec.template
            if owner.spec.paused or is_bad(owner):
                self.change(owner.name, paused=False, template=mended)
        super().rest()

    rest.domains, rest.often = {}, 1  # type: ignore[attr-defined]  # as its original

    def _round(self) -> bool:
        moved = super()._round()
        for name in list(self.cluster.things[ReplicaSet]):
            while self.obey(name):
                moved = True
        return moved

    pod_meets = cluster_works = surroundings_change = bare_pod_is_made = pods_are_seen = None  # type: ignore[assignment]


class CalmWorld(DeploymentWorld):
    """Nobody changes sizes or strategies: what holds for all wishes since the last rest says more."""

    strategy = Strategy(rolling_update=RollingUpdate(1, 1))

    def begin(self, replicas: int, *, rested: bool, quick: bool) -> None:  # noqa: ARG002  # as all worlds
        meta, spec = Meta(name="web", namespace="default"), DeploymentSpec(SELECTOR, template(1), 4)
        spec = replace(spec, strategy=self.strategy)
        self.invariants.wished(self.cluster.create(Owner(metadata=meta, spec=spec)))
        self.watch_is(quick=quick)
        self.deliver_all()
        self.rest()

    set_is_applied = it_is_recreated = set_meets = set_is_deleted = None  # type: ignore[assignment]


class RecreateWorld(CalmWorld):
    """No old pod may be left when a new one comes."""

    strategy = RECREATE
