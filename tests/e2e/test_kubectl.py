"""What kubectl shows and does with a set of ours whose pods really run."""

import re
import signal
import subprocess
import urllib.request

import pytest
from words import name_of, only_pod, set_of, shell, web

from controlplane import build
from kindcluster import KindError

TALKS = "echo I am $(hostname); exec sleep infinity"


@pytest.fixture
def kubectl(world):
    """Runs kubectl in the test's namespace."""
    return lambda *words: world.cluster.kubectl("-n", world.namespace, *words)


def test_get_shows_the_columns_of_the_built_in_kind(world, kubectl):
    world.create(set_of(shell(TALKS), replicas=2))
    world.settled(2)
    titles, values = kubectl("get", "prs", "-o", "wide").splitlines()
    wide = ["CONTAINERS", "IMAGES", "SELECTOR"]
    assert titles.split() == ["NAME", "DESIRED", "CURRENT", "READY", "AGE", *wide]
    name, *counts, _, container, image, selector = values.split()
    assert (name, counts) == ("web", ["2", "2", "2"])
    assert (container, image, selector) == ("main", "localhost/podwright/busybox:1", "app=web")


def test_wait_knows_fields_conditions_and_the_end(world, kubectl):
    kubectl("create", "quota", "few", "--hard=pods=1")
    world.create(set_of(shell(TALKS), replicas=2))
    met = "replicaset.apps.podwright.dev/web condition met\n"
    wait = ("wait", "prs/web", "--timeout=60s")
    assert kubectl(*wait, "--for=jsonpath={.status.readyReplicas}=1") == met
    assert kubectl(*wait, "--for=condition=ReplicaFailure") == met
    kubectl("delete", "prs/web", "--wait=false")
    kubectl(*wait, "--for=delete")
    assert world.get() is None


def test_logs_and_exec_reach_its_pods(world, kubectl):
    world.create(set_of(shell(TALKS), replicas=2))
    world.settled(2)
    names = {name_of(pod) for pod in world.pods()}
    said = kubectl("logs", "-l", "app=web", "--prefix").splitlines()
    assert set(said) == {f"[pod/{name}/main] I am {name}" for name in names}
    for name in names:
        assert kubectl("exec", name, "--", "hostname").strip() == name


def test_port_forward_reaches_a_pod(world):
    probe = {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 1}
    world.create(set_of(web(readinessProbe=probe)))  # or it may not listen yet
    world.settled(1)
    name = name_of(only_pod(world))
    access = [build.programs() / "kubectl", f"--kubeconfig={world.cluster.kubeconfig}"]
    command = [*access, "-n", world.namespace, "port-forward", f"pod/{name}", ":8080"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as forwarding:
        try:
            address = re.search(r"127\.0\.0\.1:\d+", forwarding.stdout.readline())[0]
            with urllib.request.urlopen(f"http://{address}/", timeout=10) as answer:
                assert answer.read().decode().strip() == name
        finally:
            forwarding.send_signal(signal.SIGINT)


@pytest.mark.parametrize(
    "command",
    ["rollout status prs/web", "logs prs/web", "exec prs/web -- hostname", "port-forward prs/web :80"],
)  # fmt: skip
def test_kubectl_refuses_what_it_knows_of_compiled_in_kinds_only(world, kubectl, command):
    """As the README says; it also says what to do instead."""
    world.create(set_of(shell(TALKS), replicas=1))
    with pytest.raises(KindError, match=r'no kind "ReplicaSet" is registered for version "apps\.'):
        kubectl(*command.split())
