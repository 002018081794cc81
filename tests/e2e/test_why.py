"""`kubectl podwright why` on real pods that do not get on."""

import json
import os
import subprocess
import sys

import pytest
from operating import eventually
from test_daemonset import daemon
from test_statefulset import DATA, change, pod, stateful, told
from words import shell

STAY = shell("exec sleep infinity")


@pytest.fixture
def why(world):
    """What is waited for: the reason with these words, as soon as there is one."""

    def ask(what, until, **wanted):
        def found():
            command = [sys.executable, "-m", "podwright.kubectl", "why", what, "-o", "json"]
            environment = os.environ | {"KUBECONFIG": str(world.cluster.kubeconfig)}
            said = subprocess.run(
                [*command, "-n", world.namespace],
                env=environment, capture_output=True, text=True, check=True,
            )  # fmt: skip
            whole = json.loads(said.stdout)
            reasons = [each for each in whole["reasons"] if until in each["until"]]
            texts = [json.dumps(each) for each in (*reasons, *whole["notes"])]
            return next((text for text in texts if all(w in text for w in wanted.values())), None)

        return json.loads(eventually(found, f"{what} waits for {until} {wanted}", 60, 0.5))

    return ask


def test_a_partition(world, why):
    phases = {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}
    world.create(stateful(STAY, replicas=2, updateStrategy=phases))
    told(world, readyReplicas=2)
    change(world, template={"spec": {"containers": [shell("exec sleep 9999")]}})
    told(world, readyReplicas=2, updatedReplicas=1)
    assert "partition" in why("psts/web", "partition 1 to be lowered")["remedy"]


def test_an_image_that_cannot_be_pulled(world, why):
    world.create(stateful({"name": "main", "image": "localhost/podwright/nothing:1"}))
    why("psts/web", "pod web-0 to be ready", image="nothing:1")


def test_a_container_that_crashes(world, why):
    world.create(stateful(shell("exit 3")))
    why("psts/web", "pod web-0 to be ready", crash="exit code 3")  # waiting, or just ended


def test_a_pod_that_fits_nowhere(world, why):
    greedy = shell("exec sleep infinity", resources={"requests": {"cpu": "500"}})
    world.create(stateful(greedy))
    why("psts/web", "the scheduler to find a node for pod web-0", cpu="Insufficient cpu")


def test_a_claim_that_is_being_deleted(world, why):
    world.create(stateful(shell("exec sleep infinity", volumeMounts=DATA), claims=["data"]))
    told(world, readyReplicas=1)
    hold = {"metadata": {"finalizers": ["test/hold"]}}
    world.api.patch(f"{world.core}/persistentvolumeclaims/data-web-0", hold)
    world.cluster.kubectl("delete", "pvc", "data-web-0", "-n", world.namespace, "--wait=false")
    world.api.delete(f"{world.core}/pods/web-0")
    eventually(lambda: pod(world, 0) is None, "the pod is gone", seconds=60)
    try:
        why("psts/web", "claim data-web-0 to be gone")
    finally:
        free = {"metadata": {"finalizers": None}}
        world.api.patch(f"{world.core}/persistentvolumeclaims/data-web-0", free)
    told(world, readyReplicas=1)


def test_a_taint_that_is_not_tolerated(world, why):
    control_plane = {"nodeSelector": {"node-role.kubernetes.io/control-plane": ""}}
    world.create(daemon(pod=control_plane))
    world.told("daemonsets", "web", desiredNumberScheduled=0)
    why("pds/web", "", taint="node-role.kubernetes.io/control-plane")


def test_a_quota(world, why):
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "few"},
        "spec": {"hard": {"pods": "1"}},
    }
    path = f"{world.core}/resourcequotas"
    world.api.post(path, quota)
    eventually(lambda: world.api.get(f"{path}/few").get("status", {}).get("used"), "it counts")
    world.create(stateful(STAY, replicas=2))
    why("psts/web", "", quota="exceeded quota: few")
