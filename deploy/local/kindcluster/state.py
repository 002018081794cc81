"""What is known of a cluster between two runs of a command: a folder for each in the cache."""

import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from controlplane import folders
from kindcluster.config import Options
from kindcluster.docker import Docker


def folder(name: str) -> Path:
    """Everything of one cluster, with its administrator's credentials: for this user only."""
    return folders.cache() / "kind" / "clusters" / name


@dataclass(frozen=True)
class State:
    """How a cluster was made; no containers yet means that its creation has not ended."""

    image: str
    options: Options
    containers: tuple[str, ...] = ()
    loaded: tuple[str, ...] = ()

    @classmethod
    def read(cls, name: str) -> "State | None":
        """The state of the cluster of that name; None if it is not one of ours."""
        try:
            noted = json.loads((folder(name) / "state.json").read_text())
        except FileNotFoundError:
            return None
        return cls(
            noted["image"], Options(**noted["options"]), tuple(noted["containers"]),
            tuple(noted["loaded"]),
        )  # fmt: skip

    def write(self, name: str) -> None:
        """Note it, whole or not at all."""
        draft = folder(name) / "state.draft"
        draft.write_text(json.dumps(asdict(self)))
        draft.rename(folder(name) / "state.json")


def others(name: str) -> list[str]:
    """The other clusters of ours."""
    return [path.parent.name for path in folder("*").parent.glob("*/state.json")
            if path.parent.name != name]  # fmt: skip


def remove(name: str, docker: Docker, image: str | None) -> None:
    """Remove the folder; the audit log in it belongs to root, so a container removes that."""
    audit = folder(name) / "audit" / "log"
    if image and audit.exists() and not os.access(next(audit.iterdir(), audit), os.W_OK):
        mount = f"--volume={audit}:/log"
        docker.try_run("run", "--rm", mount, "--entrypoint=/bin/sh", image, "-c", "rm -rf /log/*")
    shutil.rmtree(folder(name), ignore_errors=True)


def fresh(name: str) -> Path:
    """The emptied folder of a new cluster."""
    shutil.rmtree(folder(name), ignore_errors=True)
    folder(name).mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder(name)
