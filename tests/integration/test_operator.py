"""The operator as a process: restarts, outages, neighbours, size."""

import json
import re
import signal
import time

import pytest
import yaml
from operating import (
    ROOT,
    Api,
    Operator,
    Rejected,
    World,
    eventually,
    install_kinds,
    replica_set,
    wait_for_garbage_collection,
)

from controlplane import Cluster


def versions(world):
    """Every pod's uid and resource version: equal means that nobody touched any."""
    return {pod["metadata"]["uid"]: pod["metadata"]["resourceVersion"] for pod in world.pods()}


def test_a_restart_with_500_pods_touches_none(world, operator):
    world.create(replica_set(replicas=500))
    world.settled(500, seconds=90)
    before, owner, start = versions(world), world.get(), len(operator.log)
    operator.stop()
    operator.start()
    eventually(lambda: operator.metric("podwright_reconciles_total") > 0, "it looked at its owners")
    time.sleep(1)
    assert versions(world) == before
    assert world.get() == owner
    assert f"{world.namespace}/web ReplicaSet: " not in operator.log[start:], "nothing was planned"


def test_kill_9_in_the_middle_of_a_scale_up_makes_no_pod_too_many(world, operator):
    world.create(replica_set(replicas=0))
    world.settled(0)
    world.scale(300)
    eventually(lambda: len(world.pods()) > 20, "some pods")
    operator.stop(signal.SIGKILL)
    operator.start()
    world.settled(300, seconds=60)
    assert len(world.pods()) == 300
    assert not world.events("SuccessfulDelete")


def test_an_owner_deleted_while_we_were_down_is_not_resurrected(world, operator, collected):
    world.create(replica_set(replicas=3))
    world.settled(3)
    operator.stop()
    world.delete()
    eventually(lambda: not world.pods(), "its pods are collected", seconds=60)
    operator.start()
    time.sleep(1)
    assert world.get() is None
    assert not world.pods()


def test_a_change_made_while_we_were_down_is_made_good(world, operator):
    world.create(replica_set(replicas=3))
    world.settled(3)
    operator.stop()
    world.scale(5)
    world.api.delete(f"{world.core}/pods/{min(world.active())}")
    operator.start()
    world.settled(5)


def test_at_rest_nothing_is_written_and_nothing_listed(world, operator):
    world.create(replica_set(replicas=3))
    world.settled(3)
    version = world.get()["metadata"]["resourceVersion"]

    def stands_still():  # namespaces of earlier tests may still be going away
        before = operator.metric("podwright_writes_total")
        time.sleep(5)
        return operator.metric("podwright_writes_total") == before

    lists = operator.metric("podwright_lists_total")
    eventually(stands_still, "5 s without a write", seconds=60)
    assert operator.metric("podwright_lists_total") == lists
    assert world.get()["metadata"]["resourceVersion"] == version


def test_sigterm_ends_it_cleanly_and_quickly(cluster, world, operator):
    """Once it is at work: Kopf waits 5 s for its first look round when a signal cuts that short."""
    operator.stop()
    other = Operator(cluster.kubeconfig, "--namespace", world.namespace).start()
    eventually(lambda: "at work" in other.log, "the operator is at work")
    world.create(replica_set(replicas=0))
    eventually(lambda: world.has_status(replicas=0), "Kopf has told of the new set")
    started = time.monotonic()
    assert other.stop(signal.SIGTERM) == 0
    assert time.monotonic() - started < 4
    assert "Traceback" not in other.log


def test_a_namespaced_operator_needs_only_roles_and_leaves_others_alone(cluster, world, operator):
    """Two operators would fight over one set: the cluster-wide one rests meanwhile."""
    operator.stop()
    user = cluster.add_user(f"dev-{world.namespace}")
    _grant(cluster, world.namespace, f"dev-{world.namespace}")
    elsewhere = World(cluster, "default")
    elsewhere.create(replica_set("elsewhere", replicas=1))
    try:
        with Operator(user, "--namespace", world.namespace) as small:
            world.create(replica_set(replicas=2))
            world.settled(2)
            assert elsewhere.get("elsewhere").get("status", {}).get("replicas") in (None, 0)
            assert "Traceback" not in small.log
    finally:
        elsewhere.delete("elsewhere")


def _grant(cluster, namespace, user):
    """The rights of an operator for one namespace, as they are installed."""
    installed = ROOT / "deploy" / "namespaced" / "rights.yaml"
    rules = [
        *yaml.safe_load(installed.read_text())["rules"],
        {
            "apiGroups": ["coordination.k8s.io"],
            "resources": ["leases"],
            "verbs": ["get", "update"],
            "resourceNames": ["podwright"],
        },
        {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["create"]},
    ]
    path = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}"
    api = Api(cluster)
    api.post(f"{path}/roles", {"metadata": {"name": "podwright"}, "rules": rules})
    subject = {"kind": "User", "name": user, "apiGroup": "rbac.authorization.k8s.io"}
    reference = {"kind": "Role", "name": "podwright", "apiGroup": "rbac.authorization.k8s.io"}
    binding = {"metadata": {"name": "podwright"}, "subjects": [subject], "roleRef": reference}
    api.post(f"{path}/rolebindings", binding)


