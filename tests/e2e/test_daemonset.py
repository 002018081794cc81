"""DaemonSets on real nodes, which are tainted, drained, lost and found."""

import pytest
from census import Census
from operating import eventually
from words import name_of, set_of, shell

STAY = shell("exec sleep infinity")
EVERYWHERE = {"tolerations": [{"operator": "Exists"}]}


def daemon(*containers, pod=None, **spec):
    manifest = set_of(*(containers or (STAY,)), pod=pod, **spec) | {"kind": "DaemonSet"}
    del manifest["spec"]["replicas"]
    return manifest


def told(world, seconds=90.0, **wanted):
    world.told("daemonsets", "web", seconds=seconds, **wanted)


def nodes_of(world):
    return {it["spec"].get("nodeName") for it in world.pods("app=web")}


def on(world, node):
    """The names of its pods there that are not on their way out."""
    return {
        name_of(it)
        for it in world.pods("app=web")
        if it["spec"].get("nodeName") == node and "deletionTimestamp" not in it["metadata"]
    }


def test_one_pod_on_every_worker_and_on_the_control_plane_if_tolerated(world, operator):
    world.create(daemon())
    told(world, desiredNumberScheduled=3, numberAvailable=3)
    assert nodes_of(world) == set(operator.kind.workers)
    everywhere = {"spec": {"template": {"spec": EVERYWHERE}}}
    world.api.patch(world.path("daemonsets", "web"), everywhere)
    told(world, desiredNumberScheduled=4, numberAvailable=4, updatedNumberScheduled=4)
    assert nodes_of(world) == set(operator.kind.nodes)


def test_a_surge_keeps_a_ready_pod_on_every_node(world):
    surge = {"rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    world.create(daemon(updateStrategy=surge))
    told(world, numberAvailable=3)
    with Census(world) as seen:
        changed = {"containers": [shell("exec sleep 9999")]}
        world.api.patch(world.path("daemonsets", "web"), {"spec": {"template": {"spec": changed}}})
        told(world, numberAvailable=3, updatedNumberScheduled=3)
        eventually(lambda: len(world.pods("app=web")) == 3, "the old pods are gone", seconds=60)
        assert seen.fewest_ready >= 3
        assert seen.most <= 4


@pytest.mark.alone
def test_a_tainted_node_loses_its_pod_unless_it_is_tolerated(world, operator, last):
    kind = operator.kind
    world.create(daemon())
    tolerant = daemon(name="tolerant", pod=EVERYWHERE)
    world.create(tolerant)
    told(world, numberAvailable=3)
    world.told("daemonsets", "tolerant", numberAvailable=4)
    kind.kubectl("taint", "node", last, "test/broken=yes:NoExecute")
    try:
        told(world, desiredNumberScheduled=2, numberAvailable=2)
        eventually(lambda: not on(world, last), "its pod went", seconds=60)
        world.told("daemonsets", "tolerant", desiredNumberScheduled=4, numberAvailable=4)
    finally:
        kind.kubectl("taint", "node", last, "test/broken-")
    told(world, desiredNumberScheduled=3, numberAvailable=3)


@pytest.mark.alone
def test_a_drain_ends_and_restarts_the_daemon_once(world, operator, last):
    """kubectl takes our pods for any others: it evicts them, and they come back."""
    kind = operator.kind
    world.create(daemon())
    told(world, numberAvailable=3)
    before = on(world, last)
    try:
        select = ("--ignore-daemonsets", "--pod-selector=app=web")
        said = kind.kubectl("drain", last, *select, "--timeout=90s")
        assert "drained" in said
        told(world, desiredNumberScheduled=3, numberAvailable=3)
        after = on(world, last)
        assert len(after) == 1
        assert after != before
    finally:
        kind.kubectl("uncordon", last)


@pytest.mark.alone
def test_a_node_that_joins_gets_a_pod(world, operator, last):
    kind = operator.kind
    kind.run(last, "systemctl", "stop", "kubelet")
    try:
        kind.kubectl("delete", "node", last)
        world.create(daemon())
        told(world, desiredNumberScheduled=2, numberAvailable=2)
    finally:
        kind.run(last, "systemctl", "start", "kubelet")  # it registers when it starts
        registered = ("get", "node", last, "--ignore-not-found", "-o", "name")
        eventually(lambda: kind.kubectl(*registered), "it is registered", 60, pause=0.5)
    told(world, desiredNumberScheduled=3, numberAvailable=3)
    assert last in nodes_of(world)
