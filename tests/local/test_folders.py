import os
import subprocess

import pytest

from controlplane import ControlPlaneError, folders


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_a_folder_is_private_and_ours():
    folder = folders.claim("mine")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert folders.owner(folder) == os.getpid()


def test_a_name_is_given_once():
    folders.claim("mine")
    with pytest.raises(ControlPlaneError, match="A cluster named mine is running already"):
        folders.claim("mine")


def test_the_folder_of_a_dead_owner_is_swept_by_the_next_start():
    dead = folders.claim("dead")
    child = subprocess.Popen(["true"])
    folders.own(dead, child.pid)
    child.wait()
    alive = folders.claim("alive")
    folders.claim()
    assert not dead.exists()
    assert alive.exists()


def test_a_process_that_ended_is_dead_even_if_nobody_has_asked_for_its_exit_code():
    folder = folders.claim()
    child = subprocess.Popen(["true"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # ended, and a zombie now
    folders.own(folder, child.pid)
    assert folders.owner(folder) is None
    child.wait()


def test_a_reused_process_number_is_not_the_owner():
    folder = folders.claim("mine")
    pid, birth = (folder / "owner").read_text().split()
    (folder / "owner").write_text(f"{pid} {int(birth) - 1}")
    assert folders.owner(folder) is None
