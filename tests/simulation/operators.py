"""Operators for the simulated cluster: what they have seen lags, requests get lost, they crash.

``Planner`` runs the real rules, store, sinks and consistency, with an executor of its own that does
what the engine's does, one request after the other. Its parts are methods, so that a test can break
one on purpose. ``Wire`` is the way to the API server, where requests and answers get lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from podwright import client as api
from podwright.engine.consistency import Consistency, Stale
from podwright.engine.keys import Key
from podwright.engine.reconcile import LookAgain
from podwright.engine.sinks import ObjectSink, OwnerSink
from podwright.engine.store import Store
from podwright.objects import Manifest, Object, OwnerReference, Pod
from podwright.owners import Owner
from podwright.plan import (
    Action,
    Adopt,
    Create,
    Delete,
    Failure,
    Outcome,
    Plan,
    Record,
    Release,
)
from podwright.rules import adoption, merging
from podwright.workload import Observed, Served
from simulation.cluster import BY_NAME, SERVED, Cluster, Model, Write, controller_uid


class Crash(BaseException):
    """The operator's process ends here."""


class Referee:
    """Told of every write that was carried out; the real one is in ``invariants``."""

    def wrote(self, write: Write, before: Any, after: Any, acting: str) -> None:
        """A write of the operator, on behalf of the owner of uid ``acting``."""


@dataclass
class Wire:
    """The way to the API server."""

    cluster: Cluster
    referee: Referee
    crash_after: int | None = None
    """So many writes from now the process ends."""
    fault_after: int | None = None
    """So many writes from now one loses its answer, or gets lost itself."""
    fault: str = "answer"
    acting: str = ""
    writes: int = 0
    names: int = 0
    on_write: Callable[[], None] = lambda: None
    """Called before the answer to a write is on its way."""

    def calm(self) -> None:
        """No more faults."""
        self.crash_after = self.fault_after = None

    def name(self, owner: str) -> str:
        """A new name, which may be taken."""
        self.names += 1
        return f"{owner}-{self.names}"

    def write(self, write: Write) -> Any:
        if self.crash_after == 0:
            raise Crash  # and whatever else this process still tries
        goes_wrong = self.fault_after == 0
        self.crash_after = None if self.crash_after is None else self.crash_after - 1
        self.fault_after = None if self.fault_after in (None, 0) else self.fault_after - 1
        if goes_wrong and self.fault == "request":
            raise api.Unavailable("request lost")
        before = self.cluster.find(write.model, write.name)
        version = self.cluster.version
        after = self.cluster.apply(write)
        if self.cluster.version > version:
            self.writes += 1
            self.referee.wrote(write, before, after, self.acting)
            self.on_write()
        if goes_wrong:
            raise api.Unavailable("answer lost")
        return after

    def read(self, model: Any, name: str) -> Any:
        return self.cluster.read(model, name)


class Due:
    """The queue, without its clock."""

    def __init__(self) -> None:
        self.keys: dict[Key, bool] = {}
        self.at: dict[Key, datetime] = {}

    def add(self, key: Key, *, urgent: bool = False) -> None:
        self.keys[key] = urgent or self.keys.get(key, False)


class Feed:
    """Streams that lag each on its own: pods, owners, owners as Kopf sees them, and others."""

    NAMES = ("pods", "owners", "kopf")

    def __init__(self, cluster: Cluster, sinks: dict[str, Any], kopf: Callable[..., None]) -> None:
        self._cluster, self._sinks, self._kopf = cluster, sinks, kopf
        self.names = (*self.NAMES, *(name for name in sinks if name not in self.NAMES))
        self._at = dict.fromkeys(self.names, 0)
        for name in self.names:
            self.relist(name)

    def _history(self, name: str) -> list[Any]:
        return self._cluster.history[BY_NAME.get(name, Owner)]

    def behind(self, name: str) -> int:
        return len(self._history(name)) - self._at[name]

    def deliver(self, name: str, count: int | None = None) -> None:
        """Tell of the next changes, then, once there are no more, of how far we are."""
        news = self._history(name)[self._at[name] :][:count]
        for change in news:
            self._tell(name, change.type, change.object)
        self._at[name] += len(news)
        if name != "kopf":
            version = news[-1].version if news and self.behind(name) else None
            if version or not self.behind(name):
                self._sinks[name].advanced(version or self._cluster.version)

    def _tell(self, name: str, type_: str, thing: Any) -> None:
        if name == "kopf":
            meta = thing.metadata
            served = self._cluster.served
            key = Key(served.workload.kind, meta.namespace, meta.name)
            self._kopf(served.resource, key, int(meta.resource_version))
        elif type_ == "DELETED":
            self._sinks[name].deleted(thing)
        else:
            self._sinks[name].changed(thing)

    def relist(self, name: str) -> None:
        """The watch has broken for so long that its history is gone."""
        self._at[name] = len(self._history(name))
        if name == "kopf":
            for owner in self._cluster.owners:
                self._tell(name, "ADDED", owner)
            return
        self._sinks[name].listed(list(self._cluster.things[BY_NAME.get(name, Owner)].values()))
        self._sinks[name].advanced(self._cluster.version)


