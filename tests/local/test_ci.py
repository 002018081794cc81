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
    environment = {key: os.environ[key] for key in os.environ if not key.startswith("MAKE")}
    ended = subprocess.run(
        [tmp_path / ".ci" / "run"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ended.returncode == code
    assert (ended.stdout.splitlines() or [""])[-1].startswith(last)
    assert (ended.stdout == "") == (docker == 1)


@pytest.mark.parametrize("target", ["test", "e2e"])
def test_a_failing_test_fails_it(tmp_path, target):
    (tmp_path / ".ci").mkdir()
    shutil.copy(SCRIPT, tmp_path / ".ci" / "run")
    (tmp_path / ".ci" / "docker").symlink_to("/bin/true")
    (tmp_path / "Makefile").write_text(f"test e2e:\n\t@test $@ != {target}\n")
    assert subprocess.run([tmp_path / ".ci" / "run"], capture_output=True, check=False).returncode
