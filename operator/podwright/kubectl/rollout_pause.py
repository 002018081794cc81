"""``rollout pause`` and ``rollout resume``: hold a Deployment's roll-out, and let it go on.

Kubernetes: k8s.io/kubectl pkg/polymorphichelpers/objectpauser.go, objectresumer.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from podwright.kubectl import options
from podwright.kubectl.options import Chosen
from podwright.kubectl.printing import Printer

if TYPE_CHECKING:
    from podwright.kubectl.found import Found
    from podwright.kubectl.server import Server


@options.verb("pause", "RESOURCE")
@options.output
def pause(chosen: Chosen, *, output: str | None) -> None:
    """Mark the provided resource as paused.

    A paused deployment is scaled and cleaned up, and changes of its template wait until it is
    resumed. Other kinds cannot be paused; to hold a rollout of a stateful set raise its partition.

    \b
    Examples:
      # Mark the nginx deployment as paused
      kubectl podwright rollout pause deployment/nginx
    """
    _say(chosen, output, paused=True)


@options.verb("resume", "RESOURCE")
@options.output
def resume(chosen: Chosen, *, output: str | None) -> None:
    """Resume a paused resource.

    Only deployments can be paused, so there is nothing else to resume.

    \b
    Examples:
      # Resume an already paused deployment
      kubectl podwright rollout resume deployment/nginx
    """
    _say(chosen, output, paused=False)


def _say(chosen: Chosen, output: str | None, *, paused: bool) -> None:
    printer = Printer(output)

    async def work(server: Server, found: Found) -> None:
        if found.served.resource.kind != "Deployment":
            doing = "pausing" if paused else "resuming"
            raise found.cannot(f"{doing} is not supported")
        if bool(found.manifest["spec"].get("paused")) == paused:
            raise found.cannot(f"is {'already' if paused else 'not'} paused")
        # Resuming takes the field away, as kubectl's strategic merge does.
        after = await server.merge(found, {"spec": {"paused": paused or None}})
        printer.show(after, "paused" if paused else "resumed")

    options.visit(chosen, work)
