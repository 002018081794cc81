"""The templates that an object has had: in ControllerRevisions, or in a Deployment's ReplicaSets.

Kubernetes: k8s.io/kubectl pkg/polymorphichelpers/history.go, ``controlledHistory``,
``DeploymentHistoryViewer``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from podwright import labels
from podwright.kinds.deployment import notes
from podwright.kinds.deployment.sets import unmarked
from podwright.kubectl.errors import Failure
from podwright.objects import Manifest, Object, Revision
from podwright.owners import ReplicaSet
from podwright.rules import revisions, selectors

if TYPE_CHECKING:
    from podwright.kubectl.found import Found
    from podwright.kubectl.server import Server

KEEPERS = (Revision, ReplicaSet)
"""What templates are kept in."""


@dataclass(frozen=True, slots=True)
class Past:
    """A template that an object has had.

    ``shown`` is what is printed of it, ``manifest`` the object for ``-o``. ``annotations`` come
    back with the template; None where they stay as they are.
    """

    number: int
    template: Manifest
    shown: Manifest
    manifest: Manifest
    cause: str = ""
    annotations: Manifest | None = field(default=None)


def keeper_of(found: Found) -> type[Object] | None:
    """What this kind keeps its templates in, if it does."""
    models = (owns.model for owns in found.served.workload.owns)
    return next((model for model in models if model in KEEPERS), None)


async def of(server: Server, found: Found) -> dict[int, Past]:
    """An object's templates by number, the oldest first."""
    model = keeper_of(found)
    if model is None:
        return {}
    owner = msgspec.convert(found.manifest, found.served.workload.read_as)
    owns = next(each for each in found.served.workload.owns if each.model is model)
    query = {"labelSelector": selectors.as_text(owns.selector(owner.spec))}
    resource = model.resource.beside(found.served.resource)
    try:
        listed = await server.objects(resource, found.namespace, query)
    except Failure as error:
        kind, name = found.served.resource.kind, found.name
        raise Failure(f"unable to find history controlled by {kind} {name}: {error}") from error
    mine = (each for each in listed if _controller(each) == found.uid)
    read = _of_sets if model is ReplicaSet else _of_revisions
    return {each.number: each for each in sorted(read(found, mine), key=lambda past: past.number)}


def _controller(manifest: Manifest) -> str:
    owners = manifest["metadata"].get("ownerReferences") or []
    return next((str(owner["uid"]) for owner in owners if owner.get("controller")), "")


def _of_revisions(found: Found, listed: Iterator[Manifest]) -> Iterator[Past]:
    for manifest in listed:
        revision = msgspec.convert(manifest, Revision)
        template = revisions.template_of(revision)
        whole = found.with_template(template).manifest
        cause = revision.metadata.annotations.get(labels.CHANGE_CAUSE, "")
        yield Past(revision.revision, template, template, whole, cause)


def _of_sets(found: Found, listed: Iterator[Manifest]) -> Iterator[Past]:
    kind = {"apiVersion": found.manifest["apiVersion"], "kind": ReplicaSet.resource.kind}
    for manifest in listed:
        own = manifest["metadata"].get("annotations") or {}
        shown = manifest["spec"]["template"]
        metadata = shown.get("metadata") or {}
        given = metadata.get("annotations") or {}
        cause = own.get(labels.CHANGE_CAUSE) or given.get(labels.CHANGE_CAUSE, "")
        if cause:
            told = given | {labels.CHANGE_CAUSE: cause}
            shown = shown | {"metadata": metadata | {"annotations": told}}
        yield Past(
            notes.number(own.get(labels.REVISION)) or 0,
            unmarked(manifest["spec"]["template"]),
            shown,
            kind | manifest,
            cause,
            notes.copied(own),
        )
