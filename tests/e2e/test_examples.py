"""Every example does what its README says, command by command."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from operating import ROOT, eventually

from controlplane import build

EXAMPLES = sorted(
    path.parent
    for path in (ROOT / "deploy" / "examples").glob("*/README.md")
    if not list(path.parent.glob("*.py"))
)  # those need an operator of their own


def commands(example):
    """The indented lines of its README."""
    readme = (example / "README.md").read_text()
    return re.findall(r"^ {4}(.+)$", readme, re.MULTILINE)


@pytest.fixture
def shell(world, tmp_path):
    """Runs a command in a folder as users do; they work in a namespace of their own."""
    config = yaml.safe_load(world.cluster.kubeconfig.read_text())
    for context in config["contexts"]:
        context["context"]["namespace"] = world.namespace
    (tmp_path / "kubeconfig").write_text(yaml.safe_dump(config))
    environment = os.environ | {
        "KUBECONFIG": str(tmp_path / "kubeconfig"),
        "KUBECACHEDIR": str(tmp_path / "cache"),
        # kubectl finds its plugins on the path; ours comes with the package.
        "PATH": f"{build.programs()}:{Path(sys.executable).parent}:{os.environ['PATH']}",
    }

    def run(command, folder):
        ended = subprocess.run(
            command, shell=True, cwd=folder, env=environment, capture_output=True, text=True, timeout=240
        )  # fmt: skip
        assert ended.returncode == 0, f"{command}: {ended.stderr}"
        return ended.stdout

    return run


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_the_commands_of_an_example_work(world, shell, example):
    verbs = [command.split()[1] for command in commands(example)]
    assert verbs[0] == "apply"
    assert "wait" in verbs
    assert verbs[-1] == "delete"
    for command in commands(example):
        said = shell(command, example)
        if command.split()[1] == "wait":
            assert "condition met" in said
            eventually(world.pods, "it has pods")
    eventually(lambda: not world.pods(), "its pods are gone", seconds=60)
