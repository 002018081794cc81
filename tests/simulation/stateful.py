"""StatefulSets in the simulated cluster, with their claims and revisions.

I5 identity and order is checked at every decision (``stateful_plans``) and, of pods, by the names in
the cluster; I6 volumes, I10 ownership and I15 at every write.
"""

from __future__ import annotations

from typing import Any

import msgspec

from builders import LABELS, pod
from members import DATA, rolling, stateful_set, template
from podwright.kinds import APPS
from podwright.kinds.statefulset import STATEFULSET, identity
from podwright.kinds.statefulset.decide import history_of
from podwright.kinds.statefulset.spec import RetentionPolicy, UpdateStrategy
from podwright.objects import Claim, Pod, Revision
from podwright.owners import Owner
from podwright.plan import Plan
from podwright.rules import pods, revisions
from podwright.workload import Observed, Served
from simulation.cluster import Write, controller_uid
from simulation.engine import Engine
from simulation.invariants import Invariants, expect
from simulation.stateful_plans import Look, check
from simulation.world import SETS, SMALL, World, move

POLICIES = ("OrderedReady", "Parallel")
OTHERS = ("persistentvolumeclaims", "controllerrevisions")
KEEPS = ("Retain", "Delete")


class StatefulEngine(Engine):
    """The real engine, serving StatefulSets."""

    served = Served(STATEFULSET, APPS)


