"""``rollout pause`` and ``rollout resume``: as in kubectl, no kind served here can be paused.

Kubernetes: k8s.io/kubectl pkg/polymorphichelpers/objectpauser.go, objectresumer.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from podwright.kubectl import options
from podwright.kubectl.errors import Failure
from podwright.kubectl.options import Chosen

if TYPE_CHECKING:
    from podwright.kubectl.found import Found
    from podwright.kubectl.server import Server


@options.verb("pause", "RESOURCE")
def pause(chosen: Chosen) -> None:
    """Mark the provided resource as paused.

    Stateful sets, daemon sets and replica sets cannot be paused: as with the built-in ones that is
    said, and nothing is done. To hold a rollout of a stateful set raise its partition.

    \b
    Examples:
      kubectl podwright rollout pause statefulset/web
    """
    _refuse(chosen, "pausing")


@options.verb("resume", "RESOURCE")
def resume(chosen: Chosen) -> None:
    """Resume a paused resource.

    Stateful sets, daemon sets and replica sets cannot be paused, so there is nothing to resume.

    \b
    Examples:
      kubectl podwright rollout resume statefulset/web
    """
    _refuse(chosen, "resuming")


def _refuse(chosen: Chosen, what: str) -> None:
    async def work(_server: Server, found: Found) -> None:
        name = found.served.resource.name
        raise Failure(f'error: {name} "{found.name}" {what} is not supported')

    options.visit(chosen, work)
