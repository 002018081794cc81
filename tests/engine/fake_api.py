"""A client whose API server is the simulated cluster, in this process.

It speaks the same paths, verbs and bodies as the real one, so that the engine's own code runs
unchanged. Every request is kept in ``sent``; ``on_request`` may raise what the API server would.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from podwright import client as api
from podwright.objects import Claim, Manifest, Node, Pod, Revision
from podwright.owners import Owner
from podwright.workload import Served
from simulation.cluster import SERVED, Cluster, Write
from simulation.operators import Referee, Wire

PODS = Pod.resource.path("default")
SETS = SERVED.resource.path("default")


@dataclass(frozen=True)
class Request:
    """What was sent."""

    method: str
    path: str
    body: Manifest
    content_type: str = api.JSON

    @property
    def name(self) -> str:
        if self.method == "POST":
            return self.body["metadata"]["name"]
        return self.path.removesuffix("/status").rpartition("/")[2]


class FakeClient:
    """Stands in for ``podwright.client.Client``."""

    def __init__(self, wire: Wire | None = None, served: Served = SERVED) -> None:
        self.wire = wire or Wire(Cluster(served=served), Referee())
        self.cluster = self.wire.cluster
        self.sent: list[Request] = []
        self.events: list[Manifest] = []
        self.on_request: Callable[[Request], None] = lambda _: None
        self.speaks = True
        """Whether watches bring anything."""

    def writes(self, method: str) -> list[Request]:
        return [request for request in self.sent if request.method == method]

    async def send(
        self,
        method: str,
        path: str,
        *,
        body: Manifest | None = None,
        content_type: str = api.JSON,
        **_: Any,
    ) -> bytes:
        # As the bytes on the wire say it: what is written raw is read as what it means.
        sent = msgspec.json.decode(msgspec.json.encode(body)) if body else {}
        request = Request(method, path, sent, content_type)
        self.sent.append(request)
        self.on_request(request)
        if "/events" in path:
            return msgspec.json.encode(self._event(request))
        return msgspec.json.encode(self._answer(request))

    @asynccontextmanager
    async def watch(
        self, path: str, query: Mapping[str, str]
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        self.sent.append(Request("WATCH", path, dict(query)))
        self.on_request(self.sent[-1])
        short = int(query["timeoutSeconds"]) < 10
        yield self._news(self._model(path), int(query["resourceVersion"]), short=short)

    async def _news(self, model: Any, version: int, *, short: bool) -> AsyncIterator[bytes]:
        while True:
            here, speaks = str(self.cluster.version), self.speaks
            news = [each for each in self.cluster.history[model] if each.version > version]
            for change in news[: None if speaks else 0]:
                version = change.version
                yield msgspec.json.encode({"type": change.type, "object": change.object}) + b"\n"
            if short and speaks:
                mark = {"metadata": {"resourceVersion": here}, "spec": {}}
                yield msgspec.json.encode({"type": "BOOKMARK", "object": mark}) + b"\n"
                return
            await asyncio.sleep(0.001)

    def _model(self, path: str) -> Any:
        owned = {each.model for each in self.cluster.served.workload.owns}
        models = {each.resource.plural: each for each in (Pod, Claim, Revision, Node, *owned)}
        return models.get(_plural(path), Owner)

    def _list(self, model: Any) -> Manifest:
        items = list(self.cluster.things[model].values())
        return {"metadata": {"resourceVersion": str(self.cluster.version)}, "items": items}

    def _event(self, request: Request) -> Manifest:
        if request.method == "POST":
            self.events.append(dict(request.body))
            return request.body
        known = [event for event in self.events if event["metadata"]["name"] == request.name]
        if not known:
            raise api.NotFound("it has expired", code=404)
        known[0].update(request.body)
        return known[0]

    def _answer(self, request: Request) -> Any:
        model, body = self._model(request.path), request.body
        match request.method:
            case "GET" if request.path.endswith(_plural(request.path)):
                return self._list(model)
            case "GET":
                return self.wire.read(model, request.name)
            case "POST":
                return self.wire.write(Write("create", model, body["metadata"]["name"], body))
            case "DELETE":
                wanted = body.get("preconditions", {})
                cascade = body.get("propagationPolicy", "background").lower()
                write = Write("delete", model, request.name, cascade=cascade)
            case _:
                wanted = body["metadata"]
                verb = "status" if request.path.endswith("/status") else "patch"
                write = Write(verb, model, request.name, _without_preconditions(body))
        preconditions = {"uid": wanted.get("uid", ""), "version": wanted.get("resourceVersion", "")}
        return self.wire.write(replace(write, **preconditions))


def _plural(path: str) -> str:
    """``pods`` in ``/api/v1/namespaces/default/pods/web-0``."""
    steps = path.split("/")
    at = 3 if steps[1] == "api" else 4
    return steps[at + 2 if steps[at] == "namespaces" else at]


def _without_preconditions(body: Manifest) -> Manifest:
    rest = {k: v for k, v in body["metadata"].items() if k not in ("uid", "resourceVersion")}
    return body | {"metadata": rest}
