"""Services find a set's pods, share requests out among the ready ones, and lose none of them."""

import json

from operating import eventually
from words import (
    ADDRESSES,
    Load,
    ask,
    built_in,
    endpoints,
    expose,
    name_of,
    only_pod,
    run_in,
    set_of,
    tell,
    web,
)

from kindcluster import KindError

READY = {
    "httpGet": {"path": "/healthz", "port": 8080},
    "periodSeconds": 1,
    "timeoutSeconds": 5,  # on a busy machine
}
# As the documentation of pods advises: an ending pod serves until all nodes have heard of it.
LINGER = {"preStop": {"sleep": {"seconds": 3}}}
ASK = """import sys, urllib.request
for _ in range(int(sys.argv[2])): print(urllib.request.urlopen(sys.argv[1], timeout=5).read().decode().strip())"""


def served(replicas, **pod):
    """A set of web servers that end gracefully."""
    server = web(readinessProbe=READY, lifecycle=LINGER)
    return set_of(server, replicas=replicas, pod={"terminationGracePeriodSeconds": 10, **pod})


def names(world):
    return {name_of(pod) for pod in world.pods("app=web")}


def addresses(world):
    return sorted(pod["status"]["podIP"] for pod in world.pods("app=web"))


def found(world, replicas):
    """Wait until the Service has so many pods, which are all that there are."""
    world.settled(replicas)
    eventually(
        lambda: len(names(world)) == replicas and endpoints(world) == names(world),
        f"the {replicas} pods of the set are the Service's endpoints",
        seconds=60,
    )


def test_a_headless_service_names_all_ready_pods(world, python):
    expose(world, clusterIP="None")
    world.create(served(3))
    found(world, 3)
    assert python(ADDRESSES, "web") == addresses(world)
    sick, *well = world.pods("app=web")
    tell(world, sick, "/health/bad")
    left = sorted(pod["status"]["podIP"] for pod in well)
    # The cluster's DNS keeps an answer for up to 30 s.
    eventually(lambda: python(ADDRESSES, "web") == left, "two addresses are left", 90, 0.5)
    assert names(world) == {name_of(pod) for pod in [sick, *well]}


def test_a_pod_with_hostname_and_subdomain_has_a_name_of_its_own(world, python):
    expose(world, clusterIP="None")
    world.create(served(1, hostname="first", subdomain="web"))
    found(world, 1)
    assert python(ADDRESSES, "first.web") == addresses(world)
    assert run_in(world, only_pod(world), "hostname").strip() == "first"


def test_no_request_fails_while_the_set_grows_and_shrinks_under_load(world):
    expose(world)
    world.create(served(2))
    found(world, 2)
    with Load(world, pause=0.08) as load:  # about fifty requests a second
        world.scale(6)
        found(world, 6)
        six = names(world)
        asked = lambda pod: json.loads(ask(world, pod, "/counts")).get("/", 0)  # noqa: E731
        eventually(lambda: all(map(asked, world.pods("app=web"))), "all six were asked", 60, 0.5)
        world.scale(1)
        found(world, 1)
    assert load.failures == []
    assert set(load.answers) == six
    assert sum(load.answers.values()) > 200


def test_a_client_stays_with_a_pod_if_the_service_says_so(world, python):
    expose(world)
    expose(world, "sticky", selector={"app": "web"}, sessionAffinity="ClientIP")
    world.create(served(3))
    found(world, 3)
    assert set(eventually_all(python, "web")) == names(world)
    assert len(set(python(ASK, "http://sticky:8080/", 30))) == 1


def eventually_all(python, name):
    """Answers of a Service, once all nodes have heard of its pods."""

    def asked():
        answers = set(python(ASK, f"http://{name}:8080/", 30))
        return answers if len(answers) == 3 else None

    return eventually(asked, "three pods answer", 60, 0.5)


def test_a_node_port_is_open_on_every_node(world, kind):
    expose(world, type="NodePort")
    world.create(served(1))
    found(world, 1)
    service = world.api.get(f"{world.core}/services/web")
    port = service["spec"]["ports"][0]["nodePort"]
    for asking, asked in zip(kind.nodes, reversed(kind.nodes), strict=True):
        url = f"http://{asked}:{port}/"
        answer = eventually(lambda: _curl(kind, asking, url), f"{asking} reaches {url}", 60, 0.5)
        assert {answer} == names(world)


def _curl(kind, node, url):
    try:
        return kind.run(node, "curl", "--silent", "--fail", "--max-time", "5", url).strip()
    except KindError:
        return None


def test_a_disruption_budget_in_percent_counts_from_the_sets_scale(world):
    """As for the built-in kind, which is asked the same."""
    ours = served(4)
    theirs = built_in(ours, "theirs")
    world.create(ours)
    world.api.post(f"/apis/apps/v1/namespaces/{world.namespace}/replicasets", theirs)
    budgets = f"/apis/policy/v1/namespaces/{world.namespace}/poddisruptionbudgets"
    for name in ("web", "theirs"):
        selector = {"matchLabels": {"app": name}}
        spec = {"minAvailable": "60%", "selector": selector}
        world.api.post(budgets, {"metadata": {"name": name}, "spec": spec})
    counts = {"expectedPods": 4, "currentHealthy": 4, "desiredHealthy": 3, "disruptionsAllowed": 1}
    for name in ("web", "theirs"):
        eventually(
            lambda: counts.items() <= world.api.get(f"{budgets}/{name}")["status"].items(),
            f"the budget of {name} counts {counts}",
            seconds=60,
        )
    world.scale(6)
    counts = {"expectedPods": 6, "currentHealthy": 6, "desiredHealthy": 4, "disruptionsAllowed": 2}
    eventually(
        lambda: counts.items() <= world.api.get(f"{budgets}/web")["status"].items(),
        f"the budget counts {counts}",
        seconds=60,
    )


def test_an_autoscaler_reads_and_writes_the_sets_scale(world):
    """It needs no metrics to keep a minimum, and says which metrics it misses."""
    world.create(served(2))
    world.settled(2)
    target = {"apiVersion": "apps.podwright.dev/v1", "kind": "ReplicaSet", "name": "web"}
    cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}
    spec = {
        "scaleTargetRef": target,
        "minReplicas": 3,
        "maxReplicas": 5,
        "metrics": [{"type": "Resource", "resource": cpu}],
    }
    path = f"/apis/autoscaling/v2/namespaces/{world.namespace}/horizontalpodautoscalers"
    world.api.post(path, {"metadata": {"name": "web"}, "spec": spec})
    eventually(lambda: world.get()["spec"]["replicas"] == 3, "the autoscaler scales", 90, 0.5)
    world.settled(3)

    def reasons():
        status = world.api.get(f"{path}/web")["status"]
        conditions = {each["type"]: each["reason"] for each in status.get("conditions", [])}
        return status.get("currentReplicas") == 3 and conditions.get("ScalingActive")

    # The pods request no CPU, so no share of it is known: it has found them by the scale's selector.
    assert eventually(reasons, "the autoscaler says what it waits for", 90, 0.5) == (
        "FailedGetResourceMetric"
    )
