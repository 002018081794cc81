"""The local control plane keeps its promises."""

import json
import os
import secrets
import shutil
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from controlplane import Cluster, ControlPlaneError, Node, folders, versions

POD = {"containers": [{"name": "app", "image": "app"}]}


@pytest.fixture(scope="module")
def other():
    """A second cluster: two zones, a tainted node, an audit log and no ReplicaSet controller."""
    taint = {"key": "gpu", "effect": "NoSchedule"}
    nodes = [Node("a", zone="east"), Node("b", zone="west", labels={"disk": "ssd"}, taints=[taint])]
    with Cluster.start(nodes, audit=True, controllers="*,-replicaset-controller") as running:
        yield running


@pytest.fixture
def room(other):
    """A namespace in the second cluster."""
    name = f"room-{secrets.token_hex(3)}"
    other.api.post("/api/v1/namespaces", {"metadata": {"name": name}})
    account = f"/api/v1/namespaces/{name}/serviceaccounts/default"
    other.wait_until("the service account", lambda: other.api.get(account) is not None)
    return name


def create(cluster, namespace, kind, name, spec, **metadata):
    """Create a workload or a pod."""
    manifest = {
        "apiVersion": "v1" if kind == "Pod" else "apps/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace, **metadata},
        "spec": spec,
    }
    cluster.kubectl("create", "-f", "-", stdin=json.dumps(manifest))


def workload(replicas, **spec):
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": POD}
    return {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template, **spec}


def pods(cluster, namespace):
    return cluster.api.get(f"/api/v1/namespaces/{namespace}/pods")["items"]


def is_ready(pod):
    conditions = pod.get("status", {}).get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def ready_uids(cluster, namespace):
    return {pod["metadata"]["uid"] for pod in pods(cluster, namespace) if is_ready(pod)}


def fetch(cluster, path, **context):
    request = urllib.request.Request(f"{cluster.server}{path}")  # noqa: S310 - always https
    request.add_header("Authorization", f"Bearer {cluster.token}")
    opener = urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=ssl.create_default_context(**context))
    )
    with opener.open(request, timeout=5) as answer:
        return answer.read()


# -- access ---------------------------------------------------------------------------------


def test_the_server_is_the_pinned_version(cluster):
    assert json.loads(fetch(cluster, "/version", cafile=cluster.ca))["gitVersion"] == (
        f"v{versions.KUBERNETES_VERSION}"
    )


def test_the_server_is_not_trusted_without_the_authority(cluster):
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        fetch(cluster, "/version")


def test_the_kubeconfig_is_private(cluster):
    assert cluster.kubeconfig.stat().st_mode & 0o777 == 0o600


def test_a_user_may_do_what_rbac_allows_and_no_more(cluster, namespace):
    alice = f"--kubeconfig={cluster.add_user('alice', ['readers'])}"
    with pytest.raises(ControlPlaneError, match='User "alice" cannot list resource "pods"'):
        cluster.kubectl("get", "pods", "-n", namespace, alice)
    cluster.kubectl(
        "create", "rolebinding", "readers", "--clusterrole=view", "--group=readers", "-n", namespace
    )
    cluster.kubectl("get", "pods", "-n", namespace, alice)
    with pytest.raises(ControlPlaneError, match="cannot delete"):
        cluster.kubectl("delete", "pod", "web", "-n", namespace, alice)


def test_a_service_account_gets_a_token(cluster, namespace):
    assert cluster.kubectl("create", "token", "default", "-n", namespace).count(".") == 2


# -- nodes and pods -------------------------------------------------------------------------


def test_a_pod_on_a_simulated_node_gets_ready(cluster, namespace):
    create(cluster, namespace, "Pod", "web", POD)
    cluster.wait_until("the pod", lambda: ready_uids(cluster, namespace))


def test_a_deleted_pod_goes(cluster, namespace):
    create(cluster, namespace, "Pod", "web", POD)
    cluster.wait_until("the pod", lambda: ready_uids(cluster, namespace))
    cluster.api.delete(f"/api/v1/namespaces/{namespace}/pods/web")  # with 30 s of grace
    before = time.monotonic()
    cluster.wait_until("the pod to go", lambda: not pods(cluster, namespace))
    assert time.monotonic() - before < 2


