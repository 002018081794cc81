"""A small cluster in memory: an API server, and who else moves in it.

It holds read models of one kind of owner and of what it works with, in one namespace. It answers as
the real one does: uid and resourceVersion as preconditions, 404, 409 and 403, deletion that waits for
finalizers, for the kubelet and for the pods that use a claim, and a history that watches are served
from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from builders import NOW
from podwright import client as api
from podwright.kinds import APPS
from podwright.kinds.daemonset import placement
from podwright.kinds.replicaset import REPLICASET
from podwright.labels import READY
from podwright.objects import Claim, Condition, Manifest, Node, Object, Pod, Revision
from podwright.owners import Job, Owner, ReplicaSet
from podwright.rules import pods
from podwright.workload import Served

SERVED = Served(REPLICASET, APPS)

Model = type[Object]
MODELS: tuple[Model, ...] = (Pod, Owner, Claim, Revision, Node, ReplicaSet, Job)
BY_NAME = {model.resource.plural: model for model in MODELS if model is not Owner}
DEPENDENTS: tuple[Model, ...] = (Pod, Claim, Revision, ReplicaSet, Job)
Cascade = Literal["background", "foreground", "orphan"]
FINALIZER = {"foreground": "foregroundDeletion", "orphan": "orphan"}


class Change(NamedTuple):
    """What a watch tells."""

    type: str
    object: Object

    @property
    def version(self) -> int:
        return int(self.object.metadata.resource_version)


@dataclass(frozen=True)
class Write:
    """A writing request, as the API server gets it."""

    verb: Literal["create", "delete", "patch", "status"]
    model: Model
    name: str
    body: Manifest = field(default_factory=dict)
    uid: str = ""
    version: str = ""
    cascade: Cascade = "background"


@dataclass
class Cluster:
    """What is stored, and all that ever was."""

    now: datetime = NOW
    version: int = 100
    pod_quota: int | None = None
    served: Served = SERVED
    things: dict[Model, dict[str, Any]] = field(default_factory=lambda: {m: {} for m in MODELS})
    history: dict[Model, list[Change]] = field(default_factory=lambda: {m: [] for m in MODELS})
    specs: dict[tuple[str, int], Any] = field(default_factory=dict)
    """Every spec that ever held, by uid and generation."""

    @property
    def pods(self) -> list[Pod]:
        return list(self.things[Pod].values())

    @property
    def owners(self) -> list[Owner[Any]]:
        return list(self.things[Owner].values())

    def owned_by(self, uid: str) -> list[Pod]:
        return [pod for pod in self.pods if controller_uid(pod) == uid]

    def model_of(self, thing: Object) -> Model:
        """What a thing is filed as; what another owner made is no owner here."""
        owned = {each.model for each in self.served.workload.owns}
        return Owner if isinstance(thing, Owner) and type(thing) not in owned else type(thing)

    # --- the API server ----------------------------------------------------------------------

    def find(self, model: Model, name: str) -> Any:
        return self.things[model].get(name)

    def read(self, model: Model, name: str) -> Any:
        thing = self.find(model, name)
        if thing is None:
            raise api.NotFound(f"{name} not found", code=404)
        return thing

    def apply(self, write: Write) -> Any:
        """Carry out a request, or refuse it as the API server would."""
        if write.verb == "create":
            return self.create(msgspec.convert(write.body, write.model))
        old = self.read(write.model, write.name)
        wanted = (write.uid or old.metadata.uid, write.version or old.metadata.resource_version)
        if wanted != (old.metadata.uid, old.metadata.resource_version):
            raise api.Conflict(f"{write.name} is not what it was", code=409)
        if write.verb == "delete":
            return self.delete(write.model, write.name, write.cascade)
        model = Owner[self.served.workload.spec] if write.model is Owner else write.model
        return self.put(_merged(old, write.body, model))

    def create(self, thing: Any) -> Any:
        model, name = self.model_of(thing), thing.metadata.name
        if name in self.things[model]:
            raise api.AlreadyExists(f"{name} already exists", code=409)
        used = sum(not pods.is_finished(pod) for pod in self.pods)
        if model is Pod and self.pod_quota is not None and used >= self.pod_quota:
            raise api.Refused("exceeded quota: pods", code=403)
        meta = replace(
            thing.metadata,
            uid=f"uid-{self.version + 1}",
            creation_timestamp=self.now,
            generation=1,
            deletion_timestamp=None,
        )
        if model is Pod and not thing.status.phase:
            thing = replace(thing, status=replace(thing.status, phase="Pending"))
        return self._store("ADDED", replace(thing, metadata=meta))

    def put(self, new: Any) -> Any:
        """Store a changed object; without a change nothing happens, as in the real one."""
        old = self.read(self.model_of(new), new.metadata.name)
        if new == old:
            return old
        if isinstance(new, Owner) and new.spec != old.spec:
            meta = replace(new.metadata, generation=old.metadata.generation + 1)
            new = replace(new, metadata=meta)
        freed = old.metadata.finalizers and not new.metadata.finalizers
        if new.metadata.deletion_timestamp and freed and not _has_containers(new):
            return self._remove(new)
        return self._store("MODIFIED", new)

    def delete(self, model: Model, name: str, cascade: Cascade = "background") -> Any:
        """Delete: a pod on a node is left to its kubelet, an owner to garbage collection.

        A claim is left to the pods that use it.
        """
        old = self.read(model, name)
        waits = _has_containers(old) or (model is Claim and self.is_used(name))
        finalizers = old.metadata.finalizers
        if cascade != "background" and FINALIZER[cascade] not in finalizers:
            finalizers = (*finalizers, FINALIZER[cascade])
        if not waits and not finalizers:
            return self._remove(old)
        if old.metadata.deletion_timestamp:
            return old
        meta = replace(old.metadata, deletion_timestamp=self.now, finalizers=finalizers)
        return self._store("MODIFIED", replace(old, metadata=meta))

    def _store(self, type_: str, thing: Any) -> Any:
        self.version += 1
        version = str(self.version)
        thing = replace(thing, metadata=replace(thing.metadata, resource_version=version))
        model = self.model_of(thing)
        if type_ == "DELETED":
            del self.things[model][thing.metadata.name]
        else:
            self.things[model][thing.metadata.name] = thing
        if model is Owner:
            self.specs[thing.metadata.uid, thing.metadata.generation] = thing.spec
        self.history[model].append(Change(type_, thing))
        return thing

    def _remove(self, thing: Any) -> Any:
        return self._store("DELETED", thing)

    # --- the kubelet and the scheduler ---------------------------------------------------------

    def grow(self, name: str) -> bool:
        """One step in a pod's life: a node, running, ready; or its end, when it is to go."""
        pod = self.read(Pod, name)
        if pod.metadata.deletion_timestamp:
            return self._stop(pod)
        if not pod.spec.node_name:
            node = self.place(pod)
            if not node:
                return False
            self.put(replace(pod, spec=replace(pod.spec, node_name=node)))
        elif pods.is_finished(pod) or pods.is_ready(pod):
            return False
        elif pod.status.phase != "Running":
            self.put(replace(pod, status=replace(pod.status, phase="Running")))
        else:
            self.say_ready(name, ready=True)
        return True

    def _stop(self, pod: Pod) -> bool:
        """Its containers end, or it never gets a node; it stays while somebody holds it."""
        if not pod.metadata.finalizers:
            self._remove(pod)
        elif pods.is_finished(pod):
            return False
        else:
            self.put(replace(pod, status=replace(pod.status, phase="Failed", conditions=())))
        return True

    def place(self, pod: Pod) -> str:
        """The scheduler's choice; "" while the pod's node or one of its claims is not there."""
        if not all(claim in self.things[Claim] for claim in _claims(pod)):
            return ""
        node = placement.node_of(pod)
        return "n1" if not node else node if node in self.things[Node] else ""

    def is_used(self, claim: str) -> bool:
        return any(claim in _claims(pod) for pod in self.pods)

    def say_ready(self, name: str, *, ready: bool) -> None:
        pod = self.read(Pod, name)
        if pod.status.phase != "Running" or pods.is_ready(pod) == ready:
            return
        said = Condition(READY, "True" if ready else "False", last_transition_time=self.now)
        self.put(replace(pod, status=replace(pod.status, conditions=(said,))))

    def end(self, name: str, phase: str) -> None:
        """All containers of a pod end for good."""
        pod = self.read(Pod, name)
        if pod.spec.node_name and not pods.is_finished(pod):
            self.put(replace(pod, status=replace(pod.status, phase=phase, conditions=())))

    # --- garbage collection --------------------------------------------------------------------

    def collect(self) -> bool:
        """One step of garbage collection; whether there was anything to do."""
        there = {thing.metadata.uid for things in self.things.values() for thing in things.values()}
        for model in DEPENDENTS:
            for thing in self.things[model].values():
                owners = {owner.uid for owner in thing.metadata.owner_references}
                left = owners and not owners & there
                if left and thing.metadata.deletion_timestamp is None:
                    self.delete(model, thing.name)
                    return True
        for claim in list(self.things[Claim].values()):
            if claim.metadata.deletion_timestamp and not self.is_used(claim.name):
                self._remove(claim)
                return True
        for pod in self.pods:
            if pod.spec.node_name and self.things[Node] and not self.find(Node, pod.spec.node_name):
                self._remove(pod)  # the pod collector
                return True
        for owner in (*self.owners, *self.things[Job].values()):
            if owner.metadata.deletion_timestamp and self._collect_of(owner):
                return True
        return False

    def _collect_of(self, owner: Owner[Any]) -> bool:
        uid = owner.metadata.uid
        mine = [
            thing
            for model in DEPENDENTS
            for thing in self.things[model].values()
            if uid in {each.uid for each in thing.metadata.owner_references}
        ]
        if FINALIZER["orphan"] in owner.metadata.finalizers:
            for it in mine:
                kept = tuple(each for each in it.metadata.owner_references if each.uid != uid)
                self.put(replace(it, metadata=replace(it.metadata, owner_references=kept)))
                return True
        for it in mine:
            if it.metadata.deletion_timestamp is None:
                self.delete(self.model_of(it), it.name)
                return True
        if mine or not owner.metadata.finalizers:
            return False
        self.put(replace(owner, metadata=replace(owner.metadata, finalizers=())))
        return True

    # --- users ---------------------------------------------------------------------------------

    def edit(self, name: str, **changes: Any) -> None:
        """Change the spec of an owner."""
        owner = self.read(Owner, name)
        self.put(replace(owner, spec=replace(owner.spec, **changes)))

    def relabel(self, name: str, labels: dict[str, str]) -> None:
        pod = self.read(Pod, name)
        self.put(replace(pod, metadata=replace(pod.metadata, labels=labels)))

    def orphan(self, name: str) -> None:
        """Somebody takes the owner off a pod by hand."""
        pod = self.read(Pod, name)
        self.put(replace(pod, metadata=replace(pod.metadata, owner_references=())))

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def _has_containers(thing: Object) -> bool:
    """A pod that a kubelet has yet to stop before it can go."""
    return isinstance(thing, Pod) and bool(thing.spec.node_name) and not pods.is_finished(thing)


def controller_uid(thing: Object) -> str:
    controller = thing.metadata.controller
    return controller.uid if controller else ""


def _claims(pod: Pod) -> set[str]:
    sources = (volume.persistent_volume_claim for volume in pod.spec.volumes)
    return {source.claim_name for source in sources if source}


def _merged(old: Any, body: Manifest, model: Any) -> Any:
    """RFC 7396; what preconditions the body names has been checked."""

    def merge(into: Any, change: Any) -> Any:
        if not isinstance(change, dict):
            return change
        kept = dict(into) if isinstance(into, dict) else {}
        for key, value in change.items():
            if value is None:
                kept.pop(key, None)
            else:
                kept[key] = merge(kept.get(key), value)
        return kept

    merged = merge(msgspec.to_builtins(old, str_keys=True), body)
    return msgspec.convert(merged, model)
