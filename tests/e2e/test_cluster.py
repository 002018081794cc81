"""The kind cluster itself: what every other test here stands on."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from operating import eventually

from kindcluster import KindCluster, KindError, config, images, state
from kindcluster.docker import Docker

WEB = """\
apiVersion: v1
kind: Pod
metadata: {{name: {name}, labels: {{app: web}}}}
spec:
  nodeName: {node}
  terminationGracePeriodSeconds: 1
  containers:
  - name: web
    image: localhost/podwright/web:1
    readinessProbe: {{httpGet: {{path: /healthz, port: 8080}}, periodSeconds: 1}}
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
"""
CLAIM = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
"""
CLIENT = """\
apiVersion: v1
kind: Pod
metadata: {{name: client}}
spec:
  nodeName: {node}
  terminationGracePeriodSeconds: 1
  containers:
  - {{name: client, image: localhost/podwright/python:1, command: [sleep, infinity]}}
"""
CONNECT = "import socket; socket.create_connection(('{address}', {port}), timeout=5)"


@pytest.fixture
def client(kind, namespace):
    """Runs a command in a pod that is not where the web servers are."""
    kind.kubectl("apply", "-n", namespace, "-f", "-", input=CLIENT.format(node=kind.workers[0]))
    ready(kind, namespace, "client")
    return lambda *command: kind.kubectl("exec", "-n", namespace, "client", "--", *command)


def ready(kind, namespace, pod, state="true"):
    condition = f"--for=condition=Ready={state}"
    kind.kubectl("wait", "-n", namespace, condition, "--timeout=60s", f"pod/{pod}")


def items(kind, *arguments):
    return json.loads(kind.kubectl("get", *arguments, "-o", "json"))["items"]


def test_one_control_plane_and_three_workers_are_ready(kind):
    assert len(kind.nodes) == 4
    assert kind.nodes[0].endswith("-control-plane")
    assert len(kind.workers) == 3
    nodes = items(kind, "nodes")
    assert sorted(node["metadata"]["name"] for node in nodes) == sorted(kind.nodes)
    for node in nodes:
        conditions = {each["type"]: each["status"] for each in node["status"]["conditions"]}
        assert conditions["Ready"] == "True"


def test_all_system_pods_run(kind):
    pods = items(kind, "pods", "-n", "kube-system")
    assert len(pods) >= 10
    assert {pod["status"]["phase"] for pod in pods} == {"Running"}


def test_a_pod_finds_services_and_nodes_by_name(kind, client):
    address = kind.kubectl("get", "service", "kubernetes", "-o", "jsonpath={.spec.clusterIP}")
    assert client("getent", "hosts", "kubernetes.default").split()[0] == address
    assert client("getent", "hosts", kind.workers[1])
    with pytest.raises(KindError):
        client("getent", "hosts", "nobody.default")


def test_a_service_reaches_pods_on_other_nodes_and_only_healthy_ones(kind, namespace, client):
    kind.kubectl("apply", "-n", namespace, "-f", "-", input=SERVICE)
    for number, node in enumerate(kind.workers[1:]):
        pod = WEB.format(name=f"web-{number}", node=node)
        kind.kubectl("apply", "-n", namespace, "-f", "-", input=pod)
    ready(kind, namespace, "web-0")
    ready(kind, namespace, "web-1")
    ask = "for i in $(seq 40); do wget -q -T 5 -O - http://web/; done"
    answering = lambda: set(client("sh", "-c", ask).split())  # noqa: E731
    # A ready pod is a while on its way into each node's rules.
    eventually(lambda: answering() == {"web-0", "web-1"}, "both are asked")
    address = kind.kubectl("get", "pod", "web-0", "-n", namespace, "-o=jsonpath={.status.podIP}")
    client("wget", "-q", "-O", "-", "--post-data=", f"http://{address}:8080/health/bad")
    ready(kind, namespace, "web-0", "false")
    eventually(lambda: answering() == {"web-1"}, "the unhealthy pod is asked no more")


def test_a_claim_is_bound_by_the_default_storage_class(kind, namespace):
    kind.kubectl("apply", "-n", namespace, "-f", "-", input=CLAIM)
    bound = "--for=jsonpath={.status.phase}=Bound"
    kind.kubectl("wait", "-n", namespace, bound, "--timeout=30s", "pvc/data")


