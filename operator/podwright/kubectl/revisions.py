"""The templates that an object has had: its ControllerRevisions.

Kubernetes: k8s.io/kubectl pkg/polymorphichelpers/history.go, ``controlledHistory``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from podwright.kubectl.errors import Failure
from podwright.objects import LabelSelector, Revision
from podwright.rules import revisions, selectors

if TYPE_CHECKING:
    from podwright.kubectl.found import Found
    from podwright.kubectl.server import Server

template_of = revisions.template_of


def has_history(found: Found) -> bool:
    """Whether this kind keeps its templates."""
    return any(owns.model is Revision for owns in found.served.workload.owns)


async def of(server: Server, found: Found) -> dict[int, Revision]:
    """An object's revisions by number, the oldest first."""
    selector = msgspec.convert(found.manifest["spec"]["selector"], LabelSelector)
    query = {"labelSelector": selectors.as_text(selector)}
    try:
        listed = await server.objects(Revision.resource, found.namespace, query)
    except Failure as error:
        kind, name = found.served.resource.kind, found.name
        raise Failure(f"unable to find history controlled by {kind} {name}: {error}") from error
    known = (msgspec.convert(each, Revision) for each in listed)
    mine = [each for each in known if is_controlled_by(each, found.uid)]
    return {each.revision: each for each in sorted(mine, key=lambda each: each.revision)}


def is_controlled_by(revision: Revision, uid: str) -> bool:
    """The object of this uid is the revision's controller."""
    controller = revision.metadata.controller
    return controller is not None and controller.uid == uid