class StatefulInvariants(Invariants):
    """What must hold of StatefulSets."""

    def wished(self, owner: Owner[Any]) -> None:
        """Names limit the number of pods, not wishes."""

    def quiet(self) -> None:
        """Nothing is remembered of wishes."""

    def decided(self, seen: Observed[Any], plan: Plan, again: Plan) -> None:
        super().decided(seen, plan, again)
        check(Look(seen, plan, history_of(seen).present.name))

    # --- at every write --------------------------------------------------------------------------

    def wrote(self, write: Write, before: Any, after: Any, acting: str) -> None:
        if write.model is Claim:
            self._check_claim(write, before, acting)
        elif write.model is Pod and write.verb == "patch" and controller_uid(before) == acting:
            released = controller_uid(after) != acting
            expect("I10", write.version, f"{before.name} is mended without a look")
            expect(
                "I10", not released or not self._fits(before, acting), f"{before.name} is let go"
            )
        elif write.model is Revision or write.verb == "patch":
            mine = {controller_uid(it) for it in (before, after) if it} - {""}
            expect("I10", mine <= {acting}, f"{write.name} is a stranger's")
            living = [it for it in self._cluster.owned_by(acting) if identity.is_of(it, write.name)]
            lost = write.verb == "delete" and living
            expect("I5", not lost, f"{write.name} goes, and {len(living)} pods are made of it")
        else:
            super().wrote(write, before, after, acting)

    def _fits(self, it: Pod, acting: str) -> bool:
        owner = self._owner(acting)
        return owner is not None and self.matches(owner, it)

    def _owner(self, uid: str) -> Owner[Any] | None:
        return next((each for each in self._cluster.owners if each.metadata.uid == uid), None)

    def matches(self, owner: Owner[Any], pod: Pod) -> bool:
        return identity.is_member(owner.metadata, pod) and super().matches(owner, pod)

    def _check_created(self, it: Pod, acting: str) -> None:
        expect("I10", controller_uid(it) == acting, f"{it.name} is made for somebody else")
        made_of = it.metadata.labels["controller-revision-hash"]
        owner = self._owner(acting)
        stays = owner is not None and owner.metadata.deletion_timestamp is None
        stored = made_of in self._cluster.things[Revision] or not stays
        expect("I5", stored, f"{it.name} is made of {made_of}, which is not stored")

    def _check_deleted(self, write: Write, it: Pod, acting: str) -> None:
        expect("I10", write.uid and write.version, f"{it.name} is deleted without a look")
        expect("I10", controller_uid(it) == acting, f"{it.name}, a stranger's, is deleted")

    def _check_claim(self, write: Write, before: Claim | None, acting: str) -> None:
        expect("I6", write.verb in {"create", "patch"}, f"claim {write.name} is deleted")
        owners = write.body["metadata"].get("ownerReferences") or []
        strangers = {each.uid for each in before.metadata.owner_references} if before else set()
        known = {acting, *strangers, *(it.metadata.uid for it in self._cluster.pods)}
        given = {each["uid"] for each in owners}
        expect("I6", given <= known, f"{write.name} is given to {given - known}")
        changes = set(write.body["metadata"]) - {"ownerReferences"}
        expect("I6", not before or not changes, f"{changes} of {write.name} are changed")

    def _check_status(self, write: Write, before: Owner[Any], after: Owner[Any]) -> None:
        said = after.status
        counts = [said.get(f"{which}eplicas", 0) for which in ("r", "readyR", "availableR")]
        expect("I15", write.version, "a status is written without a look")
        generation = said["observedGeneration"]
        expect("I15", generation <= before.metadata.generation, "a generation that is not there")
        expect("I15", counts == sorted(counts, reverse=True), f"{said} counts some pods twice")
        spec = self._cluster.specs[after.metadata.uid, generation]
        wished = said["podwright"]["ready"].split("/")[1]
        expect("I15", wished == str(spec.replicas), f"counts of another generation, {generation}")

    # --- at the end --------------------------------------------------------------------------------

    def _check_goal(self, owner: Owner[Any], mine: list[Pod]) -> None:
        spec = owner.spec
        names = {f"{owner.name}-{n}" for n in spec.ordinal_range}
        expect("I12", {it.name for it in mine} == names, f"{[it.name for it in mine]}, not {names}")
        for it in mine:
            available = pods.is_available(it, spec.min_ready_seconds, self._cluster.now)
            expect("I12", available, f"{it.name} is not available")
        update = self._check_revisions(owner, mine)
        self._check_claims(owner, mine)
        said = owner.status
        counts = [said.get(name, 0) for name in ("replicas", "readyReplicas", "availableReplicas")]
        expect("I15", counts == [spec.replicas] * 3, f"{said}")
        new = sum(identity.is_of(it, update) for it in mine)
        expect("I15", said.get("updatedReplicas", 0) == new, f"{said}, {new} are new")
        expect("I15", said["updateRevision"] == update, f"{said}, not {update}")
        if spec.update_strategy.type == "RollingUpdate" and new == spec.replicas:
            expect("I15", said["currentRevision"] == update, f"{said} is not complete")
        expect("I15", said["observedGeneration"] == owner.metadata.generation, f"{said}")

    def _check_revisions(self, owner: Owner[Any], mine: list[Pod]) -> str:
        """One holds the template and is the newest; pods have it where they should."""
        stored = self._cluster.things[Revision].values()
        own = [it for it in stored if controller_uid(it) == owner.metadata.uid]
        equal = [it for it in own if revisions.template_of(it) == owner.spec.template]
        expect("I12", equal, f"no revision holds the template of {owner.name}")
        # Of an overlapping set's history two may have one number: then the younger is newer.
        newest = max(own, key=lambda it: (it.revision, it.metadata.creation_timestamp, it.name))
        expect("I12", newest in equal, f"{newest.name} is newer than the present one")
        if owner.spec.update_strategy.type == "RollingUpdate":
            due = [it for it in mine if self._ordinal(owner, it) >= owner.spec.partition]
            old = [it.name for it in due if not identity.is_of(it, newest.name)]
            expect("I12", not old, f"{old} are not of {newest.name}")
        return newest.name

    def _check_claims(self, owner: Owner[Any], mine: list[Pod]) -> None:
        policy = owner.spec.persistent_volume_claim_retention_policy
        wanted = {owner.metadata.uid} if policy.when_deleted == "Delete" else set()
        for it in mine:
            claim = self._cluster.find(Claim, f"data-{it.name}")
            expect("I6", claim, f"{it.name} has no claim")
            if claim.metadata.deletion_timestamp:  # of an earlier set, or by hand
                continue
            owners = {each.uid for each in claim.metadata.owner_references}
            expect("I6", owners == wanted, f"{claim.name} belongs to {owners}, not {wanted}")

    @staticmethod
    def _ordinal(owner: Owner[Any], it: Pod) -> int:
        ordinal = identity.ordinal_of(owner.name, it.name)
        assert ordinal is not None
        return ordinal


