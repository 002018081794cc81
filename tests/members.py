"""Objects of StatefulSets and DaemonSets, in one line each, and plans in words.

``template(2)`` is the second template of set ``web``, ``V2`` its revision (named ``web-v2``, hash
``v2``), ``member(0, v=2)`` the StatefulSet's pod 0 made of it, ``daemon("n1", v=2)`` the
DaemonSet's pod on node ``n1``. Everything else about a pod is said as to ``builders.pod``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from builders import LABELS, NOW, POD_SPEC, SELECTOR, pod, reference
from podwright import labels
from podwright.kinds.daemonset import DaemonSetSpec, placement
from podwright.kinds.daemonset import spec as daemons
from podwright.kinds.statefulset import StatefulSetSpec
from podwright.kinds.statefulset import spec as members
from podwright.objects import (
    Affinity,
    Claim,
    ClaimSource,
    Manifest,
    Meta,
    Node,
    NodeAffinity,
    NodeSelector,
    NodeSpec,
    NodeTerm,
    OwnerReference,
    Pod,
    Requirement,
    Revision,
    Taint,
    Volume,
)
from podwright.owners import Owner
from podwright.plan import Action, Create, Delete, Plan, Record

DATA: Manifest = {
    "metadata": {"name": "data"},
    "spec": {"resources": {"requests": {"storage": "1Gi"}}},
}
STATEFUL, DAEMON = reference("web", "StatefulSet"), reference("web", "DaemonSet")


def _meta(name: str, more: Mapping[str, Any] | None) -> Meta:
    return Meta(
        **{"name": name, "namespace": "default", "uid": f"uid-{name}", "generation": 1}
        | dict(more or {})
    )


def template(v: int = 1, **spec: Any) -> Manifest:
    """The ``v``th template."""
    containers = [{"name": "app", "image": f"web:{v}"}]
    return {"metadata": {"labels": LABELS}, "spec": POD_SPEC | {"containers": containers} | spec}


def revision(v: int, number: int | None = None, *, name: str = "", **meta: Any) -> Revision:
    """The revision that holds the ``v``th template."""
    name = name or f"web-v{v}"
    words = {labels.HASH: f"v{v}", labels.REVISION_HASH: f"v{v}"}
    return Revision(
        metadata=_meta(name, {"labels": LABELS | words} | meta),
        data={"spec": {"template": template(v) | {"$patch": "replace"}}},
        revision=number or v,
    )


V1, V2, V3 = revision(1), revision(2), revision(3)


def rolling(partition: int = 0, most: int | str | None = None, **more: Any) -> Any:
    """A StatefulSet's update strategy."""
    return members.UpdateStrategy(
        rolling_update=members.RollingUpdate(partition, most), **{"type": "RollingUpdate"} | more
    )


ON_DELETE = members.UpdateStrategy("OnDelete")


def stateful_set(
    replicas: int = 3,
    v: int = 1,
    *,
    was: int | None = None,
    name: str = "web",
    start: int = 0,
    retain: tuple[str, str] = ("Retain", "Retain"),
    status: Manifest | None = None,
    meta: Mapping[str, Any] | None = None,
    **spec: Any,
) -> Owner[StatefulSetSpec]:
    """A StatefulSet at template ``v``; its pods come from ``was``. ``retain``: deleted, scaled."""
    usual = {"selector": SELECTOR, "update_strategy": rolling(), "template": template(v)}
    return Owner(
        metadata=_meta(name, meta),
        spec=StatefulSetSpec(
            replicas=replicas,
            ordinals=members.Ordinals(start),
            persistent_volume_claim_retention_policy=members.RetentionPolicy(*retain),
            **usual | spec,
        ),
        status=({"currentRevision": f"web-v{was or v}"}) | (status or {}),
    )