USERS_FILE = """
import kopf

@kopf.on.create("configmaps", annotations={"example.com/greet": kopf.PRESENT})
async def greet(name, patch, **_):
    patch.metadata.annotations["example.com/greeted"] = name
"""

USERS_FILE_ON_OURS = """
import kopf

@kopf.on.create("apps.podwright.dev", "v1", "replicasets")
async def count(patch, **_):
    patch.metadata.labels["example.com/seen"] = "once"
"""


def test_a_users_own_kopf_handler_works_beside_us(cluster, world, operator, tmp_path):
    operator.stop()
    (tmp_path / "mine.py").write_text(USERS_FILE)
    with Operator(cluster.kubeconfig, files=[tmp_path / "mine.py"]) as both:
        asked = {"name": "hello", "annotations": {"example.com/greet": "yes"}}
        world.api.post(f"{world.core}/configmaps", {"metadata": asked})
        world.create(replica_set(replicas=2))
        owner = world.settled(2)
        greeted = eventually(
            lambda: _annotations(world, "hello").get("example.com/greeted"), "the handler ran"
        )
        assert greeted == "hello"
        # Kopf keeps its notes for the user's handler, and none on our kinds.
        assert any("kopf" in name for name in _annotations(world, "hello"))
        assert "annotations" not in owner["metadata"]
        assert "Traceback" not in both.log


def test_a_users_handler_on_our_own_kind_runs_once(cluster, world, operator, tmp_path):
    operator.stop()
    (tmp_path / "mine.py").write_text(USERS_FILE_ON_OURS)
    with Operator(cluster.kubeconfig, files=[tmp_path / "mine.py"]):
        world.create(replica_set(replicas=2))
        world.settled(2)
        eventually(lambda: "labels" in world.get()["metadata"], "the handler ran")
        assert world.get()["metadata"]["labels"] == {"example.com/seen": "once"}
        world.scale(3)
        world.settled(3)


def _annotations(world, name):
    return world.api.get(f"{world.core}/configmaps/{name}")["metadata"].get("annotations", {})


def test_an_object_that_cannot_be_read_is_told_and_harms_no_other(cluster, world, operator):
    """A CRD without our schema lets anything in; the operator must not believe it."""
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = "/spec/versions/0/schema/openAPIV3Schema"
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/replicasets.apps.podwright.dev"
    change = [{"op": "replace", "path": version, "value": schema}]
    world.api.patch(path, change, "json-patch")
    try:
        bad = replica_set("bad")
        bad["spec"]["minReadySeconds"] = "soon"
        eventually(lambda: _accepted(world, bad), "the loose schema is in force")
        (event,) = eventually(lambda: world.events("Unreadable"), "an event")
        assert "minReadySeconds" in event["message"]
        world.create(replica_set("good", replicas=2))
        world.settled(2, "good")
        world.delete("bad")
    finally:
        install_kinds(cluster, "--force-conflicts")


def test_an_object_nested_too_deeply_does_not_get_in(world, operator):
    """Go reads 10,000 levels of JSON, Python 1,000: such an object would end every Python operator."""
    deep = replica_set("deep")
    (container,) = deep["spec"]["template"]["spec"]["containers"]
    container["resources"] = {"limits": {"cpu": "DEEP"}}
    for opening, closing in (('{"a":', "}"), ("[", "]")):
        text = json.dumps(deep).replace('"DEEP"', opening * 1500 + "1" + closing * 1500)
        with pytest.raises(Rejected, match=r"must have at most 0 (properties|items)"):
            world.api.post(world.sets, text)
    world.create(replica_set(replicas=2))
    world.settled(2)


def _accepted(world, manifest):
    try:
        world.create(manifest)
    except Rejected:
        return False
    return True


def test_5000_pods_scale_up_and_down_without_a_quadratic_step(cluster, capsys):
    """CPU per pod of the operator at 1,000 and at 5,000 pods: the same, within reason."""
    figures = {}
    with Cluster.start(nodes=20, controllers="*,-garbage-collector-controller") as big:
        install_kinds(big)
        with Operator(big.kubeconfig) as operator:
            world = World(big, "default")
            for pods in (1000, 5000):
                figures[pods] = _up_and_down(world, operator, pods)
            with capsys.disabled():
                print()
                for pods, (up, down, cpu, requests, memory) in figures.items():
                    print(
                        f"  {pods} pods: up {up:.1f} s, down {down:.1f} s, operator CPU "
                        f"{cpu / pods * 1000:.2f} ms per pod up and down, {requests / pods:.2f} "
                        f"requests per pod, {memory:.0f} MB"
                    )
    small, large = (figures[pods][2] / pods for pods in (1000, 5000))
    assert large < 2.0 * small, "CPU per pod grows with the number of pods"


