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
from podwright.objects import Manifest, Meta, Object, Revision
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

    ``shown`` is what the history says of it, with its cause, and ``manifest`` the object for
    ``-o``; their templates may be marked as that of one ReplicaSet, ``template`` is not.
    ``annotations`` come back with the template; None where they stay as they are.
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
    owns = next(each for each in found.served.workload.owns if each.model is model)
    selector = owns.selects(found.owner.metadata, found.owner.spec)
    if selector is None:
        return {}
    query = {"labelSelector": selectors.as_text(selector)}
    resource = model.resource.beside(found.served.resource)
    try:
        listed = await server.objects(resource, found.namespace, query)
    except Failure as error:
        raise Failure(f"{_failed(model, found)}: {error}") from error
    mine = (each for each in listed if _is_controlled_by(each, found.uid))
    read = _of_sets if model is ReplicaSet else _of_revisions
    return {each.number: each for each in sorted(read(found, mine), key=lambda past: past.number)}


def _failed(model: type[Object], found: Found) -> str:
    kind, name = found.served.resource.kind, found.name
    if model is ReplicaSet:
        return f"failed to retrieve replica sets from {kind.lower()} {name}"
    return f"unable to find history controlled by {kind} {name}"


def _is_controlled_by(manifest: Manifest, uid: str) -> bool:
    controller = msgspec.convert(manifest["metadata"], Meta).controller
    return controller is not None and controller.uid == uid


def _of_revisions(found: Found, listed: Iterator[Manifest]) -> Iterator[Past]:
    for manifest in listed:
        revision = msgspec.convert(manifest, Revision)
        template = revisions.template_of(revision)
        whole = found.with_template(template).manifest
        cause = revision.metadata.annotations.get(labels.CHANGE_CAUSE, "")
        yield Past(revision.revision, template, template, whole, cause)


def _of_sets(found: Found, listed: Iterator[Manifest]) -> Iterator[Past]:
    """Those without a number are the oldest; those whose number cannot be read are left out."""
    kind = {"apiVersion": found.manifest["apiVersion"], "kind": ReplicaSet.resource.kind}
    for manifest in listed:
        own, template = manifest["metadata"].get("annotations") or {}, manifest["spec"]["template"]
        given = (template.get("metadata") or {}).get("annotations") or {}
        cause = own.get(labels.CHANGE_CAUSE) or given.get(labels.CHANGE_CAUSE, "")
        number = notes.number(own.get(labels.REVISION, "0"))
        if number is not None:
            shown = _caused(template, cause) if cause else template
            back = notes.copied(own)
            yield Past(number, unmarked(template), shown, kind | manifest, cause, back)


def _caused(template: Manifest, cause: str) -> Manifest:
    metadata = template.get("metadata") or {}
    annotations = (metadata.get("annotations") or {}) | {labels.CHANGE_CAUSE: cause}
    return template | {"metadata": metadata | {"annotations": annotations}}
