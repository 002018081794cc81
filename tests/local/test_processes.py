"""Child processes, with shell scripts as components."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from controlplane import ControlPlaneError, folders
from controlplane.processes import Components, spawn

PARENT = """\
import sys, pathlib, time
from controlplane.processes import spawn
child = spawn(["sleep", "60"], log=pathlib.Path("/dev/null"), folder="/", environment={"PATH": "/bin:/usr/bin"})
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def component(tmp_path):
    """Writes a shell script as a program, and starts it."""
    (tmp_path / "logs").mkdir()
    components = Components(tmp_path, tmp_path)

    def start(name, script):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        components.start(name, [])
        return components

    yield start
    components.stop_all()


def until(happened):
    deadline = time.monotonic() + 5
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def is_alive(pid):
    return folders._birth(pid) is not None


def test_children_end_when_the_parent_is_killed():
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-S", "-c", PARENT], stdout=subprocess.PIPE, env=environment
    ) as parent:
        child = int(parent.stdout.readline())
        assert is_alive(child)
        parent.kill()
    until(lambda: not is_alive(child))


def test_a_child_whose_parent_ended_before_it_could_ask_ends_itself(tmp_path, monkeypatch):
    parent = os.getpid()
    monkeypatch.setattr(os, "getppid", lambda: 1)  # as the child would see it
    monkeypatch.setattr(os, "getpid", lambda: parent)
    child = spawn(["true"], log=tmp_path / "log", folder=tmp_path, environment={})
    assert child.wait() == 1


def test_children_are_refused_to_threads(tmp_path):
    refused = []

    def start():
        try:
            spawn(["true"], log=tmp_path / "log", folder=tmp_path, environment={})
        except ControlPlaneError as error:
            refused.append(str(error))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "from the main thread" in refused[0]


def test_a_component_that_dies_is_named_with_the_end_of_its_log(component):
    components = component("kube-thing", "seq 1 50; exit 3")
    with pytest.raises(ControlPlaneError) as death:
        until(lambda: components.check())
    text = str(death.value)
    assert text.startswith("kube-thing ended with code 3. The end of ")
    assert text.endswith("\n49\n50")
    assert "\n20\n" not in text


def test_a_component_killed_from_outside_is_named_with_the_signal(component):
    components = component("kube-thing", "exec sleep 60")
    os.kill(components.pids()["kube-thing"], signal.SIGKILL)
    with pytest.raises(ControlPlaneError, match=r"kube-thing was ended by SIGKILL"):
        until(lambda: components.check())


def test_a_component_that_we_killed_is_no_surprise_and_can_come_back(component):
    components = component("kube-thing", "exec sleep 60")
    components.kill("kube-thing")
    components.check()
    assert components.pids() == {}
    components.start("kube-thing")
    assert "kube-thing" in components.pids()


def test_a_frozen_component_can_be_stopped(component, tmp_path):
    script = "trap exit TERM; touch ready; while :; do sleep 0.01; done"
    components = component("kube-thing", script)
    until(lambda: (tmp_path / "ready").exists())
    components.signal("kube-thing", signal.SIGSTOP)
    before = time.monotonic()
    components.stop("kube-thing")
    assert time.monotonic() - before < 1


def test_clients_are_stopped_before_their_servers(component, tmp_path):
    script = "trap 'echo $0 >> ended; exit' TERM; touch $0.ready; while :; do sleep 0.01; done"
    for name in ("server", "client"):
        components = component(name, script)
    until(lambda: (tmp_path / "server.ready").exists() and (tmp_path / "client.ready").exists())
    first = (tmp_path / "server.ready").stat().st_mtime_ns
    components.kill("server")
    components.start("server")  # a restart does not change whose client is whose
    until(lambda: (tmp_path / "server.ready").stat().st_mtime_ns > first)
    components.stop_all()
    ended = (tmp_path / "ended").read_text().split()
    assert [os.path.basename(name) for name in ended] == ["client", "server"]


def test_an_unknown_component_is_answered_with_those_that_run(component):
    components = component("kube-thing", "exec sleep 60")
    with pytest.raises(ControlPlaneError, match="kube-thong is not running; running: kube-thing"):
        components.kill("kube-thong")
