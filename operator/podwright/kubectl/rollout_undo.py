"""``rollout undo``: go back to a template of before.

Kubernetes: k8s.io/kubectl pkg/polymorphichelpers/rollback.go; pkg/cmd/rollout/rollout_undo.go.

Differs: the template is replaced only if it is still the one that was compared; kubectl overwrites
whatever is there by then. With ``-o json`` the object after the change is printed, not the one
before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from podwright import labels
from podwright.kubectl import options, pod_template, revisions
from podwright.kubectl.errors import Failure, ServerFailure
from podwright.kubectl.options import Chosen
from podwright.kubectl.printing import Printer
from podwright.objects import Manifest, Revision
from podwright.rules.revisions import written

if TYPE_CHECKING:
    from podwright.kubectl.found import Found
    from podwright.kubectl.server import Server

JSON_PATCH = "application/json-patch+json"
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
      # Roll back to the previous template of a stateful set
      kubectl podwright rollout undo statefulset/abc

    \b
      # Roll back to daemon set revision 3
      kubectl podwright rollout undo daemonset/abc --to-revision=3

    \b
      # Roll back to the previous template with dry-run
      kubectl podwright rollout undo --dry-run=server statefulset/abc
    """
    printer = Printer(output, dry_run)

    async def work(server: Server, found: Found) -> None:
        if labels.LAST_APPLIED in (found.manifest["metadata"].get("annotations") or {}):
            click.echo(_WARNING.format(f"{found.served.resource.plural}/{found.name}"), err=True)
        if not revisions.has_history(found):
            raise Failure(f'no rollbacker has been implemented for "{found.group_kind}"')
        chosen_one = choose(await revisions.of(server, found), to_revision)
        template = revisions.template_of(chosen_one)
        if dry_run == "client":
            told = f"will roll back to {pod_template.described(template)}"
            printer.show(found.with_template(template).manifest, told)
        elif template == found.manifest["spec"]["template"]:
            same = f"(current template already matches revision {to_revision})"
            printer.show(found.manifest, f"skipped rollback {same}")
        else:
            number = chosen_one.revision
            printer.show(await _restore(server, found, number, template, dry_run), "rolled back")

    options.visit(chosen, work, tells_of_none=False)


def choose(known: dict[int, Revision], number: int) -> Revision:
    """The revision to go back to: the one of this number, or for 0 the last but one."""
    if number == 0:
        if len(known) <= 1:
            raise Failure("no last revision to roll back to")
        return known[sorted(known)[-2]]
    if number not in known:
        raise Failure(f"unable to find specified revision {number} in history")
    return known[number]


async def _restore(
    server: Server, found: Found, number: int, template: Manifest, dry_run: str
) -> Manifest:
    # The operator writes the status all the time, so a resource version would be outdated often.
    # The API server compares strings by their bytes, as it writes them itself.
    seen = msgspec.Raw(written(found.manifest["spec"]["template"]))
    patch: list[Manifest] = [
        {"op": "test", "path": "/metadata/uid", "value": found.uid},
        {"op": "test", "path": "/spec/template", "value": seen},
        {"op": "replace", "path": "/spec/template", "value": template},
    ]
    try:
        return await server.patch(
            found.path, patch, JSON_PATCH, manager="kubectl-rollout", dry_run=dry_run
        )
    except ServerFailure as error:
        raise Failure(f"failed restoring revision {number}: {error}") from error
