"""The kind command: called so that it finds a Docker it can work with, and its errors said."""

import os
import re
import select
import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from kindcluster import programs, shim
from kindcluster.docker import Docker
from kindcluster.errors import KindError

_LAST_WORK_SECONDS = 60


@dataclass(frozen=True)
class Kind:
    """kind, with the shim for Docker before it where the daemon cannot give every capability."""

    docker: Docker
    folder: Path
    privileged: Sequence[str]

    @classmethod
    def prepare(cls, docker: Docker, image: str, folder: Path) -> "Kind":
        """Find out how a privileged container can be had, by running one."""
        command = ["run", "--rm", "--network=none", "--entrypoint=/bin/true"]
        result = docker.try_run(*command, "--privileged", image)
        if result.returncode == 0:
            return cls(docker, folder, ["--privileged"])
        if "unable to apply caps" not in result.stderr:
            raise KindError(f"Docker runs no privileged container: {_last(result.stderr)}")
        _write_shim(folder / "bin" / "docker", docker.client)
        return cls(docker, folder, shim.PRIVILEGED)

    def run(self, *arguments: str, show: bool = False) -> None:
        """Run kind to its end; ``show`` passes its progress on."""
        alive, inherited = os.pipe()
        child = subprocess.Popen(
            [programs.kind(), *arguments],
            env=self._environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            process_group=0,  # Ctrl-C is for us
            pass_fds=[inherited],
        )
        os.close(inherited)
        said = []
        try:
            for line in child.stderr or ():
                said.append(line)
                if show and line.startswith(" "):
                    click.echo(f" {line.rstrip()}", err=True)
            child.wait()
        except BaseException:
            child.kill()
            # The daemon ends what it has begun, whether or not a client waits: only when the
            # clients that kind has started are gone, too, there is something to delete.
            select.select([alive], [], [], _LAST_WORK_SECONDS)
            raise
        finally:
            os.close(alive)
        if child.returncode:
            raise KindError(explain("".join(said), arguments[0]))

    def _environment(self) -> dict[str, str]:
        path = f"{self.folder / 'bin'}:{self.docker.client.parent}:{os.environ['PATH']}"
        return {**self.docker.environment, "PATH": path}


def _write_shim(path: Path, client: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    program = shlex.join([sys.executable, "-I", "-S", shim.__file__])
    new = path.with_name(f"{path.name}.{os.getpid()}")
    new.write_text(f'#!/bin/sh\n{shim.REAL}={shlex.quote(str(client))} exec {program} "$@"\n')
    new.chmod(0o755)
    new.replace(path)  # another process may be executing the old one


def explain(output: str, action: str) -> str:
    """Say in a line what kind's output means."""
    if taken := re.search(r"(?:port is already allocated|address already in use)", output):
        port = re.search(r":(\d+)(?:: bind|\s+failed|.*?" + taken[0] + ")", output)
        which = f" {port[1]}" if port else ""
        return (
            f"A port that the cluster needs{which} is in use: end what listens there, or choose "
            "another in kind-config.yaml."
        )
    if "no space left on device" in output:
        return "The disk of the Docker daemon is full: make room (docker system prune), try again."
    return f"kind could not {action}: {_last(output)}"


def _last(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    wrong = [line for line in lines if line.startswith(("ERROR", "docker: "))]
    return " ".join([*wrong, *([] if wrong else lines[-3:])])[:600]
