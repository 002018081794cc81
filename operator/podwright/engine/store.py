"""What the operator knows: owners, what they own, and orphans, each indexed once.

Fed by the reflectors, read by reconcile. A pod costs about 4 kB here. Objects that somebody else
controls are not kept at all, unless a kind looks at them without owning them (``shelves.py``).
Every look-up is by owner, by controller or by one label: nothing here grows with the number of all
pods.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from podwright.engine.keys import Key, Place
from podwright.engine.shelves import Shelves
from podwright.engine.strays import Strays
from podwright.objects import Meta, Object, OwnerReference
from podwright.owners import Owner
from podwright.rules import selectors
from podwright.workload import Observed, Owns, Served

Owned = dict[type[Object], dict[Place, Object]]

ANY = ("", "")
"""Where every orphan of a namespace is filed, beside its labels."""


class Store:
    """Owners and their objects."""

    def __init__(self, served: Sequence[Served]) -> None:
        self.served = {each.workload.kind: each for each in served}
        self._ours = {(each.group, each.workload.kind) for each in served}
        self.owners: dict[Key, Owner[Any]] = {}
        self._by_uid: dict[str, Key] = {}
        self._by_namespace: dict[str, set[Key]] = defaultdict(set)
        self._siblings: dict[str, set[Key]] = defaultdict(set)
        self.objects: dict[type[Object], dict[Place, Object]] = defaultdict(dict)
        self._children: dict[str, Owned] = {}
        self._orphans: dict[tuple[type[Object], str, str, str], dict[Place, Object]] = {}
        self._shelves = Shelves(served)
        self.strays = Strays(served)
        self._owned = {owns.model for each in served for owns in each.workload.owns}

    # --- owners ------------------------------------------------------------------------------

    def put_owner(self, kind: str, owner: Owner[Any]) -> Key:
        """Remember an owner as it is now."""
        key = Key(kind, owner.metadata.namespace, owner.metadata.name)
        old = self._forget(key)
        if old is None or old.metadata.uid != owner.metadata.uid:
            for model, place, _ in self._children_of(owner):
                self.strays.drop(model, place)
        self.owners[key] = owner
        self._by_uid[owner.metadata.uid] = key
        self._by_namespace[key.namespace].add(key)
        if controller := owner.metadata.controller:
            self._siblings[controller.uid].add(key)
        return key

    def drop_owner(self, key: Key) -> set[Key]:
        """Forget an owner; what it owned stays known until its own deletion is seen.

        Returns who has to look at it.
        """
        owner = self._forget(key)
        for child in self._children_of(owner) if owner else ():
            self.strays.put(*child)
        nobody = key._replace(name="")
        return {key, nobody} if self.strays.of(nobody) else {key}

    def _children_of(self, owner: Object) -> Iterator[tuple[type[Object], Place, Object]]:
        for model, children in self._children.get(owner.metadata.uid, {}).items():
            yield from ((model, place, child) for place, child in children.items())

    def _forget(self, key: Key) -> Owner[Any] | None:
        owner = self.owners.pop(key, None)
        if owner is None:
            return None
        self._by_uid.pop(owner.metadata.uid, None)
        self._by_namespace[key.namespace].discard(key)
        if controller := owner.metadata.controller:
            self._siblings[controller.uid].discard(key)
            if not self._siblings[controller.uid]:
                del self._siblings[controller.uid]
        return owner

    # --- owned objects -----------------------------------------------------------------------

    def put(self, model: type[Object], new: Object) -> set[Key]:
        """Remember an object; return the owners that have to look at the change."""
        place = (new.metadata.namespace, new.metadata.name)
        old = self.objects[model].get(place)
        if old is not None:
            if _same(old, new):
                self._shelves.put(model, old, new)
                # A stray is let go as it is now, and who tried it with the last version failed.
                return self._index(model, place, new)
            self._unindex(model, place, old)
        strays = set()
        if self._is_kept(model, new.metadata.controller):
            strays = self._index(model, place, new)
        self._shelves.put(model, old, new)
        return self._concerned(model, old, new) | strays

    def drop(self, model: type[Object], place: Place) -> set[Key]:
        """Forget an object; return the owner that lost it."""
        old = self.objects[model].get(place)
        if old is None:
            return set()
        self._unindex(model, place, old)
        self._shelves.put(model, old, None)
        return self._holder(old) | set(self._shelves.concerned(model, old, None, self._of_kind))

    def _is_kept(self, model: type[Object], controller: OwnerReference | None) -> bool:
        if controller is None or self._shelves.holds(model):
            return True
        return (controller.api_version.rpartition("/")[0], controller.kind) in self._ours

    def _index(self, model: type[Object], place: Place, new: Object) -> set[Key]:
        """File an object by its owner; without one by its labels, and wherever it is a stray."""
        self.objects[model][place] = new
        if model not in self._owned:
            return set()
        controller = new.metadata.controller
        if controller is not None:
            self._children.setdefault(controller.uid, {}).setdefault(model, {})[place] = new
            return set() if controller.uid in self._by_uid else self.strays.put(model, place, new)
        for label in _labels(new):
            self._orphans.setdefault((model, place[0], *label), {})[place] = new
        return self.strays.put(model, place, new)

    def _unindex(self, model: type[Object], place: Place, old: Object) -> None:
        self.objects[model].pop(place, None)
        if model not in self._owned:
            return
        self.strays.drop(model, place)
        controller = old.metadata.controller
        if controller is not None:
            children = self._children.get(controller.uid, {})
            children.get(model, {}).pop(place, None)
            if not any(children.values()):
                self._children.pop(controller.uid, None)
            return
        for label in _labels(old):
            shelf = self._orphans.get((model, place[0], *label), {})
            shelf.pop(place, None)
            if not shelf:
                self._orphans.pop((model, place[0], *label), None)

    def _concerned(self, model: type[Object], old: Object | None, new: Object) -> set[Key]:
        """The holder before and now, whoever looks at it, and who might adopt it as an orphan."""
        keys = self._holder(new) | (self._holder(old) if old is not None else set())
        keys.update(self._shelves.concerned(model, old, new, self._of_kind))
        if new.metadata.controller is None and (
            old is None
            or old.metadata.labels != new.metadata.labels
            or old.metadata.controller is not None
        ):
            keys.update(self._adopters(model, new))
        return keys

    def _holder(self, thing: Object) -> set[Key]:
        controller = thing.metadata.controller
        key = self._by_uid.get(controller.uid) if controller else None
        return {key} if key else set()

    def _adopters(self, model: type[Object], orphan: Object) -> Iterator[Key]:
        for key in self._by_namespace.get(orphan.metadata.namespace, ()):
            owner = self.owners[key]
            for owns in self.served[key.kind].workload.owns:
                if owns.model is model and owner.spec is not None:
                    selector = owns.selects(owner.metadata, owner.spec)
                    if selector and selectors.matches(selector, orphan.metadata.labels):
                        yield key

    def _of_kind(self, kind: str, namespace: str) -> Iterator[tuple[Key, Owner[Any]]]:
        keys = self._by_namespace.get(namespace, ()) if namespace else self.owners
        return ((key, self.owners[key]) for key in keys if key.kind == kind)

    # --- looking -----------------------------------------------------------------------------

    def observe(self, key: Key, now: datetime) -> Observed[Any] | None:
        """One consistent look at an owner and what concerns it; None when it is gone."""
        owner = self.owners.get(key)
        if owner is None:
            return None
        served = self.served[key.kind]
        owns, reads = served.workload.owns, served.workload.reads
        children = self._children.get(owner.metadata.uid, {})
        return Observed(
            meta=owner.metadata,
            spec=owner.spec,
            now=now,
            status=owner.status,
            owned={each.model: tuple(children.get(each.model, {}).values()) for each in owns},
            orphans={each.model: tuple(self._orphans_like(each, key, owner)) for each in owns},
            siblings={each.model: tuple(self._of_siblings(owner, each.model)) for each in owns},
            reads={each.model: self._shelves.look(key.kind, each, owner) for each in reads},
            reference=reference(served, owner.metadata),
        )

    def _orphans_like(self, owns: Owns[Any], key: Key, owner: Owner[Any]) -> Iterable[Object]:
        """Orphans with the selector's first label; without one, all in this namespace."""
        selector = owns.selects(owner.metadata, owner.spec)
        if selector is None:
            return ()
        label = next(iter(selector.match_labels.items()), ANY)
        return self._orphans.get((owns.model, key.namespace, *label), {}).values()

    def _of_siblings(self, owner: Owner[Any], model: type[Object]) -> Iterator[Object]:
        controller = owner.metadata.controller
        if controller is None:
            return
        for key in self._siblings.get(controller.uid, ()):
            yield from self._children.get(self.owners[key].metadata.uid, {}).get(model, {}).values()


def reference(served: Served, owner: Meta) -> OwnerReference:
    """How an object says that this owner controls it."""
    api_version, kind = served.resource.api_version, served.workload.kind
    return OwnerReference(
        api_version, kind, owner.name, owner.uid, controller=True, block_owner_deletion=True
    )


def _labels(orphan: Object) -> Iterator[tuple[str, str]]:
    return chain(orphan.metadata.labels.items(), (ANY,))


def _same(old: Object, new: Object) -> bool:
    """Nothing that rules read has changed: the resource version alone wakes nobody."""
    if old.metadata.resource_version == new.metadata.resource_version:
        return True
    return all(
        getattr(old.metadata, field) == getattr(new.metadata, field) for field in _META_FIELDS
    ) and all(
        getattr(old, field) == getattr(new, field)
        for field in new.__struct_fields__
        if field != "metadata"
    )


_META_FIELDS = tuple(
    field for field in Object().metadata.__struct_fields__ if field != "resource_version"
)
