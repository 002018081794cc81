"""Deployments and their ReplicaSets, in one line each, and plans in words.

``deployment(10, v=2)`` is Deployment ``web``, which wishes for ten pods of the second template;
``owned_set(1, 8)`` is its ReplicaSet ``web-v1`` of the first one, with eight pods, all available.
The higher ``v``, the younger a ReplicaSet, and by default ``v`` is its revision too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from builders import HOUR, LABELS, NOW, SECOND, SELECTOR, reference, seen
from members import template
from podwright import labels
from podwright.kinds.deployment.decide import decide
from podwright.kinds.deployment.sets import Sets
from podwright.kinds.deployment.spec import (
    RECREATE,
    DeploymentSpec,
    RollingUpdate,
    Strategy,
)
from podwright.objects import LabelSelector, Manifest, Meta
from podwright.owners import Myself, Owner, ReplicaSet, ReplicaSetSpec
from podwright.plan import Action, Create, Delete, Patch, Plan, Record
from podwright.rules import conditions

AGES = timedelta(days=30)


def rolling(surge: int | str = "25%", unavailable: int | str = "25%") -> Strategy:
    """A rolling update within these budgets."""
    return Strategy(rolling_update=RollingUpdate(surge, unavailable))


AT_ONCE = Strategy(RECREATE)


def deployment(
    replicas: int = 3,
    v: int = 2,
    *,
    surge: int | str = "25%",
    unavailable: int | str = "25%",
    status: Manifest | None = None,
    known: Iterable[Manifest] = (),
    annotations: Mapping[str, str] | None = None,
    meta: Mapping[str, Any] | None = None,
    **spec: Any,
) -> Owner[DeploymentSpec]:
    """A Deployment at template ``v``; ``known`` are the conditions of its status."""
    usual = {"strategy": rolling(surge, unavailable), "template": template(v)}
    told = {"conditions": list(known)} if known else {}
    return Owner(
        metadata=Meta(
            **{"name": "web", "namespace": "default", "uid": "uid-web", "generation": 1}
            | {"resource_version": "1", "annotations": dict(annotations or {})}
            | dict(meta or {})
        ),
        spec=DeploymentSpec(**{"selector": SELECTOR, "replicas": replicas} | usual | spec),
        status=told | (status or {}),
    )


def owned_set(
    v: int = 1,
    replicas: int = 3,
    *,
    available: int | None = None,
    there: int | None = None,
    going: int = 0,
    revision: int | str | None = None,
    wish: tuple[Any, Any] | None = None,
    name: str = "",
    age: timedelta | None = None,
    annotations: Mapping[str, str] | None = None,
    status: Manifest | None = None,
    of: Manifest | None = None,
    min_ready_seconds: int = 0,
    **meta: Any,
) -> ReplicaSet:
    """A ReplicaSet of ``web``; ``there`` are its pods, ``wish`` what was wished, without and with surge."""
    notes = {labels.REVISION: str(v if revision is None else revision)}
    if wish:
        names = (labels.DESIRED_REPLICAS, labels.MAX_REPLICAS)
        notes |= {n: str(w) for n, w in zip(names, wish, strict=True) if w is not None}
    given, mark = of or template(v), {labels.TEMPLATE_HASH: f"v{v}"}
    there = replicas if there is None else there
    ready = there if available is None else available
    counts = {"replicas": there, "readyReplicas": ready, "availableReplicas": ready}
    name = name or f"web-v{v}"
    return ReplicaSet(
        metadata=Meta(
            **{
                "name": name,
                "namespace": "default",
                "uid": f"uid-{name}",
                "resource_version": "1",
                "generation": 1,
                "creation_timestamp": NOW - AGES + v * HOUR if age is None else NOW - age,
                "labels": LABELS | mark,
                "annotations": notes | dict(annotations or {}),
                "owner_references": (reference("web", "Deployment"),),
            }
            | meta
        ),
        spec=ReplicaSetSpec(
            LabelSelector(match_labels=LABELS | mark),
            given | {"metadata": {"labels": given["metadata"]["labels"] | mark}},
            replicas,
            min_ready_seconds,
        ),
        status=counts | {"terminatingReplicas": going, "observedGeneration": 1} | (status or {}),
    )


def told(
    reason: str,
    status: str = "True",
    *,
    type_: str = labels.PROGRESSING,
    ago: timedelta = HOUR,
    since: timedelta | None = None,
    message: str = "",
) -> Manifest:
    """A condition that was written ``ago``, and holds ``since`` then or earlier."""
    return {
        "type": type_,
        "status": status,
        "reason": reason,
        "message": message,
        "lastUpdateTime": conditions.timestamp(NOW - ago),
        "lastTransitionTime": conditions.timestamp(NOW - (since or ago)),
    }


def moving(ago: timedelta = SECOND) -> Manifest:
    """Progressing, since the last pod came or went so long ago."""
    return told(labels.NEW_UPDATED, ago=ago, message='ReplicaSet "web-v2" is progressing.')


def look(owner: Owner[Any], *sets: ReplicaSet, **more: Any) -> tuple[Any, Sets]:
    """What rules are asked about: a look, and the ReplicaSets in it."""
    it = seen(owner, *sets, **more)
    return it, Sets.of(it)


# --- what comes of a plan ------------------------------------------------------------------------


def applied(plan: Plan, sets: Iterable[ReplicaSet]) -> list[ReplicaSet]:
    """The ReplicaSets after a plan, while their own controller has not looked yet."""
    now = {each.name: each for each in sets}
    for action in plan.actions:
        match action:
            case Create(manifest=made):
                it = msgspec.convert(made, ReplicaSet)
                meta = replace(it.metadata, uid=f"uid-{it.name}", creation_timestamp=NOW)
                now[it.name] = replace(it, metadata=meta)
            case Patch(ReplicaSet() as old, body):
                now[old.name] = _patched(old, body)
            case Delete(target):
                del now[target.name]
    return list(now.values())


def _patched(old: ReplicaSet, body: Manifest) -> ReplicaSet:
    more = body.get("metadata", {}).get("annotations", {})
    spec = body.get("spec", {})
    meta = replace(old.metadata, annotations=old.metadata.annotations | more)
    size = spec.get("replicas", old.spec.replicas)
    seconds = spec.get("minReadySeconds", old.spec.min_ready_seconds)
    return replace(
        old, metadata=meta, spec=replace(old.spec, replicas=size, min_ready_seconds=seconds)
    )


def settled(it: ReplicaSet) -> ReplicaSet:
    """The kubelet in one line: as many pods as wished for are there, and available."""
    counts = ("replicas", "readyReplicas", "availableReplicas")
    status = dict.fromkeys(counts, it.spec.replicas) | {"observedGeneration": 1}
    return replace(it, status=status | {"terminatingReplicas": 0})


def story(owner: Owner[DeploymentSpec], *sets: ReplicaSet, broken: Iterable[int] = ()) -> list[str]:
    """Looks in words until nothing changes, all pods available in between but those of ``broken``."""
    lines, now = [], list(sets)
    while line := sizes(plan := decide(seen(owner, *now))):
        lines.append(line)
        after = applied(plan, now)
        now = [_broken(each) if version(each) in broken else settled(each) for each in after]
    return lines


def _broken(it: ReplicaSet) -> ReplicaSet:
    never = {"readyReplicas": 0, "availableReplicas": 0}
    return replace(it, status=settled(it).status | never)


# --- plans in words ------------------------------------------------------------------------------


def version(it: ReplicaSet | Manifest) -> int:
    """Which template it was made of."""
    given = it.spec.template if isinstance(it, ReplicaSet) else it["spec"]["template"]
    return int(given["spec"]["containers"][0]["image"].removeprefix("web:"))


def sizes(plan: Plan) -> str:
    """``new v2=3 > v1=8``: only what becomes larger or smaller; what is later stands behind ``>``."""
    steps = [[it for it in map(_size, step) if it] for step in plan.steps]
    return " > ".join(", ".join(step) for step in steps if step)


def _size(action: Action) -> str:
    match action:
        case Create(manifest=made):
            return f"new v{version(made)}={made['spec']['replicas']}"
        case Patch(ReplicaSet() as target, {"spec": {"replicas": size}}):
            return f"v{version(target)}={size}"
        case _:
            return ""


def words(plan: Plan) -> str:
    """``v1=8, revision 2``: everything that a plan does."""
    return " > ".join(", ".join(map(word, step)) for step in plan.steps if step)


def word(action: Action) -> str:
    """One action in words."""
    match action:
        case Create() | Patch(ReplicaSet(), {"spec": {"replicas": _}}):
            it = _size(action)
        case Patch(ReplicaSet() as target, body):
            it = f"{'keep up' if 'spec' in body else 'note on'} v{version(target)}"
        case Patch(Myself(), {"spec": {"template": _}}):
            it = "other template"
        case Patch(Myself(), {"metadata": {"annotations": {labels.REVISION: number}}}):
            it = f"revision {number}"
        case Patch(Myself()):
            it = "note on itself"
        case Delete(target):
            it = f"delete v{version(target)}"
        case Record(reason):
            it = reason
        case other:
            it = type(other).__name__
    return it
