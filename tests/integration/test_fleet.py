"""A kind of one's own, from its file, on a real API server."""

import os
import re
import subprocess
import sys
import time

import pytest
import yaml
from operating import ROOT, Operator, eventually

from controlplane import build

FLEET = ROOT / "deploy" / "examples" / "fleet" / "fleet.py"
IN_USE = "games.example.com/in-use"


@pytest.fixture
def fleets(cluster, world, operator):
    """The path of fleets, with an operator that serves nothing else."""
    operator.stop()
    command = [sys.executable, "-m", "podwright", "crds", str(FLEET)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    cluster.kubectl("apply", "--server-side", "-f", "-", stdin=printed)
    with Operator(cluster.kubeconfig, "--alone", files=[FLEET]):
        yield f"/apis/games.example.com/v1/namespaces/{world.namespace}/fleets"


def test_servers_in_use_are_not_removed(world, fleets):
    manifest = yaml.safe_load((FLEET.parent / "arena.yaml").read_text())
    world.api.post(fleets, manifest)
    told = lambda: world.api.get(f"{fleets}/arena").get("status", {})  # noqa: E731
    eventually(lambda: told() == {"replicas": 3, "inUse": 0}, "three idle servers")
    names = sorted(pod["metadata"]["name"] for pod in world.pods())
    for name in names:
        world.patch_pod(name, {"metadata": {"labels": {IN_USE: "true"}}})
    eventually(lambda: told()["inUse"] == 3, "all are in use")
    world.api.patch(f"{fleets}/arena/scale", {"spec": {"replicas": 1}})
    world.patch_pod(names[1], {"metadata": {"labels": {IN_USE: None}}})
    eventually(lambda: told() == {"replicas": 2, "inUse": 2}, "only the idle one goes")
    assert world.active() == {names[0], names[2]}


def test_the_commands_of_its_readme_work(cluster, world, fleets, tmp_path):
    """What is done in the other terminal; the first one has an operator by now."""
    config = yaml.safe_load(cluster.kubeconfig.read_text())
    for context in config["contexts"]:
        context["context"]["namespace"] = world.namespace
    (tmp_path / "kubeconfig").write_text(yaml.safe_dump(config))
    path = f"{build.programs()}:{os.environ['PATH']}"
    shell = os.environ | {"PATH": path, "KUBECONFIG": str(tmp_path / "kubeconfig")}
    lines = re.findall(r"^ {4}(.+)$", (FLEET.parent / "README.md").read_text(), re.MULTILINE)
    assert [line.split()[1] for line in lines[:3]] == ["crds", "run", "apply"]
    for line in lines[2:]:
        subprocess.run(line, shell=True, cwd=FLEET.parent, env=shell, check=True)
        if "scale" in line:
            eventually(lambda: world.api.get(f"{fleets}/arena")["spec"]["replicas"] == 1, "one")
            time.sleep(1)
            assert len(world.active()) == 3, "all are in use"
    eventually(lambda: not world.pods(), "its pods are gone", seconds=60)
