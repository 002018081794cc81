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
from podwright.engine.history import History
from podwright.engine.keys import Key
from podwright.engine.unsettled import Lost, Unsettled
from podwright.engine.writer import Writer
from podwright.objects import Manifest, Meta, Object
from podwright.owners import Myself
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
from podwright.workload import Observed

log = logging.getLogger("podwright.executor")

NAMESPACE_TERMINATING = "NamespaceTerminating"


@dataclass(slots=True)
class _Run:
    """One plan being carried out for one owner."""

    key: Key
    seen: Observed[Any]
    failures: list[Failure] = field(default_factory=list)
    outdated: bool = False
    pointless: bool = False
    existing: dict[str, Manifest] = field(default_factory=dict)
    made: dict[str, Meta] = field(default_factory=dict)
    version: str = ""
    rechecked: asyncio.Task[None] | None = None


class Executor:
    """Carries out the plans of one kind's owners."""

    def __init__(
        self, writer: Writer, record: Callable[[Observed[Any], str, str, str], None]
    ) -> None:
        self._writer = writer
        self._record = record
        self._accepted: dict[Key, Manifest] = {}
        self._unsettled = Unsettled(writer)
        self.history = History()

    async def execute(self, key: Key, plan: Plan, seen: Observed[Any]) -> Outcome:
        """Carry out the steps in order; the first one with a failure is the last."""
        run = _Run(key, seen)
        for step in plan.steps:
            creations = [action for action in step if isinstance(action, Create)]
            others = [action for action in step if not isinstance(action, Create)]
            await asyncio.gather(
                self._create_slowly(run, creations), *(self._attempt(run, a) for a in others)
            )
            if run.failures or run.outdated or run.pointless:
                break
        return Outcome(plan, tuple(run.failures), run.outdated, run.existing, run.made, run.version)

    async def settle(self, key: Key, seen: Observed[Any]) -> bool:
        """End writes whose answer was lost; return whether there were any: then look again.

        Raises:
            podwright.client.ApiError: the end is still not known.
        """
        settled = await self._unsettled.settle(key, seen)
        for action, name, _ in settled:
            self._say(_Run(key, seen), action, name, name)
        return bool(settled)

    def forget(self, key: Key) -> None:
        """The owner is gone."""
        self._accepted.pop(key, None)
        self._unsettled.forget(key)
        self.history.forget(key)

    async def _create_slowly(self, run: _Run, creations: Sequence[Create]) -> None:
        """Create in batches that double; stop after a batch with a failure.

        Kubernetes: pkg/controller/replicaset/replica_set.go, ``slowStartBatch``.
        """
        if not creations:
            return
        template = creations[0].like or creations[0].manifest.get("spec", {})
        size = len(creations) if self._accepted.get(run.key) == template else 1
        waiting = iter(creations)
        while batch := list(islice(waiting, size)):
            await asyncio.gather(*(self._attempt(run, creation) for creation in batch))
            if run.failures or run.pointless:
                self._accepted.pop(run.key, None)
                return
            size *= 2
        self._accepted[run.key] = template

    async def _attempt(self, run: _Run, action: Action) -> None:
        """Carry out one action; what goes wrong is noted on the run."""
        name = names.of(action, run.seen.meta.name)
        try:
            done = await self._perform(run, action, name)
        except api.ApiError as error:
            if _is_outdated(action, error):
                run.outdated = True
                return
            if not isinstance(action, Create):
                self._note_lost(run, action, name, error)
            self._failed(run, action, name, error)
        else:
            self._say(run, action, done, name)

    def _note_lost(self, run: _Run, action: Action, name: str, error: api.ApiError) -> None:
        if isinstance(error, api.Unavailable) and error.unknown:
            self._unsettled.note(run.key, Lost(action, name, run.seen.meta.uid))

    async def _perform(self, run: _Run, action: Action, name: str) -> str:
        """Send what the action takes; return the name to tell users, or "" to tell nothing."""
        match action:
            case Create():
                return await self._create(run, action, name)
            case Delete(strike=strike):
                if strike:
                    self.history.note(run.key, strike, run.seen.now)
                return await self._delete(run, action)
            case Patch(target, body, by_key=by_key):
                version = await self._writer.patch(run.key, target, body, by_key=by_key)
                run.version = str(version) if isinstance(target, Myself) else run.version
            case Adopt(target, finalizer):
                await self._adopt(run, target, finalizer)
            case Release(target, finalizer):
                await self._release(run, target, finalizer)
            case Record(reason, message, type_):
                self._record(run.seen, type_, reason, message)
            case _:
                assert_never(action)
        return name

    async def _create(self, run: _Run, create: Create, name: str) -> str:
        """Create under this name; a chosen name that others have is chosen anew."""
        for _ in range(names.TRIES):
            try:
                run.made[name] = await self._writer.create(run.key, create, name, run.seen.meta)
            except api.AlreadyExists:
                theirs = await self._writer.find(create.resource, run.key.namespace, name)
                if theirs is not None:
                    if "name" in create.manifest["metadata"] or self._is_ours(run, theirs):
                        return self._met(run, create, name, theirs)
                    name = names.generate(names.stem(create, run.seen.meta.name))
            except api.Refused as error:
                if NAMESPACE_TERMINATING in error.causes:
                    run.pointless = True  # nothing to complain about, and more would be refused
                    return ""
                raise
            except api.Unavailable as error:
                self._note_lost(run, create, name, error)
                raise
            else:
                return name
        raise api.Refused(f"no free name like {name} in {names.TRIES} tries")

    def _met(self, run: _Run, create: Create, name: str, theirs: Manifest) -> str:
        """It is made if that is ours; else the rule decides anew."""
        if self._is_ours(run, theirs):
            run.made[name] = self._writer.note(run.key, create.resource, theirs)
            return name
        run.existing[name] = theirs
        run.outdated = True
        return ""

    def _is_ours(self, run: _Run, theirs: Manifest) -> bool:
        """Made by this very request, repeated on its way; not one of ours that we know already."""
        uid = theirs["metadata"]["uid"]
        known = any(each.metadata.uid == uid for kind in run.seen.owned.values() for each in kind)
        return not known and names.controller_uid(theirs) == run.seen.meta.uid

    async def _delete(self, run: _Run, delete: Delete) -> str:
        try:
            await self._writer.delete(run.key, delete)
        except api.NotFound:
            return ""
        return delete.target.name

    async def _adopt(self, run: _Run, target: Object, finalizer: str) -> None:
        """Take an orphan, after one live look at ourselves per plan.

        Kubernetes: pkg/controller/controller_ref_manager.go, ``AdoptPod``.

        Differs: its resource version is a precondition, so none is adopted that has changed.
        """
        recheck = self._writer.recheck
        run.rechecked = run.rechecked or asyncio.ensure_future(recheck(run.key, run.seen.meta))
        await run.rechecked
        await self._writer.adopt(run.key, target, run.seen.meta, finalizer)

    async def _release(self, run: _Run, target: Object, finalizer: str) -> None:
        """Let go of an object; one that is gone or was made anew is no longer ours anyway.

        Kubernetes: pkg/controller/controller_ref_manager.go, ``ReleasePod``.
        """
        try:
            await self._writer.release(run.key, target, run.seen.meta, finalizer)
        except (api.NotFound, api.Refused) as error:
            if error.code not in (404, 422):
                raise

    def _say(self, run: _Run, action: Action, done: str, name: str) -> None:
        if not done:
            return
        log.debug("%s: %s %s", run.key, type(action).__name__.lower(), name)
        if isinstance(action, Create | Patch | Delete) and action.say.done:
            reason, text = action.say.done
            self._record(run.seen, "Normal", reason, text.format(name=done))

    def _failed(self, run: _Run, action: Action, name: str, error: api.ApiError) -> None:
        run.failures.append(Failure(action, str(error)))
        log.warning("%s: %s %s: %s", run.key, type(action).__name__.lower(), name, error)
        told = action.say.failed if isinstance(action, Create | Patch | Delete) else ()
        for reason, text in told:
            self._record(run.seen, "Warning", reason, text.format(name=name, error=error))


def _is_outdated(action: Action, error: api.ApiError) -> bool:
    """Not a failure, but a reason to look again: the object has changed, or is gone."""
    if isinstance(error, api.NotFound):
        return isinstance(action, Patch | Adopt)
    return isinstance(error, api.Conflict) and not isinstance(action, Create)
