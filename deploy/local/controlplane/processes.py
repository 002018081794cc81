"""Child processes that cannot outlive us, each with its own log.

The kernel kills a child when its parent ends, however it ends (PR_SET_PDEATHSIG). It counts the
*thread* that started the child as the parent, so children are only started from the main thread.
"""

import ctypes
import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path

from controlplane.errors import ControlPlaneError

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1
# The API server would wait a minute for clients that still watch; the others end at once.
_STOP_SECONDS = 2.0
_LOG_LINES = 20


def spawn(
    command: Sequence[str | Path], *, log: Path, folder: Path, environment: dict[str, str]
) -> subprocess.Popen[bytes]:
    """Start a program that ends when this process does, even by SIGKILL."""
    if threading.current_thread() is not threading.main_thread():
        raise ControlPlaneError(
            "Start clusters and their components from the main thread: "
            "they would end together with the thread that started them."
        )
    parent = os.getpid()

    def end_with_parent() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before we could ask: nobody will tell us any more
            os._exit(1)

    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - two system calls, no more
            process_group=0,  # Ctrl-C is for us; we stop our children in order
        )


class Components:
    """The running programs of one cluster, in the order they were started."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self._folder = folder
        self.logs = folder / "logs"
        self._programs = programs
        self._commands: dict[str, Sequence[str]] = {}  # keeps its order over restarts
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, flags: Sequence[str] | None = None) -> None:
        """Start one program; without flags, again with those of last time."""
        if flags is not None:
            self._commands[name] = flags
        self._running[name] = spawn(
            [self._programs / name, *self._commands[name]],
            log=self.logs / f"{name}.log",
            folder=self._folder,
            environment=dict(os.environ),
        )

    def pids(self) -> dict[str, int]:
        """Every component that was started and neither stopped nor killed by us."""
        return {name: process.pid for name, process in self._running.items()}

    def check(self) -> None:
        """Raise if a component ended by itself, and show the end of its log."""
        for name, process in self._running.items():
            if process.poll() is not None:
                raise ControlPlaneError(f"{name} {_ending(process)}. {self._log_end(name)}")

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal: SIGSTOP freezes a component, SIGCONT thaws it."""
        self._component(name).send_signal(number)

    def kill(self, name: str) -> None:
        """End a component as a crash would. It stays away until it is started again."""
        process = self._component(name)
        process.kill()
        process.wait()
        del self._running[name]

    def stop(self, name: str) -> None:
        """Ask a component to end, and insist after two seconds."""
        process = self._component(name)
        process.send_signal(signal.SIGCONT)  # a frozen program hears nothing else
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        del self._running[name]

    def stop_all(self) -> None:
        """Stop in the reverse order of first starting: clients before their servers."""
        for name in reversed(self._commands):
            if name in self._running:
                self.stop(name)

    def _component(self, name: str) -> subprocess.Popen[bytes]:
        if name not in self._running:
            raise ControlPlaneError(f"{name} is not running; running: {', '.join(self._running)}.")
        return self._running[name]

    def _log_end(self, name: str) -> str:
        log = self.logs / f"{name}.log"
        lines = log.read_text(errors="replace").splitlines()[-_LOG_LINES:]
        return "\n".join([f"The end of {log}:", *lines])


def _ending(process: subprocess.Popen[bytes]) -> str:
    code = process.returncode
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