@dataclass
class _Run:
    key: Key
    seen: Observed[Any]
    failures: list[Failure] = field(default_factory=list)
    outdated: bool = False
    rechecked: bool = False


class Planner:
    """The operator of the simulation."""

    served: Served = SERVED

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.start()

    def start(self) -> None:
        """As after a crash: nothing is remembered, everything is listed."""
        self.due = Due()
        self.store = Store([self.served])
        self.consistency = Consistency(self.due.add)
        self.lost: dict[Key, list[tuple[str, Action, str]]] = {}
        known = (self.store, self.due, self.consistency)
        self.feed = Feed(
            self.wire.cluster,
            {
                "pods": ObjectSink(Pod.resource, Pod, None, *known),
                "owners": OwnerSink(self.served, None, *known, None),
                **{
                    model.resource.plural: ObjectSink(
                        model.resource.beside(self.served.resource), model, None, *known
                    )
                    for model in self.others
                },
            },
            self.owner_changed,
        )

    @property
    def others(self) -> list[Model]:
        """What the kind works with beside pods."""
        kind = self.served.workload
        return [each.model for each in (*kind.owns, *kind.reads) if each.model is not Pod]

    def owner_changed(self, resource: Any, key: Key, version: int) -> None:
        if not self.consistency.is_own_status(key, version):
            self.consistency.wrote_at(key, resource.name, version)
            self.due.add(key)

    # --- what a test may break -----------------------------------------------------------------

    def ensure_ready(self, key: Key) -> None:
        self.consistency.ensure_ready(key)

    def claim(self, seen: Observed[Any]) -> Plan | None:
        return adoption.claim(seen, self.served.workload.owns)

    def decide(self, seen: Observed[Any]) -> Plan:
        return self.served.workload.decide(seen)

    def status(self, seen: Observed[Any], outcome: Outcome) -> Manifest:
        return self.served.workload.status(seen, outcome)

    def recheck(self, run: _Run) -> None:
        live = self.wire.read(Owner, run.key.name)
        if live.metadata.uid != run.seen.meta.uid or live.metadata.deletion_timestamp:
            raise api.Refused("gone, or going")

    # --- reconcile -------------------------------------------------------------------------------

    def reconcile(self, key: Key) -> None:
        """One look, as the engine takes it; what failed or had changed is due again."""
        self.due.keys.pop(key, None)
        self.due.at.pop(key, None)
        try:
            again = self._reconcile(key)
        except Stale:
            return
        except (LookAgain, api.ApiError):
            self.due.add(key)
        else:
            if again is not None:
                self.due.at[key] = again

    def _reconcile(self, key: Key) -> datetime | None:
        seen = self._look(key)
        if seen is not None and self._settle(key, seen):
            seen = self._look(key)
        if seen is None:
            self.consistency.clear(key)
            self.lost.pop(key, None)
            return None
        self.wire.acting = seen.meta.uid
        plan = self.claim(seen) or self.decide(seen)
        outcome = self._execute(key, plan, seen)
        claimed = any(isinstance(action, Adopt | Release) for action in plan.actions)
        if not claimed:
            self._write_status(key, seen, self.status(seen, outcome))
        if outcome.failures or outcome.outdated:
            raise LookAgain("something failed or had changed")
        return seen.now if claimed else plan.requeue_at

    def _look(self, key: Key) -> Observed[Any] | None:
        self.ensure_ready(key)
        return self.store.observe(key, self.wire.cluster.now)

    def _write_status(self, key: Key, seen: Observed[Any], new: Manifest) -> None:
        changes = merging.patch(dict(seen.status), new)
        if changes:
            version = seen.meta.resource_version
            write = Write("status", Owner, key.name, {"status": changes}, version=version)
            try:
                version = int(self.wire.write(write).metadata.resource_version)
            except api.NotFound:
                return
            self.consistency.wrote_status(key, self.served.resource.name, version)

    # --- executing -------------------------------------------------------------------------------

    def _execute(self, key: Key, plan: Plan, seen: Observed[Any]) -> Outcome:
        run = _Run(key, seen)
        for step in plan.steps:
            for action in step:
                if not isinstance(action, Create):
                    self._attempt(run, action)
            self._create_slowly(run, [action for action in step if isinstance(action, Create)])
            if run.failures or run.outdated:
                break
        return Outcome(plan, tuple(run.failures), run.outdated)

    def _create_slowly(self, run: _Run, creations: list[Create]) -> None:
        size = 1
        while creations and not run.failures:
            for creation in creations[:size]:
                self._attempt(run, creation)
            creations, size = creations[size:], size * 2

    def _attempt(self, run: _Run, action: Action) -> None:
        name = self.wire.name(run.key.name) if isinstance(action, Create) else ""
        try:
            self._perform(run, action, name)
        except api.Conflict:
            run.outdated = True
        except api.NotFound:
            run.outdated = run.outdated or isinstance(action, Adopt)
        except api.AlreadyExists:
            run.outdated = True  # another name next time
        except api.Unavailable as error:
            self.lost.setdefault(run.key, []).append((run.seen.meta.uid, action, name))
            run.failures.append(Failure(action, str(error)))
        except api.Refused as error:
            run.failures.append(Failure(action, str(error)))

    def _perform(self, run: _Run, action: Action, name: str) -> None:
        match action:
            case Create():
                self._create(run, action, name)
            case Delete():
                self._delete(run, action)
            case Adopt(target):
                if not run.rechecked:
                    self.recheck(run)
                    run.rechecked = True
                references = [*target.metadata.owner_references, self._reference(run)]
                self._patch(run, target, [msgspec.to_builtins(each) for each in references])
            case Release(target):
                kept = [r for r in target.metadata.owner_references if r.uid != run.seen.meta.uid]
                self._patch(run, target, [msgspec.to_builtins(each) for each in kept] or None)
            case Record():
                pass

    def _create(self, run: _Run, create: Create, name: str) -> None:
        metadata = create.manifest["metadata"] | {
            "name": name,
            "namespace": run.key.namespace,
            "ownerReferences": [msgspec.to_builtins(self._reference(run))],
        }
        self._write(run.key, Write("create", Pod, name, create.manifest | {"metadata": metadata}))

    def _delete(self, run: _Run, delete: Delete) -> None:
        meta = delete.target.metadata
        version = meta.resource_version if delete.as_seen else ""
        self._write(run.key, Write("delete", Pod, meta.name, uid=meta.uid, version=version))

    def _patch(self, run: _Run, target: Object, references: list[Manifest] | None) -> None:
        meta = target.metadata
        body = {"metadata": {"ownerReferences": references}}
        write = Write("patch", Pod, meta.name, body, meta.uid, meta.resource_version)
        self._write(run.key, write)

    def _write(self, key: Key, write: Write) -> None:
        self._note(key, self.wire.write(write))

    def _note(self, key: Key, pod: Pod) -> None:
        self.consistency.wrote_at(key, Pod.resource.name, int(pod.metadata.resource_version))

    def _reference(self, run: _Run) -> OwnerReference:
        meta = run.seen.meta
        sets = self.served.resource
        return OwnerReference(sets.api_version, sets.kind, meta.name, meta.uid, True, True)

    # --- writes whose answer was lost --------------------------------------------------------------

    def _settle(self, key: Key, seen: Observed[Any]) -> bool:
        settled = False
        self.wire.acting = seen.meta.uid
        while waiting := self.lost.get(key):
            uid, action, name = waiting[0]
            if uid == seen.meta.uid and seen.meta.deletion_timestamp is None:
                self._settle_one(_Run(key, seen), action, name)
                settled = True
            del waiting[0]
        return settled

    def _settle_one(self, run: _Run, action: Action, name: str) -> None:
        target = name if isinstance(action, Create) else action.target.name
        try:
            live = self.wire.read(Pod, target)
        except api.NotFound:
            live = None
        try:
            if isinstance(action, Create) and live is None:
                self._create(run, action, name)
            elif isinstance(action, Create) and controller_uid(live) == run.seen.meta.uid:
                self._note(run.key, live)
            elif isinstance(action, Delete) and live is not None:
                self._delete(run, action)
            elif live is not None and not isinstance(action, Create):
                self._note(run.key, live)
        except (api.Refused, api.NotFound):
            return
        except api.Conflict:
            self._note(run.key, self.wire.read(Pod, target))
