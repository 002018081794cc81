"""One stream per kind: list, then watch, then list again only when the history is gone.

LIST in pages of 500, consistent (no ``resourceVersion=0``); WATCH with bookmarks from there. Every
line is decoded straight into a read model. What a list no longer shows is reported as deleted, so
nothing is remembered that was deleted while a watch was broken. One line that cannot be read never
stops the stream. The API server closes the watch of a reader that falls behind, without an error:
the stream goes on from the last version.
"""

from __future__ import annotations

import asyncio
import logging
import math
import random
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from podwright import client as api
from podwright.engine import metrics, wire
from podwright.objects import Meta, Object, Resource

log = logging.getLogger("podwright.reflector")

PAGE = 500
FIRST_PAUSE, LAST_PAUSE = 0.05, 10.0
WATCH_SECONDS = 290
SHORT_WATCH_SECONDS = 3
"""The API server sends a bookmark 2 s before a watch ends: here, after about one."""
NONE_OF_THEM = {"fieldSelector": "metadata.name=none-of-them"}


class Sink(Protocol):
    """Where a stream's objects go; the store, seen from here."""

    def changed(self, item: Object) -> None:
        """This object is there, as it is now."""

    def deleted(self, item: Object) -> None:
        """This object is gone."""

    def listed(self, items: list[Object]) -> None:
        """These objects are there, and no others."""

    def advanced(self, version: int) -> None:
        """Everything up to this resource version has been told."""

    def unreadable(self, meta: Meta, why: str) -> None:
        """There is an object of which only the metadata can be read."""


