"""DaemonSets in the simulated cluster, with nodes that come, change and go.

I7 is checked twice: of what a plan means to do at every decision (``daemon_plans``), and of the pods
that really are on a node at every creation.
"""

from __future__ import annotations

from typing import Any

import msgspec

from members import daemon_set, node, template
from podwright.kinds import APPS
from podwright.kinds.daemonset import DAEMONSET, placement
from podwright.kinds.daemonset.decide import hash_of, history_of
from podwright.kinds.daemonset.spec import RollingUpdate, UpdateStrategy
from podwright.objects import Node, Pod, Revision, Taint
from podwright.owners import Owner
from podwright.plan import Plan
from podwright.rules import pods, revisions
from podwright.workload import Observed, Served
from simulation.cluster import Write, controller_uid
from simulation.daemon_plans import Look, check
from simulation.engine import Engine
from simulation.invariants import Invariants, expect
from simulation.world import SETS, SMALL, World, move

OTHERS = ("nodes", "controllerrevisions")
NODES = ("n1", "n2", "n3")
TAINTS = {"clean": (), "tainted": (Taint("own", "", "NoSchedule"),)}
TAINTS["closed"] = (Taint("own", "", "NoExecute"),)


class DaemonEngine(Engine):
    """The real engine, serving DaemonSets."""

    served = Served(DAEMONSET, APPS)


class DaemonInvariants(Invariants):
    """What must hold of DaemonSets."""

    def wished(self, owner: Owner[Any]) -> None:
        """Nodes limit the number of pods, not wishes."""

    def quiet(self) -> None:
        """Nothing is remembered of wishes."""

    def decided(self, seen: Observed[Any], plan: Plan, again: Plan) -> None:
        super().decided(seen, plan, again)
        history = history_of(seen)
        if not history.twins and seen.meta.deletion_timestamp is None:
            check(Look(seen, plan, hash_of(history.present)))

    # --- at every write --------------------------------------------------------------------------

    def wrote(self, write: Write, before: Any, after: Any, acting: str) -> None:
        mends = write.verb == "patch" and controller_uid(before) == controller_uid(after) != ""
        if write.model is Revision or mends:
            mine = {controller_uid(it) for it in (before, after) if it} - {""}
            expect("I10", mine <= {acting}, f"{write.name} is a stranger's")
            expect("I10", not mends or write.version, f"{write.name} is changed without a look")
        else:
            super().wrote(write, before, after, acting)

    def _check_created(self, it: Pod, acting: str) -> None:
        """Whatever was seen: on the node there is one, or a new one beside an old one."""
        expect("I10", controller_uid(it) == acting, f"{it.name} is made for somebody else")
        name = placement.node_of(it)
        live = [
            each
            for each in self._cluster.owned_by(acting)
            if placement.node_of(each) == name and pods.is_active(each)
        ]
        alike = [each for each in live if _hash(each) == _hash(it)]
        expect("I7", len(alike) == 1, f"{name} has {len(alike)} pods of one revision")
        expect("I7", len(live) <= 2, f"{name} has {len(live)} pods")

    def _check_deleted(self, write: Write, it: Pod, acting: str) -> None:
        expect("I10", write.uid and write.version, f"{it.name} is deleted without a look")
        expect("I10", controller_uid(it) == acting, f"{it.name}, a stranger's, is deleted")

    def _check_adopted(self, write: Write, before: Pod, after: Pod, acting: str) -> None:
        expect("I10", write.uid and write.version, f"{before.name} is adopted without a look")
        owner = next(o for o in self._cluster.owners if o.metadata.uid == acting)
        going = owner.metadata.deletion_timestamp
        expect("I10", not going, f"{before.name} is adopted by an owner that is going")
        expect("I10", self.matches(owner, before), f"{before.name} is adopted and does not match")
        expect("I10", controller_uid(after) == acting, f"{before.name} is given to somebody else")

    def _check_status(self, write: Write, before: Owner[Any], after: Owner[Any]) -> None:
        said = after.status
        names = ("desiredNumberScheduled", "currentNumberScheduled", "numberReady")
        counts = [said[name] for name in (*names, "numberAvailable")]
        expect("I15", write.version, "a status is written without a look")
        expect("I15", counts == sorted(counts, reverse=True), f"{said} counts some nodes twice")
        generation = said["observedGeneration"]
        expect("I15", generation <= before.metadata.generation, "a generation that is not there")

    # --- at the end --------------------------------------------------------------------------------

    def _check_goal(self, owner: Owner[Any], mine: list[Pod]) -> None:
        spec = owner.spec
        stored = self._cluster.things[Revision].values()
        own = [it for it in stored if controller_uid(it) == owner.metadata.uid]
        equal = [it for it in own if revisions.template_of(it) == spec.template]
        expect("I12", len(equal) == 1, f"{len(equal)} revisions hold the template")
        newest = max(it.revision for it in own)
        expect("I12", equal[0].revision == newest, f"{equal[0].name} is not the newest")
        wanted = placement.of(spec.template)
        runs = 0
        for it in self._cluster.things[Node].values():
            fit = placement.fit(wanted, it)
            there = [each for each in mine if placement.node_of(each) == it.name]
            runs += fit.runs
            least = 1 if fit.runs else 0
            most = 1 if fit.stays else 0
            expect("I7", least <= len(there) <= most, f"{it.name} has {len(there)} pods")
            for pod in there if fit.runs else ():
                available = pods.is_available(pod, spec.min_ready_seconds, self._cluster.now)
                expect("I12", available, f"{pod.name} is not available")
                new = _hash(pod) == hash_of(equal[0]) or spec.update_strategy.type == "OnDelete"
                expect("I12", new, f"{pod.name} is old")
        said = owner.status
        names = ("desiredNumberScheduled", "currentNumberScheduled", "numberAvailable")
        expect("I15", [said[name] for name in names] == [runs] * 3, f"{said}, {runs} nodes")
        expect("I15", "numberUnavailable" not in said, f"{said}")
        expect("I15", said["observedGeneration"] == owner.metadata.generation, f"{said}")