def member(ordinal: int, v: int = 1, *, mounts: Iterable[str] = (), **how: Any) -> Pod:
    """Pod ``ordinal`` of StatefulSet ``web``; ``mounts`` are its claims by their templates."""
    name = how.pop("name", f"web-{ordinal}")
    mine = {labels.POD_NAME: name, labels.POD_INDEX: str(ordinal)}
    made_of = {labels.REVISION_HASH: f"web-v{v}"}
    it = pod(name, **{"owner": STATEFUL, "labels": LABELS | mine | made_of} | how)
    volumes = (Volume(each, ClaimSource(f"{each}-web-{ordinal}")) for each in mounts)
    return replace(it, spec=replace(it.spec, volumes=tuple(volumes)))


def claim(name: str = "data-web-0", *owners: OwnerReference, terminating: bool = False) -> Claim:
    """A claim that belongs to ``owners``."""
    gone = NOW if terminating else None
    return Claim(
        metadata=Meta(
            name=name,
            namespace="default",
            uid=f"uid-{name}",
            resource_version="1",
            deletion_timestamp=gone,
            owner_references=owners,
        )
    )


def of_pod(name: str, uid: str | None = None) -> OwnerReference:
    """Says that a pod of this name controls the object."""
    return OwnerReference("v1", "Pod", name, uid or f"uid-{name}", True, True)


def daemon_set(
    v: int = 1,
    *,
    most: int | str = 1,
    surge: int | str = 0,
    strategy: str = "RollingUpdate",
    name: str = "web",
    status: Manifest | None = None,
    meta: Mapping[str, Any] | None = None,
    **spec: Any,
) -> Owner[DaemonSetSpec]:
    """A DaemonSet at template ``v``; ``most`` nodes may be without a pod, ``surge`` have two."""
    update = daemons.UpdateStrategy(strategy, daemons.RollingUpdate(most, surge))
    usual = {"selector": SELECTOR, "template": template(v), "update_strategy": update}
    return Owner(
        metadata=_meta(name, meta),
        spec=DaemonSetSpec(**usual | spec),
        status=status or {},
    )


def daemon(node: str = "n1", v: int = 1, *, bound: bool = True, **how: Any) -> Pod:
    """The DaemonSet's pod for a node; without ``bound`` the scheduler has not seen to it."""
    name = how.pop("name", f"web-{node}")
    where = {"node": node} if bound else {"node": "", "phase": "Pending"}
    given = {"owner": DAEMON, "labels": LABELS | {labels.REVISION_HASH: f"v{v}"}}
    it = pod(name, **given | where | how)
    term = NodeTerm(match_fields=(Requirement("metadata.name", "In", (node,)),))
    only = Affinity(NodeAffinity(NodeSelector((term,))))
    return replace(it, spec=replace(it.spec, affinity=only))


def node(name: str = "n1", *taints: Taint, **labels_: str) -> Node:
    """A node."""
    return Node(metadata=Meta(name=name, uid=f"uid-{name}", labels=labels_), spec=NodeSpec(taints))


def nodes(count: int) -> list[Node]:
    """``n1``, ``n2``, ..."""
    return [node(f"n{n}") for n in range(1, count + 1)]


# --- plans in words ----------------------------------------------------------------------------


def words(plan: Plan) -> str:
    """``create data-web-0 > create web-0 v1, delete web-2``: what is later stands behind ``>``."""
    return " > ".join(", ".join(map(word, step)) for step in plan.steps)


def word(action: Action) -> str:
    """One action in words."""
    match action:
        case Create(manifest=made):
            meta = made["metadata"]
            hash_ = meta.get("labels", {}).get(labels.REVISION_HASH, "").removeprefix("web-")
            where = _node_of(made) if made["kind"] == "Pod" else ""
            return " ".join(filter(None, ("create", meta.get("name") or where, hash_)))
        case Delete(target):
            return f"delete {target.name}"
        case Record(reason):
            return reason
        case other:
            return f"{type(other).__name__.lower()} {other.target.name}"


def _node_of(made: Manifest) -> str:
    return placement.node_of(msgspec.convert(made, Pod))
