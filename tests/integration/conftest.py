"""A control plane for the tests here: one per run, with pytest-xdist one per worker."""

import re
import secrets

import pytest
from failures import pytest_runtest_makereport  # noqa: F401  # a hook
from offering import Offered
from operating import (
    Operator,
    World,
    install_kinds,
    wait_for_garbage_collection,
)

from controlplane import Cluster, build


@pytest.fixture(scope="session")
def cluster(pytestconfig):
    """A cluster of ten simulated nodes, kept for the whole run: do not break it."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        build.programs()  # minutes, the first time, and says so
    with Cluster.start(nodes=10) as running:
        yield running


@pytest.fixture
def namespace(cluster, request):
    """A namespace of the test's own, named after it, ready for pods."""
    words = re.sub(r"[^a-z0-9]+", "-", request.node.name.removeprefix("test_").lower())
    name = f"{words[:50].strip('-')}-{secrets.token_hex(3)}"
    metadata = {"name": name}
    cluster.api.post("/api/v1/namespaces", {"metadata": metadata})
    account = f"/api/v1/namespaces/{name}/serviceaccounts/default"
    cluster.wait_until(
        f"the service account of {name}", lambda: cluster.api.get(account) is not None
    )
    yield name
    cluster.check()  # a dead component explains a failed test better than the test does
    cluster.api.delete(f"/api/v1/namespaces/{name}")


@pytest.fixture(scope="session")
def running_operator(cluster):
    """Our operator beside the built-in controllers, its CRDs installed, for the whole run."""
    install_kinds(cluster)
    with Operator(cluster.kubeconfig) as operator:
        yield operator


@pytest.fixture
def operator(running_operator):
    """The operator; started anew if an earlier test left it stopped."""
    if running_operator.process is None or running_operator.process.poll() is not None:
        running_operator.start()
    return running_operator


@pytest.fixture
def world(cluster, namespace, operator, request):
    """A namespace with the operator at work; a failing test shows its log, events and objects."""
    start = len(operator.log)
    world = World(cluster, namespace)
    request.node.world, request.node.operator_log = world, lambda: operator.log[start:]
    return world


@pytest.fixture(scope="session")
def collected(cluster, running_operator):
    """Wait until garbage collection knows our kinds: it learns of new ones every 30 s."""
    wait_for_garbage_collection(cluster)


@pytest.fixture
def offered(cluster, namespace):
    """Objects of both APIs in one namespace."""
    return Offered(cluster, namespace)
