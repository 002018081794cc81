"""Two operators on one cluster: one works, the other is ready to."""

import json
import signal
import time
from datetime import UTC, datetime

import pytest
from operating import (
    Api,
    Operator,
    World,
    eventually,
    install_kinds,
    replica_set,
)

from controlplane import Cluster

QUICK = ("--lease-seconds", "6", "4", "0.8")
TAKE_OVER = 15 + 5
WRITES = {"create", "update", "patch", "delete", "deletecollection"}


@pytest.fixture(scope="module")
def audited():
    """A cluster that notes who did what, with an administrator for each operator."""
    with Cluster.start(nodes=10, audit=True) as cluster:
        install_kinds(cluster)
        users = {name: cluster.add_user(name, ["system:masters"]) for name in ("first", "second")}
        yield cluster, users


@pytest.fixture
def world(audited, request):
    """A namespace; a failing test shows both logs."""
    cluster, _ = audited
    name = request.node.name.removeprefix("test_").replace("_", "-")[:60].rstrip("-")
    cluster.api.post("/api/v1/namespaces", {"metadata": {"name": name}})
    account = f"/api/v1/namespaces/{name}/serviceaccounts/default"
    cluster.wait_until("a service account", lambda: cluster.api.get(account) is not None)
    world = World(cluster, name)
    world.replicas = []
    request.node.world = world
    request.node.operator_log = lambda: "\n\n".join(each.log for each in world.replicas)
    yield world
    for each in world.replicas:
        if each.process:
            each.process.send_signal(signal.SIGCONT)  # a failed test may have left it frozen
        each.stop()
    cluster.api.delete(f"/api/v1/namespaces/{name}")


@pytest.fixture
def pair(audited, world):
    """Starts a leader and a standby."""

    def pair(*arguments, files=()):
        _, users = audited
        first, second = (Operator(users[name], *arguments, files=files) for name in users)
        world.replicas += [first, second]
        first.start()
        second.start(until="in sync")
        return first, second

    return pair


def written_by(user, audited, since=""):
    """What this user wrote after this moment: verb and resource."""
    cluster, _ = audited
    found = []
    for line in cluster.audit_log.read_text().splitlines():
        event = json.loads(line)
        if (
            event["user"]["username"] == user
            and event["verb"] in WRITES
            and event["requestReceivedTimestamp"] > since
            and "selfsubjectaccessreviews" not in event["requestURI"]
        ):
            found.append((event["verb"], event["requestURI"]))
    return found


def now():
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def seconds_until(happened, what, seconds):
    """Wait for it; return how long that took."""
    started = time.monotonic()
    eventually(happened, what, seconds, pause=0.01)
    return time.monotonic() - started


def scale_up_and(world, pods, act):
    """Begin a scale-up, and act in the middle of it."""
    world.create(replica_set(replicas=0))
    world.settled(0)
    world.scale(pods)
    eventually(lambda: len(world.pods()) > 20, "some pods", pause=0)
    act()
    assert len(world.pods()) < pods, "it was in the middle"


def exactly(world, pods):
    world.settled(pods, seconds=60)
    assert len(world.pods()) == pods
    assert not world.events("SuccessfulDelete"), "there was never one too many"


def test_with_kubernetes_own_times_a_killed_leader_is_replaced_within_20_s(
    audited, world, pair, capsys
):
    first, second = pair()
    killed = []

    def kill():
        killed.append(time.monotonic())
        first.stop(signal.SIGKILL)

    scale_up_and(world, 300, kill)
    eventually(lambda: "leading" in second.log, "the standby leads", 30, pause=0.01)
    leads = time.monotonic() - killed[0]
    eventually(lambda: "at work" in second.log, "the standby works", 30, pause=0.01)
    works = time.monotonic() - killed[0]
    exactly(world, 300)
    with capsys.disabled():
        print(
            f"\n  leader killed: its standby leads after {leads:.1f} s, works after {works:.1f} s"
        )
    assert 10 < leads < works < TAKE_OVER


def test_with_kubernetes_own_times_a_clean_stop_hands_over_within_5_s(audited, world, pair, capsys):
    first, second = pair()
    world.create(replica_set(replicas=3))
    world.settled(3)
    assert first.stop() == 0
    assert "released the lease kube-system/podwright" in first.log
    leads = seconds_until(lambda: "leading" in second.log, "the standby leads", 10)
    works = leads + seconds_until(lambda: "at work" in second.log, "the standby works", 10)
    with capsys.disabled():
        print(
            f"\n  leader stopped: its standby leads after {leads:.1f} s, works after {works:.1f} s"
        )
    assert leads < 3
    assert works < 6
    world.scale(5)
    world.settled(5)


