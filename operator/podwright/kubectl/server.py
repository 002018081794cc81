"""The API server, seen by a verb: get, list, patch, watch, and errors in kubectl's words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import msgspec

from podwright import client as api
from podwright.credentials import NoCredentialsError, load_configuration, own_namespace
from podwright.engine import wire
from podwright.kubectl.errors import Failure, ServerFailure
from podwright.kubectl.found import Found
from podwright.kubectl.options import Chosen
from podwright.objects import Manifest, Resource

T = TypeVar("T")

PAGE = "500"
_PAUSE = 0.5
_DELETED = "object has been deleted"
_PASSING = ("", "TooManyRequests", "InternalError", "ServiceUnavailable", "Timeout")
_REASONS = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    405: "MethodNotAllowed",
    410: "Expired",
    413: "RequestEntityTooLarge",
    422: "Invalid",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}


class Server:
    """One API server, and the namespace that is meant when none is named."""

    def __init__(self, client: api.Client, namespace: str) -> None:
        self._client = client
        self.namespace = namespace

    async def get(self, path: str) -> Manifest:
        """One object."""
        return _read(await self._send("GET", path), Manifest)

    async def items(self, path: str, query: Mapping[str, str]) -> AsyncIterator[msgspec.Raw]:
        """A list, page by page."""
        more = {"limit": PAGE, **query}
        while True:
            page = _read(await self._send("GET", path, query=more), wire.Page)
            for item in page.items:
                yield item
            if not page.metadata.continue_:
                return
            more["continue"] = page.metadata.continue_

    async def objects(
        self, resource: Resource, namespace: str, query: Mapping[str, str]
    ) -> list[Manifest]:
        """A list of whole objects, with the kind that the API server leaves out of it."""
        kind = {"apiVersion": resource.api_version, "kind": resource.kind}
        path = resource.path(namespace)
        return [kind | _read(item, Manifest) async for item in self.items(path, query)]

    async def create(
        self, path: str, body: Manifest, *, manager: str, dry_run: str = "none"
    ) -> Manifest:
        """Make an object and return it; a field that there is not is refused."""
        query = {"fieldManager": manager, "fieldValidation": "Strict"}
        if dry_run == "server":
            query["dryRun"] = "All"
        return _read(await self._send("POST", path, query=query, body=body), Manifest)

    async def patch(
        self,
        path: str,
        body: Manifest | list[Manifest],
        content_type: str,
        *,
        manager: str,
        dry_run: str = "none",
    ) -> Manifest:
        """Change an object and return it; ``manager`` owns the fields that are changed."""
        query = {"fieldManager": manager}
        if dry_run == "server":
            query["dryRun"] = "All"
        answer = await self._send("PATCH", path, query=query, body=body, content_type=content_type)
        return _read(answer, Manifest)

    async def merge(self, found: Found, body: Manifest) -> Manifest:
        """Change an object as ``kubectl rollout`` does, and return it.

        Raises:
            Failure: the API server does not let it be changed.
        """
        try:
            return await self.patch(found.path, body, api.MERGE, manager="kubectl-rollout")
        except ServerFailure as error:
            raise Failure(f"failed to patch: {error}") from error

    async def follow(self, found: Found) -> AsyncIterator[Manifest]:
        """An object as it is, and again at every change.

        Raises:
            Failure: it has been deleted, in kubectl's words.
        """
        manifest = found.manifest
        while True:
            yield manifest
            version = manifest["metadata"]["resourceVersion"]
            async for manifest in self._changes(found, version):
                yield manifest
            manifest = await self._again(found)

    async def _again(self, found: Found) -> Manifest:
        """The object after a watch has ended; an API server that is away is waited for."""
        while True:
            await asyncio.sleep(_PAUSE)
            try:
                manifest = await self.get(found.path)
            except ServerFailure as error:
                if error.reason == "NotFound":
                    raise Failure(_DELETED) from error
                if error.reason in _PASSING:
                    continue
                raise
            if manifest["metadata"]["uid"] != found.uid:
                raise Failure(_DELETED)
            return manifest

    async def _changes(self, found: Found, version: str) -> AsyncIterator[Manifest]:
        """What becomes of an object, until the API server ends the watch."""
        query = {
            "watch": "1",
            "resourceVersion": version,
            "fieldSelector": f"metadata.name={found.name}",
            "allowWatchBookmarks": "true",
        }
        path = found.served.resource.path(found.namespace)
        try:
            async with self._client.watch(path, query) as chunks:
                async for line in _lines(chunks):
                    event = _read(line, wire.Event)
                    if event.type == "ERROR":
                        return
                    if event.type == "DELETED":
                        raise Failure(_DELETED)
                    if event.type != "BOOKMARK":
                        yield _read(event.object, Manifest)
        except (api.Unavailable, api.Expired):
            return

    @staticmethod
    @asynccontextmanager
    async def within(seconds: float) -> AsyncIterator[None]:
        """Give up after so long, in kubectl's words; 0 is never."""
        try:
            async with asyncio.timeout(seconds or None):
                yield
        except TimeoutError:
            raise Failure("timed out waiting for the condition") from None

    async def _send(self, method: str, path: str, **options: Any) -> bytes:
        try:
            return await self._client.send(method, path, **options)
        except api.ApiError as error:
            raise _said(error, path, self._client.server) from error


def _read(data: bytes | msgspec.Raw, type_: type[T]) -> T:
    try:
        return wire.read(data, type_)
    except api.ApiError as error:
        raise Failure(str(error)) from error


async def _lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    rest = b""
    async for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line


def _said(error: api.ApiError, path: str, server: str) -> ServerFailure:
    """An error in kubectl's words.

    Kubernetes: k8s.io/kubectl pkg/cmd/util/helpers.go, ``StandardErrorMessage``.
    """
    message = str(error)
    if error.code == 0:
        return ServerFailure(_unreachable(message, server.partition("//")[2]))
    if message.startswith("404 page not found"):  # the API server knows no such resource
        plural = path.rsplit("/", maxsplit=1)[-1] if "/namespaces/" not in path else _plural(path)
        return ServerFailure(f'error: the server doesn\'t have a resource type "{plural}"')
    name = type(error).__name__
    reason = name if name in ("NotFound", "AlreadyExists", "Conflict") else ""
    return ServerFailure(message, reason or _REASONS.get(error.code, "Unknown"))


def _plural(path: str) -> str:
    return path.partition("/namespaces/")[2].split("/")[1]


def _unreachable(message: str, host: str) -> str:
    if "Connect call failed" in message or "refused" in message:
        return (
            f"The connection to the server {host} was refused - did you specify the right host or "
            "port?"
        )
    return f"Unable to connect to the server: {message}"


@asynccontextmanager
async def connect(chosen: Chosen) -> AsyncIterator[Server]:
    """A connection to the cluster that is meant.

    Raises:
        Failure: there are no credentials for it.
    """
    try:
        configuration = await load_configuration(chosen.kubeconfig, chosen.context)
        namespace = chosen.namespace or own_namespace(chosen.kubeconfig, chosen.context)
    except NoCredentialsError as error:
        raise Failure(f"no usable kubeconfig: {error}") from error
    client = api.Client(configuration)
    try:
        yield Server(client, namespace)
    finally:
        await client.close()
