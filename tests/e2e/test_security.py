"""What the operator may do, what users can make it do, and what it tells whom."""

import json
import re
import secrets

import pytest
from installed import SYSTEM, now
from operating import World, eventually
from words import name_of, set_of, shell

STAY = "exec sleep infinity"
RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "runAsUser": 65534,
    "seccompProfile": {"type": "RuntimeDefault"},
}
READ = {"get", "list", "watch"}


@pytest.fixture
def elsewhere(world):
    """Another namespace, which is no business of the first one's users."""
    other = World(world.cluster, f"{world.namespace}-2")
    other.api.post("/api/v1/namespaces", {"metadata": {"name": other.namespace}})
    account = f"{other.core}/serviceaccounts/default"
    eventually(lambda: other.api.get(account), "the namespace is ready for pods")
    yield other
    other.api.delete(f"/api/v1/namespaces/{other.namespace}")


def failure(world, name="web"):
    """The message of the condition ReplicaFailure, or ""."""
    conditions = world.get(name).get("status", {}).get("conditions", [])
    return next((each["message"] for each in conditions if each["type"] == "ReplicaFailure"), "")


def template(*containers, **pod):
    return {"spec": {"template": {"spec": {"containers": list(containers), **pod}}}}


def test_a_template_that_pod_security_refuses_is_said_and_harms_nobody_else(
    world, elsewhere, operator
):
    """One request at a time and ever fewer, until somebody mends the template."""
    label = {"pod-security.kubernetes.io/enforce": "restricted"}
    world.api.patch(f"/api/v1/namespaces/{world.namespace}", {"metadata": {"labels": label}})
    start, wanted = now(), 4
    world.create(set_of(shell(STAY), name="loose", replicas=wanted))
    eventually(lambda: failure(world, "loose"), "the refusal is a condition")
    words = 'violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false'
    assert words in failure(world, "loose")
    (condition,) = world.get("loose")["status"]["conditions"]
    assert (condition["status"], condition["reason"]) == ("True", "FailedCreate")
    assert world.get("loose")["status"]["podwright"]["waitingFor"] == (
        "the API server to accept its pods"
    )
    refusals = eventually(lambda: world.events("FailedCreate"), "there is an event")
    assert all(words in event["message"] for event in refusals)

    strict = shell(STAY, securityContext=RESTRICTED)
    world.create(set_of(strict, name="strict", replicas=1))
    elsewhere.create(set_of(shell(STAY), name="loose", replicas=1))
    world.settled(1, "strict")
    elsewhere.settled(1, "loose")
    world.scale(2, "strict")
    world.settled(2, "strict")

    def tries():
        requests = operator.requests(start, verbs={"create"})
        return [each for each in requests if (each[3], each[4]) == (f"{world.core}/pods", 403)]

    eventually(lambda: len(tries()) >= 10, "it has been tried ten times", seconds=60)
    # 5 ms, 10 ms, 20 ms, ...: ten tries take 2.6 s, and no four of them one second.
    first, last = (time_of(tries()[index]) for index in (0, 9))
    assert last - first > 2.5
    assert len(tries()) <= 20

    world.patch(template(strict), "loose")
    world.settled(wanted, "loose")
    assert not failure(world, "loose")


