"""The Docker client, found, and its errors said in a sentence."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kindcluster.errors import KindError

_NOT_FOUND = (
    "Docker was not found: install it (as root on Debian: .ci/docker) "
    "and see that `docker` is on the PATH."
)
_NO_RIGHTS = (
    "You have no rights to use Docker: add yourself to the group docker "
    "(sudo usermod -aG docker $USER, then log in again)."
)
_NO_DAEMON = (
    "No Docker daemon answers{where}: start it (sudo systemctl start docker; "
    "where there is no systemd, as root: .ci/docker)."
)
# kind would copy them into the nodes, where those addresses mean something else.
_PROXIES = ("http_proxy", "https_proxy", "no_proxy", "all_proxy")


def environment() -> dict[str, str]:
    """Our environment without proxies."""
    return {name: value for name, value in os.environ.items() if name.lower() not in _PROXIES}


@dataclass(frozen=True)
class Docker:
    """A Docker client whose daemon answers."""

    client: Path
    environment: Mapping[str, str] = field(default_factory=environment)

    @classmethod
    def find(cls) -> "Docker":
        """The client on the PATH, or a KindError that says what to do."""
        client = shutil.which("docker")
        if client is None:
            raise KindError(_NOT_FOUND)
        docker = cls(Path(client))
        result = docker.try_run("version", "--format", "{{.Server.Version}}")
        if result.returncode:
            raise KindError(explain(result.stderr, os.environ.get("DOCKER_HOST")))
        return docker

    def run(self, *arguments: str, stdin: str | None = None) -> str:
        """The output of a docker command that has to succeed."""
        result = self.try_run(*arguments, stdin=stdin)
        if result.returncode:
            said = " ".join(result.stderr.split())
            raise KindError(f"docker {' '.join(arguments[:2])} failed: {said[-500:]}")
        return result.stdout

    def try_run(
        self, *arguments: str, stdin: str | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """A docker command that may fail."""
        return subprocess.run(
            [self.client, *arguments], env=dict(self.environment), capture_output=True, text=True,
            check=False, input=stdin or "",
        )  # fmt: skip

    def image_id(self, name: str) -> str:
        """The id of the daemon's image of that name; "" if there is none."""
        return self.try_run("image", "inspect", "--format", "{{.Id}}", name).stdout.strip()

    def has_image(self, name: str) -> bool:
        """Whether the daemon has this image."""
        return bool(self.image_id(name))

    def cgroup_version(self) -> int:
        """Which cgroups the daemon's machine has: 1 or 2."""
        return int(self.run("info", "--format", "{{.CgroupVersion}}"))

    def nodes(self, cluster: str) -> dict[str, str]:
        """The nodes of a kind cluster and their containers' ids, the control plane first."""
        label = f"label=io.x-k8s.kind.cluster={cluster}"
        listed = self.run(
            "ps", "--all", "--no-trunc", "--filter", label, "--format={{.Names}} {{.ID}}"
        )
        return dict(sorted(line.split() for line in listed.splitlines()))

    def state(self, container: str) -> str:
        """What a container does: running, paused, exited."""
        return self.run("inspect", "--format={{.State.Status}}", container).strip()

    def root(self) -> Path:
        """The folder of the daemon's images and volumes."""
        return Path(self.run("info", "--format", "{{.DockerRootDir}}").strip())


def explain(output: str, host: str | None) -> str:
    """Say in a line why the daemon did not answer."""
    if "permission denied" in output.lower():
        return _NO_RIGHTS
    return _NO_DAEMON.format(where=f" at DOCKER_HOST={host}" if host else "")
