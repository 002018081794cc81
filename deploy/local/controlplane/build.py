"""The programs of a cluster, compiled once and kept in the user's cache folder.

A folder there is named after all that goes into it: our sources, the pinned versions, the flags
and the Go that compiled them. It appears complete or not at all, so whoever sees it may use it.
"""

import hashlib
import shutil
import sys
import tempfile
import time
from pathlib import Path

import click

from controlplane import folders, go
from controlplane.errors import ControlPlaneError
from controlplane.versions import KUBERNETES_SOURCES, KUBERNETES_VERSION, KWOK_SOURCES, KWOK_VERSION

PROGRAMS = (
    "etcd", "kube-apiserver", "kube-controller-manager", "kube-proxy", "kube-scheduler",
    "kubeadm", "kubectl", "kubelet", "pod-reaper",
)  # fmt: skip
"""The names that the one Kubernetes binary answers to."""

STAGES = (
    "node/fast/node-initialize",
    "node/heartbeat-with-lease/node-heartbeat-with-lease",
    "pod/fast/pod-ready",
    "pod/fast/pod-complete",
)
"""What kwok does to nodes and pods. Not its pod-delete: see kubernetes/reaper.go."""

_MAJOR, _MINOR, _ = KUBERNETES_VERSION.split(".")
# Without these, every program would call itself v0.0.0-master.
_STAMPS = {
    "gitVersion": f"v{KUBERNETES_VERSION}",
    "gitMajor": _MAJOR,
    "gitMinor": _MINOR,
    "gitCommit": "",
}
_STRIP = "-s -w"
KUBERNETES_FLAGS = " ".join(
    [_STRIP]
    + [
        f"-X {package}.{name}={value}"
        for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
        for name, value in _STAMPS.items()
    ]
)


def programs() -> Path:
    """The folder with every program, compiled first if that has not happened yet."""
    if sys.platform != "linux":
        raise ControlPlaneError("This runs on Linux only: children are tied to us by its kernel.")
    cache = folders.cache() / "programs"
    sources = source_key()
    try:
        installed = go.find()
    except ControlPlaneError:
        # Go is needed to compile, not to run.
        if earlier := sorted(cache.glob(f"{sources}-*")):
            return earlier[-1]
        raise
    built = cache / f"{sources}-{installed.version}"
    if not built.exists():
        with folders.locked(cache, waiting="Another build is running; waiting for it."):
            if not built.exists():
                _build(built, installed)
    return built


def source_key() -> str:
    """A hash of everything but Go itself that decides what comes out."""
    digest = hashlib.sha256(f"{KUBERNETES_FLAGS} {STAGES} {PROGRAMS}".encode())
    files = [*KUBERNETES_SOURCES.glob("*.go"), *KUBERNETES_SOURCES.glob("go.*")]
    for file in sorted([*files, *KWOK_SOURCES.glob("go.*")]):
        digest.update(f"\0{file.parent.name}/{file.name}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _build(built: Path, installed: go.Go) -> None:
    """Compile aside and rename at the end: an interrupted build leaves nothing that looks whole."""
    for remnant in built.parent.glob(".building-*"):  # we hold the lock: its builder was killed
        shutil.rmtree(remnant, ignore_errors=True)
    go.require_space(installed.build_cache)
    with tempfile.TemporaryDirectory(dir=built.parent, prefix=".building-") as scratch:
        output = Path(scratch) / "programs"
        output.mkdir()
        compile_program(
            f"Kubernetes {KUBERNETES_VERSION}", "4 to 5 minutes", ".", KUBERNETES_FLAGS,
            source=KUBERNETES_SOURCES, output=output / "kubernetes", scratch=Path(scratch),
        )  # fmt: skip
        for name in PROGRAMS:
            (output / name).symlink_to("kubernetes")
        compile_program(
            f"kwok {KWOK_VERSION}", "1 minute", "sigs.k8s.io/kwok/cmd/kwok", _STRIP,
            source=KWOK_SOURCES, output=output / "kwok", scratch=Path(scratch),
        )  # fmt: skip
        (output / "stages.yaml").write_text(_stages())
        output.rename(built)


def compile_program(
    what: str, usual: str, package: str, flags: str, *, source: Path, output: Path, scratch: Path
) -> None:
    """Compile one program and say so: ``usual`` is how long that takes on an empty cache."""
    click.echo(
        f"Compiling {what}: usually {usual} on 2 cores the first time, seconds after that.",
        err=True,
    )
    started = time.monotonic()
    go.compile_package(
        package, output=output, flags=flags, source=source, scratch=scratch, what=what
    )
    click.echo(f"Compiled {what} in {time.monotonic() - started:.0f} s.", err=True)


def _stages() -> str:
    """The stage files of kwok, which are in its module but not in its binary."""
    module = Path(
        go.run("list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/kwok", folder=KWOK_SOURCES).strip()
    )
    return "\n---\n".join(
        (module / "kustomize/stage" / f"{stage}.yaml").read_text() for stage in STAGES
    )
