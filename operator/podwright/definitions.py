"""Commands that print what an administrator applies: ``podwright crds`` and ``podwright rbac``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import yaml

from podwright.files import FileError, definition, load, packaged
from podwright.kinds import BUILT_IN
from podwright.objects import Manifest
from podwright.workload import Served

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def loaded(files: Sequence[Path], beside: Sequence[Served]) -> tuple[Served, ...]:
    """The kinds that files declare; what is wrong with one ends the program with a line."""
    try:
        return load(files, beside)
    except FileError as error:
        raise click.ClickException(str(error)) from error


@click.command()
@click.argument("kinds", nargs=-1, metavar="[KIND | FILE]...")
def crds(kinds: tuple[str, ...]) -> None:
    """Print the CustomResourceDefinitions of all kinds, or of those named (plural or short name).

    FILES are Python files that declare kinds of your own.

    \b
    Examples:
      podwright crds | kubectl apply --server-side -f -
      podwright crds fleet.py | kubectl apply --server-side -f -
    """  # noqa: D301  # click reads \b as "keep these lines"
    files = [Path(name) for name in kinds if name.endswith(".py")]
    built_in = [name for name in kinds if not name.endswith(".py")]
    texts = [packaged(name) for name in _named(built_in)] if built_in or not files else []
    texts += [_as_yaml(definition(served)) for served in loaded(files, ())]
    click.echo("---\n".join(texts), nl=False)


@click.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--name", default="podwright-kinds", show_default=True, help="The role's name.")
@click.option("--namespaced", is_flag=True, help="A Role for one namespace, not a ClusterRole.")
def rbac(files: tuple[Path, ...], *, name: str, namespaced: bool) -> None:
    """Print the role that an operator needs for the kinds of FILES, beside a Lease for itself.

    \b
    Example:
      podwright rbac fleet.py | kubectl apply -f -
    """  # noqa: D301  # click reads \b as "keep these lines"
    from podwright.rbac import operator_role  # noqa: PLC0415  # the engine is half a second away

    click.echo(_as_yaml(operator_role(loaded(files, ()), name, namespaced=namespaced)), nl=False)


def _as_yaml(manifest: Manifest) -> str:
    return str(yaml.safe_dump(manifest, sort_keys=False, width=100, allow_unicode=True))


def _named(kinds: Sequence[str]) -> list[str]:
    """The names of these kinds' definitions, each once; without any, of all."""
    names = {
        name: served.resource.name
        for served in BUILT_IN
        for name in (served.workload.plural, *served.workload.crd.short_names)
    }
    for name in kinds:
        if name not in names:
            raise click.UsageError(f"unknown kind {name!r}; known are {', '.join(names)}")
    return list(dict.fromkeys(names[name] for name in (kinds or names)))
