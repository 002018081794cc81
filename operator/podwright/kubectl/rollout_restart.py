"""``rollout restart``: replace all pods by an annotation of the template.

Kubernetes: k8s.io/kubectl pkg/polymorphichelpers/objectrestarter.go; pkg/cmd/rollout/
rollout_restart.go.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from podwright import labels
from podwright.kubectl import options
from podwright.kubectl.errors import Failure
from podwright.kubectl.options import Chosen
from podwright.kubectl.printing import Printer

if TYPE_CHECKING:
    from podwright.kubectl.found import Found
    from podwright.kubectl.server import Server

_RESTARTED = ("Deployment", "StatefulSet", "DaemonSet")


@options.verb("restart", "(TYPE NAME | TYPE/NAME)")
@options.output
def restart(chosen: Chosen, *, output: str | None) -> None:
    """Restart a resource: its pods are replaced as in a rollout.

    \b
    Examples:
      # Restart all deployments in the test-namespace namespace
      kubectl podwright rollout restart deployment -n test-namespace

    \b
      # Restart a daemon set
      kubectl podwright rollout restart daemonset/abc

    \b
      # Restart deployments with the app=nginx label
      kubectl podwright rollout restart deployment --selector=app=nginx
    """
    printer = Printer(output)

    async def work(server: Server, found: Found) -> None:
        after = await server.merge(found, _annotated(found, now()))
        printer.show(after, "restarted")

    options.visit(chosen, work)


def now() -> str:
    """This second, as Go writes RFC 3339 in local time."""
    return datetime.now().astimezone().isoformat(timespec="seconds").replace("+00:00", "Z")


def _annotated(found: Found, moment: str) -> dict[str, object]:
    if found.served.resource.kind not in _RESTARTED:
        raise found.cannot("restarting is not supported")
    if found.manifest["spec"].get("paused"):
        raise found.cannot("can't restart paused deployment (run rollout resume first)")
    metadata = found.manifest["spec"]["template"].get("metadata") or {}
    if (metadata.get("annotations") or {}).get(labels.RESTARTED_AT) == moment:
        raise Failure(
            f"failed to create patch for {found.name}: if restart has already been triggered "
            "within the past second, please wait before attempting to trigger another"
        )
    annotations = {labels.RESTARTED_AT: moment}
    return {"spec": {"template": {"metadata": {"annotations": annotations}}}}
