"""Who is compared: kube-controller-manager's ReplicaSet controller, in two variants, and ours."""

import contextlib
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from operating import eventually

from bench.summary import DEFAULT, OPEN, OURS
from controlplane.processes import spawn

ROOT = Path(__file__).parents[2]
OPERATOR = ROOT / "operator"
GARBAGE = "garbage-collector-controller"
_NEEDED = ["serviceaccount-controller"]  # without it no pod is admitted
_REPLICASETS = ["replicaset-controller"]
_UNLIMITED = ("--kube-api-qps=1000", "--kube-api-burst=2000")


@dataclass(frozen=True)
class Contestant:
    """A controller, the API it serves, and how kube-controller-manager runs beside or as it."""

    name: str
    api_version: str
    component: str
    controllers: tuple[str, ...]
    flags: tuple[str, ...] = ()

    @property
    def owners(self):
        """Where its ReplicaSets are."""
        return f"/apis/{self.api_version}/namespaces/default/replicasets"


CONTESTANTS = {
    contestant.name: contestant
    for contestant in (
        Contestant(DEFAULT, "apps/v1", "kube-controller-manager", (*_NEEDED, *_REPLICASETS)),
        Contestant(
            OPEN,
            "apps/v1",
            "kube-controller-manager",
            (*_NEEDED, *_REPLICASETS),
            (*_UNLIMITED, "--concurrent-replicaset-syncs=50"),
        ),
        Contestant(OURS, "apps.podwright.dev/v1", "podwright", tuple(_NEEDED), _UNLIMITED),
    )
}


@contextlib.contextmanager
def running_operator(cluster, source=OPERATOR):
    """Install the CRDs and run the operator from this source folder; yields its process id."""
    for crd in sorted((ROOT / "crds").glob("*.podwright.dev.yaml")):
        cluster.kubectl("apply", "--server-side", "-f", str(crd))
    # Without an election, as kube-controller-manager here.
    options = ["--listen", "127.0.0.1:0", "--no-leader-elect"]
    command = [sys.executable, "-m", "podwright", "run", *options]
    with tempfile.NamedTemporaryFile(prefix="podwright-bench-", suffix=".log") as file:
        log = Path(file.name)
        process = spawn(
            [*command, "--kubeconfig", str(cluster.kubeconfig)],
            log=log,
            folder=ROOT,
            environment=os.environ | {"PYTHONPATH": str(source)},
        )
        try:
            eventually(lambda: "in sync" in log.read_text(), "the operator is in sync", seconds=30)
            yield process.pid
        finally:
            process.terminate()
            process.wait(15)
