"""``rollout history``: the templates that an object has had.

Kubernetes: k8s.io/kubectl pkg/polymorphichelpers/history.go; pkg/cmd/rollout/rollout_history.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from podwright.kubectl import options, pod_template, revisions
from podwright.kubectl.errors import Failure
from podwright.kubectl.options import Chosen
from podwright.kubectl.printing import Printer
from podwright.kubectl.revisions import Past

if TYPE_CHECKING:
    from podwright.kubectl.found import Found
    from podwright.kubectl.server import Server


@options.verb("history", "(TYPE NAME | TYPE/NAME)")
@click.option(
    "--revision",
    type=int,
    default=0,
    help="See the details, including podTemplate of the revision specified",
)
@options.output
def history(chosen: Chosen, *, revision: int, output: str | None) -> None:
    """View previous rollout revisions and configurations.

    \b
    Examples:
      # View the rollout history of a deployment
      kubectl podwright rollout history deployment/abc

    \b
      # View the details of daemon set revision 3
      kubectl podwright rollout history daemonset/abc --revision=3
    """
    printer = Printer(output)

    async def work(server: Server, found: Found) -> None:
        if revisions.keeper_of(found) is None:
            raise Failure(f'no history viewer has been implemented for "{found.group_kind}"')
        known = await revisions.of(server, found)
        if revision and revision not in known and (known or output):
            raise Failure("unable to find the specified revision")
        if not output:
            title = f"with revision #{revision}" if revision else ""
            printer.show(found.manifest, f"{title}\n{_told(known, revision)}")
            return
        for number, each in known.items():
            if revision in (0, number):
                printer.show(each.manifest, "")

    if revision < 0:
        raise Failure(f"revision must be a positive integer: {revision}")
    options.visit(chosen, work, tells_of_none=False)


def _told(known: dict[int, Past], revision: int) -> str:
    if not known:
        return "No rollout history found."
    if revision:
        return pod_template.described(known[revision].shown)
    return table([(str(number), each.cause or "<none>") for number, each in known.items()])


def table(rows: list[tuple[str, str]]) -> str:
    """Two columns under their titles, the first as wide as it has to be."""
    titled = [("REVISION", "CHANGE-CAUSE"), *rows]
    width = max(len(first) for first, _ in titled) + 2
    return "".join(f"{first:<{width}}{second}\n" for first, second in titled)
