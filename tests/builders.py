"""Objects for tests, in one line each. Time stands still at ``NOW``.

``pod()`` is a pod of the ReplicaSet ``web``: on a node, running, ready for an hour. Everything else
is said: ``pod("web-1", ready=False)``, ``pod(owner=None)`` for an orphan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from podwright.kinds import APPS
from podwright.labels import POD_DELETION_COST, READY
from podwright.objects import (
    Claim,
    Condition,
    Container,
    ContainerStatus,
    LabelSelector,
    Manifest,
    Meta,
    Node,
    Object,
    OwnerReference,
    Pod,
    PodSpec,
    PodStatus,
    Revision,
)
from podwright.owners import Job, Owner, ReplicaSet, ReplicaSetSpec
from podwright.plan import Create, Delete
from podwright.rules.templates import SAY_CREATE, SAY_DELETE
from podwright.workload import Observed, Strike

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
LABELS = {"app": "web"}
POD_SPEC = {"containers": [{"name": "app", "image": "web:1"}]}
TEMPLATE: Manifest = {"metadata": {"labels": LABELS}, "spec": POD_SPEC}
SELECTOR = LabelSelector(match_labels=LABELS)


def reference(owner: str, kind: str = "ReplicaSet", group: str = APPS) -> OwnerReference:
    """Says that an owner of this name controls the object; its uid is ``uid-<name>``."""
    return OwnerReference(f"{group}/v1", kind, owner, f"uid-{owner}", True, True)


def pod(
    name: str = "web-0",
    *,
    owner: str | OwnerReference | None = "web",
    uid: str | None = None,
    version: int = 1,
    labels: Mapping[str, str] = LABELS,
    node: str = "n1",
    phase: str = "Running",
    ready: bool | None = None,
    ready_for: timedelta | None = HOUR,
    age: timedelta | None = HOUR,
    terminating: bool = False,
    cost: str | None = None,
    restarts: int = 0,
    sidecar_restarts: int = 0,
    init_restarts: int = 0,
) -> Pod:
    """A pod; without ``ready`` it is ready when it runs, and no time at all is ``None``."""
    ready = phase == "Running" if ready is None else ready
    since = None if ready_for is None else NOW - ready_for
    return Pod(
        metadata=Meta(
            name=name,
            namespace="default",
            uid=f"uid-{name}" if uid is None else uid,
            resource_version=str(version),
            creation_timestamp=None if age is None else NOW - age,
            deletion_timestamp=NOW if terminating else None,
            labels=dict(labels),
            annotations={} if cost is None else {POD_DELETION_COST: cost},
            owner_references=(reference(owner) if isinstance(owner, str) else owner,)
            if owner
            else (),
        ),
        spec=PodSpec(node, (Container("setup"), Container("proxy", "Always"))),
        status=PodStatus(
            phase,
            (Condition(READY, "True" if ready else "False", last_transition_time=since),),
            (ContainerStatus("app", restarts), ContainerStatus("log", 0)),
            (ContainerStatus("setup", init_restarts), ContainerStatus("proxy", sidecar_restarts)),
        ),
    )


def replica_set(
    name: str = "web",
    *,
    replicas: int = 1,
    min_ready_seconds: int = 0,
    selector: LabelSelector = SELECTOR,
    template: Manifest = TEMPLATE,
    uid: str | None = None,
    version: int = 1,
    generation: int = 1,
    controller: str | None = None,
    terminating: bool = False,
    status: Manifest | None = None,
) -> ReplicaSet:
    """A ReplicaSet; ``controller`` is the Deployment that it belongs to."""
    return ReplicaSet(
        metadata=Meta(
            name=name,
            namespace="default",
            uid=f"uid-{name}" if uid is None else uid,
            resource_version=str(version),
            generation=generation,
            deletion_timestamp=NOW if terminating else None,
            owner_references=(reference(controller, "Deployment"),) if controller else (),
        ),
        spec=ReplicaSetSpec(selector, template, replicas, min_ready_seconds),
        status=status or {},
    )


def seen(
    owner: Owner[Any],
    *things: Object,
    orphans: Iterable[Pod] = (),
    siblings: Iterable[Pod] = (),
    now: datetime = NOW,
    strikes: Mapping[str, Strike] | None = None,
) -> Observed[Any]:
    """A look at an owner: what of these it owns, and the claims and nodes that it finds."""

    def of(*models: type[Object]) -> dict[type[Object], tuple[Object, ...]]:
        return {model: tuple(it for it in things if isinstance(it, model)) for model in models}

    return Observed(
        meta=owner.metadata,
        spec=owner.spec,
        now=now,
        status=owner.status,
        owned=of(Pod, Revision, ReplicaSet, Job),
        orphans={Pod: tuple(orphans)},
        siblings={Pod: tuple(siblings)},
        reads=of(Claim, Node),
        strikes=strikes or {},
        reference=reference(owner.name, type(owner.spec).__name__.removesuffix("Spec")),
    )


def create(template: Manifest = TEMPLATE) -> Create:
    """What a ReplicaSet plans for a missing pod."""
    metadata = {"labels": template["metadata"]["labels"]}
    manifest = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}
    return Create(Pod.resource, manifest, SAY_CREATE)


def delete(target: Pod) -> Delete:
    """What a ReplicaSet plans for a surplus pod."""
    return Delete(target, say=SAY_DELETE)
