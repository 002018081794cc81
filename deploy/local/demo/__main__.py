"""Bring everything up, show it working, take everything down."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import yaml
from rich.console import Console
from rich.live import Live

from controlplane import Cluster, ControlPlaneError, build
from controlplane.processes import spawn
from demo.view import Manifest, render
from podwright.client import ApiError, Client, NotFound, Unavailable
from podwright.credentials import load_configuration
from podwright.kinds import BUILT_IN
from podwright.workload import Served

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "deploy" / "examples" / "replicaset"
APPLY = "application/apply-patch+yaml"
FIELD_MANAGER = {"fieldManager": "podwright-demo", "force": "true"}
SECONDS_TO_START = 60
LOG_CHARACTERS = 2000
OTHER_LINES = 12
"""Lines of the screen that are not pods."""

console = Console()


@click.command()
@click.option("--kubeconfig", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def main(kubeconfig: Path | None) -> None:
    """Run the operator on a cluster and show an example at work, until Ctrl-C.

    Without --kubeconfig a control plane with 10 simulated nodes is started (and built first, when
    that was not done before).
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # whoever reads a pipe wants to see it live
    # Both end it cleanly, also in the background of a shell that has SIGINT ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    started = time.monotonic()
    try:
        with contextlib.ExitStack() as stack:
            if kubeconfig is None:
                programs = build.programs()
                console.print("Starting a control plane with 10 nodes ...")
                started = time.monotonic()
                cluster = stack.enter_context(Cluster.start(nodes=10))
                kubeconfig = cluster.kubeconfig
                _explain(kubeconfig, programs / "kubectl")
            asyncio.run(_show(kubeconfig, started))
    except KeyboardInterrupt:
        console.print("Stopped: no process is left.")
    except (ControlPlaneError, ApiError) as error:
        raise click.ClickException(str(error)) from error


def _explain(kubeconfig: Path, kubectl: Path) -> None:
    console.print(
        "\nThe nodes are simulated (kwok): pods are scheduled and become ready, but nothing runs "
        "in them.\nFrom another terminal:\n\n"
        f"  export KUBECONFIG={kubeconfig}\n"
        f"  alias kubectl={kubectl}\n"
        "  kubectl get prs,pods\n"
        "  kubectl scale prs/web --replicas=5\n",
        soft_wrap=True,
        highlight=False,
    )


async def _show(kubeconfig: Path, started: float) -> None:
    """Install, run the operator, apply the example, and show both until interrupted."""
    client = Client(await load_configuration(str(kubeconfig)))
    example = [manifest for file in sorted(EXAMPLE.glob("*.yaml")) for manifest in _read(file)]
    try:
        for file in sorted((ROOT / "crds").glob("*.podwright.dev.yaml")):
            for manifest in _read(file):
                await _apply(client, _path(manifest), manifest)
        with _operator(kubeconfig) as operator:
            await _until_served(client)
            for manifest in example:
                await _apply(client, _path(manifest), manifest)
            console.print(
                f"Up after {time.monotonic() - started:.1f} s. Ctrl-C stops everything.\n"
            )
            await _watch(client, operator)
            raise ControlPlaneError("the operator has ended; its last words are above")
    finally:
        for manifest in example:
            with contextlib.suppress(ApiError):
                await client.send("DELETE", _path(manifest), timeout=5)
        await client.close()


def _read(file: Path) -> list[Manifest]:
    return [manifest for manifest in yaml.safe_load_all(file.read_text()) if manifest]


def _path(manifest: Manifest) -> str:
    """Where an object of the demo lives: a CRD, or one of our kinds in the namespace default."""
    name = manifest["metadata"]["name"]
    if manifest["kind"] == "CustomResourceDefinition":
        return f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}"
    group = manifest["apiVersion"].rpartition("/")[0]
    for served in BUILT_IN:
        if (served.group, served.workload.kind) == (group, manifest["kind"]):
            return served.resource.path(manifest["metadata"].get("namespace", "default"), name)
    raise ControlPlaneError(f"the demo cannot show a {manifest['kind']} of {group}")


async def _apply(client: Client, path: str, manifest: Manifest) -> None:
    await client.send("PATCH", path, query=FIELD_MANAGER, body=manifest, content_type=APPLY)


async def _until_served(client: Client) -> None:
    """CRDs are served a moment after they were accepted."""
    for served in BUILT_IN:
        async with asyncio.timeout(SECONDS_TO_START):
            while not await _is_served(client, served):  # noqa: ASYNC110  # nobody would set one
                await asyncio.sleep(0.1)


async def _is_served(client: Client, served: Served) -> bool:
    try:
        await client.send("GET", served.resource.path("default"))
    except (NotFound, Unavailable):  # not known yet, or known and not ready
        return False
    return True


@contextlib.contextmanager
def _operator(kubeconfig: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The operator as a process of its own, as users run it; its log is shown if it fails."""
    command = [sys.executable, "-m", "podwright", "run", "--kubeconfig", str(kubeconfig)]
    with tempfile.NamedTemporaryFile(prefix="podwright-", suffix=".log") as log:
        operator = spawn(
            [*command, "--listen", "127.0.0.1:0"],
            log=Path(log.name),
            folder=ROOT,
            environment=dict(os.environ),
        )
        try:
            yield operator
        finally:
            operator.terminate()
            if operator.wait(15) not in (0, -signal.SIGTERM):
                text = Path(log.name).read_text(errors="replace")
                console.print(text[-LOG_CHARACTERS:], markup=False, highlight=False)


async def _watch(client: Client, operator: subprocess.Popen[bytes]) -> None:
    if not console.is_terminal:
        await _print_changes(client, operator)
        return
    with Live(console=console, auto_refresh=False, vertical_overflow="crop") as live:
        while operator.poll() is None:
            live.update(await _frame(client), refresh=True)
            await asyncio.sleep(0.5)


async def _print_changes(client: Client, operator: subprocess.Popen[bytes]) -> None:
    """For pipes and logs: each new picture once."""
    shown = ""
    while operator.poll() is None:
        with console.capture() as picture:
            console.print(await _frame(client, ages=False))
        if picture.get() != shown:
            shown = picture.get()
            console.print(shown, markup=False, highlight=False, soft_wrap=True)
        await asyncio.sleep(0.2)


async def _frame(client: Client, *, ages: bool = True) -> Any:
    owners: list[Manifest] = []
    for served in BUILT_IN:
        found = await _list(client, served.resource.path())
        owners += [{"kind": served.workload.kind, **owner} for owner in found]
    pods: list[Manifest] = []
    for namespace in sorted({owner["metadata"]["namespace"] for owner in owners}):
        pods += await _list(client, f"/api/v1/namespaces/{namespace}/pods")
    now = datetime.now(UTC) if ages else datetime.min.replace(tzinfo=UTC)
    return render(owners, pods, now=now, rows=max(5, console.height - OTHER_LINES))


async def _list(client: Client, path: str) -> list[Manifest]:
    items: list[Manifest] = json.loads(await client.send("GET", path, query={"limit": "500"}))[
        "items"
    ]
    return items


if __name__ == "__main__":
    main()
