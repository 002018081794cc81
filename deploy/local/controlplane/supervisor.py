"""A cluster that outlives the command that started it: up, down and status.

A detached process, the supervisor, owns the components. The cluster's folder, found by its name,
tells the commands what they ask for: ``owner`` who that process is, ``ready.json`` how to use the
cluster, ``failure`` what broke.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from controlplane import access, build, folders
from controlplane.cluster import Cluster
from controlplane.errors import ControlPlaneError
from controlplane.versions import SOURCES

_POLL_SECONDS = 0.1
_STOP_SECONDS = 60.0


@dataclass(frozen=True)
class Status:
    """How to use a cluster that is ready, and what broke since."""

    kubeconfig: str
    kubectl: str
    logs: str
    pids: Mapping[str, int]
    failure: str | None = None


def up(name: str, nodes: int, kubeconfig: Path) -> Status:
    """Start a cluster in a process of its own and return when it is ready."""
    build.programs()  # here, where its progress is seen
    folder = folders.claim(name)
    child = _detach(folder, nodes, kubeconfig)
    folders.own(folder, child.pid)
    try:
        return _ready(name, child)
    except BaseException:  # Ctrl-C too
        child.terminate()
        child.wait()
        shutil.rmtree(folder, ignore_errors=True)
        raise


def down(name: str) -> bool:
    """Stop the cluster and remove all of it; False if there was none."""
    folder = folders.clusters() / name
    owner = folders.owner(folder)
    if owner is not None:
        os.kill(owner, signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        while folders.owner(folder) == owner:
            if time.monotonic() > deadline:
                os.kill(owner, signal.SIGKILL)  # the components end with it
            time.sleep(_POLL_SECONDS)
    shutil.rmtree(folder, ignore_errors=True)
    return owner is not None


def status(name: str) -> Status | None:
    """What is known of the cluster; None if there is none, or it is not ready yet."""
    folder = folders.clusters() / name
    facts = folder / "ready.json"
    if folders.owner(folder) is None or not facts.exists():
        return None
    failure = folder / "failure"
    broken = failure.read_text() if failure.exists() else None
    return Status(**json.loads(facts.read_text()) | {"failure": broken})


def supervise(folder: Path, nodes: int, kubeconfig: Path) -> None:
    """Own a cluster until SIGTERM. This is the whole life of the detached process."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with Cluster.start(nodes, folder=folder) as cluster:
        try:
            _publish(cluster, folder, kubeconfig)
            _watch(cluster, folder)
        finally:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)  # one is enough; let us clean up
            _withdraw(cluster, kubeconfig)


def _ready(name: str, supervisor: subprocess.Popen[bytes]) -> Status:
    while (answer := status(name)) is None:
        if supervisor.poll() is not None:
            raise ControlPlaneError(
                _log(folders.clusters() / name).read_text().removeprefix("Error: ").strip()
            )
        time.sleep(_POLL_SECONDS)
    return answer


def _detach(folder: Path, nodes: int, kubeconfig: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "controlplane", "supervise", f"--nodes={nodes}"]
    with _log(folder).open("ab") as log:
        return subprocess.Popen(
            [*command, f"--folder={folder}", f"--kubeconfig={kubeconfig.absolute()}"],
            env=os.environ | {"PYTHONPATH": str(SOURCES)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _log(folder: Path) -> Path:
    return folder / "supervisor.log"


def _publish(cluster: Cluster, folder: Path, kubeconfig: Path) -> None:
    kubeconfig.parent.mkdir(parents=True, exist_ok=True)
    access.write_private(kubeconfig, cluster.kubeconfig.read_text())
    facts = Status(
        kubeconfig=str(kubeconfig),
        kubectl=str(build.programs() / "kubectl"),
        logs=str(cluster.log_dir),
        pids=cluster.pids(),
    )
    _write(folder / "ready.json", json.dumps(asdict(facts)))


def _withdraw(cluster: Cluster, kubeconfig: Path) -> None:
    """Remove the user's kubeconfig, unless another cluster has written its own there."""
    if kubeconfig.exists() and kubeconfig.read_text() == cluster.kubeconfig.read_text():
        kubeconfig.unlink()


def _watch(cluster: Cluster, folder: Path) -> None:
    """Look after the components; when one dies say so, and keep the others and all logs."""
    try:
        while True:
            cluster.check()
            time.sleep(_POLL_SECONDS)
    except ControlPlaneError as error:
        click.echo(str(error))
        _write(folder / "failure", str(error))
    while True:
        signal.pause()


def _write(path: Path, text: str) -> None:
    """Write a file that another process waits for: all of it at once."""
    draft = path.with_suffix(".draft")
    draft.write_text(text)
    draft.rename(path)
