"""The README's commands are run, as they stand there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from operating import ROOT, Operator, eventually

from controlplane import build

README = (ROOT / "README.md").read_text()


def commands(section):
    """Lines after "$ " in the console blocks of a section."""
    text = README.split(f"\n## {section}\n", 1)[1].split("\n## ", 1)[0]
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def shell_of(kubeconfig, cache):
    """The environment of a user's shell."""
    return os.environ | {
        "KUBECONFIG": str(kubeconfig),
        "KUBECACHEDIR": str(cache),
        "PATH": f"{build.programs()}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": f"{ROOT}/operator",
    }


def test_every_make_target_of_the_readme_exists():
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z0-9-]+)", README)) | {
        command.split()[1] for command in commands("Two commands")
    }
    assert {"run", "test"} <= named <= targets


def test_the_commands_for_a_cluster_of_yours_work_in_their_order(cluster, operator, tmp_path):
    operator.stop()
    shell = shell_of(cluster.kubeconfig, tmp_path)
    beside = Operator(cluster.kubeconfig)
    seen = []
    try:
        for command in commands("On a cluster of yours"):
            seen.append(command.split()[0])
            if command == "pip install .":
                continue  # the wheel has a test of its own
            if command == "podwright run":
                beside.start()
                continue
            said = _run(command.replace("podwright ", f"{sys.executable} -m podwright "), shell)
            if command == "kubectl get prs":
                wanted = re.compile(r"web +3 +3 +3 ")
                eventually(lambda: wanted.search(_run("kubectl get prs", shell)), said)
        assert seen.count("kubectl") >= 5
    finally:
        beside.stop()
        _run("kubectl delete pods -l app=web", shell)


def _run(command, shell):
    ended = subprocess.run(
        command, shell=True, env=shell, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, f"{command}: {ended.stderr}"
    return ended.stdout


def test_the_table_of_rights_is_what_the_operator_checks():
    from podwright.engine.preflight import needed_rights
    from podwright.kinds import BUILT_IN

    table = README.split("### Rights", 1)[1].split("\n## ", 1)[0]
    written = {
        (verb, name)
        for name, verbs in re.findall(r"^\| `(\S+)` \| ([a-z, ]+) \|$", table, re.MULTILINE)
        for verb in verbs.split(", ")
    }
    needed = {
        (right.verb, str(right).split()[1]) for right in needed_rights(BUILT_IN, namespaced=False)
    }
    assert written == needed


@pytest.mark.parametrize("command", ["", "run", "crds"])
def test_help_has_text_and_examples(command):
    said = subprocess.run(
        [sys.executable, "-m", "podwright", *command.split(), "--help"],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": f"{ROOT}/operator"},
    ).stdout
    assert "Usage:" in said


def test_the_wheel_has_the_crds_in_it(tmp_path):
    built = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", tmp_path, str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("podwright-*.whl")
    import zipfile

    names = zipfile.ZipFile(wheel).namelist()
    assert "podwright/crds/replicasets.apps.podwright.dev.yaml" in names
    assert not any(name.startswith("operator/") for name in names)
