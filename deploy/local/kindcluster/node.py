"""The node image: Debian, containerd, our Kubernetes, and the images of a control plane inside."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from controlplane import build, folders
from controlplane.versions import KUBERNETES_VERSION
from kindcluster import archive, control_plane, programs, store
from kindcluster.archive import Entries, File, Folder, Image, Link
from kindcluster.debian import RootFs
from kindcluster.docker import Docker
from kindcluster.errors import KindError
from kindcluster.images import PATH

REPOSITORY = "podwright/node"
_HERE = Path(__file__)
_FILES = _HERE.with_name("node_files")
_ENTRYPOINT = '["/usr/local/bin/entrypoint", "/sbin/init"]'

# What only real hardware has a use for.
_HARDWARE = (
    "multi-user.target.wants/*", "local-fs.target.wants/*", "basic.target.wants/*",
    "sockets.target.wants/*udev*", "sockets.target.wants/*initctl*",
    "sysinit.target.wants/systemd-tmpfiles-setup.service",
)  # fmt: skip

ROOT = RootFs(
    "node",
    [
        "systemd", "systemd-sysv", "dbus", "conntrack", "iptables", "nftables", "iproute2",
        "ethtool", "util-linux", "mount", "kmod", "libseccomp2", "pigz", "bash", "ca-certificates",
        "curl", "jq", "procps", "socat", "gawk", "hostname", "containerd", "runc",
        "containernetworking-plugins",
    ],
    variant="minbase",
    hooks=[
        f'cd "$1"/usr/lib/systemd/system && rm -rf {" ".join(_HARDWARE)}',
        'rm -rf "$1"/etc/systemd/system/*.wants/*',
    ],
)  # fmt: skip


def image(docker: Docker) -> str:
    """The name of the node image in Docker, assembled first if that has not happened yet."""
    kubernetes = build.programs()
    code = [_HERE.with_name(name) for name in ("archive.py", "control_plane.py", "node.py")]
    sources = [path.read_bytes() for path in (*code, *sorted(_FILES.iterdir()))]
    parts = [ROOT.key, control_plane.ROOT.key, programs.coredns().name, programs.pause().name]
    name = f"{REPOSITORY}:{store.key(kubernetes.name, *parts, *sources)}"
    if not docker.has_image(name):
        click.echo("Assembling the node image (about 10 s) ...", err=True)
        _assemble(docker, name, kubernetes)
        _remove_older(docker, name)
    return name


def _assemble(docker: Docker, name: str, kubernetes: Path) -> None:
    called = control_plane.names(kubernetes)
    with tempfile.TemporaryDirectory(dir=folders.cache() / "kind", prefix=".node-") as scratch:
        folder = Path(scratch)
        archive.write_layer(_files(kubernetes, called["pause"]), folder / "files.tar")
        draft = Image(
            [f"{name}-draft"],
            [ROOT.tar(), folder / "files.tar"],
            {"Env": [PATH, "container=docker"], "StopSignal": "SIGRTMIN+3"},
        )
        archive.write(draft, folder / "image.tar")
        docker.run("load", "--input", str(folder / "image.tar"))
        with _containerd(docker, draft.names[0]) as container:
            for each in control_plane.archives(kubernetes, called, folder):
                _import(docker, container, each)
            docker.run("stop", container)
            change = f"--change=ENTRYPOINT {_ENTRYPOINT}"
            docker.run("commit", change, "--change=CMD []", container, name)


@contextmanager
def _containerd(docker: Docker, image: str) -> Iterator[str]:
    """The image's own containerd in a container without any privilege: it stores, no more."""
    container = f"podwright-node-{os.getpid()}"
    try:
        docker.run(
            "run", "--detach", "--name", container, "--network=none", "--stop-signal=SIGTERM",
            "--entrypoint=/usr/bin/containerd", image,
        )  # fmt: skip
        yield container
    finally:
        docker.try_run("rm", "--force", "--volumes", container)
        docker.try_run("rmi", image)


def _import(docker: Docker, container: str, each: Path) -> None:
    script = (
        "timeout 60 sh -c 'until ctr version > /dev/null 2>&1; do sleep 0.1; done' && "
        "exec ctr -n k8s.io images import --no-unpack --all-platforms -"
    )
    with each.open("rb") as content:
        result = subprocess.run(
            [docker.client, "exec", "--interactive", container, "sh", "-c", script],
            stdin=content,
            env=dict(docker.environment),
            capture_output=True,
            check=False,
        )
    if result.returncode:
        said = result.stderr.decode(errors="replace")[-500:]
        raise KindError(f"The node's containerd did not take an image: {said}")


def _remove_older(docker: Docker, name: str) -> None:
    """Remove node images that no cluster uses: 700 MB each. Docker keeps those in use."""
    listed = docker.run("images", "--format={{.Repository}}:{{.Tag}}", REPOSITORY).split()
    for older in listed:
        if older != name:
            docker.try_run("rmi", older)


def _files(kubernetes: Path, pause: str) -> Entries:
    """What is put on top of Debian."""
    containerd = (_FILES / "containerd.toml").read_text().replace("@PAUSE@", pause)
    entries: dict[str, File | Link | Folder] = {
        "usr/bin/kubernetes": File(kubernetes / "kubernetes", 0o755),
        "kind/version": File(f"v{KUBERNETES_VERSION}".encode()),
        "kind/manifests/default-cni.yaml": File((_FILES / "default-cni.yaml").read_bytes()),
        "etc/containerd/config.toml": File(containerd.encode()),
        "etc/systemd/journald.conf.d/node.conf": File(b"[Journal]\nReadKMsg=no\n"),
        "etc/systemd/system/systemd-binfmt.service": Link("/dev/null"),
        "etc/kubernetes/manifests": Folder(),
        "etc/cni/net.d": Folder(),
    }
    for name in ("kubeadm", "kubectl", "kubelet"):
        entries[f"usr/bin/{name}"] = Link("kubernetes")
    for name in ("host-local", "loopback", "ptp", "portmap"):
        entries[f"opt/cni/bin/{name}"] = Link(f"/usr/lib/cni/{name}")
    for name in ("entrypoint", "kubelet-cgroups", "pod-net"):
        entries[f"usr/local/bin/{name}"] = File(_FILES / name, 0o755)
    for unit in _FILES.glob("*.s*e"):  # services and slices
        entries[f"etc/systemd/system/{unit.name}"] = File(unit)
    for unit in _FILES.glob("*.service"):
        wants = f"etc/systemd/system/multi-user.target.wants/{unit.name}"
        entries[wants] = Link(f"/etc/systemd/system/{unit.name}")
    return entries
