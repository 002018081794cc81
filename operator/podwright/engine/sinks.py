"""What becomes of a stream's objects: into the store, and whom they concern into the queue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from podwright import labels
from podwright.engine.consistency import Consistency
from podwright.engine.keys import Key, Place
from podwright.engine.queue import Queue
from podwright.engine.recorder import Recorder
from podwright.engine.reflector import Sink
from podwright.engine.store import Store
from podwright.objects import Meta, Object, Resource
from podwright.workload import Served


class Tee:
    """Several sinks of one stream: a ReplicaSet is an owner, and a Deployment's."""

    def __init__(self, sinks: Sequence[Sink]) -> None:
        self._sinks = sinks

    def changed(self, item: Any) -> None:
        """This object is there, as it is now."""
        for sink in self._sinks:
            sink.changed(item)

    def deleted(self, item: Object) -> None:
        """This object is gone."""
        for sink in self._sinks:
            sink.deleted(item)

    def listed(self, items: list[Any]) -> None:
        """These objects are there, and no others of this stream."""
        for sink in self._sinks:
            sink.listed(items)

    def advanced(self, version: int) -> None:
        """Everything up to this version has been told."""
        for sink in self._sinks:
            sink.advanced(version)

    def unreadable(self, meta: Meta, why: str) -> None:
        """There is something that cannot be read."""
        for sink in self._sinks:
            sink.unreadable(meta, why)


class ObjectSink:
    """Owned objects go into the store and wake whom they concern."""

    def __init__(  # noqa: PLR0917  # the same order as its sibling below
        self,
        resource: Resource,
        model: type[Object],
        namespace: str | None,
        store: Store,
        queue: Queue,
        consistency: Consistency,
    ) -> None:
        self._resource, self._model, self._namespace = resource, model, namespace
        self._store, self._queue, self._consistency = store, queue, consistency

    def changed(self, item: Object) -> None:
        """This object is there, as it is now; one on its way out may have to be replaced."""
        goes = item.metadata.deletion_timestamp is not None
        self._wake(self._store.put(self._model, item), urgent=goes)

    def deleted(self, item: Object) -> None:
        """This object is gone."""
        place: Place = (item.metadata.namespace, item.metadata.name)
        self._wake(self._store.drop(self._model, place), urgent=True)

    def listed(self, items: list[Object]) -> None:
        """These objects are there, and no others of this stream."""
        there = {(item.metadata.namespace, item.metadata.name) for item in items}
        for place in list(self._store.objects[self._model]):
            if place not in there and self._namespace in (None, place[0]):
                self._wake(self._store.drop(self._model, place))
        for item in items:
            self.changed(item)
        # An owner's object may have come and gone since it last looked, without a trace here.
        self._wake({key for key in self._store.owners if self._namespace in (None, key.namespace)})

    def advanced(self, version: int) -> None:
        """Everything up to this version has been told."""
        self._consistency.advanced((self._resource.name, self._namespace or ""), version)

    def unreadable(self, meta: Meta, why: str) -> None:
        """What was known of it stays known."""

    def _wake(self, keys: set[Key], *, urgent: bool = False) -> None:
        for key in keys:
            self._queue.add(key, urgent=urgent)


class OwnerSink:
    """Owners go into the store; Kopf says when to look at them, except after a list."""

    def __init__(  # noqa: PLR0917  # the same order as its sibling above
        self,
        served: Served,
        namespace: str | None,
        store: Store,
        queue: Queue,
        consistency: Consistency,
        recorder: Recorder,
    ) -> None:
        self._kind, self._resource = served.workload.kind, served.resource
        self._component, self._namespace = served.workload.component, namespace
        self._store, self._queue, self._consistency = store, queue, consistency
        self._recorder = recorder

    def changed(self, item: Any) -> None:
        """This owner is there, as it is now."""
        self._store.put_owner(self._kind, item)

    def deleted(self, item: Object) -> None:
        """This owner is gone."""
        self._drop(Key(self._kind, item.metadata.namespace, item.metadata.name))

    def listed(self, items: list[Any]) -> None:
        """After a list every owner is looked at, what is gone included."""
        for key in [key for key in self._store.owners if self._is_mine(key)]:
            self._drop(key)
        for item in items:
            self._queue.add(self._store.put_owner(self._kind, item))

    def advanced(self, version: int) -> None:
        """Everything up to this version has been told."""
        self._consistency.advanced((self._resource.name, self._namespace or ""), version)

    def unreadable(self, meta: Meta, why: str) -> None:
        """Tell the owner; it is left alone until it can be read."""
        self._drop(Key(self._kind, meta.namespace, meta.name))
        self._recorder.record(
            self._resource,
            meta,
            self._component,
            type_="Warning",
            reason=labels.UNREADABLE,
            message=why,
        )

    def _drop(self, key: Key) -> None:
        for each in self._store.drop_owner(key):
            self._queue.add(each)

    def _is_mine(self, key: Key) -> bool:
        return key.kind == self._kind and self._namespace in (None, key.namespace)
