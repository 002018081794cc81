"""Continuous integration never skips the tests on real nodes silently."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / ".ci" / "run"


@pytest.mark.parametrize(
    ("docker", "code", "last"),
    [(0, 0, "made e2e"), (3, 0, "=== SKIPPED: make e2e"), (1, 1, "")],
    ids=["there is Docker", "there can be none", "the question failed"],
)
def test_the_last_line_says_whether_real_nodes_were_tested(tmp_path, docker, code, last):
    (tmp_path / ".ci").mkdir()
    shutil.copy(SCRIPT, tmp_path / ".ci" / "run")
    (tmp_path / ".ci" / "docker").write_text(f"#!/bin/sh\nexit {docker}\n")
    (tmp_path / ".ci" / "docker").chmod(0o755)
    (tmp_path / "Makefile").write_text("test e2e:\n\t@echo made $@\n")
    ended = subprocess.run(
        [tmp_path / ".ci" / "run"],
        env=with_docker(tmp_path, "left"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ended.returncode == code
    assert (ended.stdout.splitlines() or [""])[-1].startswith(last)
    assert (ended.stdout == "") == (docker == 1)
    asked = tmp_path / "docker.log"
    assert asked.exists() == (docker == 0)
    if asked.exists():
        assert asked.read_text().endswith("rm --force --volumes left\n")


@pytest.mark.parametrize("target", ["test", "e2e"])
def test_a_failing_test_fails_it(tmp_path, target):
    (tmp_path / ".ci").mkdir()
    shutil.copy(SCRIPT, tmp_path / ".ci" / "run")
    (tmp_path / ".ci" / "docker").symlink_to("/bin/true")
    (tmp_path / "Makefile").write_text(f"test e2e:\n\t@test $@ != {target}\n")
    command, environment = [tmp_path / ".ci" / "run"], with_docker(tmp_path, "")
    assert subprocess.run(command, env=environment, capture_output=True, check=False).returncode
    asked = tmp_path / "docker.log"
    assert not asked.exists() or "rm" not in asked.read_text().split()


def with_docker(folder, containers):
    """An environment whose Docker has these containers, and notes what it is told."""
    docker = folder / "bin" / "docker"
    docker.parent.mkdir()
    docker.write_text(
        f'#!/bin/sh\necho "$@" >> {folder}/docker.log\n[ "$1" != ps ] || echo "{containers}"\n'
    )
    docker.chmod(0o755)
    environment = {key: os.environ[key] for key in os.environ if not key.startswith("MAKE")}
    return environment | {"PATH": f"{docker.parent}:{os.environ['PATH']}"}
