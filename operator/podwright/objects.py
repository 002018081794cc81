"""Read models: the part of Kubernetes objects that rules read.

Objects are decoded straight from the API server's bytes into these frozen structs; unknown fields
are dropped on the way in. A pod so read takes about 4 kB and 12 us, a tenth of a parsed document.
Templates are never modelled: rules copy them whole, as ``Manifest``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import msgspec

Manifest = dict[str, Any]
"""A Kubernetes object, or a part of one, as JSON."""


class Resource(msgspec.Struct, frozen=True):
    """Where a kind is served: without a version as its owner, without a name it is the owner."""

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool = True

    @property
    def api_version(self) -> str:
        """``apps/v1``, or ``v1`` for the core group."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def name(self) -> str:
        """``replicasets.apps`` as kubectl and CRDs spell it."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    def beside(self, owner: Resource) -> Resource:
        """The same with nothing left open."""
        if self.version:
            return self
        if not self.plural:
            return owner
        return msgspec.structs.replace(self, group=owner.group, version=owner.version)

    def path(self, namespace: str | None = None, name: str = "", subresource: str = "") -> str:
        """The URL path of the collection, of one object, or of its subresource."""
        root = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        scope = f"namespaces/{namespace}" if self.namespaced and namespace is not None else ""
        return "/".join(part for part in (root, scope, self.plural, name, subresource) if part)


# gc=False: these values hold no cycles, and tracking 20,000 pods would slow every collection.
class Model(msgspec.Struct, frozen=True, rename="camel", gc=False, omit_defaults=True):
    """A frozen piece of a Kubernetes object; absent fields take their default."""


class OwnerReference(Model, frozen=True):
    """Who an object belongs to; at most one reference of an object is the controller."""

    api_version: str = ""
    kind: str = ""
    name: str = ""
    uid: str = ""
    controller: bool = False
    block_owner_deletion: bool = False


class Meta(Model, frozen=True):
    """``metadata``, without what only the API server needs (managed fields)."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    generation: int = 0
    creation_timestamp: datetime | None = None
    deletion_timestamp: datetime | None = None
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    finalizers: tuple[str, ...] = ()
    owner_references: tuple[OwnerReference, ...] = ()
    deletion_grace_period_seconds: int = 0

    @property
    def controller(self) -> OwnerReference | None:
        """The one owner reference that says ``controller: true``."""
        return next((owner for owner in self.owner_references if owner.controller), None)


class Object(Model, frozen=True):
    """Anything that has metadata; subclasses say where it is served."""

    resource: ClassVar[Resource]

    metadata: Meta = Meta()

    @property
    def name(self) -> str:
        """``metadata.name``."""
        return self.metadata.name


class Condition(Model, frozen=True):
    """One condition of a status."""

    type: str
    status: str = "Unknown"
    reason: str = ""
    message: str = ""
    last_transition_time: datetime | None = None


class Terminated(Model, frozen=True):
    """How a container ended; other states read as if they had no end."""

    exit_code: int = 0
    finished_at: datetime | None = None


class ContainerStatus(Model, frozen=True):
    """What rules read of a container: how often it began anew, and how it ended."""

    name: str = ""
    restart_count: int = 0
    state: dict[str, Terminated] = {}


class Container(Model, frozen=True):
    """What ranking reads of an init container: ``Always`` makes it a sidecar."""

    name: str = ""
    restart_policy: str | None = None


class Requirement(Model, frozen=True):
    """One of a selector's ``matchExpressions``, or of a node term's ``matchFields``."""

    key: str
    operator: str
    values: tuple[str, ...] = ()


class NodeTerm(Model, frozen=True):
    """One way to fit: all its requirements hold of a node's labels and fields."""

    match_expressions: tuple[Requirement, ...] = ()
    match_fields: tuple[Requirement, ...] = ()


class NodeSelector(Model, frozen=True):
    """Terms of which one has to hold."""

    node_selector_terms: tuple[NodeTerm, ...] = ()


class NodeAffinity(Model, frozen=True):
    """Which nodes a pod must have; what it would rather have is the scheduler's business."""

    required_during_scheduling_ignored_during_execution: NodeSelector | None = None


class Affinity(Model, frozen=True):
    """The part of a pod's affinity that binds it to nodes."""

    node_affinity: NodeAffinity | None = None


class ClaimSource(Model, frozen=True):
    """A volume's reference to a claim."""

    claim_name: str = ""


class Volume(Model, frozen=True):
    """A pod's volume, as far as it comes from a claim."""

    name: str = ""
    persistent_volume_claim: ClaimSource | None = None


class PodSpec(Model, frozen=True):
    """The part of a pod's spec that rules read."""

    node_name: str = ""
    init_containers: tuple[Container, ...] = ()
    volumes: tuple[Volume, ...] = ()
    affinity: Affinity | None = None


class PodStatus(Model, frozen=True):
    """The part of a pod's status that rules read."""

    phase: str = ""
    conditions: tuple[Condition, ...] = ()
    container_statuses: tuple[ContainerStatus, ...] = ()
    init_container_statuses: tuple[ContainerStatus, ...] = ()


class Pod(Object, frozen=True):
    """A pod, as far as rules read it."""

    resource: ClassVar[Resource] = Resource("", "v1", "Pod", "pods")

    spec: PodSpec = PodSpec()
    status: PodStatus = PodStatus()


class Claim(Object, frozen=True):
    """A PersistentVolumeClaim: who owns it is all that rules read."""

    resource: ClassVar = Resource("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims")


class Revision(Object, frozen=True):
    """A ControllerRevision: what a template was, and its number among the owner's revisions."""

    resource: ClassVar = Resource("apps", "v1", "ControllerRevision", "controllerrevisions")

    data: Manifest = {}
    revision: int = 0


class Taint(Model, frozen=True):
    """What keeps pods off a node that do not tolerate it."""

    key: str = ""
    value: str = ""
    effect: str = ""


class NodeSpec(Model, frozen=True):
    """The part of a node's spec that rules read."""

    taints: tuple[Taint, ...] = ()


class Node(Object, frozen=True):
    """A node: its labels and taints decide what may run there."""

    resource: ClassVar[Resource] = Resource("", "v1", "Node", "nodes", namespaced=False)

    spec: NodeSpec = NodeSpec()


class LabelSelector(Model, frozen=True):
    """A label selector, as users write it."""

    match_labels: dict[str, str] = {}
    match_expressions: tuple[Requirement, ...] = ()
