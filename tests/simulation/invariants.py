"""What must always hold, checked at every write of the operator and after every move.

Each invariant carries its name in the catalogue: I1 ceiling, I10 ownership, I11 no leak, I12 the
goal is reached, I13 idempotence, I15 status truth.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import msgspec

from podwright.objects import Pod
from podwright.owners import Owner
from podwright.plan import Action, Create, Plan
from podwright.rules import pods, selectors
from podwright.workload import Observed
from simulation.cluster import Cascade, Cluster, Write, controller_uid


class Violation(AssertionError):  # noqa: N818  # what it is called everywhere
    """An invariant does not hold; its name comes first."""

    def __init__(self, invariant: str, what: str) -> None:
        super().__init__(f"{invariant}: {what}")
        self.invariant = invariant


def expect(invariant: str, holds: object, what: str) -> None:
    if not holds:
        raise Violation(invariant, what)


class Invariants:
    """A referee with a memory."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._ceiling: dict[str, int] = defaultdict(int)
        self._doomed: set[str] = set()

    # --- told by users ---------------------------------------------------------------------------

    def wished(self, owner: Owner[Any]) -> None:
        """An owner's wish; a reconcile may act on it, or on an older one, until all is quiet."""
        uid = owner.metadata.uid
        self._ceiling[uid] = max(self._ceiling[uid], owner.spec.replicas)

    def quiet(self) -> None:
        """Nobody acts on old wishes any more."""
        for owner in self._cluster.owners:
            self._ceiling[owner.metadata.uid] = owner.spec.replicas

    def deleting(self, owner: Owner[Any], cascade: Cascade) -> None:
        """An owner goes, and its pods with it, unless they shall be orphans."""
        if cascade != "orphan" and not owner.metadata.deletion_timestamp:
            mine = self._cluster.owned_by(owner.metadata.uid)
            self._doomed |= {p.metadata.uid for p in mine if self.matches(owner, p)}

    def spared(self, pod: Pod) -> None:
        """A user has taken the pod away from its owner, in labels or for good."""
        self._doomed.discard(pod.metadata.uid)

    def matches(self, owner: Owner[Any], pod: Pod) -> bool:
        """The pod is one that the owner would claim."""
        return selectors.matches(owner.spec.selector, pod.metadata.labels)

    # --- at every write --------------------------------------------------------------------------

    def wrote(self, write: Write, before: Any, after: Any, acting: str) -> None:
        """A write of the operator was carried out."""
        if write.verb == "status":
            self._check_status(write, before, after)
        elif write.verb == "create":
            self._check_created(after, acting)
        elif write.verb == "delete":
            self._check_deleted(write, before, acting)
        elif before.metadata.controller is None:
            self._check_adopted(write, before, after, acting)
        else:
            self._check_released(write, before, after, acting)

    def _check_created(self, pod: Pod, acting: str) -> None:
        expect("I10", controller_uid(pod) == acting, f"{pod.name} is made for somebody else")
        live = [each for each in self._cluster.owned_by(acting) if pods.is_active(each)]
        ceiling = self._ceiling[acting]
        expect("I1", len(live) <= ceiling, f"{len(live)} pods where at most {ceiling} were wished")

    def _check_deleted(self, write: Write, pod: Pod, acting: str) -> None:
        expect("I10", write.uid and write.version, f"{pod.name} is deleted without a look")
        expect("I10", controller_uid(pod) == acting, f"{pod.name}, a stranger's, is deleted")
        expect("I10", pods.is_active(pod), f"{pod.name} is deleted though it is not active")

    def _check_adopted(self, write: Write, before: Pod, after: Pod, acting: str) -> None:
        owner = next((o for o in self._cluster.owners if o.metadata.uid == acting), None)
        expect("I10", write.uid and write.version, f"{before.name} is adopted without a look")
        expect("I10", owner, f"{before.name} is adopted by an owner that is gone")
        going = owner.metadata.deletion_timestamp
        expect("I10", not going, f"{before.name} is adopted by an owner that is going")
        expect("I10", pods.is_active(before), f"{before.name} is adopted though it is not active")
        expect("I10", self.matches(owner, before), f"{before.name} is adopted and does not match")
        expect("I10", controller_uid(after) == acting, f"{before.name} is given to somebody else")

    def _check_released(self, write: Write, before: Pod, after: Pod, acting: str) -> None:
        expect("I10", write.uid and write.version, f"{before.name} is released without a look")
        expect("I10", controller_uid(before) == acting, f"{before.name}, a stranger's, is taken")
        expect("I10", controller_uid(after) == "", f"{before.name} is given away")

    def _check_status(self, write: Write, before: Owner[Any], after: Owner[Any]) -> None:
        said = after.status
        counts = [said.get(f"{which}eplicas") for which in ("r", "readyR", "availableR")]
        expect("I15", None not in counts, f"{said} is no whole status")
        generation = said["observedGeneration"]
        expect("I15", write.version, "a status is written without a look")
        expect(
            "I15", generation <= before.metadata.generation, "a generation that is not there yet"
        )
        expect("I15", counts == sorted(counts, reverse=True), f"{said} counts some pods twice")
        spec = self._cluster.specs[after.metadata.uid, generation]
        wished = said["podwright"]["ready"].split("/")[1]
        expect(
            "I15", wished == str(spec.replicas), f"counts of another generation than {generation}"
        )

    # --- at every decision -----------------------------------------------------------------------

    def decided(self, seen: Observed[Any], plan: Plan, again: Plan) -> None:
        """The same question in another order gives the same answer."""
        expect(
            "I13", _canonical(plan) == _canonical(again), f"{plan} depends on the order of {seen}"
        )

    # --- at the end --------------------------------------------------------------------------------

    def reached(self) -> None:
        """The wish stood still: the cluster has got there."""
        there = {owner.metadata.uid: owner for owner in self._cluster.owners}
        for pod in self._cluster.pods:
            uid = controller_uid(pod)
            expect("I11", uid in there or not uid, f"{pod.name} outlives its owner")
            expect("I11", pod.metadata.uid not in self._doomed, f"{pod.name} was to go")
        for uid, owner in there.items():
            going = owner.metadata.deletion_timestamp
            expect("I11", not going, f"{owner.name} was to go")
            self._check_goal(owner, [p for p in self._cluster.owned_by(uid) if pods.is_active(p)])
        for pod in self._cluster.pods:
            alone = pod.metadata.controller is None and pods.is_active(pod)
            wanted = any(self.matches(owner, pod) for owner in there.values())
            expect("I12", not (alone and wanted), f"{pod.name} was not adopted")

    def _check_goal(self, owner: Owner[Any], mine: list[Pod]) -> None:
        wished, least = owner.spec.replicas, owner.spec.min_ready_seconds
        expect("I12", len(mine) == wished, f"{owner.name} has {len(mine)} pods of {wished}")
        for pod in mine:
            expect("I12", self.matches(owner, pod), f"{pod.name} was not released")
            available = pods.is_available(pod, least, self._cluster.now)
            expect("I12", available, f"{pod.name} is not available")
        said = owner.status
        counts = [said.get(f"{which}Replicas") for which in ("ready", "available", "terminating")]
        expect("I15", [said.get("replicas"), *counts] == [wished, wished, wished, 0], f"{said}")
        labels = owner.spec.template["metadata"]["labels"].items()
        full = sum(labels <= pod.metadata.labels.items() for pod in mine)
        expect("I15", said["fullyLabeledReplicas"] == full, f"{said}")
        generation = owner.metadata.generation
        expect("I15", said["observedGeneration"] == generation, f"{said} at {generation}")
        expect("I15", "conditions" not in said, f"{said}")


def _canonical(plan: Plan) -> Any:
    steps = tuple(tuple(sorted(map(_as_text, step))) for step in plan.steps)
    return steps, plan.waits, plan.requeue_at


def _as_text(action: Action) -> str:
    return (
        msgspec.json.encode(action.manifest).decode()
        if isinstance(action, Create)
        else repr(action)
    )
