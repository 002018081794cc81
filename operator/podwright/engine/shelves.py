"""What kinds look at without owning it: nodes, claims. Filed so that each owner finds its own.

A look-up costs what it finds. Whoever sees an object that has changed is woken, if the change
matters to it (``Reads`` in ``workload.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from podwright.engine.keys import Key
from podwright.objects import Object
from podwright.owners import Owner
from podwright.workload import Reads, Served

Owners = Callable[[str, str], Iterable[tuple[Key, Owner[Any]]]]
"""The owners of a kind in a namespace, or in all when it is empty."""
Shelf = tuple[str, type[Object], str, str]
"""(kind that looks, model, namespace, word)."""


class Shelves:
    """Objects by the kinds that look at them."""

    def __init__(self, served: Sequence[Served]) -> None:
        self._reads: dict[type[Object], list[tuple[str, Reads[Any]]]] = {}
        for each in served:
            for reads in each.workload.reads:
                self._reads.setdefault(reads.model, []).append((each.workload.kind, reads))
        self._filed: dict[Shelf, dict[tuple[str, str], Object]] = {}

    def holds(self, model: type[Object]) -> bool:
        """Some kind looks at objects like these."""
        return model in self._reads

    def put(self, model: type[Object], old: Object | None, new: Object | None) -> None:
        """File ``new`` in the place of ``old``; either may be nothing."""
        for kind, reads in self._reads.get(model, ()):
            if old is not None:
                shelf = self._shelf(kind, reads, old)
                objects = self._filed.get(shelf, {})
                objects.pop((old.metadata.namespace, old.metadata.name), None)
                if not objects:
                    self._filed.pop(shelf, None)
            if new is not None:
                place = (new.metadata.namespace, new.metadata.name)
                self._filed.setdefault(self._shelf(kind, reads, new), {})[place] = new

    def look(self, kind: str, reads: Reads[Any], owner: Owner[Any]) -> tuple[Object, ...]:
        """Everything on an owner's shelves."""
        namespace = owner.metadata.namespace if reads.model.resource.namespaced else ""
        words = dict.fromkeys(reads.shelves(owner.metadata, owner.spec))
        shelves = (self._filed.get((kind, reads.model, namespace, word), {}) for word in words)
        return tuple(thing for shelf in shelves for thing in shelf.values())

    def concerned(
        self, model: type[Object], old: Object | None, new: Object | None, owners: Owners
    ) -> Iterator[Key]:
        """The keys of those to whom the change from ``old`` to ``new`` matters."""
        thing = new if new is not None else old
        if thing is None:
            return
        for kind, reads in self._reads.get(model, ()):
            word = reads.shelf(thing)
            for key, owner in owners(kind, thing.metadata.namespace):
                if word not in reads.shelves(owner.metadata, owner.spec):
                    continue
                if _matters(reads, owner, old) != _matters(reads, owner, new):
                    yield key

    @staticmethod
    def _shelf(kind: str, reads: Reads[Any], thing: Object) -> Shelf:
        return (kind, reads.model, thing.metadata.namespace, reads.shelf(thing))


def _matters(reads: Reads[Any], owner: Owner[Any], thing: Object | None) -> Any:
    return None if thing is None else reads.matters(owner.spec, thing)
