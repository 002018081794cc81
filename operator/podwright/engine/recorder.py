"""Kubernetes Events: what users read in ``kubectl describe``. Never in the way of a reconcile.

As client-go does it: the same event again raises the count of the first; more than ten alike within
ten minutes become one "(combined from similar events)"; an object has 25 events in hand and gets
one more every five minutes. Events wait in a bounded queue; when it is full they are dropped.

Kubernetes: client-go tools/record/events_cache.go, ``EventCorrelator``.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from podwright import client as api
from podwright.engine import metrics
from podwright.objects import Manifest, Meta, Resource
from podwright.rules.conditions import timestamp

log = logging.getLogger("podwright.recorder")

IN_HAND, REFILL_SECONDS = 25, 300.0
ALIKE, ALIKE_SECONDS = 10, 600.0
COMBINED = "(combined from similar events): "
REMEMBERED = 4096
WAITING = 10_000
LONGEST_MESSAGE = 1024


@dataclass(slots=True)
class _Tokens:
    left: float
    at: float


@dataclass(slots=True)
class _Alike:
    messages: set[str]
    at: float


@dataclass(slots=True)
class _Sent:
    name: str
    count: int
    first: str


@dataclass(frozen=True, slots=True)
class _Note:
    resource: Resource
    meta: Meta
    component: str
    type: str
    reason: str
    message: str

    @property
    def about(self) -> tuple[str, ...]:
        """Source and object."""
        return (self.component, self.resource.kind, self.meta.uid)


class _Memory(OrderedDict[Any, Any]):
    """A dictionary that forgets the oldest entries."""

    def put(self, key: Any, value: Any) -> None:
        self[key] = value
        self.move_to_end(key)
        if len(self) > REMEMBERED:
            self.popitem(last=False)


class Recorder:
    """Takes events, sends them when it can."""

    def __init__(self, client: api.Client) -> None:
        self._client = client
        self._waiting: asyncio.Queue[_Note] = asyncio.Queue(WAITING)
        self._tokens, self._alike, self._sent = _Memory(), _Memory(), _Memory()

    def record(
        self,
        resource: Resource,
        meta: Meta,
        component: str,
        *,
        type_: str,
        reason: str,
        message: str,
    ) -> None:
        """Say something about an object; returns at once."""
        note = _Note(resource, meta, component, type_, reason, message[:LONGEST_MESSAGE])
        now = asyncio.get_running_loop().time()
        note = self._combined(note, now)
        if not self._may_pass(note, now):
            metrics.EVENTS_DROPPED.labels("rate").inc()
            return
        try:
            self._waiting.put_nowait(note)
        except asyncio.QueueFull:
            metrics.EVENTS_DROPPED.labels("queue").inc()

    async def run(self) -> None:
        """Send what waits, one after the other."""
        while True:
            note = await self._waiting.get()
            try:
                await self._send(note)
            except api.ApiError as error:
                metrics.EVENTS_DROPPED.labels("refused").inc()
                log.debug("event %s about %s: %s", note.reason, note.meta.name, error)
            finally:
                self._waiting.task_done()

    async def drain(self, seconds: float) -> None:
        """Wait until everything is sent, but not longer than this."""
        try:
            await asyncio.wait_for(self._waiting.join(), seconds)
        except TimeoutError:
            metrics.EVENTS_DROPPED.labels("end").inc(self._waiting.qsize())

    def _may_pass(self, note: _Note, now: float) -> bool:
        tokens = self._tokens.get(note.about) or _Tokens(IN_HAND, now)
        tokens.left = min(IN_HAND, tokens.left + (now - tokens.at) / REFILL_SECONDS)
        tokens.at = now
        self._tokens.put(note.about, tokens)
        if tokens.left < 1:
            return False
        tokens.left -= 1
        return True

    def _combined(self, note: _Note, now: float) -> _Note:
        key = (*note.about, note.type, note.reason)
        alike = self._alike.get(key)
        if alike is None or now - alike.at > ALIKE_SECONDS:
            alike = _Alike(set(), now)
        alike.at = now
        self._alike.put(key, alike)
        alike.messages.add(note.message)
        if len(alike.messages) < ALIKE:
            return note
        alike.messages.pop()
        text = (COMBINED + note.message)[:LONGEST_MESSAGE]
        return _Note(note.resource, note.meta, note.component, note.type, note.reason, text)

    async def _send(self, note: _Note) -> None:
        combined = note.message.startswith(COMBINED)
        key = (*note.about, note.type, note.reason, COMBINED if combined else note.message)
        sent = self._sent.get(key)
        path = f"/api/v1/namespaces/{note.meta.namespace}/events"
        now = timestamp(datetime.now(UTC))
        if sent is not None:
            sent.count += 1
            body = {"count": sent.count, "lastTimestamp": now, "message": note.message}
            try:
                await self._client.send(
                    "PATCH", f"{path}/{sent.name}", body=body, content_type=api.STRATEGIC
                )
            except api.NotFound:  # expired after an hour, as events do
                del self._sent[key]
            else:
                return
        name = f"{note.meta.name[:200]}.{time.time_ns():x}"
        await self._client.send("POST", path, body=_event(note, name, now))
        self._sent.put(key, _Sent(name, 1, now))


def _event(note: _Note, name: str, now: str) -> Manifest:
    involved = {
        "apiVersion": note.resource.api_version,
        "kind": note.resource.kind,
        "namespace": note.meta.namespace,
        "name": note.meta.name,
        "uid": note.meta.uid,
        "resourceVersion": note.meta.resource_version,
    }
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": name, "namespace": note.meta.namespace},
        "involvedObject": involved,
        "type": note.type,
        "reason": note.reason,
        "message": note.message,
        "source": {"component": note.component},
        "reportingComponent": note.component,
        "count": 1,
        "firstTimestamp": now,
        "lastTimestamp": now,
    }
