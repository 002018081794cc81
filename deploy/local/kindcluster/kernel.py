"""Kernel settings that kubelets change for the whole machine, and nobody puts back.

They are noted before the first cluster of ours and put back after the last one, through
containers: the machine in question is the Docker daemon's.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from controlplane import folders
from kindcluster.docker import Docker

SETTINGS = ("vm.overcommit_memory", "kernel.panic", "kernel.panic_on_oops")


def note(docker: Docker, image: str) -> None:
    """Remember the settings, unless that was done for a cluster before, put back or not."""
    if noted() is None:
        values = docker.run(*_in_container(image), "sysctl", "--values", *SETTINGS).split()
        _notes().parent.mkdir(parents=True, exist_ok=True)
        _notes().write_text(json.dumps(dict(zip(SETTINGS, values, strict=True))))


def noted() -> dict[str, str] | None:
    """What the settings were before the first cluster, until they have been put back."""
    if not _notes().exists():
        return None
    values: dict[str, str] = json.loads(_notes().read_text())
    return values


def put_back(docker: Docker, image: str, privileged: Sequence[str]) -> None:
    """Set what was noted; say how to do it by hand if that fails."""
    before = noted()
    if before is None:
        return
    values = [f"{name}={value}" for name, value in before.items()]
    command = [*_in_container(image, *privileged), "sysctl", "--write", *values]
    if docker.try_run(*command).returncode:
        click.echo(
            "Kernel settings that kubelets change could not be put back; as root: "
            f"sysctl --write {' '.join(values)}",
            err=True,
        )
    _notes().unlink()


def _notes() -> Path:
    return folders.cache() / "kind" / "kernel.json"


def _in_container(image: str, *flags: str) -> list[str]:
    return ["run", "--rm", "--network=none", *flags, "--entrypoint=/usr/bin/env", image]
