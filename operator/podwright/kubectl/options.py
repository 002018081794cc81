"""The options that all verbs have, and what they come to: ``Chosen``."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from podwright.kinds import BUILT_IN
from podwright.kubectl import lazy

if TYPE_CHECKING:
    from podwright.kubectl.found import Found
    from podwright.kubectl.server import Server

Body = Callable[..., None]

_BARE = {"--watch": "--watch=true", "-w": "--watch=true", "--dry-run": "--dry-run=client"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which objects are meant, and on which cluster."""

    arguments: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    selector: str = ""
    namespace: str = ""
    context: str | None = None
    kubeconfig: str | None = None
    all_: bool = True
    """A kind without names means all of it."""


class Verb(click.Command):
    """A command whose options are written as kubectl's: ``--watch``, ``--watch=false``.

    An option that may stand alone never takes the next word for its value.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line."""
        return super().parse_args(ctx, [_BARE.get(each, each) for each in args])


def verb(name: str, usage: str, *, chooses: bool = True) -> Callable[[Body], click.Command]:
    """A command that is told its objects as ``chosen``; one that makes some ``chooses`` none."""
    shared = _SHARED if chooses else (click.argument("arguments", nargs=-1), *_CONNECTION)

    def decorate(function: Body) -> click.Command:
        @functools.wraps(function)
        def call(**options: Any) -> None:
            fields = {field: options.pop(field) for field in _FIELDS if field in options}
            function(Chosen(**fields), **options)

        for option in reversed(shared):
            call = option(call)
        command = click.command(
            name, Verb, context_settings=lazy.CONTEXT, options_metavar="[flags]"
        )(call)
        command.params[0].metavar = usage  # the argument
        return command

    return decorate


def visit(
    chosen: Chosen,
    work: Callable[[Server, Found], Awaitable[None]],
    *,
    tells_of_none: bool = True,
) -> None:
    """Look up what is meant and do the work on each; end the process as kubectl does.

    ``tells_of_none``: not every verb of kubectl says that nothing was found.
    """
    # Connecting takes half a second to import, which help and completion must not cost.
    from podwright.kubectl import visiting  # noqa: PLC0415

    visiting.run(chosen, work, tells_of_none=tells_of_none)


def _complete(_context: click.Context, parameter: click.Parameter, word: str) -> list[Any]:
    """Kinds; names would take a connection."""
    del parameter
    plurals = (served.resource.plural for served in BUILT_IN)
    return [CompletionItem(each) for each in plurals if each.startswith(word)]


_FIELDS = ("arguments", "files", "selector", "namespace", "context", "kubeconfig")
_CONNECTION = (
    click.option("-n", "--namespace", metavar="NS", default="", help="Default: the context's."),
    click.option("--context", metavar="NAME", help="A context of the kubeconfig."),
    click.option("--kubeconfig", metavar="FILE", help="Default: $KUBECONFIG or ~/.kube/config."),
)
_SHARED = (
    click.argument("arguments", nargs=-1, shell_complete=_complete),
    click.option(
        "-f",
        "--filename",
        "files",
        multiple=True,
        metavar="FILE",
        help="A file with the objects, or - for standard input; may be repeated.",
    ),
    click.option(
        "-l",
        "--selector",
        metavar="LABELS",
        default="",
        help="Filter by labels: =, ==, !=, in, notin (e.g. -l key1=value1,key2=value2).",
    ),
    *_CONNECTION,
)

output = click.option(
    "-o",
    "--output",
    type=click.Choice(["name", "json", "yaml"]),
    help="Print the object so, in place of a sentence.",
)
dry_run = click.option(
    "--dry-run",
    type=click.Choice(["none", "client", "server"]),
    default="none",
    show_default=True,
    help="client: only say what would be done; server: ask the API server, which changes nothing.",
)
