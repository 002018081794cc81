"""A kind cluster on this machine: found, used and removed. How one is made: ``creation``."""

import subprocess
from dataclasses import replace

from controlplane import build, folders
from kindcluster import creation, images, kernel, state
from kindcluster.command import Kind
from kindcluster.config import Options
from kindcluster.docker import Docker
from kindcluster.errors import KindError
from kindcluster.state import State

DEFAULT_NAME = "podwright"
_HEALTH_TIMEOUT = "10s"


class KindCluster:
    """One cluster of ours; obtained by ``up`` or ``find``.

    ``kubeconfig`` is an administrator's; ``audit_log`` is there with the option ``audit``.
    """

    def __init__(self, name: str, docker: Docker, kind: Kind) -> None:
        self.name = name
        self.kubeconfig = state.folder(name) / "kubeconfig"
        self.audit_log = state.folder(name) / "audit" / "log" / "audit.log"
        self._docker = docker
        self._kind = kind

    @classmethod
    def up(
        cls, name: str = DEFAULT_NAME, *, fast_failure: bool = False, audit: bool = False
    ) -> "KindCluster":
        """The cluster of that name with the test images in it: the running one, or a new one.

        Raises KindError if one of that name is not ours, is broken or lacks a wanted option.
        """
        wanted = Options(fast_failure=fast_failure, audit=audit)
        docker = Docker.find()
        clusters = state.folder(name).parent
        with folders.locked(clusters, waiting="Another cluster is just starting; waiting for it."):
            cluster = cls._found(name, docker)
            if cluster is not None:
                cluster.check(wanted)
                cluster.load(*images.in_cluster())
                return cluster
            image, kind = creation.prepare(docker, name)
            cluster = cls(name, docker, kind)
            with creation.or_nothing(cluster.delete):
                kernel.note(docker, image)
                State(image, wanted).write(name)
                creation.create(docker, kind, name, image, wanted)
                nodes = docker.nodes(name).values()
                State(image, wanted, tuple(nodes)).write(name)
                creation.wait(cluster.kubectl)
                cluster.load(*images.in_cluster())
        return cluster

    @classmethod
    def find(cls, name: str = DEFAULT_NAME) -> "KindCluster | None":
        """The cluster of that name, healthy or not; None if there is none."""
        return cls._found(name, Docker.find())

    @classmethod
    def _found(cls, name: str, docker: Docker) -> "KindCluster | None":
        nodes = docker.nodes(name)
        noted = State.read(name)
        if not nodes:
            return None
        if noted is None or (noted.containers and not set(nodes.values()) <= set(noted.containers)):
            raise KindError(
                f"There is a kind cluster {name} that was not made by this program: remove it "
                f"(kind delete cluster --name {name}), or choose another name (--name)."
            )
        return cls(name, docker, Kind.prepare(docker, noted.image, state.folder(name)))

    def check(self, wanted: Options | None = None) -> None:
        """Raise KindError unless the cluster is whole, answers and has the options."""
        noted = self._state()
        ours = self.name == DEFAULT_NAME
        down = "make kind-down" if ours else f"python -m kindcluster down --name {self.name}"
        again = f"`{down}` removes it"
        if not noted.containers:
            raise KindError(f"The creation of cluster {self.name} did not end: {again}.")
        stopped = [
            name for name, container in self._docker.nodes(self.name).items()
            if self._docker.state(container) != "running"
        ]  # fmt: skip
        if stopped:
            raise KindError(f"Of cluster {self.name}, {', '.join(stopped)} does not run: {again}.")
        try:
            self.kubectl("get", "--raw=/readyz", f"--request-timeout={_HEALTH_TIMEOUT}")
        except KindError as error:
            raise KindError(f"Cluster {self.name} does not answer ({error}): {again}.") from error
        if wanted and (missing := noted.options.missing(wanted)):
            raise KindError(f"Cluster {self.name} runs without {', '.join(missing)}: {again}.")

    def kubectl(self, *arguments: str, input: str | None = None) -> str:  # noqa: A002
        """The output of kubectl as administrator; KindError with its words if it fails."""
        result = subprocess.run(
            [build.programs() / "kubectl", f"--kubeconfig={self.kubeconfig}", *arguments],
            input=input or "", capture_output=True, text=True, check=False,
            env=dict(self._docker.environment),
        )  # fmt: skip
        if result.returncode:
            raise KindError(f"kubectl {' '.join(arguments)}: {result.stderr.strip()}")
        return result.stdout

    @property
    def options(self) -> Options:
        """How it came up."""
        return self._state().options

    @property
    def nodes(self) -> list[str]:
        """The nodes' names, which are their containers' names, the control plane first."""
        return list(self._docker.nodes(self.name))

    @property
    def workers(self) -> list[str]:
        """The nodes without the control plane."""
        return [name for name in self.nodes if not name.endswith("-control-plane")]

    def load(self, *names: str) -> None:
        """Bring images into every node: test images by short name, others from Docker by name."""
        for name in names:
            if image := images.find(name):
                archive = image.archive()
                self._load(f"{image.what}-{archive.name}", "image-archive", str(archive))
            elif number := self._docker.image_id(name):
                self._load(f"{name}-{number}", "docker-image", name)
            else:
                known = ", ".join(images.in_cluster())
                raise KindError(
                    f"There is no image {name}: neither in Docker, where `docker build` would put "
                    f"it, nor among the test images ({known})."
                )

    def _load(self, key: str, source: str, name: str) -> None:
        """Have kind load it once: asked again it would bring it again, half a minute for 300 MB."""
        noted = self._state()
        if key not in noted.loaded:
            self._kind.run("load", source, name, f"--name={self.name}")
            replace(noted, loaded=(*noted.loaded, key)).write(self.name)

    def pause(self, node: str) -> None:
        """Freeze everything on a node, as a crash of the machine would look from outside."""
        self._docker.run("pause", node)

    def unpause(self, node: str) -> None:
        """Let a paused node go on."""
        self._docker.run("unpause", node)

    def restart(self, node: str) -> None:
        """Restart a node: about 11 s, most of it Docker waiting for systemd to stop."""
        self._docker.run("restart", node)

    def run(self, node: str, *command: str) -> str:
        """The output of a command in a node."""
        return self._docker.run("exec", node, *command)

    def delete(self) -> None:
        """Remove the cluster and everything of it; kernel settings are put back after the last."""
        noted = State.read(self.name)
        self._kind.run(
            "delete", "cluster", f"--name={self.name}", f"--kubeconfig={self.kubeconfig}"
        )
        if noted is not None and not state.others(self.name):
            kernel.put_back(self._docker, noted.image, self._kind.privileged)
        state.remove(self.name, self._docker, noted.image if noted else None)

    def _state(self) -> State:
        noted = State.read(self.name)
        if noted is None:
            raise KindError(f"Cluster {self.name} is gone.")
        return noted