class StatefulWorld(World):
    """A cluster with StatefulSets."""

    referee = StatefulInvariants
    rounds = 80
    may_wait = True

    def begin(self, replicas: int, *, rested: bool, quick: bool) -> None:
        self.policy = POLICIES[replicas % 2]
        super().begin(replicas, rested=rested, quick=quick)

    @move(often=2, stream=OTHERS, count=(None, 1))
    def others_are_seen(self, stream: str, count: int | None) -> None:
        self.operator.feed.deliver(stream, count)

    @move(stream=OTHERS)
    def other_watch_breaks(self, stream: str) -> None:
        self.operator.feed.relist(stream)

    @move(index=(0, 1))
    def claim_is_deleted(self, index: int) -> None:
        claims = list(self.cluster.things[Claim])
        if claims:
            self.cluster.delete(Claim, claims[index % len(claims)])

    @move(often=2, name=SETS, replicas=SMALL, min_ready_seconds=(0, 10))
    def set_is_applied(self, name: str, replicas: int, min_ready_seconds: int) -> None:
        spec = {"replicas": replicas, "min_ready_seconds": min_ready_seconds}
        if self.cluster.find(Owner, name):
            self.cluster.edit(name, **spec)
            return
        fixed = {"pod_management_policy": self.policy, "volume_claim_templates": (DATA,)}
        owner = stateful_set(name=name, **spec, **fixed)
        self.cluster.create(msgspec.structs.replace(owner, status={}))

    @move(often=2, name=SETS, version=(1, 2))
    def template_is_changed(self, name: str, version: int) -> None:
        self._edit(name, template=template(version))

    @move(
        name=SETS,
        strategy=(rolling(), rolling(1), rolling(most=2), rolling(replace_stuck_pods=True)),
    )
    def strategy_is_changed(self, name: str, strategy: UpdateStrategy) -> None:
        self._edit(name, update_strategy=strategy)

    @move(name=SETS, deleted=KEEPS, scaled=KEEPS)
    def retention_is_changed(self, name: str, deleted: str, scaled: str) -> None:
        policy = RetentionPolicy(deleted, scaled)
        self._edit(name, persistent_volume_claim_retention_policy=policy)

    @move(name=SETS, limit=(0, 1, 10))
    def history_is_limited(self, name: str, limit: int) -> None:
        self._edit(name, revision_history_limit=limit)

    @move(name=SETS, ordinal=(0, 1))
    def bare_pod_is_made(self, name: str, ordinal: int = 0) -> None:
        """A pod that nobody controls, under the name of one of ours."""
        bare = pod(f"{name}-{ordinal}", owner=None, phase="Pending", node="")
        if self.cluster.find(Pod, bare.name) is None and self.cluster.pod_quota is None:
            self.cluster.create(bare)

    def _edit(self, name: str, **changes: Any) -> None:
        if self.cluster.find(Owner, name):
            self.cluster.edit(name, **changes)

    @move()
    def rest(self) -> None:
        """What only people can resolve, they do."""
        for it in self.cluster.pods:
            if self._needs_people(it):
                self.invariants.spared(it)
                self.cluster.delete(Pod, it.name)
        super().rest()

    def _needs_people(self, it: Pod) -> bool:
        """It holds a name or a claim that others need, or has ended and holds up those below it."""
        if it.metadata.labels.get("app") != LABELS["app"]:
            return True
        if it.metadata.controller is None:
            owner = self.cluster.find(Owner, it.name.rpartition("-")[0])
            used = (owner, self.cluster.find(Claim, f"data-{it.name}"))
            return any(each and each.metadata.deletion_timestamp for each in used)
        owner = self.cluster.find(Owner, it.metadata.controller.name)
        ordinal = owner and identity.ordinal_of(owner.name, it.name)
        return pods.is_finished(it) and owner and ordinal not in owner.spec.ordinal_range
