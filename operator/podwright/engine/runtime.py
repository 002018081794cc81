"""The engine put together: streams fill the store, changes wake owners, workers reconcile them."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from collections.abc import Coroutine, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from podwright import client as api
from podwright.engine import metrics
from podwright.engine.consistency import Consistency, Stale
from podwright.engine.executor import Executor
from podwright.engine.keys import Key
from podwright.engine.queue import Queue
from podwright.engine.reconcile import LookAgain, Reconciler
from podwright.engine.recorder import Recorder
from podwright.engine.reflector import Reflector, Sink
from podwright.engine.sinks import ObjectSink, OwnerSink, Tee
from podwright.engine.store import Store
from podwright.engine.writer import Writer
from podwright.fence import LostLeadershipError
from podwright.objects import Resource
from podwright.workload import Observed, Served, looked_at

log = logging.getLogger("podwright.engine")

STALE_SECONDS = 5.0
"""How long an owner waits for its own writes to appear before its stream is questioned."""
LONGEST_WAIT_SECONDS = 300.0
"""How long nobody asks the clock again that a rule waits for: it may have been put right."""
LAST_WORK_SECONDS = 5.0
"""How long a stop waits for what is in work: requests that were sent should get their answers."""


class Runtime:
    """One operator: every served kind, in all namespaces or in some."""

    def __init__(
        self,
        client: api.Client,
        served: Sequence[Served],
        *,
        namespaces: Sequence[str] = (),
        workers: int = 10,
    ) -> None:
        self.served = tuple(served)
        self.store = Store(served)
        self.queue = Queue()
        # Whoever was parked had rested before that.
        rested = partial(self.queue.add, urgent=True)
        self.consistency = Consistency(rested, namespaced=bool(namespaces))
        self.recorder = Recorder(client)
        self.reflectors = [
            reflector
            for namespace in (namespaces or (None,))
            for reflector in self._streams(client, namespace)
        ]
        self._workers = workers
        self._reconcilers = {each.workload.kind: self._reconciler(client, each) for each in served}
        self._stale_since: dict[Key, float] = {}
        self._tasks: list[asyncio.Task[Any]] = []
        self._busy: set[asyncio.Task[Any]] = set()
        self._stopping = False
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    # --- life --------------------------------------------------------------------------------

    async def start(self) -> None:
        """Read everything and follow it, as a standby does; decide nothing yet."""
        gc.disable()  # a collection during the first lists would quadruple their cost
        try:
            for reflector in self.reflectors:
                self._spawn(reflector.run())
            await asyncio.gather(*(reflector.synced.wait() for reflector in self.reflectors))
        finally:
            gc.enable()
            gc.freeze()
        self._passing = self._spawn(self._pass_over())
        log.info("in sync: %d owners", len(self.store.owners))

    async def lead(self, since: float) -> None:
        """Go to work; ``since`` (the loop's clock) nobody else may write.

        A pod that our predecessor made in its last moments would be made once more by whoever
        does not see it. So no decision is taken before each stream has got to where the API server
        stands now. Then every owner is looked at: what its last look waited for, we do not know.
        """
        await asyncio.gather(*(reflector.catch_up(since) for reflector in self.reflectors))
        self._passing.cancel()
        for key in (*self.store.owners, *self.store.strays):
            self.queue.add(key)
        self._spawn(self.recorder.run())
        for _ in range(self._workers):
            self._spawn(self._work())
        log.info("at work")

    async def stop(self) -> None:
        """Finish what is in work, but not for long; send waiting events, end all tasks."""
        self._stopping = True
        if self._busy:
            await asyncio.wait(set(self._busy), timeout=LAST_WORK_SECONDS)
        await self.recorder.drain(1.0)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        task.add_done_callback(self._ended)
        self._tasks.append(task)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        """None of our tasks may end by itself: without it the operator would be deaf or idle."""
        if not task.cancelled() and (error := task.exception()) and not self.failed.done():
            self.failed.set_exception(error)

    def owner_changed(self, resource: Resource, key: Key, version: int) -> None:
        """Kopf has seen an owner change: look at it, not before our own cache has seen it too."""
        if self.consistency.is_own_status(key, version):
            return
        self.consistency.wrote_at(key, resource.name, version)
        self.queue.add(key)

    def _streams(self, client: api.Client, namespace: str | None) -> Iterator[Reflector]:
        """One stream per resource; what is an owner and owned as well is read once."""
        known = (self.store, self.queue, self.consistency)
        sinks: dict[Resource, list[Sink]] = {}
        models: dict[Resource, type[Any]] = {}
        for each in self.served:
            models[each.resource] = each.workload.read_as
            sinks[each.resource] = [OwnerSink(each, namespace, *known, self.recorder)]
        for resource, model in sorted(looked_at(self.served), key=str):
            models.setdefault(resource, model)
            sinks.setdefault(resource, []).append(ObjectSink(resource, model, namespace, *known))
        for resource, fed in sinks.items():
            sink = fed[0] if len(fed) == 1 else Tee(fed)
            yield Reflector(client, resource, models[resource], sink, namespace=namespace)

    def _reconciler(self, client: api.Client, served: Served) -> Reconciler:
        def record(seen: Observed[Any], type_: str, reason: str, message: str) -> None:
            component = served.workload.component
            self.recorder.record(
                served.resource, seen.meta, component, type_=type_, reason=reason, message=message
            )

        writer = Writer(client, served, self.consistency)
        executor = Executor(writer, record)
        return Reconciler(
            served, self.store, self.consistency, executor, writer, spent=self.queue.spent
        )

    # --- work --------------------------------------------------------------------------------

    async def _work(self) -> None:
        me: Any = asyncio.current_task()
        while True:
            key = await self.queue.get()
            if self._stopping:
                return
            self._busy.add(me)
            try:
                await self._reconcile(key)
            finally:
                self._busy.discard(me)
                self.queue.done(key)

    async def _pass_over(self) -> None:
        """Throw away what wakes owners while somebody else decides about them."""
        while True:
            self.queue.done(await self.queue.get())

    async def _reconcile(self, key: Key) -> None:
        """Reconcile one owner and decide when to come back; a failure harms no other owner."""
        kind, started, result = key.kind, time.perf_counter(), "ok"
        try:
            again = await self._reconcilers[kind].reconcile(key)
        except Stale:
            result = "stale"
            self._park(key)
        except LookAgain as reason:
            result = "again"
            delay = self.queue.retry(key)
            self._return_at(key, reason.at)
            log.debug("%s: %s; again in %.3f s", key, reason, delay)
        except api.ApiError as error:
            result = "error"
            log.warning("%s: %s; again in %.3f s", key, error, self.queue.retry(key))
        except LostLeadershipError:
            raise
        except Exception:  # a poison object, or a bug in a rule: it is told, and delays nobody
            result = "bug"
            log.exception("%s: cannot be reconciled; again in %.3f s", key, self.queue.retry(key))
        else:
            self._rest(key, again)
        metrics.RECONCILES.labels(kind, result).inc()
        metrics.RECONCILE_SECONDS.labels(kind).observe(time.perf_counter() - started)

    def _rest(self, key: Key, again: datetime | None) -> None:
        self._stale_since.pop(key, None)
        self.queue.forget(key)
        if key not in self.store.owners:
            self.queue.drop(key)
        else:
            self._return_at(key, again)

    def _return_at(self, key: Key, moment: datetime | None) -> None:
        if moment is not None:
            left = (moment - datetime.now(UTC)).total_seconds()
            self.queue.add_after(key, min(left, LONGEST_WAIT_SECONDS))

    def _park(self, key: Key) -> None:
        """The cache will wake this key; if its stream says nothing for long, open it anew."""
        now = asyncio.get_running_loop().time()
        since = self._stale_since.setdefault(key, now)
        self.queue.add_after(key, STALE_SECONDS)
        if now - since >= STALE_SECONDS:
            self._stale_since[key] = now
            for reflector in self.reflectors:
                if reflector.silence >= STALE_SECONDS:
                    log.warning("%s: silent for too long, reconnecting", reflector.resource.name)
                    reflector.reconnect()

    @property
    def is_synced(self) -> bool:
        """All first lists have been read."""
        return all(reflector.synced.is_set() for reflector in self.reflectors)

    def health(self) -> str | None:
        """Why this process should be restarted, or None."""
        for reflector in self.reflectors:
            if (age := reflector.silence) > 2 * api.WATCH_SILENCE:
                return f"nothing heard about {reflector.resource.name} for {age:.0f} s"
        return None

    def measure(self) -> None:
        """Bring the gauges up to date."""
        metrics.QUEUE_DEPTH.set(len(self.queue))
        metrics.QUEUE_DELAYED.set(self.queue.delayed)
        metrics.CACHED.labels("owners").set(len(self.store.owners))
        for model, objects in self.store.objects.items():
            metrics.CACHED.labels(model.resource.plural).set(len(objects))
        for reflector in self.reflectors:
            metrics.WATCH_AGE.labels(reflector.resource.name).set(reflector.silence)