def time_of(request):
    """Seconds of an audit log's time."""
    hours, minutes, seconds = request[0].removesuffix("Z").partition("T")[2].split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def test_a_template_reaches_no_other_namespace_name_or_owner(world, elsewhere, operator):
    """Its pods are made where the set is, under names of the set's, and belong to it alone."""
    bait = elsewhere.create(set_of(shell(STAY), name="bait", replicas=0))
    elsewhere.settled(0, "bait")
    start = now()
    owner = {"apiVersion": bait["apiVersion"], "kind": bait["kind"], "name": "bait"}
    owner |= {"uid": bait["metadata"]["uid"], "controller": True, "blockOwnerDeletion": True}
    manifest = set_of(shell(STAY), replicas=2)
    manifest["spec"]["template"]["metadata"] |= {
        "name": "stolen",
        "generateName": "stolen-",
        "namespace": elsewhere.namespace,
        "ownerReferences": [owner],
        "finalizers": ["podwright.dev/held"],
        "uid": bait["metadata"]["uid"],
        "deletionTimestamp": "2001-01-01T00:00:00Z",
    }
    ours = world.create(manifest)
    try:
        world.settled(2)
        pods = world.pods()
        for pod in pods:
            meta = pod["metadata"]
            assert meta["name"].startswith("web-")
            assert meta["finalizers"] == ["podwright.dev/held"]
            (reference,) = meta["ownerReferences"]
            assert reference["uid"] == ours["metadata"]["uid"]
        assert elsewhere.pods() == []
        world.delete()
        eventually(lambda: not world.active(), "its pods are going")
    finally:
        for pod in world.pods():
            world.patch_pod(name_of(pod), {"metadata": {"finalizers": None}})
    paths = [
        each[3] for each in operator.requests(start, verbs=READ | {"create", "patch", "delete"})
    ]
    assert f"{world.core}/pods" in paths
    assert not [path for path in paths if elsewhere.namespace in path]


def test_a_template_cannot_borrow_the_operators_account(world):
    """Accounts are looked up in the pod's own namespace; what is not found is a condition."""
    for account in ("podwright", f"{SYSTEM}:podwright"):
        name = f"borrows-{len(account)}"
        world.create(set_of(shell(STAY), name=name, pod={"serviceAccountName": account}))
        eventually(lambda name=name: failure(world, name), "the refusal is a condition")
        assert account in failure(world, name)
        assert world.pods(f"app={name}") == []


def test_values_of_templates_are_in_no_log_and_no_event(world, operator):
    """Environment variables, annotations and arguments hold what users think nobody reads."""
    canary = f"canary{secrets.token_hex(12)}"
    main = shell(f": {canary}; {STAY}", args=[canary], env=[{"name": "KEY", "value": canary}])
    unmounted = main | {"volumeMounts": [{"name": "nothing", "mountPath": "/nothing"}]}
    doubled = {
        "env": [
            {
                "name": "KEY",
                "value": canary,
                "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}},
            }
        ]
    }
    manifests = {
        "fine": set_of(main, name="fine", replicas=2),
        "account": set_of(main, name="account", pod={"serviceAccountName": "nobody"}),
        "volume": set_of(unmounted, name="volume"),
        "value": set_of(main | doubled, name="value"),
        "huge": set_of(main, name="huge"),
    }
    for name, manifest in manifests.items():
        notes = {"example.com/key": canary * (10_000 if name == "huge" else 1)}
        manifest["metadata"]["annotations"] = {"example.com/key": canary}
        manifest["spec"]["template"]["metadata"]["annotations"] = notes
        world.create(manifest)
    world.settled(2, "fine")
    world.api.delete(f"{world.core}/pods/{name_of(world.pods('app=fine')[0])}")
    for name in manifests.keys() - {"fine"}:
        eventually(lambda name=name: failure(world, name), f"{name} is refused")
        assert canary not in json.dumps(world.get(name)["status"])
    world.settled(2, "fine")
    eventually(lambda: len(world.events("FailedCreate")) >= 4, "there are events of the refusals")
    assert canary not in json.dumps(world.api.get(f"{world.core}/events"))
    logs = every_log(operator)
    assert all(f"{world.namespace}/{name} " in logs for name in manifests)
    assert canary not in logs


def test_no_token_is_in_the_operators_logs(operator):
    """A service account's token would be a JSON web token: three parts, the first begins so."""
    token = re.compile(r"eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}")
    like_it = operator.kind.kubectl("create", "token", "podwright", "-n", SYSTEM)
    assert token.search(like_it)
    logs = every_log(operator)
    assert "serving replicasets.apps.podwright.dev" in logs
    assert not token.search(logs)


def every_log(operator):
    """What all replicas have written, those before a restart as well."""
    replicas = {name_of(pod): operator.restarts(name_of(pod)) for pod in operator.pods()}
    logs = [operator.log(name) for name in replicas]
    before = [operator.log(name, previous=True) for name, times in replicas.items() if times]
    return "".join(logs + before)
