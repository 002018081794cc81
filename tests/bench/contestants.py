"""Who is compared: kube-controller-manager's controller of a kind, in two variants, and ours."""

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
_HELPERS = {"deployment": ("replicaset",), "cronjob": ("job",)}
"""Kinds that a kind works by."""
_FLAGS = {"cronjob": "cron-job"}
_UNLIMITED = ("--kube-api-qps=1000", "--kube-api-burst=2000")


@dataclass(frozen=True)
class Contestant:
    """A controller, the API it serves, and how kube-controller-manager runs beside or as it.

    Kinds are written in lower case here, as in the names of controllers.
    """

    name: str
    api_version: str
    component: str
    is_limited: bool = False

    @property
    def is_ours(self):
        """Whether kube-controller-manager only runs beside it."""
        return self.component != "kube-controller-manager"

    def controllers(self, kind):
        """Those that kube-controller-manager runs."""
        mine = () if self.is_ours else (kind, *_HELPERS.get(kind, ()))
        return [*_NEEDED, *(f"{each}-controller" for each in mine)]

    def flags(self, kind):
        """What kube-controller-manager may do."""
        if self.is_limited:
            return ()
        if self.is_ours:
            return _UNLIMITED
        kinds = (kind, *_HELPERS.get(kind, ()))
        names = (_FLAGS.get(each, each) for each in kinds)
        return (*_UNLIMITED, *(f"--concurrent-{each}-syncs=50" for each in names))

    def version(self, kind):
        """The API group and version of a kind."""
        is_batch = kind.lower() in {"job", "cronjob"}
        return self.api_version.replace("apps", "batch") if is_batch else self.api_version

    def owners(self, kind):
        """Where its objects of a kind are."""
        return f"/apis/{self.version(kind)}/namespaces/default/{kind}s"


CONTESTANTS = {
    contestant.name: contestant
    for contestant in (
        Contestant(DEFAULT, "apps/v1", "kube-controller-manager", is_limited=True),
        Contestant(OPEN, "apps/v1", "kube-controller-manager"),
        Contestant(OURS, "apps.podwright.dev/v1", "podwright"),
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
