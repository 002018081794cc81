"""``rollout undo``: go back to a template of before.

Kubernetes: k8s.io/kubectl pkg/polymorphichelpers/rollback.go; pkg/cmd/rollout/rollout_undo.go.

Differs: the template is replaced only if it is still the one that was compared; kubectl overwrites
whatever is there by then. With ``-o json`` the object after the change is printed, not the one
before it. A refusal names the revision that was gone back to; kubectl has 0 where none was asked
for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from podwright import labels
from podwright.kinds.deployment import notes
from podwright.kubectl import options, pod_template, revisions
from podwright.kubectl.errors import Failure, ServerFailure
from podwright.kubectl.options import Chosen
from podwright.kubectl.printing import Printer
from podwright.kubectl.revisions import Past
from podwright.objects import Manifest
from podwright.rules import equality
from podwright.rules.revisions import written

if TYPE_CHECKING:
    from podwright.kubectl.found import Found
    from podwright.kubectl.server import Server

JSON_PATCH = "application/json-patch+json"
_PAUSED = (
    "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and "
    "try again"
)
_WARNING = (
    "Warning: resource {} was previously managed with 'kubectl apply'. Rolling back will not "
    f"update the {labels.LAST_APPLIED} annotation, which may cause unexpected behavior on future "
    "'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration "
    "file instead."
)


@options.verb("undo", "(TYPE NAME | TYPE/NAME)")
@click.option(
    "--to-revision",
    type=int,
    default=0,
    help="The revision to rollback to. Default to 0 (last revision).",
)
@options.dry_run
@options.output
def undo(chosen: Chosen, *, to_revision: int, dry_run: str, output: str | None) -> None:
    """Roll back to a previous rollout.

    \b
    Examples:
      # Roll back to the previous deployment
      kubectl podwright rollout undo deployment/abc

    \b
      # Roll back to daemon set revision 3
      kubectl podwright rollout undo daemonset/abc --to-revision=3

    \b
      # Roll back to the previous template with dry-run
      kubectl podwright rollout undo --dry-run=server deployment/abc
    """
    printer = Printer(output, dry_run)

    async def work(server: Server, found: Found) -> None:
        if labels.LAST_APPLIED in (found.manifest["metadata"].get("annotations") or {}):
            click.echo(_WARNING.format(f"{found.served.resource.plural}/{found.name}"), err=True)
        if revisions.keeper_of(found) is None:
            raise Failure(f'no rollbacker has been implemented for "{found.group_kind}"')
        past = choose(await revisions.of(server, found), to_revision, found)
        if dry_run == "client":
            told = pod_template.described(past.manifest["spec"]["template"])
            said = told if past.annotations is not None else f"will roll back to {told}"
            printer.show(found.with_template(past.template).manifest, said)
            return
        if found.manifest["spec"].get("paused"):
            raise Failure(_PAUSED)
        if equality.same(past.template, found.manifest["spec"]["template"]):
            same = f"(current template already matches revision {to_revision})"
            printer.show(found.manifest, f"skipped rollback {same}")
        else:
            printer.show(await _restore(server, found, past, dry_run), "rolled back")

    options.visit(chosen, work, tells_of_none=False)


def choose(known: dict[int, Past], number: int, found: Found) -> Past:
    """The template to go back to: the one of this number, or for 0 the last but one."""
    if number == 0:
        if len(known) > 1:
            return known[sorted(known)[-2]]
        if found.served.resource.kind == "Deployment":
            raise Failure(f'no rollout history found for deployment "{found.name}"')
        raise Failure("no last revision to roll back to")
    if number not in known:
        raise Failure(f"unable to find specified revision {number} in history")
    return known[number]


async def _restore(server: Server, found: Found, past: Past, dry_run: str) -> Manifest:
    # The operator writes the status all the time, so a resource version would be outdated often.
    # The API server compares strings by their bytes, as it writes them itself.
    seen = msgspec.Raw(written(found.manifest["spec"]["template"]))
    patch: list[Manifest] = [
        {"op": "test", "path": "/metadata/uid", "value": found.uid},
        {"op": "test", "path": "/spec/template", "value": seen},
        {"op": "replace", "path": "/spec/template", "value": past.template},
    ]
    if past.annotations is not None:
        own = found.manifest["metadata"].get("annotations") or {}
        kept = {name: value for name, value in own.items() if name in notes.OWN}
        annotations = kept | past.annotations
        patch.append({"op": "add", "path": "/metadata/annotations", "value": annotations})
    try:
        return await server.patch(
            found.path, patch, JSON_PATCH, manager="kubectl-rollout", dry_run=dry_run
        )
    except ServerFailure as error:
        raise Failure(f"failed restoring revision {past.number}: {error}") from error
