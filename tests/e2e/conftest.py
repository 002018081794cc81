"""Tests on real nodes: one kind cluster for the whole run. KEEP=1 leaves it running."""

import fcntl
import os
import re
import secrets
from pathlib import Path

import pytest
from failures import pytest_runtest_makereport  # noqa: F401  # a hook
from installed import Administered, Installed, now
from operating import World, eventually
from words import IMAGE, container, name_of, run_in

from kindcluster import KindCluster, KindError, kernel, state


def pytest_collection_modifyitems(items):
    """Everything here needs the cluster; tests that must be alone come late, one looks back."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.cluster)
    items.sort(key=lambda item: [bool(item.get_closest_marker(name)) for name in ("last", "alone")])


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist starts its workers
def pytest_sessionstart(session):
    """Bring the cluster up: a minute, the first time several, and says so."""
    config = session.config
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    try:
        config.cluster_to_remove = KindCluster.find() is None and os.environ.get("KEEP") != "1"
        config.kernel_settings = kernel.noted() or kernel_settings()
        KindCluster.up(fast_failure=True, audit=True)
    except KindError as error:
        raise pytest.UsageError(str(error)) from error


@pytest.hookimpl(trylast=True)  # when the workers have ended
def pytest_sessionfinish(session):
    """Remove the cluster if this run has made it."""
    if getattr(session.config, "cluster_to_remove", False) and (cluster := KindCluster.find()):
        cluster.delete()
        if kernel_settings() != session.config.kernel_settings:
            pytest.exit("The kernel's settings are not what they were before.", returncode=1)


def _ended(config):
    """A file with a dot for each test that has ended, whoever of pytest-xdist's workers had it."""
    run = getattr(config, "workerinput", {}).get("testrunuid", os.getpid())
    # Each worker has a folder of its own in the one of the run.
    return config._tmp_path_factory.getbasetemp().parent / f"ended-{run}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Count it, also when it did not get through its setup."""
    try:
        return (yield)
    finally:
        with _ended(item.config).open("a") as file:
            file.write(".")


@pytest.fixture(autouse=True)
def turn(request, kind):
    """Tests that disturb nodes or the operator run by themselves, the others side by side.

    A last one waits until all others have ended, whichever of pytest-xdist's workers has them.
    """
    marker = request.node.get_closest_marker
    if marker("last") and (others := request.session.testscollected - 1):
        ended = _ended(request.config)
        all_done = "all other tests have ended"
        eventually(lambda: ended.stat().st_size == others, all_done, seconds=1200, pause=0.5)
    with (state.folder(kind.name).parent / "turn.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if marker("alone") else fcntl.LOCK_SH)
        yield


def kernel_settings():
    return {name: Path("/proc/sys", *name.split(".")).read_text().strip()
            for name in kernel.SETTINGS}  # fmt: skip


@pytest.fixture(scope="session")
def kind():
    """The cluster of this run, which notices a lost node soon."""
    return KindCluster.up(fast_failure=True, audit=True)


@pytest.fixture
def namespace(kind, request):
    """A namespace of the test's own, named after it."""
    words = re.sub(r"[^a-z0-9]+", "-", request.node.name.removeprefix("test_").lower())
    name = f"{words[:50].strip('-')}-{secrets.token_hex(3)}"
    kind.kubectl("create", "namespace", name)
    yield name
    kind.kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture(scope="session")
def cluster(kind):
    """The cluster, for those who need an administrator's token."""
    administered = Administered(kind)
    yield administered
    administered.close()


@pytest.fixture(scope="session")
def operator(cluster, pytestconfig):
    """The operator, made of the sources as they are, installed as the README says, at work."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    installed = Installed(cluster)
    with capture.global_and_fixture_disabled():
        installed.install()  # a minute when the image has to be built, and says so
    return installed


@pytest.fixture
def world(cluster, namespace, operator, request):
    """A namespace with the operator at work; a failing test shows logs, events and objects."""
    start, world = now(), World(cluster, namespace)
    request.node.world, request.node.operator_log = world, lambda: operator.logs(start)
    account = f"{world.core}/serviceaccounts/default"
    eventually(lambda: world.api.get(account), "the namespace is ready for pods")
    return world


@pytest.fixture
def python(world):
    """Runs a piece of Python in a pod of its own; returns the words of its output."""
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "client"},
        "spec": {
            "terminationGracePeriodSeconds": 1,
            "containers": [
                {"name": "main", "image": IMAGE.format("python"), "command": ["sleep", "infinity"]}
            ],
        },
    }
    path = f"{world.core}/pods/{name_of(world.create(pod))}"
    eventually(lambda: container(world.api.get(path), "main").get("ready"), "the client runs", 90)
    return lambda code, *words: run_in(world, pod, "python3", "-c", code, *map(str, words)).split()


@pytest.fixture
def last(operator):
    """The last worker; whatever happened to it, it is back at work afterwards."""
    node = operator.kind.workers[-1]
    yield node
    operator.kind.kubectl("uncordon", node)
    operator.cluster.wait_for(node)
    operator.wait()


@pytest.fixture
def told(record_property):
    """Takes a sentence with a figure, for the end of the run."""
    return lambda sentence: record_property("measured", sentence)


def pytest_terminal_summary(terminalreporter):
    """Say what was measured, also by the workers of pytest-xdist."""
    reports = [r for each in terminalreporter.stats.values() for r in each if hasattr(r, "when")]
    figures = [text for r in reports if r.when == "call" for _, text in r.user_properties]
    if figures:
        terminalreporter.section("measured")
        for text in figures:
            terminalreporter.line(text)