class Reflector:
    """Keeps a sink up to date with one kind of object, in all namespaces or in one."""

    def __init__(
        self,
        client: api.Client,
        resource: Resource,
        model: type[Any],
        sink: Sink,
        *,
        namespace: str | None = None,
    ) -> None:
        self.resource = resource
        self.synced = asyncio.Event()
        self.last_heard = asyncio.get_running_loop().time()
        self._client = client
        self._path = resource.path(namespace)
        self._sink = sink
        self._version = self._newest = self._wanted = 0
        self._caught_up = asyncio.Event()
        self._list_began = -math.inf
        self._objects = msgspec.json.Decoder(model)
        event = msgspec.defstruct(
            "WatchEvent", [("type", str), ("object", model)], frozen=True, gc=False
        )
        self._events: msgspec.json.Decoder[Any] = msgspec.json.Decoder(event)
        self._stream: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Follow the API server for ever."""
        pause = FIRST_PAUSE
        while True:
            try:
                if not self._version:
                    await self._list()
                opened, behind = self.last_heard, self._is_behind
                self._stream = asyncio.create_task(self._watch())
                await self._stream
                if behind and self._is_behind:  # not even a bookmark: that leaves a list
                    self._version = 0
                if self.last_heard - opened > 1:  # it brought something: go on at once
                    pause = FIRST_PAUSE
                    continue
            except api.Expired:
                self._version = 0
            except api.ApiError as error:
                log.warning("%s: %s; trying again in %.1f s", self.resource.name, error, pause)
            except asyncio.CancelledError:
                if asyncio.current_task().cancelling():  # type: ignore[union-attr]  # we run in one
                    raise
            await asyncio.sleep(pause * random.uniform(0.7, 1.0))  # noqa: S311  # not a secret
            pause = min(pause * 2, LAST_PAUSE)

    @property
    def silence(self) -> float:
        """Seconds since the stream last brought anything, bookmarks included."""
        return asyncio.get_running_loop().time() - self.last_heard

    def reconnect(self) -> None:
        """Open a new watch from the last version: this one brings nothing."""
        if self._stream is not None:
            self._stream.cancel()

    async def catch_up(self, since: float) -> None:
        """Return when all is told that had happened by now; at once when a list began ``since``.

        A silent stream need not be behind. To tell, the API server is asked where it stands, and
        the watch is opened anew for so short a time that a bookmark comes soon: a second or two,
        however many objects there are.
        """
        if self._list_began >= since:
            return
        while not self._wanted:
            try:
                answer = await self._client.send("GET", self._path, query=NONE_OF_THEM)
                self._wanted = int(wire.read(answer, wire.Page).metadata.resource_version)
            except api.ApiError as error:
                log.warning("%s: %s; trying again in 1 s", self.resource.name, error)
                await asyncio.sleep(1)
        if self._is_behind:
            self.reconnect()
            self._caught_up.clear()
            await self._caught_up.wait()

    @property
    def _is_behind(self) -> bool:
        return self._newest < self._wanted

    # --- list --------------------------------------------------------------------------------

    async def _list(self) -> None:
        items: list[Object] = []
        query = {"limit": str(PAGE)}
        began = asyncio.get_running_loop().time()
        while True:
            answer = await self._client.send("GET", self._path, query=query)
            page = wire.read(answer, wire.Page)
            items += [item for raw in page.items if (item := self._read(raw)) is not None]
            if not page.metadata.continue_:
                break
            query["continue"] = page.metadata.continue_
            await asyncio.sleep(0)
        version = int(page.metadata.resource_version)
        if version < self._newest:
            # An API server that lags behind what was seen before: acting on it would undo things.
            message = f"a list at {version} is older than {self._newest}"
            raise api.Unavailable(message, unknown=False)
        metrics.LISTS.labels(self.resource.name).inc()
        self._sink.listed(items)
        self._list_began = began
        self._advance(version)
        self.synced.set()

    def _read(self, raw: msgspec.Raw) -> Object | None:
        try:
            item: Object = wire.decode(self._objects, raw)
        except msgspec.MsgspecError as error:
            self._misread(wire.metadata(raw), str(error))
            return None
        return item

    def _misread(self, meta: Meta | None, why: str) -> None:
        """Tell of an object what can be read of it, its metadata."""
        metrics.UNREADABLE.labels(self.resource.name).inc()
        if meta is None:
            log.warning("%s: an object cannot be read at all: %s", self.resource.name, why)
            return
        log.warning("%s %s/%s: %s", self.resource.name, meta.namespace, meta.name, why)
        self._sink.unreadable(meta, why)

    # --- watch -------------------------------------------------------------------------------

    async def _watch(self) -> None:
        long = WATCH_SECONDS + random.randrange(WATCH_SECONDS)  # noqa: S311
        query: Mapping[str, str] = {
            "watch": "1",
            "allowWatchBookmarks": "true",
            "resourceVersion": str(self._version),
            "timeoutSeconds": str(SHORT_WATCH_SECONDS if self._is_behind else long),
        }
        rest = b""
        async with self._client.watch(self._path, query) as chunks:
            self._heard()
            async for chunk in chunks:
                *lines, rest = (rest + chunk).split(b"\n")
                self._apply_all(lines)
                await asyncio.sleep(0)  # a burst must not starve the workers

    def _apply_all(self, lines: list[bytes]) -> None:
        version = self._version
        try:
            for line in lines:
                version = max(version, self._apply(line))
        finally:  # what was told is not told again, whatever came after it
            self._heard(len(lines))
            if version > self._version:
                self._advance(version)

    def _apply(self, line: bytes) -> int:
        """Tell the sink about one line; return the version that it brings us to."""
        if not line:
            return 0
        try:
            event = wire.decode(self._events, line)
        except msgspec.MsgspecError as error:
            return self._apply_misread(line, str(error))
        if event.type == "ERROR":
            return self._apply_misread(line, "")
        if event.type == "DELETED":
            self._sink.deleted(event.object)
        elif event.type != "BOOKMARK":
            self._sink.changed(event.object)
        return int(event.object.metadata.resource_version or 0)

    def _apply_misread(self, line: bytes, why: str) -> int:
        event = wire.read(line, wire.Event)
        if event.type == "ERROR":
            status = wire.read(event.object, wire.Status)
            kind = api.Expired if status.code in (410, 504) else api.Unavailable
            raise kind(status.message, code=status.code)
        meta = wire.metadata(event.object)
        if event.type == "DELETED" and meta is not None:
            self._sink.deleted(Object(metadata=meta))
        elif event.type != "BOOKMARK":
            self._misread(meta, why)
        return int(meta.resource_version or 0) if meta else 0

    def _advance(self, version: int) -> None:
        self._version = version
        self._newest = max(self._newest, version)
        self._sink.advanced(version)
        if not self._is_behind:
            self._caught_up.set()

    def _heard(self, events: int = 0) -> None:
        self.last_heard = asyncio.get_running_loop().time()
        metrics.EVENTS.labels(self.resource.name).inc(events)
