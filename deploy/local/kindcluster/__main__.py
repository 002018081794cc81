"""The command line: ``python -m kindcluster``."""

import shutil
import signal
import sys
from pathlib import Path
from types import FrameType

import click

from controlplane import build
from controlplane.errors import Commands
from kindcluster import images as catalogue
from kindcluster.cluster import DEFAULT_NAME, KindCluster
from kindcluster.docker import Docker
from kindcluster.errors import KindError

_name = click.option("--name", default=DEFAULT_NAME, show_default=True, help="Which cluster.")


@click.group(cls=Commands)
def main() -> None:
    """A kind cluster without a container registry: real nodes, real pods.

    \b
    Examples:
      python -m kindcluster up --kubeconfig .local/kind/kubeconfig
      python -m kindcluster load localhost/podwright/operator:dev
      python -m kindcluster images
      python -m kindcluster down
    """  # noqa: D301 - \b is click's


@main.command()
@_name
@click.option("--fast-failure", is_flag=True, help="Notice a lost node after 20 s, not 50.")
@click.option("--audit", is_flag=True, help="Log the operator's requests to the API server.")
@click.option(
    "--kubeconfig",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Copy the file that says how to reach it to here.",
)
def up(name: str, *, fast_failure: bool, audit: bool, kubeconfig: Path | None) -> None:
    """Make the cluster, or find the one that runs: 1 minute, the first time 5 and more."""
    cluster = KindCluster.up(name, fast_failure=fast_failure, audit=audit)
    path = cluster.kubeconfig
    if kubeconfig:
        kubeconfig.parent.mkdir(parents=True, exist_ok=True)
        path = Path(shutil.copy(cluster.kubeconfig, kubeconfig))
    click.echo(f"Cluster {name} is running: {', '.join(cluster.nodes)}.\n")
    click.echo(f"  export KUBECONFIG={path.resolve()}")
    click.echo(f"  {build.programs() / 'kubectl'} get nodes\n")
    click.echo("Images in it: `python -m kindcluster images`; others: `... load NAME` from Docker.")
    if cluster.options.audit:
        click.echo(f"Audit log: {cluster.audit_log}")


@main.command()
@_name
def down(name: str) -> None:
    """Remove the cluster and put the kernel's settings back."""
    cluster = KindCluster.find(name)
    if cluster:
        cluster.delete()
    click.echo(f"Cluster {name} is gone." if cluster else f"No cluster {name} was running.")


@main.command()
@_name
def status(name: str) -> None:
    """Say whether the cluster runs, and if something is wrong, what."""
    cluster = KindCluster.find(name)
    if cluster is None:
        raise KindError(f"No cluster {name} is running; `python -m kindcluster up` makes one.")
    cluster.check()
    click.echo(cluster.kubectl("get", "nodes", "--output=wide"), nl=False)


@main.command()
@_name
@click.argument("images", nargs=-1, required=True)
def load(name: str, images: tuple[str, ...]) -> None:
    """Bring images into the nodes: test images, or any image of Docker's by its name."""
    cluster = KindCluster.find(name)
    if cluster is None:
        raise KindError(f"No cluster {name} is running; `python -m kindcluster up` makes one.")
    for image in images:
        cluster.load(image)
        click.echo(f"{image} is in every node of {name}.")


@main.command()
@click.option("--docker", "wanted", metavar="WHAT", help="Put this image into Docker.")
def images(wanted: str | None) -> None:
    """List the test images, or put one into Docker."""
    if wanted is None:
        for image in catalogue.IMAGES:
            click.echo(f"{image.what:12} {image.purpose}\n{'':12} {', '.join(image.names)}")
        return
    docker = Docker.find()
    found = catalogue.find(wanted)
    if found is None:
        known = ", ".join(image.what for image in catalogue.IMAGES)
        raise KindError(f"There is no image {wanted}; known: {known}.")
    docker.run("load", "--input", str(found.archive()))
    click.echo(found.names[0])


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """Clean up on TERM as on Ctrl-C."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _interrupt)
    # Ctrl-C ends it also where a shell has started us in the background with SIGINT ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main())