def test_a_frozen_leader_writes_nothing_when_it_thaws_and_ends(audited, world, pair):
    first, second = pair(*QUICK)
    process = first.process
    scale_up_and(world, 300, lambda: process.send_signal(signal.SIGSTOP))
    eventually(lambda: "at work" in second.log, "the standby works", 20)
    exactly(world, 300)
    thawed = now()
    process.send_signal(signal.SIGCONT)
    assert process.wait(5) != 0
    assert "could not be renewed for 4 s; ending" in first.log
    time.sleep(0.5)  # what it had sent would be in the log by now
    assert written_by("first", audited, since=thawed) == []
    assert written_by("first", audited), "the log knows its earlier writes"
    assert len(world.pods()) == 300
    first.process = None


def test_a_standby_reads_and_answers_and_writes_nothing(audited, world, pair):
    started = now()
    first, second = pair(*QUICK)
    world.create(replica_set(replicas=3))
    world.settled(3)
    eventually(lambda: second.metric("podwright_cached_objects", resource="pods") >= 3, "it reads")
    assert second.get("/readyz") == second.get("/livez") == "ok"
    assert (first.metric("podwright_leader"), second.metric("podwright_leader")) == (1, 0)
    assert second.metric("podwright_queue_depth") == 0, "what it does not do does not pile up"
    assert written_by("second", audited, since=started) == []
    assert second.stop() == 0
    assert "Traceback" not in second.log
    assert first.metric("podwright_leader") == 1


USERS_FILE = """
import os, kopf, pathlib

@kopf.on.event("configmaps", labels={"example.com/count": "me"})
async def count(name, **_):
    pathlib.Path(__file__).with_name(f"{name}-{os.getpid()}").touch()
"""


def test_a_users_own_handlers_run_on_the_leader_only(audited, world, pair, tmp_path):
    (tmp_path / "mine.py").write_text(USERS_FILE)
    first, second = pair(*QUICK, files=[tmp_path / "mine.py"])
    labels = {"example.com/count": "me"}
    old, new = first.process.pid, second.process.pid
    world.api.post(f"{world.core}/configmaps", {"metadata": {"name": "one", "labels": labels}})
    eventually((tmp_path / f"one-{old}").exists, "the leader's handler has run")
    time.sleep(1)  # a second handler would not wait for the first
    assert not (tmp_path / f"one-{new}").exists()
    first.stop()
    world.api.post(f"{world.core}/configmaps", {"metadata": {"name": "two", "labels": labels}})
    eventually((tmp_path / f"two-{new}").exists, "the successor's handler has run")
    assert not (tmp_path / f"two-{old}").exists()


def test_a_leader_ends_when_the_api_server_is_away_for_too_long(audited, world, pair):
    cluster, _ = audited
    first, second = pair(*QUICK)
    process = first.process
    cluster.pause("kube-apiserver")
    try:
        started = time.monotonic()
        assert process.wait(10) != 0
        assert time.monotonic() - started < 4 + 2
        assert "could not be renewed for 4 s; ending" in first.log
        assert second.process.poll() is None, "a standby has nothing to lose"
    finally:
        cluster.resume("kube-apiserver")
    first.process = None
    eventually(lambda: "at work" in second.log, "the standby works", 20)
    world.create(replica_set(replicas=3))
    world.settled(3)


def test_two_leaders_on_purpose_end_up_with_the_right_number(audited, world, pair):
    """Without an election: both act on every change. What each does holds only for what it saw."""
    first, second = pair("--no-leader-elect")
    eventually(lambda: "at work" in second.log, "both work")
    assert (first.metric("podwright_leader"), second.metric("podwright_leader")) == (1, 1)
    world.create(replica_set(replicas=20))
    for pods in (20, 100, 30, 80):
        world.scale(pods)
        world.settled(pods, seconds=60)
        time.sleep(1)
        world.settled(pods)
        assert len(world.active()) == pods
    assert first.process.poll() is second.process.poll() is None


def test_a_missing_right_on_the_lease_is_named(audited, world):
    cluster, _ = audited
    user, path = cluster.add_user("no-lease"), "/apis/rbac.authorization.k8s.io/v1"
    rules = [
        {
            "apiGroups": ["", "apps", "apps.podwright.dev", "batch.podwright.dev"],
            "resources": ["*"],
            "verbs": ["*"],
        },
        {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["get"]},
    ]
    api = Api(cluster)
    where = f"{path}/namespaces/{world.namespace}"
    api.post(f"{where}/roles", {"metadata": {"name": "most"}, "rules": rules})
    subject = {"kind": "User", "name": "no-lease", "apiGroup": "rbac.authorization.k8s.io"}
    role = {"kind": "Role", "name": "most", "apiGroup": "rbac.authorization.k8s.io"}
    binding = {"metadata": {"name": "most"}, "subjects": [subject], "roleRef": role}
    api.post(f"{where}/rolebindings", binding)
    operator = Operator(user, "--namespace", world.namespace).start(ready=False)
    assert operator.process.wait(20) == 1
    missing = "create leases.coordination.k8s.io, update leases.coordination.k8s.io"
    assert f"this user may not {missing} in namespace {world.namespace}: " in operator.log
    assert operator.log.count("ERROR") == 1
    operator.process = None
