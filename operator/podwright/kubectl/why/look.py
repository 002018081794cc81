"""What the operator would see of one object, and what people want to know besides.

The same ``Store`` and the same read models as the operator's make the same ``Observed``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import msgspec

from podwright.engine import wire
from podwright.engine.store import Store
from podwright.kubectl.errors import ServerFailure
from podwright.kubectl.found import Found
from podwright.kubectl.server import Server
from podwright.objects import Manifest, Object, Pod, Resource
from podwright.owners import Owner
from podwright.rules import pods, selectors
from podwright.workload import Observed, Owns, Reads

EVENTS = Resource("", "v1", "Event", "events")
SERVICES = Resource("", "v1", "Service", "services")
_MOST_ASKED = 5

Item = tuple[type[Object], msgspec.Raw]
"""An object as the API server sent it, and what it is to be read as."""


@dataclass(frozen=True, slots=True)
class View:
    """One look at an owner."""

    found: Found
    seen: Observed[Any]
    whole: Mapping[tuple[type[Object], str], Manifest] = field(default_factory=dict)
    """Objects as the API server holds them, by kind and name."""
    events: Mapping[str, tuple[Manifest, ...]] = field(default_factory=dict)
    """Warnings by the uid of what they are about, the newest last."""
    missing_service: str = ""
    """The Service that the spec names and that is not there."""
    pods: tuple[Pod, ...] = ()
    """Its own, or those of the ReplicaSets or Jobs that it owns."""


async def at(server: Server, found: Found) -> View:
    """Look at an owner and everything that it decides on."""
    workload = found.served.workload
    owner = found.owner
    listed = await asyncio.gather(
        *(_owned(server, found, owner, each) for each in workload.owns),
        _pods_below(server, found, owner),
        *(_read(server, owner, each) for each in workload.reads),
    )
    raw = [pair for pairs in listed for pair in pairs]
    seen = observed(found, owner, raw)
    whole = {(model, name_of(item)): _manifest(item) for model, item in raw}
    pods_seen = pods_of(seen, raw)
    asked = [found.uid, *(pod.metadata.uid for pod in unready(pods_seen)[:_MOST_ASKED])]
    events, missing = await asyncio.gather(
        asyncio.gather(*(_warnings(server, found.namespace, uid) for uid in asked)),
        _missing_service(server, found),
    )
    told = dict(zip(asked, events, strict=True))
    return View(found, seen, whole, told, missing, pods_seen)


def observed(found: Found, owner: Owner[Any], raw: list[Item]) -> Observed[Any]:
    """What the operator's store makes of these objects."""
    store = Store([found.served])
    key = store.put_owner(found.served.resource.kind, owner)
    decoders = {model: msgspec.json.Decoder(model) for model, _ in raw}
    for model, item in raw:
        store.put(model, wire.decode(decoders[model], item))
    seen = store.observe(key, datetime.now(UTC))
    if seen is None:
        raise AssertionError(key)  # it has just been put there
    return seen


def pods_of(seen: Observed[Any], raw: list[Item]) -> tuple[Pod, ...]:
    """An owner's pods, or those of the ReplicaSets or Jobs that it owns."""
    if Pod in seen.owned:
        return seen.of(Pod)
    uids = {each.metadata.uid for owned in seen.owned.values() for each in owned}
    decoder = msgspec.json.Decoder(Pod)
    listed = (wire.decode(decoder, item) for model, item in raw if model is Pod)
    owned = ((pod, pod.metadata.controller) for pod in listed)
    return tuple(pod for pod, owner in owned if owner is not None and owner.uid in uids)


def unready(listed: Iterable[Pod]) -> list[Pod]:
    """Pods that do not serve, or are on their way out."""
    return [
        pod
        for pod in sorted(listed, key=lambda pod: pod.name)
        if pod.status.phase != "Succeeded"
        and (pod.metadata.deletion_timestamp is not None or not pods.is_ready(pod))
    ]


async def _owned(server: Server, found: Found, owner: Owner[Any], owns: Owns[Any]) -> list[Item]:
    """What the owner's selector chooses; what it does not is not looked at."""
    selector = owns.selects(owner.metadata, owner.spec)
    query = {"labelSelector": selectors.as_text(selector)} if selector else {}
    path = owns.model.resource.beside(found.served.resource).path(found.namespace)
    return [(owns.model, item) async for item in server.items(path, query)]


async def _pods_below(server: Server, found: Found, owner: Owner[Any]) -> list[Item]:
    """The pods of what an owner owns, where it owns no pods itself."""
    owns = found.served.workload.owns
    if any(each.model is Pod for each in owns):
        return []
    return await _owned(server, found, owner, replace(owns[0], model=Pod))


async def _read(server: Server, owner: Owner[Any], reads: Reads[Any]) -> list[Item]:
    if not list(reads.shelves(owner.metadata, owner.spec)):
        return []
    path = reads.model.resource.path(owner.metadata.namespace)
    return [(reads.model, item) async for item in server.items(path, {})]


async def _warnings(server: Server, namespace: str, uid: str) -> tuple[Manifest, ...]:
    """Warnings about an object; none for those who may not read events."""
    query = {"fieldSelector": f"involvedObject.uid={uid},type=Warning"}
    try:
        events = await server.objects(EVENTS, namespace, query)
    except ServerFailure:
        return ()
    return tuple(sorted(events, key=last_seen))


def last_seen(event: Manifest) -> str:
    """When an event last happened."""
    series = (event.get("series") or {}).get("lastObservedTime")
    moment = series or event.get("lastTimestamp") or event.get("eventTime")
    return str(moment or event["metadata"]["creationTimestamp"])


async def _missing_service(server: Server, found: Found) -> str:
    name = str(found.manifest["spec"].get("serviceName") or "")
    if not name:
        return ""
    try:
        await server.get(SERVICES.path(found.namespace, name))
    except ServerFailure as error:
        return name if error.reason == "NotFound" else ""
    return ""


def name_of(item: msgspec.Raw) -> str:
    """The name of an object, however deep the rest of it is."""
    found = wire.metadata(item)
    return found.name if found else ""


def _manifest(item: msgspec.Raw) -> Manifest:
    try:
        manifest: Manifest = msgspec.json.decode(item)
    except RecursionError:  # too deep to be read whole: then its details are not told
        return {}
    return manifest
