"""A small HTTP server of our own: ``/livez``, ``/readyz``, ``/metrics``; on every replica.

Liveness looks at what matters: how long ago the watches last brought anything. A process that
answers on its port but has gone deaf is restarted.
"""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from podwright.engine import metrics
from podwright.engine.runtime import Runtime


class HealthServer:
    """Answers probes and Prometheus."""

    def __init__(self, runtime: Callable[[], Runtime | None]) -> None:
        self._runtime = runtime
        app = web.Application()
        app.router.add_get("/livez", self._livez)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._metrics)
        self._runner = web.AppRunner(app, access_log=None)

    async def start(self, host: str, port: int) -> str:
        """Listen; return the address, with the port chosen when 0 was asked for.

        Raises:
            OSError: the port is taken.
        """
        await self._runner.setup()
        site = web.TCPSite(self._runner, host or None, port)
        await site.start()
        bound = self._runner.addresses[0]
        return f"{bound[0]}:{bound[1]}"

    async def stop(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()

    async def _livez(self, _: web.Request) -> web.Response:
        runtime = self._runtime()
        problem = runtime.health() if runtime else None
        return web.Response(text=problem or "ok", status=503 if problem else 200)

    async def _readyz(self, _: web.Request) -> web.Response:
        runtime = self._runtime()
        ready = runtime is not None and runtime.is_synced
        return web.Response(
            text="ok" if ready else "reading the cluster", status=200 if ready else 503
        )

    async def _metrics(self, _: web.Request) -> web.Response:
        runtime = self._runtime()
        if runtime:
            runtime.measure()
        body = generate_latest(metrics.REGISTRY)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})
