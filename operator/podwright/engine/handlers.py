"""The only module that imports Kopf: life cycle, login, and the events of our custom resources.

Kopf is the operator's frame, and every reconcile of a changed custom resource is triggered by it.
Our handlers put a key into the queue and return nothing, so Kopf writes nothing on users' objects:
no annotation, no finalizer. Users may register any Kopf handlers of their own beside ours, also on
our kinds; only then does Kopf keep its own notes on those objects.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain, repeat
from typing import Any

import kopf
from kubernetes.aio.client import Configuration

from podwright.engine.keys import Key
from podwright.engine.runtime import Runtime
from podwright.workload import Served

CONNECT_BACKOFF = (1.0, 2.0, 4.0, 8.0)


class Operator:
    """Our part of a Kopf operator. It runs on the leader only: users' handlers act but once."""

    def __init__(
        self,
        served: Sequence[Served],
        namespaces: Sequence[str],
        configuration: Configuration,
        runtime: Runtime,
    ) -> None:
        self._served = served
        self._namespaces = namespaces
        self._configuration = configuration
        self._runtime = runtime
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Run Kopf, with users' handlers and ours, until a signal or until the engine breaks."""
        registry = kopf.get_default_registry()
        self.register(registry)
        self._runtime.failed.add_done_callback(lambda _: self._stop.set())
        await kopf.operator(
            registry=registry,
            settings=kopf.OperatorSettings(),
            # Found out, it needs the user's name, and an image's user has none. Nobody asks for it.
            identity="podwright",  # type: ignore[arg-type]  # a NewType of str that is not exported
            clusterwide=not self._namespaces,
            namespaces=list(self._namespaces),
            standalone=True,
            stop_flag=self._stop,
        )
        if self._runtime.failed.done():
            await self._runtime.failed

    def register(self, registry: kopf.OperatorRegistry) -> None:
        """Add our handlers to a registry, which may hold a user's own ones already."""
        kopf.on.login(registry=registry, id="podwright-login")(self._login)
        kopf.on.startup(registry=registry, id="podwright-startup")(self._startup)
        kopf.on.cleanup(registry=registry, id="podwright-cleanup")(self._cleanup)
        self._quiet = quiet_kinds(registry, self._served)
        for served in self._served:
            where = (served.group, served.version, served.workload.plural)
            name = f"podwright-{served.workload.plural}"
            kopf.on.event(*where, registry=registry, id=name)(self._trigger(served))

    async def _login(self, **_: Any) -> kopf.ConnectionInfo:
        return await credentials(self._configuration)

    async def _startup(self, settings: kopf.OperatorSettings, **_: Any) -> None:
        configure(settings, self._quiet, namespaced=bool(self._namespaces))

    async def _cleanup(self, **_: Any) -> None:
        await self._runtime.stop()
        self._stop.set()  # Kopf would wait 5 s for its own task that waits for this flag

    def _trigger(self, served: Served) -> Callable[..., Any]:
        """The handler of one kind's events: put the key into the queue, nothing else."""
        resource, kind = served.resource, served.workload.kind

        async def trigger(event: kopf.RawEvent, **_: Any) -> None:
            meta = event["object"]["metadata"]
            key = Key(kind, meta["namespace"], meta["name"])
            self._runtime.owner_changed(resource, key, int(meta["resourceVersion"]))

        return trigger


def quiet_kinds(
    registry: kopf.OperatorRegistry, served: Iterable[Served]
) -> frozenset[tuple[str, str]]:
    """Our kinds on which no user's handler needs Kopf to take notes."""
    registries = (registry._changing, registry._spawning)  # noqa: SLF001  # no public way
    asked = [handler.selector for each in registries for handler in each.get_all_handlers()]
    return frozenset(
        (each.group, each.workload.kind)
        for each in served
        if not any(selector and selector.check(_as_kopf(each)) for selector in asked)
    )


def _as_kopf(served: Served) -> kopf.Resource:
    workload = served.workload
    return kopf.Resource(
        group=served.group,
        version=served.version,
        plural=workload.plural,
        kind=workload.kind,
        singular=workload.kind.lower(),
        shortcuts=frozenset(workload.crd.short_names),
        categories=frozenset({"all", "podwright"}),
        preferred=True,
    )


class _NoNotes(kopf.AnnotationsDiffBaseStorage):
    """Kopf's notes on objects, but none on kinds where nobody asked for them."""

    def __init__(self, quiet: Collection[tuple[str, str]]) -> None:
        super().__init__()
        self._quiet = quiet

    def _is_quiet(self, body: kopf.Body) -> bool:
        return (body["apiVersion"].rpartition("/")[0], body["kind"]) in self._quiet

    def build(self, *, body: kopf.Body, extra_fields: Any = None) -> Any:
        """What Kopf compares: nothing, which also spares five deep copies per event."""
        return {} if self._is_quiet(body) else super().build(body=body, extra_fields=extra_fields)

    def fetch(self, *, body: kopf.Body) -> Any:
        """What Kopf noted last time."""
        return None if self._is_quiet(body) else super().fetch(body=body)

    def store(self, *, body: kopf.Body, patch: kopf.Patch, essence: Any) -> None:
        """Note what was handled."""
        if not self._is_quiet(body):
            super().store(body=body, patch=patch, essence=essence)


class _Endless:
    """Growing pauses for ever, anew each time it is asked."""

    def __iter__(self) -> Iterator[float]:
        return chain(CONNECT_BACKOFF, repeat(CONNECT_BACKOFF[-1]))


def configure(
    settings: kopf.OperatorSettings, quiet: Collection[tuple[str, str]], *, namespaced: bool
) -> None:
    """Settings for an operator that is driven by state, not by edges."""
    settings.persistence.diffbase_storage = _NoNotes(quiet)
    settings.posting.enabled = False
    settings.peering.standalone = True
    settings.scanning.disabled = namespaced
    settings.queueing.idle_timeout = 1.0
    settings.watching.chunk_size = 500
    settings.networking.request_timeout = 30
    # Kopf ends the operator when a watch fails for longer than this; the API server may be gone
    # for an hour, and we want to be there when it comes back.
    settings.networking.error_backoffs = _Endless()
    settings.execution.max_workers = 4
    for chatty in ("kopf.objects", "kopf._core.engines.activities", "kopf.activities"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


async def credentials(configuration: Configuration) -> kopf.ConnectionInfo:
    """What the official client library found out, in Kopf's words."""
    auth = (await configuration.auth_settings()).get("BearerToken", {})
    scheme, _, token = str(auth.get("value") or "").partition(" ")
    return kopf.ConnectionInfo(
        server=configuration.host,
        ca_path=configuration.ssl_ca_cert,
        ca_data=configuration.ca_cert_data,
        insecure=not configuration.verify_ssl,
        certificate_path=configuration.cert_file,
        private_key_path=configuration.key_file,
        scheme=scheme or None,
        token=token or None,
        proxy_url=configuration.proxy,
    )
