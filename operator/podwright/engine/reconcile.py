"""Reconcile: ensure ready, observe, decide, execute, write the status. Once, for one owner."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from time import thread_time
from typing import Any

from podwright import client as api
from podwright.engine.consistency import Consistency
from podwright.engine.executor import Executor
from podwright.engine.keys import Key
from podwright.engine.store import Store
from podwright.engine.writer import Writer
from podwright.plan import Adopt, Failure, Outcome, Plan, Release
from podwright.rules import adoption
from podwright.workload import Observed, Served

log = logging.getLogger("podwright.reconcile")


class LookAgain(Exception):  # noqa: N818  # a state, not an error
    """Something failed or had changed; the owner comes back after a growing delay.

    ``at``: and not later than this, whatever the delay, because a rule waits for a clock.
    """

    def __init__(self, message: str, at: datetime | None = None) -> None:
        super().__init__(message)
        self.at = at


class Reconciler:
    """Brings the owners of one kind closer to their specs."""

    def __init__(
        self,
        served: Served,
        store: Store,
        consistency: Consistency,
        executor: Executor,
        writer: Writer,
        *,
        spent: Callable[[Key, float], None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._workload = served.workload
        self._store = store
        self._consistency = consistency
        self._executor = executor
        self._writer = writer
        self._spent = spent
        self._clock = clock
        self._waits: dict[Key, str] = {}

    async def reconcile(self, key: Key) -> datetime | None:
        """Bring one owner a step closer to its spec; return when to look again.

        Raises:
            Stale: the cache has not seen our own writes; the key is woken when it has.
            LookAgain: to be tried again after a growing delay.
        """
        if not key.name:
            await self._let_go(key)
            return None
        seen = self._look(key)
        if seen is not None and await self._executor.settle(key, seen):
            seen = self._look(key)
        if seen is None:
            self.forget(key)
            return None
        plan = self._decide(key, seen)
        outcome = await self._executor.execute(key, plan, seen)
        claimed = any(isinstance(action, Adopt | Release) for action in plan.actions)
        if not claimed:
            await self._write_status(key, seen, outcome)
        raise_for_retry(outcome)
        # After claiming at once, which means: as soon as the cache shows it.
        return seen.now if claimed else plan.requeue_at

    async def _let_go(self, key: Key) -> None:
        """Take our finalizers off what has no owner any more (``strays.py``)."""
        self._consistency.ensure_ready(key)
        strays = self._store.strays.of(key)
        if not strays:
            self.forget(key)
        owners = {owner for each in strays if (owner := each.metadata.controller)}
        there = {each for each in owners if await self._writer.is_there(key.namespace, each)}
        finalizers = {each.model: each.finalizer for each in self._workload.owns}
        going = [each for each in strays if each.metadata.controller not in there]
        if going:
            told = (key.namespace, len(going), key.kind)
            log.info("%s: %d let go that belonged to no %s any more", *told)
        await asyncio.gather(
            *(self._writer.let_go(key, each, finalizers[type(each)]) for each in going)
        )

    def _look(self, key: Key) -> Observed[Any] | None:
        """What the cache shows, once it shows our own writes."""
        self._consistency.ensure_ready(key)
        seen = self._store.observe(key, self._clock())
        strikes = self._executor.history.of(key)
        return replace(seen, strikes=strikes) if seen is not None and strikes else seen

    def _decide(self, key: Key, seen: Observed[Any]) -> Plan:
        """Claiming comes first and alone; the owner comes back to be decided on."""
        started = thread_time()
        plan = adoption.claim(seen, self._workload.owns) or self._workload.decide(seen)
        self._spent(key, thread_time() - started)
        self._tell(key, plan)
        return plan

    def forget(self, key: Key) -> None:
        """The owner is gone."""
        self._consistency.clear(key)
        self._executor.forget(key)
        self._waits.pop(key, None)

    async def _write_status(self, key: Key, seen: Observed[Any], outcome: Outcome) -> None:
        started = thread_time()
        status = self._workload.status(seen, outcome)
        self._spent(key, thread_time() - started)
        try:
            version = outcome.version or seen.meta.resource_version
            await self._writer.write_status(key, version, seen.status, status)
        except api.NotFound:
            return  # deleted meanwhile
        except api.Conflict as error:
            raise LookAgain("the owner has changed") from error

    def _tell(self, key: Key, plan: Plan) -> None:
        """Log what is done, and what is waited for when that changes."""
        if plan.steps:
            counts: dict[str, int] = {}
            for action in plan.actions:
                name = type(action).__name__.lower()
                counts[name] = counts.get(name, 0) + 1
            log.info("%s: %s", key, ", ".join(f"{name} {n}" for name, n in counts.items()))
        waits = "; ".join(wait.until for wait in plan.waits)
        if waits != self._waits.get(key, ""):
            self._waits[key] = waits
            if waits:
                log.info("%s waits for %s", key, waits)


def raise_for_retry(outcome: Outcome) -> None:
    """Have the owner looked at again when something failed or had changed."""
    if outcome.failures:
        first: Failure = outcome.failures[0]
        raise LookAgain(first.message, outcome.plan.requeue_at)
    if outcome.outdated:
        raise LookAgain("something had changed meanwhile", outcome.plan.requeue_at)
