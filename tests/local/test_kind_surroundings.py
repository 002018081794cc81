"""A machine that is not ready: one line that says what to do, and nothing left behind."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from kindcluster import KindError, command, debian, docker, shim, store
from kindcluster.__main__ import main

SOURCES = str(Path(docker.__file__).parents[1])


def kindcluster(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "kindcluster", *arguments],
        env=os.environ | {"PYTHONPATH": SOURCES} | environment,
        capture_output=True, text=True, check=False, timeout=20,
    )  # fmt: skip


@pytest.mark.parametrize(
    "command_line", ["up", "down", "status", "load web", "images --docker web"]
)
def test_without_docker_every_command_says_so(tmp_path, monkeypatch, command_line):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    result = CliRunner().invoke(main, command_line.split())
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: Docker was not found: install it")
    assert len(result.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def client(tmp_path, monkeypatch):
    """A docker client that fails as the test wants: what daemons say when they do not serve."""

    def make(said):
        path = tmp_path / "bin/docker"
        path.parent.mkdir()
        path.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 1\n")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", str(path.parent))

    monkeypatch.delenv("DOCKER_HOST", raising=False)
    return make


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        pytest.param("Cannot connect to the Docker daemon", "No Docker daemon answers: start it", id="daemon"),
        pytest.param("dial unix: connect: permission denied", "You have no rights to use Docker", id="rights"),
    ],
)  # fmt: skip
def test_a_daemon_that_does_not_serve_is_said_in_a_sentence(client, said, meaning):
    client(said)
    with pytest.raises(KindError, match=meaning):
        docker.Docker.find()


def test_the_daemon_that_docker_host_names_is_named(client, monkeypatch):
    client("Cannot connect")
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    with pytest.raises(KindError, match=r"No Docker daemon answers at DOCKER_HOST=tcp://127"):
        docker.Docker.find()


@pytest.mark.skipif(shutil.which("docker") is None, reason="no docker client is installed")
def test_a_docker_host_that_points_nowhere(tmp_path):
    result = kindcluster("up", DOCKER_HOST="tcp://127.0.0.1:1", XDG_CACHE_HOME=str(tmp_path))
    assert result.returncode == 1
    assert "No Docker daemon answers at DOCKER_HOST=tcp://127.0.0.1:1" in result.stderr
    assert list(tmp_path.glob("podwright/kind/clusters/*")) == []


def test_too_small_a_disk_is_noticed_before_anything_is_made(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=2 * 1024**3))
    with pytest.raises(KindError, match=r"needs 6 GB on the disk .* and 2\.0 GB are free"):
        store.require_space(tmp_path / "not" / "there" / "yet")
    assert list(tmp_path.iterdir()) == []


def test_a_product_appears_complete_or_not_at_all(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def fail(output):
        output.write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.product("thing", "key", fail)
    assert list((tmp_path / "podwright/kind/thing").iterdir()) == []
    made = store.product("thing", "key", lambda output: output.write_text("whole"))
    assert store.product("thing", "key", fail).read_text() == made.read_text() == "whole"


def test_a_product_is_made_once_though_many_ask(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    calls = []

    def make(output):
        calls.append(output)
        output.write_text("whole")

    askers = [threading.Thread(target=store.product, args=("x", "k", make)) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        pytest.param("E: Could not resolve 'x.example'", "could not be fetched: see that the network", id="offline"),
        pytest.param("tar: No space left on device", "The disk is full", id="full"),
        pytest.param("E: no package y at http://x.example/d", "could not assemble z: E: no package y at <address>", id="other"),
    ],
)  # fmt: skip
def test_a_failed_mmdebstrap_says_what_to_do(said, meaning):
    assert meaning in debian.explain(said, "z")


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        pytest.param("Bind for 127.0.0.1:8080 failed: port is already allocated", "needs 8080 is in use", id="port"),
        pytest.param("listen tcp4 127.0.0.1:8080: bind: address already in use", "needs 8080 is in use", id="bind"),
        pytest.param("write: no space left on device", "disk of the Docker daemon is full", id="full"),
        pytest.param("x\nERROR: failed to create cluster: why", "kind could not create: ERROR: failed to create cluster: why", id="other"),
    ],
)  # fmt: skip
def test_a_failed_kind_says_what_to_do(said, meaning):
    assert meaning in command.explain(said, "create")


@pytest.mark.parametrize(
    ("given", "passed"),
    [
        pytest.param(["exec", "--privileged", "n", "ls"], ["exec", "n", "ls"], id="exec"),
        pytest.param(["ps", "--privileged"], ["ps", "--privileged"], id="other"),
        pytest.param(["run", "i", "true"], ["run", "i", "true"], id="without"),
        pytest.param([], [], id="nothing"),
    ],
)
def test_the_shim_passes_on_what_needs_no_change(given, passed):
    assert shim.rewrite(given) == passed


@pytest.mark.parametrize("verb", ["run", "create"])
def test_the_shim_asks_for_all_that_privileged_means_but_one(verb):
    rewritten = shim.rewrite([verb, "--name=n", "--privileged", "image", "--privileged"])
    assert rewritten == [verb, "--name=n", *shim.PRIVILEGED, "image", "--privileged"]
    assert {"--cap-add=ALL", "--cap-drop=SYS_RESOURCE"} <= set(shim.PRIVILEGED)


def test_the_shim_calls_the_real_client(tmp_path):
    real = tmp_path / "real docker"
    real.write_text('#!/bin/sh\necho "$@"\n')
    real.chmod(0o755)
    command._write_shim(tmp_path / "bin/docker", real)
    result = subprocess.run(
        [tmp_path / "bin/docker", "exec", "--privileged", "n", "a b"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert result.stdout == "exec n a b\n"


def test_proxies_do_not_get_into_nodes(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://a")
    monkeypatch.setenv("no_proxy", "b")
    assert not {"HTTP_PROXY", "no_proxy"} & docker.environment().keys()