def test_500_deleted_pods_go_within_seconds(cluster, namespace):
    create(cluster, namespace, "ReplicaSet", "web", workload(500))
    cluster.wait_until("500 pods", lambda: len(ready_uids(cluster, namespace)) == 500)
    cluster.kubectl("scale", "rs/web", "--replicas=0", "-n", namespace)
    before = time.monotonic()
    cluster.wait_until("no pods", lambda: not pods(cluster, namespace))
    assert time.monotonic() - before < 20


def test_a_late_reaper_spares_the_namesake_of_the_pod_it_was_after(other, room):
    name = f"/api/v1/namespaces/{room}/pods/twin"
    create(other, room, "Pod", "twin", POD)
    other.wait_until("the pod", lambda: is_ready(other.api.get(name)))
    other.pause("pod-reaper")
    other.api.delete(name)
    other.kubectl("-n", room, "delete", "pod/twin", "--force", "--grace-period=0")
    create(other, room, "Pod", "twin", POD)
    other.wait_until("its namesake", lambda: is_ready(other.api.get(name)))
    other.resume("pod-reaper")
    time.sleep(1)
    assert other.api.get(name) is not None


def test_nodes_have_zones_labels_and_taints(other):
    nodes = {node["metadata"]["name"]: node for node in other.api.get("/api/v1/nodes")["items"]}
    assert nodes["a"]["metadata"]["labels"]["topology.kubernetes.io/zone"] == "east"
    assert nodes["b"]["metadata"]["labels"]["disk"] == "ssd"
    assert [taint["key"] for taint in nodes["b"]["spec"]["taints"]] == ["gpu"]


def test_a_finalizer_keeps_a_deleted_pod_without_making_the_reaper_spin(other, room):
    create(other, room, "Pod", "held", POD, finalizers=["podwright.dev/test"])
    held = f"/api/v1/namespaces/{room}/pods/held"
    other.wait_until("the pod", lambda: is_ready(other.api.get(held)))
    other.api.delete(held)
    other.wait_until("the reaper", lambda: len(deletions(other, room)) > 0)
    other.kubectl("-n", room, "label", "pod/held", "seen=again")
    time.sleep(1)
    assert len(deletions(other, room)) == 1
    other.kubectl(
        "-n", room, "patch", "pod/held", "--type=merge", '-p={"metadata":{"finalizers":null}}'
    )
    other.wait_until("the pod to go", lambda: other.api.get(held) is None)


def deletions(cluster, namespace):
    """What the reaper has asked to delete."""
    return [
        entry
        for entry in audit(cluster)
        if entry["user"]["username"] == "system:pod-reaper"
        and entry["verb"] == "delete"
        and entry["objectRef"]["namespace"] == namespace
    ]


# -- what can be chosen ---------------------------------------------------------------------


def audit(cluster):
    """The whole lines of the audit log; the last may still be written."""
    lines = cluster.audit_log.read_text().split("\n")[:-1]
    return [json.loads(line) for line in lines]


def test_the_audit_log_says_who_did_what(other):
    other.api.post("/api/v1/namespaces", {"metadata": {"name": "audited"}})
    done = {
        (entry["user"]["username"], entry["verb"], entry["objectRef"].get("name"))
        for entry in audit(other)
        if entry.get("objectRef")
    }
    assert ("admin", "create", "audited") in done
    assert any(user == "system:kube-controller-manager" for user, _, _ in done)


def test_the_audit_log_is_off_by_default(cluster):
    assert not cluster.audit_log.exists()


def test_a_controller_can_be_left_out(other, room):
    create(other, room, "Deployment", "web", workload(1))
    sets = f"/apis/apps/v1/namespaces/{room}/replicasets"
    other.wait_until("a ReplicaSet", lambda: other.api.get(sets)["items"])
    time.sleep(0.5)
    assert pods(other, room) == []


def test_two_clusters_are_strangers(cluster, other, namespace):
    assert cluster.server != other.server
    assert other.api.get(f"/api/v1/namespaces/{namespace}") is None


