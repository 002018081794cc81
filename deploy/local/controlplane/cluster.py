"""A Kubernetes control plane as plain processes, with kwok's nodes.

    with Cluster.start(nodes=3) as cluster:
        print(cluster.kubectl("get", "nodes"))

No root and no containers; everything ends with the process that started it.
"""

import os
import shlex
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from controlplane import build, commands, folders
from controlplane import nodes as simulated
from controlplane.access import Access
from controlplane.errors import ControlPlaneError
from controlplane.processes import Components

_READY_SECONDS = 60.0
_POLL_SECONDS = 0.05


class Cluster:
    """A running cluster. ``Cluster.start`` makes one; leaving its ``with`` block removes it."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self._folder = folder
        self._programs = programs
        self._port = _reserve_port()
        self._access = Access(folder, self._port.getsockname()[1])
        self._components = Components(folder, programs)
        self.api = self._access.api
        self.server = self._access.server
        self.ca = self._access.ca
        self.token = self._access.token
        self.kubeconfig = self._access.kubeconfig
        self.log_dir = self._components.logs
        self.audit_log = folder / "audit.log"

    @classmethod
    def start(
        cls,
        nodes: int | Sequence[simulated.Node] = 10,
        *,
        controllers: str = "*",
        client_qps: int | None = 2000,
        audit: bool = False,
        flags: Mapping[str, Sequence[str]] | None = None,
        folder: Path | None = None,
    ) -> Self:
        """Start a cluster; return when its nodes are Ready and pods can be created.

        ``controllers`` chooses as kube-controller-manager does, ``*,-replicaset-controller``.
        ``client_qps`` limits the controller manager and the scheduler; None is Kubernetes' own
        limit, 20 and 50 requests per second. ``audit`` logs who did what to ``audit_log``.
        ``flags`` adds to a component's flags, by its name. ``folder`` is one already claimed.
        """
        programs = build.programs()
        cluster = cls(folder or folders.claim(), programs)
        try:
            order = commands.start_order(
                port=cluster._port.getsockname()[1],
                stages=programs / "stages.yaml",
                controllers=controllers,
                client_qps=client_qps,
                audit=audit,
                extra=flags or {},
            )
            cluster._start_components(order)
            cluster.add_nodes(simulated.numbered(nodes) if isinstance(nodes, int) else nodes)
        except BaseException:
            cluster.stop()
            raise
        return cluster

    def _start_components(self, order: dict[str, list[str]]) -> None:
        self.log_dir.mkdir()
        self._access.write()
        (self._folder / "audit-policy.yaml").write_text(commands.AUDIT_POLICY)
        servers = ("etcd", "kube-apiserver")
        for name in servers:
            self._components.start(name, order[name])
        self._wait_for_apiserver()
        for name, flags in order.items():
            if name not in servers:
                self._components.start(name, flags)
        self.wait_until(
            "the controllers to work",
            lambda: self.api.get("/api/v1/namespaces/default/serviceaccounts/default") is not None,
        )

    def stop(self) -> None:
        """End every process and remove the folder."""
        self._components.stop_all()
        self._port.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        """Run kubectl as administrator and return what it printed."""
        result = subprocess.run(
            [self._programs / "kubectl", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            # kubectl's cache is keyed by address, and the next cluster may have this port.
            env=os.environ
            | {"KUBECONFIG": str(self.kubeconfig), "KUBECACHEDIR": str(self._folder / "kubectl")},
        )
        if result.returncode:
            raise ControlPlaneError(f"kubectl {shlex.join(arguments)}: {result.stderr.strip()}")
        return result.stdout

    def add_nodes(self, nodes: Sequence[simulated.Node]) -> None:
        """Create nodes and wait until pods can be scheduled to them."""
        simulated.create(self.api, nodes)
        self.wait_until("all nodes to be Ready", lambda: simulated.all_schedulable(self.api, nodes))

    def add_user(self, name: str, groups: Sequence[str] = ()) -> Path:
        """The kubeconfig of a new user, who may do what RBAC allows the name and the groups."""
        return self._access.add_user(name, groups)

    def pids(self) -> dict[str, int]:
        """The process of each component."""
        return self._components.pids()

    def check(self) -> None:
        """Raise if a component died, with its name and the end of its log."""
        self._components.check()

    def pause(self, component: str) -> None:
        """Freeze a component. For a lost node: both kwok and pod-reaper, who play the kubelet."""
        self._components.signal(component, signal.SIGSTOP)

    def resume(self, component: str) -> None:
        """Let a frozen component go on."""
        self._components.signal(component, signal.SIGCONT)

    def kill(self, component: str) -> None:
        """End a component with SIGKILL. ``restart`` brings it back."""
        self._components.kill(component)

    def restart(self, component: str) -> None:
        """Stop a component, if it runs, and start it with the same flags."""
        if component in self._components.pids():
            self._components.stop(component)
        self._components.start(component)
        self._wait_for_apiserver()

    def restart_apiserver(self) -> None:
        """Restart the API server, on the same port, and wait until it serves again."""
        self.restart("kube-apiserver")

    def _wait_for_apiserver(self) -> None:
        self.wait_until("the API server", lambda: self.api.get("/readyz") is not None)

    def wait_until(self, what: str, happened: Callable[[], bool]) -> None:
        """Ask until it is so; raise if a component dies meanwhile, or after a minute."""
        deadline = time.monotonic() + _READY_SECONDS
        while not happened():
            self.check()
            if time.monotonic() > deadline:
                raise ControlPlaneError(
                    f"Waited {_READY_SECONDS:.0f} s for {what} in vain; logs: {self.log_dir}"
                )
            time.sleep(_POLL_SECONDS)


def _reserve_port() -> socket.socket:
    """A loopback port that is ours before the API server binds it, and while it restarts.

    Two sockets may share a port if both say SO_REUSEPORT and belong to one user; connections go
    to the one that listens, which this one never does.
    """
    reserved = socket.socket()
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    reserved.bind(("127.0.0.1", 0))
    return reserved
