"""Making a cluster: everything it is assembled from, at the same time, then kind."""

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import click
import yaml

from controlplane import build, folders
from kindcluster import config, control_plane, debian, images, node, programs, state, store
from kindcluster.command import Kind
from kindcluster.config import Options
from kindcluster.debian import RootFs
from kindcluster.docker import Docker

_READY = "--timeout=120s"


def assemble() -> None:
    """Make what is not cached: packages are fetched while the compiler works."""
    roots = [node.ROOT, control_plane.ROOT]
    roots += [image.root for image in images.IMAGES if image.in_cluster]
    missing = {root.key: root for root in roots if not root.is_made()}
    with ThreadPoolExecutor(2) as pool:
        try:
            futures = [pool.submit(_say_and_make, root) for root in missing.values()]
            build.programs()
            for program in (programs.kind, programs.pause, programs.coredns, programs.agnhost):
                program()
            for future in futures:
                future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            debian.stop()
            raise


def _say_and_make(root: RootFs) -> None:
    click.echo(f"Assembling {root.name} from Debian packages ...", err=True)
    root.tar()


def prepare(docker: Docker, name: str) -> tuple[str, Kind]:
    """The node image, and kind as it has to be called here."""
    store.require_space(folders.cache())
    store.require_space(docker.root())
    assemble()
    image = node.image(docker)
    return image, Kind.prepare(docker, image, state.fresh(name))


@contextmanager
def or_nothing(delete: Callable[[], None]) -> Iterator[None]:
    """Undo everything if the body fails or is interrupted."""
    try:
        yield
    except BaseException:
        # A second Ctrl-C shall not leave half a cluster behind.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        click.echo("Removing what there is of the cluster ...", err=True)
        try:
            delete()
        finally:
            signal.signal(signal.SIGINT, before)
        raise


def create(docker: Docker, kind: Kind, name: str, image: str, options: Options) -> None:
    """Have kind make the cluster."""
    audit = state.folder(name) / "audit"
    for part in ("policy", "log"):
        (audit / part).mkdir(parents=True)
    (audit / "policy" / "policy.yaml").write_text(config.AUDIT_POLICY)
    rendered = config.render(
        yaml.safe_load(config.CONFIG.read_text()), name=name, options=options,
        cgroup_version=docker.cgroup_version(), audit_folder=audit,
    )  # fmt: skip
    file = state.folder(name) / "kind-config.yaml"
    file.write_text(yaml.safe_dump(rendered, sort_keys=False))
    click.echo(
        f"Creating cluster {name} of {len(rendered['nodes'])} nodes (about 40 s) ...", err=True
    )
    kind.run(
        "create", "cluster", f"--config={file}", f"--image={image}", "--wait=90s",
        f"--kubeconfig={state.folder(name) / 'kubeconfig'}", show=True,
    )  # fmt: skip


def wait(kubectl: Callable[..., str]) -> None:
    """Wait until every node is Ready and DNS answers."""
    click.echo("  Waiting for the nodes and for DNS ...", err=True)
    kubectl("wait", "--for=condition=Ready", "nodes", "--all", _READY)
    kubectl("-n", "kube-system", "rollout", "status", "deployment/coredns", _READY)
