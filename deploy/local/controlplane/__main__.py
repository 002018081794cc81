"""The command line: ``python -m controlplane``."""

import sys
from pathlib import Path

import click

from controlplane import build as building
from controlplane import supervisor
from controlplane import versions as pinned
from controlplane.errors import Commands, ControlPlaneError

_name = click.option("--name", default="default", show_default=True, help="Which cluster.")
_nodes = click.option(
    "--nodes", default=10, show_default=True, type=click.IntRange(0), help="Simulated nodes."
)
_kubeconfig = click.option(
    "--kubeconfig",
    default=Path(".local/kubeconfig"),
    show_default=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to write how to reach it.",
)


@click.group(cls=Commands)
def main() -> None:
    """Kubernetes on this machine: plain processes, simulated nodes."""


@main.command()
def build() -> None:
    """Compile the programs, unless that was done before."""
    click.echo(building.programs())


@main.command()
@_nodes
@_name
@_kubeconfig
def up(nodes: int, name: str, kubeconfig: Path) -> None:
    """Start a cluster that stays until ``down``."""
    if found := supervisor.status(name):
        click.echo(f"There is a cluster {name} already.")
    _show(name, found or supervisor.up(name, nodes, kubeconfig))


@main.command()
@_name
def down(name: str) -> None:
    """Stop a cluster and remove everything of it."""
    stopped = supervisor.down(name)
    click.echo(f"Cluster {name} is gone." if stopped else f"No cluster {name} was running.")


@main.command()
@_name
def status(name: str) -> None:
    """Say whether a cluster runs, and if something broke, what."""
    found = supervisor.status(name)
    if found is None:
        raise ControlPlaneError(f"No cluster {name} is running; `up` starts one.")
    _show(name, found)


@main.command(hidden=True)
@_nodes
@_kubeconfig
@click.option("--folder", required=True, type=click.Path(path_type=Path))
def supervise(nodes: int, kubeconfig: Path, folder: Path) -> None:
    """Be the process that ``up`` leaves behind."""
    supervisor.supervise(folder, nodes, kubeconfig)


@main.command()
@click.option("--write", is_flag=True, help="Make the go.mod files agree with versions.py.")
def versions(*, write: bool) -> None:
    """Show the pinned versions, and whether the go.mod files agree."""
    if write:
        pinned.write()
    click.echo(
        f"Kubernetes {pinned.KUBERNETES_VERSION}, kwok {pinned.KWOK_VERSION}, "
        f"kind {pinned.KIND_VERSION}, CoreDNS {pinned.COREDNS_VERSION}"
    )
    if lines := pinned.disagreements():
        raise ControlPlaneError("\n".join(["go.mod disagrees; run with --write:", *lines]))


def _show(name: str, found: supervisor.Status) -> None:
    if found.failure:
        raise ControlPlaneError(
            f"Cluster {name} is broken; `down` and `up` start it afresh.\n{found.failure}"
        )
    components = ", ".join(f"{component} {pid}" for component, pid in found.pids.items())
    click.echo(f"Cluster {name} is running. Its nodes and pods are simulated by kwok:")
    click.echo("nothing is executed in them, but the API behaves as in any cluster.\n")
    click.echo(f"  export KUBECONFIG={found.kubeconfig}")
    click.echo(f"  {found.kubectl} get nodes\n")
    click.echo(f"Logs: {found.logs}\nProcesses: {components}")


if __name__ == "__main__":
    sys.exit(main())
