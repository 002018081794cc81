"""Objects that carry a finalizer of ours while no owner of theirs is known: gone, or not yet seen.

A Job keeps account of its pods with a finalizer. When it is deleted in the background, or leaves
its pods to nobody, they would stay for ever. They wake the kind under a key without a name, one for
each namespace, and whoever looks takes the finalizer off those whose owner is really gone.

Kubernetes: pkg/controller/job/job_controller.go, ``syncOrphanPod``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from podwright.engine.keys import Key, Place
from podwright.objects import Object
from podwright.workload import Served


class Strays:
    """What may have to be let go, by the key that it wakes."""

    def __init__(self, served: Sequence[Served]) -> None:
        self._finalizers: dict[type[Object], list[tuple[str, str]]] = defaultdict(list)
        for each in served:
            for owns in each.workload.owns:
                if owns.finalizer:
                    self._finalizers[owns.model].append((each.workload.kind, owns.finalizer))
        self._found: dict[Key, dict[Place, Object]] = {}

    def put(self, model: type[Object], place: Place, thing: Object) -> set[Key]:
        """This object has no owner that is known; the keys that have to look at it."""
        kinds = [kind for kind, name in self._finalizers.get(model, ())
                 if name in thing.metadata.finalizers]  # fmt: skip
        keys = {Key(kind, place[0], "") for kind in kinds}
        for key in keys:
            self._found.setdefault(key, {})[place] = thing
        return keys

    def drop(self, model: type[Object], place: Place) -> None:
        """It is gone, has an owner, or is not kept account of any more."""
        for kind, _ in self._finalizers.get(model, ()):
            key = Key(kind, place[0], "")
            self._found.get(key, {}).pop(place, None)
            if not self._found.get(key, True):
                del self._found[key]

    def of(self, key: Key) -> Sequence[Object]:
        """What waits under this key."""
        return tuple(self._found.get(key, {}).values())

    def __iter__(self) -> Iterator[Key]:
        return iter(tuple(self._found))
