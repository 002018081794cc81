"""Bad surroundings: one line that says what is wrong and what to do."""

import os
import re
import socket
import subprocess
import sys
import time

import pytest
import yaml
from operating import (
    ROOT,
    Api,
    Operator,
    eventually,
    install_kinds,
)

from controlplane import Cluster


def run(*arguments, environment=None, seconds=20):
    """Run to the end; return the exit code and the lines it printed."""
    command = [sys.executable, "-m", "podwright", "run", "--listen", "127.0.0.1:0", *arguments]
    settings = {k: v for k, v in os.environ.items() if k != "KUBECONFIG"}
    settings |= {"PYTHONPATH": f"{ROOT}/operator"} | (environment or {})
    ended = subprocess.run(
        command, capture_output=True, text=True, env=settings, timeout=seconds, check=False
    )
    lines = (ended.stdout + ended.stderr).strip().splitlines()
    assert not any("Traceback" in line for line in lines), ended.stderr
    return ended.returncode, [line for line in lines if "health and metrics" not in line]


def changed(kubeconfig, folder, change):
    """A copy of a kubeconfig with something wrong in it."""
    document = yaml.safe_load(kubeconfig.read_text())
    change(document["clusters"][0]["cluster"], document["users"][0]["user"])
    copy = folder / "kubeconfig"
    copy.write_text(yaml.safe_dump(document))
    return copy


def test_no_kubeconfig(tmp_path):
    code, (line,) = run(environment={"HOME": str(tmp_path)})
    assert code == 1
    assert "no usable kubeconfig" in line
    assert "--kubeconfig" in line


def test_a_kubeconfig_that_is_none(tmp_path):
    (tmp_path / "k").write_text("{]")
    code, (line,) = run("--kubeconfig", str(tmp_path / "k"))
    assert code == 1
    assert "no usable kubeconfig" in line


def test_a_context_that_is_not_there(cluster):
    code, (line,) = run("--kubeconfig", str(cluster.kubeconfig), "--context", "nowhere")
    assert code == 1
    assert "nowhere" in line


def test_a_wrong_token(cluster, tmp_path):
    bad = changed(cluster.kubeconfig, tmp_path, lambda _, user: user.update(token="wrong"))
    code, (line,) = run("--kubeconfig", str(bad))
    assert code == 1
    assert "does not accept these credentials (401" in line
    assert "wrong" not in line, "a token does not belong into a log"


def test_a_certificate_of_somebody_else(cluster, tmp_path):
    with Cluster.start(nodes=0) as other:
        stranger = yaml.safe_load(other.kubeconfig.read_text())["clusters"][0]["cluster"]
    ca = stranger["certificate-authority-data"]
    bad = changed(
        cluster.kubeconfig,
        tmp_path,
        lambda server, _: server.update({"certificate-authority-data": ca}),
    )
    code, (line,) = run("--kubeconfig", str(bad))
    assert code == 1
    assert "certificate" in line


def test_missing_rights_are_named(cluster, operator):
    user = cluster.add_user("nobody-special")
    code, (line,) = run("--kubeconfig", str(user))
    assert code == 1
    assert "this user may not" in line
    for right in ("list replicasets.apps.podwright.dev", "create pods", "patch events"):
        assert right in line


def test_a_port_that_is_taken(cluster):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, (line,) = run(
            "--kubeconfig", str(cluster.kubeconfig), "--listen", f"127.0.0.1:{port}"
        )
    assert code == 1
    assert f"cannot listen on 127.0.0.1:{port}" in line
    assert "--listen" in line


@pytest.mark.parametrize("where", ["nonsense", "127.0.0.1:http"])
def test_an_address_that_is_none(cluster, where):
    code, (line,) = run("--kubeconfig", str(cluster.kubeconfig), "--listen", where)
    assert code == 1
    assert "not [HOST]:PORT" in line


def test_it_waits_for_an_api_server_and_for_the_crds():
    with Cluster.start(nodes=1) as cluster:
        cluster.kill("kube-apiserver")
        operator = Operator(cluster.kubeconfig).start(ready=False)
        try:
            eventually(lambda: "cannot reach https://127.0.0.1" in operator.log, "it says so")
            assert operator.process.poll() is None, "it waits"
            cluster.restart("kube-apiserver")
            eventually(lambda: "not installed: replicasets" in operator.log, "it says so")
            assert "podwright crds | kubectl apply --server-side -f -" in operator.log
            assert operator.log.count("not installed") == 1, "once, not every second"
            install_kinds(cluster)
            eventually(lambda: "in sync" in operator.log, "it goes to work")
            assert "Traceback" not in operator.log
        finally:
            operator.stop()


def test_ctrl_c_while_waiting_ends_at_once(tmp_path, cluster):
    nowhere = changed(
        cluster.kubeconfig, tmp_path, lambda server, _: server.update(server="https://127.0.0.1:9")
    )
    operator = Operator(nowhere).start(ready=False)
    eventually(lambda: "cannot reach" in operator.log, "it says so")
    started = time.monotonic()
    operator.stop(2)
    assert time.monotonic() - started < 2
    assert "Traceback" not in operator.log


def test_rights_taken_away_later_are_told_and_waited_for(cluster, namespace, operator):
    """A watch that is refused is tried again, with a message, until it is allowed."""
    operator.stop()
    user = cluster.add_user("short-lived")
    api = Api(cluster)
    path = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"
    subject = {"kind": "User", "name": "short-lived", "apiGroup": "rbac.authorization.k8s.io"}
    role = {"kind": "ClusterRole", "name": "cluster-admin", "apiGroup": "rbac.authorization.k8s.io"}
    binding = {"metadata": {"name": "short-lived"}, "subjects": [subject], "roleRef": role}
    api.post(path, binding)
    with Operator(user) as other:
        api.delete(f"{path}/short-lived")
        manifest = {
            "metadata": {"name": "p"},
            "spec": {"containers": [{"name": "c", "image": "i"}]},
        }
        api.post(f"/api/v1/namespaces/{namespace}/pods", manifest)
        assert other.process.poll() is None
        api.post(path, binding)
        assert other.get("/livez") == "ok"
        assert not re.search("Traceback", other.log)
    api.delete(f"{path}/short-lived")
