"""Autoscalers count what our pods use and scale their owners: up under load, down after it.

The figures are metrics-server's, from the kubelets; it is brought in by these tests only.
"""

import time
from pathlib import Path

import pytest
from operating import eventually
from words import Load, Watch, expose, set_of, web

from controlplane import folders
from kindcluster import state

pytestmark = pytest.mark.usefixtures("metrics")
METRICS_SERVER = Path(__file__).with_name("metrics-server.yaml")
READY = {
    "httpGet": {"path": "/healthz", "port": 8080},
    "periodSeconds": 1,
    "timeoutSeconds": 5,  # on a busy machine
}


@pytest.fixture(scope="session")
def metrics(cluster, pytestconfig):
    """metrics-server at work: built, loaded and applied by whoever comes first."""
    kind = cluster.kind
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    waiting = "Another process brings in images; waiting for it."
    with (
        capture.global_and_fixture_disabled(),  # minutes when it has to be compiled, and says so
        folders.locked(state.folder(kind.name) / "install", waiting=waiting),
    ):
        kind.load("metrics-server")
        kind.kubectl("apply", "-f", str(METRICS_SERVER))
        system = ("-n", "kube-system", "deployment/metrics-server", "--timeout=120s")
        kind.kubectl("rollout", "status", *system)
    kind.kubectl(
        "wait", "apiservice/v1beta1.metrics.k8s.io", "--for=condition=Available", "--timeout=60s"
    )


def server(**fields):
    """A web server; it uses 3m of a CPU when idle, and 90m when it alone has all of a Load."""
    return web(readinessProbe=READY, resources={"requests": {"cpu": "20m"}}, **fields)


def served(owner, replicas=1):
    named = {"serviceName": "web"} if owner == "StatefulSet" else {}
    return set_of(server(), replicas=replicas, **named) | {"kind": owner}


def plural(owner):
    return f"{owner.lower()}s"


def autoscale(world, owner, lowest, highest, **spec):
    """An autoscaler that wants the pods to use 10m each: half of what they request."""
    cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}
    spec |= {
        "scaleTargetRef": {"apiVersion": "apps.podwright.dev/v1", "kind": owner, "name": "web"},
        "minReplicas": lowest,
        "maxReplicas": highest,
        "metrics": [{"type": "Resource", "resource": cpu}],
    }
    world.api.post(autoscalers(world), {"metadata": {"name": "web"}, "spec": spec})


def autoscalers(world):
    return f"/apis/autoscaling/v2/namespaces/{world.namespace}/horizontalpodautoscalers"


def works(world, replicas):
    """Whether the autoscaler has its figures, and all the pods that it wants."""
    status = world.api.get(f"{autoscalers(world)}/web").get("status", {})
    true = {each["type"] for each in status.get("conditions", []) if each["status"] == "True"}
    counts = {status.get("currentReplicas"), status.get("desiredReplicas")}
    return counts == {replicas} and {"AbleToScale", "ScalingActive"} <= true


def scaled(world, owner, replicas):
    """Wait until the autoscaler has brought so many pods; return how long that took."""
    start = time.monotonic()
    world.told(plural(owner), "web", 120, replicas=replicas, readyReplicas=replicas)
    took = time.monotonic() - start
    eventually(lambda: works(world, replicas), f"the autoscaler has its {replicas} pods", 60, 0.3)
    return took


def rescales(world):
    """What the autoscaler said when it changed the scale, in this order."""
    events = [
        event
        for event in world.api.get(f"{world.core}/events")["items"]
        if event["reason"] == "SuccessfulRescale"
        and event["involvedObject"]["kind"] == "HorizontalPodAutoscaler"
    ]
    return [each["message"] for each in sorted(events, key=lambda each: each["firstTimestamp"])]


@pytest.mark.parametrize("owner", ["ReplicaSet", "Deployment", "StatefulSet"])
def test_it_grows_under_load_and_shrinks_after_it(world, told, owner):
    expose(world)
    world.create(served(owner))
    world.told(plural(owner), "web", 90, readyReplicas=1)
    autoscale(world, owner, 1, 3, behavior={"scaleDown": {"stabilizationWindowSeconds": 5}})
    with Load(world, pause=0.02) as load:
        grew = scaled(world, owner, 3)
    shrank = scaled(world, owner, 1)
    assert load.failures == []
    said = rescales(world)  # perhaps in two steps, when the first figure is of half a load
    above = "cpu resource utilization (percentage of request) above target"
    assert f"New size: 3; reason: {above}" in said
    assert said[-1] == "New size: 1; reason: All metrics below target"
    told(f"autoscaled {owner}: 3 pods {grew:.0f} s after load began, 1 pod {shrank:.0f} s after it")


def test_it_scales_a_deployment_in_the_middle_of_an_update(world):
    """Old and new pods share what is added; the update that ends well ends at the new number."""
    expose(world)
    world.create(served("Deployment", replicas=2))
    world.told("deployments", "web", 90, readyReplicas=2)
    autoscale(world, "Deployment", 2, 4)
    watch = Watch(world, world.path("deployments"))
    with Load(world, pause=0.02):
        change(world, HEALTH="bad")
        # Four and one more while updating: 2 + 1 become 3 + 2, or 4 + 1 if it takes two steps.
        eventually(
            lambda: ready_and_updated(world) in [(3, 2), (4, 1)], "the update is scaled", 120
        )
        change(world, HEALTH="ok")
        world.told("deployments", "web", 120, replicas=4, updatedReplicas=4, availableReplicas=4)
        eventually(lambda: works(world, 4), "the autoscaler has its four pods", 60, 0.3)
    seen = [item for _, _, item in watch.changes]
    wishes = [item["spec"]["replicas"] for item in seen]
    assert wishes == sorted(wishes)
    assert {2, 4} <= set(wishes) <= {2, 3, 4}
    assert min(item["status"].get("availableReplicas", 0) for item in seen) >= 2


def ready_and_updated(world):
    status = world.api.get(world.path("deployments", "web"))["status"]
    return status.get("readyReplicas"), status.get("updatedReplicas")


def change(world, **environment):
    """Begin an update of the Deployment to servers with these variables."""
    variables = [{"name": name, "value": value} for name, value in environment.items()]
    template = {"spec": {"containers": [server(env=variables)]}}
    world.api.patch(world.path("deployments", "web"), {"spec": {"template": template}})
