"""Go, as far as this package needs it: found, new enough, and its errors said in a sentence."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from controlplane import processes
from controlplane.errors import ControlPlaneError

OLDEST = (1, 26)
"""The oldest Go that compiles the pinned Kubernetes."""

_OLDEST_TEXT = ".".join(map(str, OLDEST))
_NOT_FOUND = (
    f"Go was not found: install Go {_OLDEST_TEXT} or newer and see that `go` is on the PATH. "
    "It compiles Kubernetes for this machine."
)
_NEEDED_BYTES = 5 * 1024**3
_REPORT_SECONDS = 30
_SHOWN_LINES = 15
_UNREACHABLE = re.compile(
    r"dial tcp|no such host|i/o timeout|proxyconnect|TLS handshake|Get \"http"
)
_ADDRESS = re.compile(r"https?://\S+")
_NO_SPACE = (
    "There is not enough space on the disk that holds {folder}: compiling Kubernetes needs about "
    "5 GB there. Free some space and run this again; what is compiled already is kept."
)


@dataclass(frozen=True)
class Go:
    """The Go that is installed."""

    version: str
    build_cache: Path


def find() -> Go:
    """The installed Go, if it is new enough."""
    # From the root folder, where no go.mod makes Go look for another version of itself.
    version, build_cache = run("env", "GOVERSION", "GOCACHE", folder=Path("/")).splitlines()
    numbers = re.search(r"go(\d+)\.(\d+)", version)
    if numbers and (int(numbers[1]), int(numbers[2])) < OLDEST:
        raise ControlPlaneError(f"{version} is too old: install Go {_OLDEST_TEXT} or newer.")
    return Go(version, Path(build_cache))


def run(*arguments: str, folder: Path) -> str:
    """The output of a short go command."""
    try:
        result = subprocess.run(
            ["go", *arguments], cwd=folder, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise ControlPlaneError(_NOT_FOUND) from None
    if result.returncode:
        raise ControlPlaneError(explain(result.stderr, f"go {' '.join(arguments[:2])}"))
    return result.stdout


def require_space(folder: Path) -> None:
    """Refuse to begin what would fail after minutes for want of space."""
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < _NEEDED_BYTES:
        raise ControlPlaneError(_NO_SPACE.format(folder=folder))


def compile_package(
    package: str, *, output: Path, flags: str, source: Path, scratch: Path, what: str
) -> None:
    """Compile one program without cgo, so that it runs on any Linux, and show that time passes."""
    command = ["go", "build", "-trimpath", f"-ldflags={flags}", "-o", str(output), package]
    environment = os.environ | {"CGO_ENABLED": "0", "GOWORK": "off", "GOTMPDIR": str(scratch)}
    with tempfile.NamedTemporaryFile(dir=scratch, suffix=".log") as log:
        code = _run_slowly(command, Path(log.name), source, environment, what)
        if code:
            text = Path(log.name).read_text(errors="replace")
            raise ControlPlaneError(explain(text, f"Compiling {what}"))


def _run_slowly(
    command: list[str], log: Path, folder: Path, environment: Mapping[str, str], what: str
) -> int:
    child = processes.spawn(command, log=log, folder=folder, environment=dict(environment))
    try:
        wait(child, what)
    finally:
        if child.poll() is None:  # interrupted: the compilers that go has started must end too
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    return child.returncode


def wait(child: subprocess.Popen[bytes], what: str) -> None:
    """Wait for a slow program: a running clock on a terminal, elsewhere a line now and then."""
    console = Console(stderr=True)
    if console.is_terminal:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=console, transient=True) as progress:
            progress.add_task(f"compiling {what}")
            child.wait()
        return
    started = time.monotonic()
    while True:
        try:
            child.wait(_REPORT_SECONDS)
        except subprocess.TimeoutExpired:
            click.echo(f"  still compiling {what}, {time.monotonic() - started:.0f} s", err=True)
        else:
            return


def explain(output: str, action: str) -> str:
    """Say what the output of a failed go command means, without the addresses in it."""
    if "no space left on device" in output:
        return _NO_SPACE.format(folder="Go's build cache")
    if _UNREACHABLE.search(output):
        return (
            "Go could not fetch the source of Kubernetes: its module proxy cannot be reached. "
            "See that the network works and what `go env GOPROXY` says, then run this again."
        )
    end = "\n".join(_ADDRESS.sub("<address>", output).strip().splitlines()[-_SHOWN_LINES:])
    return f"{action} failed. The end of what go said:\n{end}"
