"""Single writing requests, with their preconditions, and the note of where each one stands.

Every write notes its resource version for its owner, so that the owner is not looked at again
before the cache shows it (``consistency.py``). Whether this process may still write is asked deeper
down, right before a request goes out (``fence.py``).
"""

from __future__ import annotations

from contextlib import suppress

import msgspec

from podwright import client as api
from podwright.engine import metrics, names
from podwright.engine.consistency import Consistency
from podwright.engine.keys import Key
from podwright.engine.store import reference
from podwright.objects import Manifest, Meta, Object, OwnerReference, Resource
from podwright.plan import Create, Delete
from podwright.rules import merging
from podwright.workload import Served


class _Written(msgspec.Struct):
    """What we read of an answer."""

    kind: str = ""
    metadata: Meta = Meta()


def _version(written: Meta) -> int:
    return int(written.resource_version or 0)


class Writer:
    """Writes for the owners of one kind."""

    def __init__(self, client: api.Client, served: Served, consistency: Consistency) -> None:
        self._client = client
        self._served = served
        self._consistency = consistency

    async def create(self, key: Key, create: Create, name: str, owner: Meta) -> Meta:
        """Make an object that belongs to this owner; its metadata."""
        manifest = create.manifest
        metadata = manifest["metadata"] | {"name": name, "namespace": key.namespace}
        if "name" not in manifest["metadata"]:
            # Users see it, as on upstream's.
            metadata = {"generateName": names.prefix(owner.name)} | metadata
        if create.owned:
            metadata.setdefault("ownerReferences", [self._reference(owner)])
        resource = self.placed(create.resource)
        kind = {"apiVersion": resource.api_version, "kind": resource.kind}
        body = manifest | kind | {"metadata": metadata}
        return await self._send(key, "POST", resource, resource.path(key.namespace), body)

    async def delete(self, key: Key, delete: Delete) -> None:
        """Remove an object, if it is this very one and, with ``as_seen``, still as it was seen."""
        target = delete.target
        preconditions = {"uid": target.metadata.uid}
        if delete.as_seen:
            preconditions["resourceVersion"] = target.metadata.resource_version
        options = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": preconditions}
        if delete.foreground:
            options["propagationPolicy"] = "Foreground"
        resource = self.placed(target.resource)
        path = resource.path(key.namespace, target.name)
        await self._send(key, "DELETE", resource, path, options)

    async def patch(self, key: Key, target: Object, body: Manifest, *, by_key: bool = False) -> int:
        """Merge into an object that is still as it was seen, lists whole or by key; its version."""
        version = {"resourceVersion": target.metadata.resource_version}
        merged = body | {"metadata": (body.get("metadata") or {}) | version}
        resource = self.placed(target.resource)
        path = resource.path(key.namespace, target.name)
        kind = api.STRATEGIC if by_key else api.MERGE
        return _version(await self._send(key, "PATCH", resource, path, merged, kind))

    async def adopt(self, key: Key, target: Object, owner: Meta, finalizer: str = "") -> None:
        """Become the controller of an orphan that is still as it was seen."""
        others = [msgspec.to_builtins(ref) for ref in target.metadata.owner_references]
        references = [self._reference(owner), *others]
        change: Manifest = {"uid": target.metadata.uid, "ownerReferences": references}
        if finalizer and finalizer not in target.metadata.finalizers:
            change["finalizers"] = [*target.metadata.finalizers, finalizer]
        await self.patch(key, target, {"metadata": change})

    async def release(self, key: Key, target: Object, owner: Meta, finalizer: str = "") -> None:
        """Take our reference off an object that is still as it was seen."""
        kept = [
            msgspec.to_builtins(ref)
            for ref in target.metadata.owner_references
            if ref.uid != owner.uid
        ]
        change: Manifest = {"uid": target.metadata.uid, "ownerReferences": kept or None}
        if finalizer in target.metadata.finalizers:
            change["finalizers"] = merging.without(finalizer, target.metadata.finalizers)
        await self.patch(key, target, {"metadata": change})

    async def let_go(self, key: Key, stray: Object, finalizer: str) -> None:
        """Take a finalizer off an object that is still as it was seen; it may be gone by now."""
        left = merging.without(finalizer, stray.metadata.finalizers)
        body = {"metadata": {"uid": stray.metadata.uid, "finalizers": left}}
        with suppress(api.Conflict, api.NotFound):  # what is new of it will be told
            await self.patch(key, stray, body)

    async def is_there(self, namespace: str, owner: OwnerReference) -> bool:
        """This very owner, of our kind, is there; live."""
        found = await self.find(self._served.resource, namespace, owner.name)
        return found is not None and found["metadata"]["uid"] == owner.uid

    async def write_status(self, key: Key, version: str, old: Manifest, new: Manifest) -> bool:
        """Write what differs from ``old``, which is the owner's at this version.

        Returns whether there was something to write.

        Raises:
            podwright.client.ApiError: Conflict means that the owner has changed: look again.
        """
        changes = merging.patch(old, new)
        if not changes:
            return False
        resource = self._served.resource
        body = {"metadata": {"resourceVersion": version}, "status": changes}
        path = resource.path(key.namespace, key.name, "status")
        written = await self._send(key, "PATCH", resource, path, body, api.MERGE)
        self._consistency.wrote_status(key, resource.name, _version(written))
        return True

    async def read(self, resource: Resource, namespace: str, name: str) -> Manifest:
        """One object, live."""
        found: Manifest = msgspec.json.decode(
            await self._client.send("GET", self.placed(resource).path(namespace, name))
        )
        return found

    async def find(self, resource: Resource, namespace: str, name: str) -> Manifest | None:
        """Whatever has the name, live; None when it is free."""
        try:
            return await self.read(resource, namespace, name)
        except api.NotFound:
            return None

    async def recheck(self, key: Key, owner: Meta) -> None:
        """Make sure that this owner is still there, and not on its way out.

        Kubernetes: pkg/controller/controller_ref_manager.go, ``RecheckDeletionTimestamp``.

        Raises:
            podwright.client.Refused: it is not; in upstream's words.
        """
        live = await self.read(self._served.resource, key.namespace, key.name)
        meta, who = live["metadata"], f"{key.kind} {key.namespace}/{key.name}"
        if meta["uid"] != owner.uid:
            raise api.Refused(f"original {who} is gone: got uid {meta['uid']}, wanted {owner.uid}")
        if "deletionTimestamp" in meta:
            raise api.Refused(f"{who} has just been deleted at {meta['deletionTimestamp']}")

    def note(self, key: Key, resource: Resource, manifest: Manifest) -> Meta:
        """This object stands at this version: do not look at the owner with an older cache."""
        metadata = msgspec.convert(manifest["metadata"], Meta)
        self._consistency.wrote_at(key, self.placed(resource).name, _version(metadata))
        return metadata

    def placed(self, resource: Resource) -> Resource:
        """A resource that is served where its owner is."""
        return resource.beside(self._served.resource)

    async def _send(  # noqa: PLR0917  # one line of HTTP
        self,
        key: Key,
        verb: str,
        resource: Resource,
        path: str,
        body: Manifest,
        kind: str = api.JSON,
    ) -> Meta:
        """Send one write; return the metadata of what it left."""
        try:
            answer = await self._client.send(verb, path, body=body, content_type=kind)
        except api.ApiError as error:
            metrics.WRITES.labels(verb, resource.plural, type(error).__name__).inc()
            raise
        metrics.WRITES.labels(verb, resource.plural, "ok").inc()
        written = msgspec.json.decode(answer, type=_Written).metadata
        self._consistency.wrote_at(key, resource.name, _version(written))
        return written

    def _reference(self, owner: Meta) -> Manifest:
        found: Manifest = msgspec.to_builtins(reference(self._served, owner))
        return found
