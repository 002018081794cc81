"""Revisions: every template that an owner has had, so that pods can tell and users can go back.

A ControllerRevision holds the template and a number. Going back to an old template does not make a
new revision, it gives the old one the highest number: 1, 2, back to the first: 2, 3. Templates are
compared by what they mean (``equality.py``), never by a hash: a hash only names them.

Kubernetes: pkg/controller/history/controller_history.go; pkg/controller/statefulset/
stateful_set_control.go, ``getStatefulSetRevisions``, ``truncateHistory``; pkg/controller/daemon/
update.go, ``constructHistory``, ``cleanupHistory``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from podwright import labels
from podwright.objects import Manifest, Meta, Revision
from podwright.plan import Create, Delete, Outcome, Patch, Plan
from podwright.rules import equality
from podwright.workload import Observed

_LONGEST_OWNER = 223
_START = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class History:
    """An owner's revisions, oldest first, and the one of its present template.

    ``plan`` stores or renumbers the present one, where it is not stored as the newest yet.
    ``twins`` are others of the same template.
    """

    known: tuple[Revision, ...]
    present: Revision
    plan: Plan = field(default_factory=Plan)
    twins: tuple[Revision, ...] = ()

    def named(self, name: str) -> Revision | None:
        """The stored revision of this name."""
        return next((each for each in self.known if each.name == name), None)


def look(
    seen: Observed[Any], known: Iterable[Revision], *, label: str, collisions: int | None
) -> History:
    """Find the present template among the known revisions, or plan a new one.

    ``label`` is what a new revision carries its hash under; ``collisions`` is the status' count.

    Kubernetes: pkg/controller/statefulset/stateful_set_control.go, ``getStatefulSetRevisions``;
    pkg/controller/daemon/update.go, ``constructHistory``.
    """
    ordered = tuple(sorted(known, key=_order))
    template = seen.spec.template
    equal = equality.alike(template, ordered, template_of)
    if not equal:
        number = ordered[-1].revision + 1 if ordered else 1
        new = _new(seen, number, label, collisions)
        return History(ordered, new, Plan.of(_creation(new)))
    *twins, newest = equal
    renumber = Patch(newest, {"revision": ordered[-1].revision + 1})
    plan = Plan() if newest is ordered[-1] else Plan.of(renumber)
    return History(ordered, newest, plan, tuple(twins))


def template_of(revision: Revision) -> Manifest:
    """The template that a revision holds."""
    found = (revision.data.get("spec") or {}).get("template") or {}
    return {name: value for name, value in found.items() if name != "$patch"}


def surplus(
    history: History,
    live: Collection[str],
    limit: int,
    word: Callable[[Revision], str] = lambda revision: revision.name,
) -> Plan:
    """Remove the oldest revisions beyond ``limit``, of those that nobody lives by.

    ``word`` is what pods of a revision are labelled with. With limit 2, revisions 1 to 6 and pods
    of 5 and 6, 1 and 2 go. A negative limit keeps all.

    Kubernetes: pkg/controller/statefulset/stateful_set_control.go, ``truncateHistory``;
    pkg/controller/daemon/update.go, ``cleanupHistory``.
    """
    idle = [each for each in history.known if word(each) not in live]
    too_many = max(len(idle) - limit, 0) if limit >= 0 else 0
    return Plan.of(*[Delete(each) for each in idle[:too_many]])


def _order(revision: Revision) -> tuple[int, datetime, str]:
    return (revision.revision, revision.metadata.creation_timestamp or _START, revision.name)


def _new(seen: Observed[Any], number: int, label: str, collisions: int | None) -> Revision:
    template = seen.spec.template
    data = {"spec": {"template": template | {"$patch": "replace"}}}
    word = hash_of(data, collisions)
    given = (template.get("metadata") or {}).get("labels") or {}
    meta = Meta(
        name=f"{seen.meta.name[:_LONGEST_OWNER]}-{word}",
        labels=given | {label: word},
        annotations=seen.meta.annotations,
    )
    return Revision(metadata=meta, data=data, revision=number)


def _creation(new: Revision) -> Create:
    meta = new.metadata
    metadata = {"name": meta.name, "labels": meta.labels}
    if meta.annotations:
        metadata["annotations"] = meta.annotations
    manifest = {
        "apiVersion": Revision.resource.api_version,
        "kind": Revision.resource.kind,
        "metadata": metadata,
        "data": msgspec.Raw(written(new.data)),
        "revision": new.revision,
    }
    return Create(Revision.resource, manifest, like=new.data)


def collided(outcome: Outcome, count: int | None) -> int | None:
    """The count of collisions, one higher if a new revision's name was somebody else's.

    Kubernetes: ``CreateControllerRevision``.
    """
    new = [
        action.manifest["metadata"]["name"]
        for action in outcome.plan.actions
        if isinstance(action, Create) and action.resource == Revision.resource
    ]
    if not any(name in outcome.existing for name in new):
        return count
    return (count or 0) + 1


def written(data: Manifest) -> bytes:
    """A revision's data as the API server would write it: sorted, ``<``, ``>``, ``&`` escaped.

    It compares data by bytes and takes no change of them. A patch of anything else makes it write
    them anew; were they different then, the revision could never be adopted, numbered or orphaned.
    """
    encoded = msgspec.json.encode(data, order="sorted")
    for character in "<>&\u2028\u2029":
        encoded = encoded.replace(character.encode(), f"\\u{ord(character):04x}".encode())
    return encoded


def hash_of(data: Manifest, collisions: int | None) -> str:
    """A short name for a template, in letters that make no words.

    FNV-1 of 32 bits, over the data with sorted keys and the count of collisions.

    Kubernetes: ``HashControllerRevision``; apimachinery pkg/util/rand/rand.go,
    ``SafeEncodeString``.
    """
    value = 2166136261
    for byte in written(data) + (b"" if collisions is None else str(collisions).encode()):
        value = (value * 16777619 & 0xFFFFFFFF) ^ byte
    return "".join(
        labels.SAFE_LETTERS[ord(digit) % len(labels.SAFE_LETTERS)] for digit in str(value)
    )
