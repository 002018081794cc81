"""The operator as a process: standing by, leading, and an end in the right order."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Sequence

from kubernetes.aio.client import Configuration

from podwright import client as api
from podwright.engine import metrics, preflight
from podwright.engine.handlers import Operator
from podwright.engine.health import HealthServer
from podwright.engine.leader import Leader
from podwright.engine.lease import Timing
from podwright.engine.runtime import Runtime
from podwright.workload import Served

log = logging.getLogger("podwright")


class Process:
    """One replica of the operator.

    ``load`` reads the credentials, once for each event loop. ``lease`` is namespace ("": found out)
    and name of the Lease, None without an election.
    """

    def __init__(
        self,
        served: Sequence[Served],
        load: Callable[[], Awaitable[Configuration]],
        *,
        namespaces: Sequence[str],
        workers: int,
        bucket: api.Bucket | None,
        lease: tuple[str, str] | None,
        timing: Timing,
    ) -> None:
        self._served = preflight.servable(served, namespaces)
        self._left_out = ", ".join(
            each.resource.name for each in served if each not in self._served
        )
        self._load, self._namespaces = load, namespaces
        self._workers, self._bucket = workers, bucket
        self._lease, self._timing = lease, timing
        self._runtime: Runtime | None = None

    async def run(self, host: str, port: int) -> None:
        """Serve health and metrics here, and run until a signal.

        Raises:
            podwright.engine.preflight.Problem: it cannot work here; the text says why.
        """
        loop, me = asyncio.get_running_loop(), asyncio.current_task()
        loop.add_signal_handler(signal.SIGTERM, me.cancel)  # type: ignore[union-attr]  # we are one
        configuration = await self._load()
        health = HealthServer(lambda: self._runtime)
        try:
            await _listen(health, host, port)
            lease = await self._check(configuration)
            names = ", ".join(served.resource.name for served in self._served)
            log.info("serving %s", names)
            if self._left_out:
                log.warning("not serving %s: it needs the whole cluster", self._left_out)
            await self._take_part(configuration, lease)
        finally:
            await health.stop()

    async def _check(self, configuration: Configuration) -> tuple[str, str] | None:
        """Return when the operator can work, with the place of its Lease."""
        client = api.Client(configuration)  # without a fence: nothing is written here
        try:
            await preflight.reach(client)
            lease = self._lease
            if lease and not lease[0]:
                lease = (await preflight.lease_namespace(client, self._namespaces), lease[1])
            await preflight.check(client, self._served, self._namespaces, lease)
        finally:
            await client.close()
        return lease

    async def _take_part(self, configuration: Configuration, lease: tuple[str, str] | None) -> None:
        """Lead, after standing by for as long as somebody else does; give the lease back last."""
        if lease is None:
            metrics.LEADER.set(1)
            await self._work(configuration, None)
            return
        leader = Leader(self._connect, lease, self._timing)
        leader.start()
        try:
            await leader.tried.wait()  # a free lease is taken before anything is read
            await self._work(configuration, leader)
        finally:
            await leader.stop()

    async def _connect(self, may_send: Callable[[], bool]) -> api.Client:
        return api.Client(await self._load(), may_send=may_send)

    async def _work(self, configuration: Configuration, leader: Leader | None) -> None:
        may_send = leader.may_write if leader else lambda: True
        client = api.Client(configuration, bucket=self._bucket, may_send=may_send)
        self._runtime = runtime = Runtime(
            client, self._served, namespaces=self._namespaces, workers=self._workers
        )
        try:
            since = asyncio.get_running_loop().time()
            is_first = leader is None or leader.leading.is_set()
            await runtime.start()
            if leader and not is_first:
                await _first(leader.leading.wait(), runtime.failed)
                since = asyncio.get_running_loop().time()
            # Not in Kopf: ended during its start, it would wait 5 s for this.
            await _first(runtime.lead(since), runtime.failed)
            await Operator(self._served, self._namespaces, configuration, runtime).run()
        finally:
            _forget_signals()
            await runtime.stop()
            await client.close()


async def _first(*awaited: Awaitable[object]) -> None:
    """Wait for one of them; raise what it raises."""
    tasks = [asyncio.ensure_future(each) for each in awaited]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        await task


def _forget_signals() -> None:
    """Kopf leaves its handlers behind; a second signal while we clean up ends the process."""
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().remove_signal_handler(each)


async def _listen(health: HealthServer, host: str, port: int) -> None:
    try:
        address = await health.start(host, port)
    except OSError as error:
        raise preflight.Problem(
            f"cannot listen on {host}:{port} ({error.strerror}): choose another with --listen"
        ) from error
    log.info("health and metrics on %s", address)
