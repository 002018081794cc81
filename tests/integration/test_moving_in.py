"""Pods change hands between the built-in kinds and ours, by the commands of the README."""

import json
import subprocess
import time

import pytest
import yaml
from operating import eventually, replica_set
from test_readme import commands, shell_of

OURS, BUILT_IN = "apps.podwright.dev/v1", "apps/v1"
GROUPS = {OURS: "apps.podwright.dev", BUILT_IN: "apps"}
COUNTS = {
    "ReplicaSet": ("replicas", "readyReplicas"),
    "StatefulSet": ("replicas", "readyReplicas", "updatedReplicas"),
    "DaemonSet": ("desiredNumberScheduled", "numberReady", "updatedNumberScheduled"),
    "Deployment": ("replicas", "availableReplicas", "updatedReplicas"),
}


@pytest.fixture
def run(cluster, namespace, tmp_path):
    """Runs a command as users do, in a namespace of its own."""
    config = yaml.safe_load(cluster.kubeconfig.read_text())
    for context in config["contexts"]:
        context["context"]["namespace"] = namespace
    (tmp_path / "kubeconfig").write_text(yaml.safe_dump(config))
    environment = shell_of(tmp_path / "kubeconfig", tmp_path / "cache")

    def run(command):
        ended = subprocess.run(
            command, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
        )  # fmt: skip
        assert ended.returncode == 0, f"{command}: {ended.stderr}"
        return ended.stdout

    run.folder = tmp_path
    return run


def manifest(kind, version):
    whole = replica_set(replicas=2) | {"kind": kind, "apiVersion": version}
    if kind == "DaemonSet":
        del whole["spec"]["replicas"]
    if kind == "StatefulSet":
        whole["spec"]["serviceName"] = "web"
    return whole


def is_settled(run, kind, version):
    """All counts are the same, of the generation that there is, and some pods there are."""
    owner = json.loads(run(f"kubectl get {kind.lower()}s.{GROUPS[version]}/web -o json"))
    status = owner.get("status", {})
    counts = {status.get(count, 0) for count in COUNTS[kind]}
    seen = status.get("observedGeneration") == owner["metadata"]["generation"]
    return seen and len(counts) == 1 and counts != {0}


def pods(run):
    """uids of the namespace's pods, and whose they are."""
    items = json.loads(run("kubectl get pods -o json"))["items"]
    uids = {it["metadata"]["uid"] for it in items}
    owners = {it["metadata"].get("ownerReferences", [{}])[0].get("apiVersion") for it in items}
    return uids, owners


@pytest.mark.parametrize(("old", "new"), [(BUILT_IN, OURS), (OURS, BUILT_IN)], ids=["in", "back"])
@pytest.mark.parametrize("kind", COUNTS)
def test_no_pod_is_replaced(operator, run, kind, old, new):
    first = manifest(kind, old)
    (run.folder / "old.yaml").write_text(json.dumps(first))
    (run.folder / "web.yaml").write_text(json.dumps(manifest(kind, new)))
    run("kubectl apply -f old.yaml")
    eventually(lambda: is_settled(run, kind, old), "settled", 60)
    before, _ = pods(run)
    for command in of(kind):
        run(exchanged(command) if old == OURS else command)
    eventually(lambda: is_settled(run, kind, new), "settled", 60)
    time.sleep(2)  # a second thought would come now
    after, owners = pods(run)
    assert owners == {new}
    assert (after == before) == ((kind, new) != ("DaemonSet", BUILT_IN)), "as the README says"
    run("kubectl delete -f web.yaml")


def of(kind):
    """The README's commands for a kind."""
    every = commands("Moving in")
    if kind == "Deployment":
        return every[2:]
    return [command.replace("replicasets.", f"{kind.lower()}s.") for command in every[:2]]


def exchanged(command):
    """The same for the way back."""
    marked = command.replace("apps.podwright.dev", "<ours>").replace("apps/v1", "<theirs>/v1")
    for plural in ("replicasets", "statefulsets", "daemonsets", "deployments"):
        marked = marked.replace(f"{plural}.apps", f"{plural}.apps.podwright.dev")
    return marked.replace("<ours>", "apps").replace("<theirs>", "apps.podwright.dev")
