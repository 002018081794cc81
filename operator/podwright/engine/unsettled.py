"""Writes whose answer was lost: they may have been carried out or not, or be carried out yet.

Until that is known the owner is not decided on, because a pod that was made and is not seen would
be made twice. A creation is looked up, and repeated under the same name when it is not there, but
not where a rule has decided on the name: that cannot be made twice, and the rule decides anew. A
deletion is repeated; of everything else, which holds only for an object as it was seen, the object
is read. Only an answer settles: an API server that cannot be reached leaves all as it was.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any, NamedTuple

from podwright import client as api
from podwright.engine import names
from podwright.engine.keys import Key
from podwright.engine.writer import Writer
from podwright.objects import Object
from podwright.plan import Action, Adopt, Create, Delete, Patch, Release
from podwright.workload import Observed

log = logging.getLogger("podwright.executor")


class Lost(NamedTuple):
    """A write without an answer, under this name, for the owner of this uid."""

    action: Action
    name: str
    owner: str


class Unsettled:
    """What each owner's lost writes became."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._lost: dict[Key, list[Lost]] = {}

    def note(self, key: Key, lost: Lost) -> None:
        """The end of this write is not known."""
        self._lost.setdefault(key, []).append(lost)

    def forget(self, key: Key) -> None:
        """The owner is gone."""
        self._lost.pop(key, None)

    async def settle(self, key: Key, seen: Observed[Any]) -> list[Lost]:
        """Find out, or do it again; return what is settled: what was seen before is old then.

        Raises:
            podwright.client.ApiError: the end is still not known.
        """
        settled: list[Lost] = []
        while waiting := self._lost.get(key):
            lost = waiting[0]
            # Garbage collection answers for an owner that is going, or was made anew.
            if lost.owner == seen.meta.uid and seen.meta.deletion_timestamp is None:
                log.info("%s settles a write whose answer was lost: %s", key, lost.name)
                await self._settle(key, seen, lost)
                settled.append(lost)
            waiting.remove(lost)
            if not waiting:
                self.forget(key)
        return settled

    async def _settle(self, key: Key, seen: Observed[Any], lost: Lost) -> None:
        match lost.action:
            case Create() as create:
                await self._find_or_create(key, seen, create, lost.name)
            case Delete(target) as delete:
                try:
                    await self._writer.delete(key, delete)
                except (api.NotFound, api.Refused):
                    return
                except api.Conflict:
                    await self._note_live(key, target)
            case Patch(target) | Adopt(target) | Release(target):
                await self._note_live(key, target)

    async def _find_or_create(
        self, key: Key, seen: Observed[Any], create: Create, name: str
    ) -> None:
        """Look first: a quota that it has used up would refuse to make it again."""
        live = await self._writer.find(create.resource, key.namespace, name)
        if live is None and "name" in create.manifest["metadata"]:
            return  # a run of a CronJob may be too late by now
        if live is None:
            with suppress(api.NotFound, api.Refused):
                await self._writer.create(key, create, name, seen.meta)
        elif names.controller_uid(live) == seen.meta.uid:
            self._writer.note(key, create.resource, live)

    async def _note_live(self, key: Key, target: Object) -> None:
        """Wait for the cache to show the object as it is now."""
        live = await self._writer.find(target.resource, key.namespace, target.name)
        if live is not None:
            self._writer.note(key, target.resource, live)
