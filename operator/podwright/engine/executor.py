"""The only module that writes objects: carries out a plan, and tells what became of it.

Names of pods are chosen here right before the first send, so a creation whose answer was lost is
repeated under the same name and cannot make a second pod. Creations start slowly (1, 2, 4, ...)
until the API server has accepted this template once: a quota or a broken template costs one request
instead of 500, and a good template is not slowed down. Any failure ends the plan after its step;
the rest of the step is still tried.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, assert_never

from podwright import client as api
from podwright.engine import names
from podwright.engine.store import Key
from podwright.engine.writer import Writer
from podwright.objects import Manifest, Object
from podwright.plan import (
    Action,
    Adopt,
    Create,
    Delete,
    Failure,
    Outcome,
    Patch,
    Plan,
    Record,
    Release,
)
from podwright.workload import Observed, Served

log = logging.getLogger("podwright.executor")

NAMESPACE_TERMINATING = "NamespaceTerminating"


@dataclass(slots=True)
class _Run:
    """One plan being carried out for one owner."""

    key: Key
    seen: Observed[Any]
    failures: list[Failure] = field(default_factory=list)
    outdated: bool = False
    existing: dict[str, Manifest] = field(default_factory=dict)
    rechecked: asyncio.Task[None] | None = None


class Executor:
    """Carries out the plans of one kind's owners."""

    def __init__(
        self,
        writer: Writer,
        served: Served,
        record: Callable[[Observed[Any], str, str, str], None],
    ) -> None:
        self._writer = writer
        self._served = served
        self._record = record
        self._accepted: dict[Key, Manifest] = {}
        self._unsettled: dict[Key, list[tuple[Action, str]]] = {}

    async def execute(self, key: Key, plan: Plan, seen: Observed[Any]) -> Outcome:
        """Carry out the steps in order; the first one with a failure is the last."""
        run = _Run(key, seen)
        for step in plan.steps:
            creations = [action for action in step if isinstance(action, Create)]
            others = [action for action in step if not isinstance(action, Create)]
            await asyncio.gather(
                self._create_slowly(run, creations), *(self._attempt(run, a) for a in others)
            )
            if run.failures or run.outdated:
                break
        return Outcome(plan, tuple(run.failures), run.outdated, run.existing)

    async def settle(self, key: Key, seen: Observed[Any]) -> None:
        """Repeat writes whose end is unknown, under the same name, before anything else.

        Raises:
            podwright.client.Unavailable: the end is still not known.
        """
        unsettled = self._unsettled.pop(key, [])
        run = _Run(key, seen)
        for action, name in unsettled:
            log.info("%s repeats a write whose answer was lost: %s", key, name)
            await self._attempt(run, action, name)
        if key in self._unsettled:
            raise api.Unavailable("the end of an earlier write is not known yet")
        if run.outdated:
            for action, name in unsettled:
                await self._note_live(key, action, name)

    def forget(self, key: Key) -> None:
        """The owner is gone."""
        self._accepted.pop(key, None)
        self._unsettled.pop(key, None)

    # --- one step ----------------------------------------------------------------------------

    async def _create_slowly(self, run: _Run, creations: Sequence[Create]) -> None:
        """Create in batches that double; stop after a batch with a failure.

        Kubernetes: pkg/controller/replicaset/replica_set.go, ``slowStartBatch``.
        """
        if not creations:
            return
        template = creations[0].manifest.get("spec", {})
        size = len(creations) if self._accepted.get(run.key) == template else 1
        waiting = iter(creations)
        while batch := list(islice(waiting, size)):
            await asyncio.gather(*(self._attempt(run, creation) for creation in batch))
            if run.failures:
                self._accepted.pop(run.key, None)
                return
            size *= 2
        self._accepted[run.key] = template

    async def _attempt(self, run: _Run, action: Action, name: str = "") -> None:
        """Carry out one action; what goes wrong is noted on the run."""
        name = name or names.of(action, run.seen.meta.name)
        try:
            done = await self._perform(run, action, name)
        except api.Conflict as error:
            if isinstance(action, Create):
                self._failed(run, action, name, error)
            else:
                run.outdated = True
        except api.Unavailable as error:
            if error.unknown:
                self._unsettled.setdefault(run.key, []).append((action, name))
            self._failed(run, action, name, error)
        except api.ApiError as error:
            self._failed(run, action, name, error)
        else:
            self._say(run, action, done, name)

    async def _perform(self, run: _Run, action: Action, name: str) -> str:
        """Send what the action takes; return the name to tell users, or "" to tell nothing."""
        match action:
            case Create():
                return await self._create(run, action, name)
            case Delete(target, as_seen):
                return await self._delete(run, target, as_seen=as_seen)
            case Patch(target, body):
                await self._writer.patch(run.key, target, body)
            case Adopt(target):
                await self._adopt(run, target)
            case Release(target):
                await self._release(run, target)
            case Record(reason, message, type_):
                self._record(run.seen, type_, reason, message)
            case _:
                assert_never(action)
        return name

    async def _create(self, run: _Run, create: Create, name: str) -> str:
        """Create under this name; a chosen name that others have is chosen anew."""
        owner = run.seen.meta
        decided = "name" in create.manifest["metadata"]
        for _ in range(names.TRIES):
            try:
                await self._writer.create(run.key, create, name, owner)
            except api.AlreadyExists:
                theirs = await self._writer.read(create.resource, run.key.namespace, name)
                if decided:
                    run.existing[name] = theirs
                    return ""
                if names.controller_uid(theirs) == owner.uid:
                    self._writer.note(run.key, create.resource, theirs)
                    return name
                name = names.generate(owner.name)
            except api.Refused as error:
                if NAMESPACE_TERMINATING in error.causes:
                    return (
                        ""  # whatever is created here would be refused: nothing to complain about
                    )
                raise
            else:
                return name
        raise api.Refused(f"no free name like {name} in {names.TRIES} tries")

    async def _delete(self, run: _Run, target: Object, *, as_seen: bool) -> str:
        try:
            await self._writer.delete(run.key, target, as_seen=as_seen)
        except api.NotFound:
            return ""
        return target.name

    async def _adopt(self, run: _Run, target: Object) -> None:
        """Take an orphan, after one live look at ourselves per plan.

        Kubernetes: pkg/controller/controller_ref_manager.go, ``AdoptPod``.

        Differs: the orphan's resource version is a precondition, so one that was relabelled
        meanwhile is not adopted.
        """
        run.rechecked = run.rechecked or asyncio.ensure_future(self._recheck(run))
        await run.rechecked
        try:
            await self._writer.adopt(run.key, target, run.seen.meta)
        except api.NotFound:
            return

    async def _release(self, run: _Run, target: Object) -> None:
        """Let go of an object; one that is gone or was made anew is no longer ours anyway.

        Kubernetes: pkg/controller/controller_ref_manager.go, ``ReleasePod``.
        """
        try:
            await self._writer.release(run.key, target, run.seen.meta)
        except (api.NotFound, api.Refused) as error:
            if error.code not in (404, 422):
                raise

    async def _recheck(self, run: _Run) -> None:
        """Make sure that this owner is still there, and not on its way out.

        Kubernetes: pkg/controller/controller_ref_manager.go, ``RecheckDeletionTimestamp``.
        """
        live = await self._writer.read(self._served.resource, run.key.namespace, run.key.name)
        meta, mine = live["metadata"], run.seen.meta
        who = f"{self._served.workload.kind} {mine.namespace}/{mine.name}"
        if meta["uid"] != mine.uid:
            raise api.Refused(f"original {who} is gone: got uid {meta['uid']}, wanted {mine.uid}")
        if "deletionTimestamp" in meta:
            raise api.Refused(f"{who} has just been deleted at {meta['deletionTimestamp']}")

    async def _note_live(self, key: Key, action: Action, name: str) -> None:
        """After a repeated write met a change: wait for the cache to show the object as it is."""
        target = action.target if isinstance(action, Delete | Patch | Adopt | Release) else None
        if target is None:
            return
        try:
            live = await self._writer.read(target.resource, key.namespace, name)
        except api.NotFound:
            return
        self._writer.note(key, target.resource, live)

    # --- telling -----------------------------------------------------------------------------

    def _say(self, run: _Run, action: Action, done: str, name: str) -> None:
        if not done:
            return
        log.debug("%s: %s %s", run.key, type(action).__name__.lower(), name)
        say = getattr(action, "say", None)
        if say and say.done:
            reason, text = say.done
            self._record(run.seen, "Normal", reason, text.format(name=done))

    def _failed(self, run: _Run, action: Action, name: str, error: api.ApiError) -> None:
        run.failures.append(Failure(action, str(error)))
        log.warning("%s: %s %s: %s", run.key, type(action).__name__.lower(), name, error)
        say = getattr(action, "say", None)
        if say and say.failed:
            reason, text = say.failed
            self._record(run.seen, "Warning", reason, text.format(name=name, error=error))