def test_a_flag_of_an_unknown_component_is_refused():
    with pytest.raises(ControlPlaneError, match="No component is named kubelet"):
        Cluster.start(nodes=0, flags={"kubelet": ["--v=2"]})


# -- failures -------------------------------------------------------------------------------


def test_a_component_that_cannot_start_is_named_with_its_reason():
    left = set(folders.clusters().iterdir())
    with pytest.raises(ControlPlaneError) as failure:
        Cluster.start(nodes=0, flags={"kube-apiserver": ["--no-such-flag"]})
    assert str(failure.value).startswith("kube-apiserver ended with code 1. The end of ")
    assert "unknown flag: --no-such-flag" in str(failure.value)
    assert set(folders.clusters().iterdir()) == left


def test_the_api_server_keeps_its_port_and_its_data_over_a_restart(other):
    other.api.post("/api/v1/namespaces", {"metadata": {"name": "kept"}})
    before = other.pids()["kube-apiserver"]
    other.restart_apiserver()
    assert other.pids()["kube-apiserver"] != before
    assert other.api.get("/api/v1/namespaces/kept") is not None


def test_a_paused_scheduler_schedules_nothing_until_it_is_resumed(other, room):
    other.pause("kube-scheduler")
    create(other, room, "Pod", "late", POD)
    late = f"/api/v1/namespaces/{room}/pods/late"
    time.sleep(0.5)
    assert "nodeName" not in other.api.get(late)["spec"]
    other.resume("kube-scheduler")
    other.wait_until("the pod", lambda: is_ready(other.api.get(late)))


def test_a_component_that_dies_is_named(other):
    os.kill(other.pids()["kube-scheduler"], signal.SIGKILL)
    with pytest.raises(ControlPlaneError, match="kube-scheduler was ended by SIGKILL"):
        other.wait_until("what never happens", lambda: False)
    other.kill("kube-scheduler")
    other.restart("kube-scheduler")
    other.check()


ABANDONED = """\
import os, signal
from controlplane import Cluster
cluster = Cluster.start(nodes=0)
print(cluster.kubeconfig.parent, *cluster.pids().values(), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def python(*arguments, cwd=None):
    """Run Python with our packages on its path."""
    return subprocess.run(
        [sys.executable, *arguments],
        env=os.environ | {"PYTHONPATH": str(versions.SOURCES)},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def test_all_components_die_with_a_killed_parent_and_the_next_start_sweeps():
    folder, *pids = python("-c", ABANDONED).stdout.split()
    assert len(pids) == 6
    deadline = time.monotonic() + 2
    while alive := [pid for pid in pids if folders._birth(int(pid))]:
        assert time.monotonic() < deadline, alive
        time.sleep(0.01)
    assert Path(folder).exists()
    shutil.rmtree(folders.claim())
    assert not Path(folder).exists()


# -- the command line -----------------------------------------------------------------------


def command(*arguments, cwd):
    result = python("-m", "controlplane", *arguments, cwd=cwd)
    return result.returncode, result.stdout + result.stderr


def test_up_status_and_down(tmp_path):
    name = f"--name=test-{os.getpid()}"
    folder = folders.clusters() / name.removeprefix("--name=")
    try:
        code, said = command("up", name, "--nodes=2", cwd=tmp_path)
        assert code == 0, said
        assert "simulated by kwok" in said
        assert str(folder / "logs") in said
        kubeconfig = tmp_path / ".local/kubeconfig"
        assert kubeconfig.stat().st_mode & 0o777 == 0o600
        pids = json.loads((folder / "ready.json").read_text())["pids"]
        code, said = command("up", name, cwd=tmp_path)
        assert code == 0
        assert "already" in said
        os.kill(pids["kube-scheduler"], signal.SIGKILL)
        time.sleep(0.5)
        code, said = command("status", name, cwd=tmp_path)
        assert code == 1
        assert "kube-scheduler was ended by SIGKILL. The end of " in said
    finally:
        command("down", name, cwd=tmp_path)
    assert not folder.exists()
    assert not kubeconfig.exists()
    assert not [pid for pid in pids.values() if folders._birth(pid)]
    code, said = command("status", name, cwd=tmp_path)
    assert code == 1
    assert "`up` starts one" in said