@pytest.mark.parametrize("address", ["10.96.200.200", "10.244.3.250"], ids=["service", "pod"])
def test_an_address_that_does_not_exist_refuses_at_once(client, address):
    """The network around a node may answer any connection; a test would take that for a pod."""
    started = time.monotonic()
    with pytest.raises(KindError, match=r"Connection refused|No route to host"):
        client("python3", "-c", CONNECT.format(address=address, port=80))
    assert time.monotonic() - started < 5


def test_pod_security_is_enforced(kind, namespace):
    kind.kubectl("label", "ns", namespace, "pod-security.kubernetes.io/enforce=restricted")
    with pytest.raises(KindError, match="violates PodSecurity"):
        kind.kubectl("apply", "-n", namespace, "-f", "-", input=CLIENT.format(node=kind.workers[0]))


def test_an_unknown_image_is_not_loaded(kind):
    with pytest.raises(KindError, match=r"There is no image nobody/has-this:1: neither in Docker"):
        kind.load("nobody/has-this:1")


@pytest.mark.alone  # nobody else may load
def test_an_image_is_brought_again_only_when_it_is_another_one(kind):
    docker, base, name = Docker.find(), images.find("busybox"), "localhost/podwright/twice:1"
    docker.run("load", "--input", str(base.archive()))
    node = kind.workers[0]
    brought = lambda: name in kind.run(node, "ctr", "-n", "k8s.io", "images", "ls", "-q")  # noqa: E731
    for turn in (secrets.token_hex(4), secrets.token_hex(4)):
        recipe = f"FROM {base.names[0]}\nLABEL turn={turn}\n"
        docker.run("build", "--quiet", f"--tag={name}", "-", stdin=recipe)
        try:
            kind.load(name)
            assert brought()
            kind.run(node, "ctr", "-n", "k8s.io", "images", "rm", "--sync", name)
            kind.load(name)
            assert not brought()
        finally:
            docker.run("image", "rm", name)


def test_a_running_cluster_is_found_again(kind):
    assert KindCluster.up(fast_failure=True).nodes == kind.nodes


def containers(name):
    label = f"label=io.x-k8s.kind.cluster={name}"
    return Docker.find().run("ps", "--all", "--quiet", "--filter", label).split()


def test_a_cluster_of_somebody_else_is_left_alone(kind):
    docker = Docker.find()
    image = state.State.read(kind.name).image
    label = "--label=io.x-k8s.kind.cluster=podwright-taken"
    container = docker.run("create", label, "--name=podwright-taken-control-plane", image).strip()
    try:
        with pytest.raises(KindError, match=r"not made by this.*kind delete cluster --name"):
            KindCluster.up("podwright-taken")
        assert containers("podwright-taken")
    finally:
        docker.run("rm", "--volumes", container)


@pytest.mark.alone  # a second cluster
def test_a_port_in_use_is_named_and_nothing_is_left(kind, monkeypatch, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        document = yaml.safe_load(config.CONFIG.read_text())
        mapping = {"containerPort": 80, "hostPort": port, "listenAddress": "127.0.0.1"}
        document["nodes"] = [{"role": "control-plane", "extraPortMappings": [mapping]}]
        (tmp_path / "kind-config.yaml").write_text(yaml.safe_dump(document))
        monkeypatch.setattr(config, "CONFIG", tmp_path / "kind-config.yaml")
        with pytest.raises(KindError, match=rf"port.* {port} is in use"):
            KindCluster.up("podwright-port")
    assert containers("podwright-port") == []
    assert not state.folder("podwright-port").exists()


@pytest.mark.alone  # a second cluster
def test_an_interrupted_creation_leaves_nothing(kind):
    assert containers("podwright-interrupted") == []
    command = [sys.executable, "-m", "kindcluster", "up", "--name=podwright-interrupted"]
    path = str(Path(config.__file__).parents[1])
    child = subprocess.Popen(
        command, env=os.environ | {"PYTHONPATH": path}, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not containers("podwright-interrupted"):
        assert child.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=60)
    assert child.returncode == 1
    assert "Removing what there is of the cluster" in said
    assert "Traceback" not in said
    assert containers("podwright-interrupted") == []
    assert not state.folder("podwright-interrupted").exists()