def _up_and_down(world, operator, pods):
    name = f"of-{pods}"
    world.create(replica_set(name, replicas=0))
    world.settled(0, name)
    cpu = operator.cpu_seconds()
    requests = operator.metric("podwright_writes_total")
    started = time.monotonic()
    world.scale(pods, name)
    eventually(lambda: world.has_status(name, replicas=pods), "all made", 240, pause=0.2)
    up = time.monotonic() - started
    memory = operator.memory_megabytes()
    started = time.monotonic()
    world.scale(0, name)
    eventually(lambda: world.has_status(name, replicas=0), "all removed", 240, pause=0.2)
    down = time.monotonic() - started
    eventually(lambda: world.has_status(name, terminatingReplicas=0), "all gone", 240, pause=0.5)
    requests = operator.metric("podwright_writes_total") - requests
    return up, down, operator.cpu_seconds() - cpu, requests, memory


@pytest.fixture(scope="module")
def fragile():
    """A cluster of its own, to be broken, with an operator.

    It has no lease to lose: a leader without an API server ends after 10 s (``test_leader.py``).
    """
    with Cluster.start(nodes=5) as cluster:
        install_kinds(cluster)
        with Operator(cluster.kubeconfig, "--no-leader-elect") as operator:
            yield cluster, operator, World(cluster, "default")


def test_the_api_server_restarts_and_nothing_is_lost(fragile):
    cluster, operator, world = fragile
    world.create(replica_set("steady", replicas=20))
    world.counted(20, "steady")
    before = world.active()
    cluster.restart_apiserver()
    world.scale(25, "steady")
    world.counted(25, "steady")
    assert before < world.active()
    assert operator.process.poll() is None


def test_the_api_server_is_killed_in_the_middle_of_a_scale_up(fragile):
    """Answers are lost on the way: no pod is made twice, none is forgotten."""
    cluster, operator, world = fragile
    world.create(replica_set("torn", replicas=0))
    world.settled(0, "torn")
    world.scale(400, "torn")
    eventually(lambda: len(world.pods("app=torn")) > 30, "some pods", pause=0)
    cluster.kill("kube-apiserver")
    time.sleep(2)
    cluster.restart("kube-apiserver")
    world.counted(400, "torn")
    deleted = [e for e in world.events("SuccessfulDelete") if e["involvedObject"]["name"] == "torn"]
    assert not deleted
    assert operator.process.poll() is None


def test_a_watch_that_falls_silent_is_opened_anew(fragile):
    """The API server is frozen, then goes on: what happened meanwhile is seen."""
    cluster, operator, world = fragile
    world.create(replica_set("frozen", replicas=3))
    world.counted(3, "frozen")
    cluster.pause("kube-apiserver")
    time.sleep(8)
    cluster.resume("kube-apiserver")
    world.api.delete(f"{world.core}/pods/{min(_names(world, 'frozen'))}")
    world.scale(4, "frozen")
    world.counted(4, "frozen")
    assert operator.process.poll() is None


def test_what_was_deleted_during_an_outage_longer_than_the_history_is_noticed(fragile):
    """etcd forgets (compaction), the watch gets 410: the list after it finds what is missing."""
    cluster, operator, world = fragile
    wait_for_garbage_collection(cluster)
    world.create(replica_set("forgotten", replicas=3))
    world.counted(3, "forgotten")
    operator.process.send_signal(signal.SIGSTOP)
    try:
        world.api.delete(f"{world.core}/pods/{min(_names(world, 'forgotten'))}")
        eventually(lambda: len(_names(world, "forgotten")) == 2, "one pod is gone")
        cluster.restart_apiserver()  # an empty watch cache: old versions are gone from it
    finally:
        operator.process.send_signal(signal.SIGCONT)
    world.counted(3, "forgotten")


def _names(world, owner):
    return {pod["metadata"]["name"] for pod in world.pods(f"app={owner}")}


def test_liveness_and_readiness_and_metrics_are_served(operator):
    assert operator.get("/livez") == "ok"
    assert operator.get("/readyz") == "ok"
    names = set(re.findall(r"^# TYPE (\S+)", operator.get("/metrics"), re.MULTILINE))
    assert {
        "podwright_queue_depth",
        "podwright_reconcile_seconds",
        "podwright_writes_total",
        "podwright_cached_objects",
        "podwright_watch_age_seconds",
        "podwright_leader",
    } <= names
