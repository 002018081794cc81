"""Where things are kept, and whose they are.

Below the user's cache folder: ``podwright/programs`` holds what was compiled, and
``podwright/clusters`` one folder per running cluster. A cluster's folder names its owner: the
process that would remove it. An owner killed with SIGKILL cannot, so the next start sweeps.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from controlplane.errors import ControlPlaneError


def cache() -> Path:
    """The folder of everything that may be deleted when no cluster runs."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "podwright"


def clusters() -> Path:
    """The folder of the running clusters."""
    return cache() / "clusters"


@contextmanager
def locked(folder: Path, *, waiting: str) -> Iterator[None]:
    """Hold the folder alone; say ``waiting`` if another process has it. Ends with the process."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            click.echo(waiting, err=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def claim(name: str | None = None) -> Path:
    """Make the folder of a new cluster, ours alone, after removing those whose owner is gone.

    Private to this user, because it holds an administrator's credentials and etcd's socket.
    """
    folder = clusters() / (name or f"run-{secrets.token_hex(4)}")
    with locked(clusters(), waiting="Another cluster is just starting; waiting for it."):
        _sweep()
        if folder.exists():
            raise ControlPlaneError(f"A cluster named {name} is running already.")
        folder.mkdir(mode=0o700)
        own(folder, os.getpid())
    return folder


def own(folder: Path, pid: int) -> None:
    """Make this process the folder's owner."""
    draft = folder / "owner.draft"
    draft.write_text(f"{pid} {_birth(pid)}")
    draft.rename(folder / "owner")  # never half-written: without an owner the folder is swept


def owner(folder: Path) -> int | None:
    """The process that this cluster lives and dies with; None if it is gone."""
    try:
        pid, birth = (folder / "owner").read_text().split()
    except (FileNotFoundError, ValueError):
        return None
    return int(pid) if _birth(int(pid)) == birth else None


def _sweep() -> None:
    for folder in clusters().iterdir():
        if owner(folder) is None:
            shutil.rmtree(folder, ignore_errors=True)


def _birth(pid: int) -> str | None:
    """When the process started, in ticks since boot; None if it has ended.

    A number alone does not name a process for long: the kernel uses it again.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The second field is the program's name in parentheses and may itself contain spaces.
    fields = stat.rpartition(")")[2].split()
    state, start = fields[0], fields[19]
    return None if state == "Z" else start