def _hash(it: Pod) -> str:
    return it.metadata.labels.get("controller-revision-hash", "")


class DaemonWorld(World):
    """A cluster with DaemonSets."""

    referee = DaemonInvariants
    rounds = 60
    may_wait = True

    def begin(self, replicas: int, *, rested: bool, quick: bool) -> None:
        """``replicas`` is the number of nodes that there are."""
        for name in NODES[:replicas]:
            self.cluster.create(node(name))
        self.surge = replicas % 2
        super().begin(0, rested=rested, quick=quick)

    @move(often=2, stream=OTHERS, count=(None, 1))
    def others_are_seen(self, stream: str, count: int | None) -> None:
        self.operator.feed.deliver(stream, count)

    @move(stream=OTHERS)
    def other_watch_breaks(self, stream: str) -> None:
        self.operator.feed.relist(stream)

    @move(often=2, name=NODES, taints=tuple(TAINTS))
    def node_changes(self, name: str, taints: str) -> None:
        new = node(name, *TAINTS[taints])
        if old := self.cluster.find(Node, name):
            self.cluster.put(msgspec.structs.replace(old, spec=new.spec))
        else:
            self.cluster.create(new)

    @move(name=NODES)
    def node_goes(self, name: str) -> None:
        if self.cluster.find(Node, name):
            self.cluster.delete(Node, name)

    @move(often=2, name=SETS, replicas=SMALL, min_ready_seconds=(0, 10))
    def set_is_applied(self, name: str, replicas: int, min_ready_seconds: int) -> None:
        """``replicas`` is how many nodes may be renewed at once."""
        budget = (
            RollingUpdate(0, replicas) if self.surge and replicas else RollingUpdate(replicas, 0)
        )
        spec = {
            "min_ready_seconds": min_ready_seconds,
            "update_strategy": UpdateStrategy(rolling_update=budget),
        }
        if self.cluster.find(Owner, name):
            self.cluster.edit(name, **spec)
        else:
            self.cluster.create(daemon_set(name=name, **spec))

    @move(often=2, name=SETS, version=(1, 2))
    def template_is_changed(self, name: str, version: int) -> None:
        if self.cluster.find(Owner, name):
            self.cluster.edit(name, template=template(version))

    bare_pod_is_made = None  # type: ignore[assignment]  # it would be adopted for no node
