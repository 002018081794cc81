"""Deployments of real pods: roll-outs that nobody notices, those that get stuck, and moving in."""

import json
import re
import subprocess
import sys

import pytest
from census import Census
from operating import eventually
from words import Load, Watch, expose, is_ready, name_of, service, set_of, shell, uids, web

ENDED = ("Succeeded", "Failed")
"""All containers have ended; the pod may be there for a moment."""
STAY = shell("exec sleep infinity")
NOWHERE = shell("exec sleep infinity", image="nothing")
BUDGETS = {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
THEIRS = "/apis/apps/v1/namespaces/{}/deployments"


def deployment(*containers, **more):
    return set_of(*containers, **more) | {"kind": "Deployment"}


def serving(**more):
    """Answers when it says that it is ready, and for a while after it was told to go."""
    probe = {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 1}
    linger = {"preStop": {"sleep": {"seconds": 4}}}
    container = web(readinessProbe=probe, lifecycle=linger)
    pod = {"terminationGracePeriodSeconds": 10}
    return deployment(container, replicas=2, strategy=BUDGETS, pod=pod, **more)


def kubectl(world, *words, text=None):
    return world.cluster.kubectl("-n", world.namespace, *words, input=text)


def plugin(world, *words):
    """What our plugin says."""
    command = [sys.executable, "-m", "podwright.kubectl", *words, "-n", world.namespace]
    command += ["--kubeconfig", str(world.cluster.kubeconfig)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout + ended.stderr


def complete(world, replicas, path=None, seconds=120.0):
    """Wait until all pods are new, available, and no others are left."""
    wanted = dict.fromkeys(("replicas", "updatedReplicas", "availableReplicas"), replicas)

    def done():
        owner = world.api.get(path or world.path("deployments", "web"))
        status = owner.get("status", {})
        seen = status.get("observedGeneration") == owner["metadata"]["generation"]
        return seen and wanted.items() <= status.items()

    eventually(done, f"complete with {replicas}", seconds, 0.2)


def staying(world):
    """Pods that are not on their way out."""
    return uids(pod for pod in world.pods() if "deletionTimestamp" not in pod["metadata"])


def change(world, path=None, **spec):
    world.api.patch(path or world.path("deployments", "web"), {"spec": spec})


def conditions(world):
    status = world.api.get(world.path("deployments", "web")).get("status", {})
    return {each["type"]: each for each in status.get("conditions", [])}


def test_no_request_fails_in_five_roll_outs_and_one_back(world, told):
    """Ours and, beside it under the same load, the built-in kind."""
    ours, theirs = serving(), serving(name="theirs") | {"apiVersion": "apps/v1"}
    theirs["spec"]["selector"] = {"matchLabels": {"app": "theirs"}}
    theirs["spec"]["template"]["metadata"]["labels"] = {"app": "theirs"}
    expose(world)
    world.api.post(f"{world.core}/services", service("theirs"))
    world.create(ours)
    folder = THEIRS.format(world.namespace)
    world.api.post(folder, theirs)
    paths = {"web": world.path("deployments", "web"), "theirs": f"{folder}/theirs"}
    for path in paths.values():
        complete(world, 2, path)
    loads = [Load(world, f"http://{name}:8080/", pause=0.2) for name in paths]
    with loads[0], loads[1]:
        for number in range(1, 6):
            for path in paths.values():
                metadata = {"annotations": {"number": str(number)}}
                change(world, path, template={"metadata": metadata})
            for path in paths.values():
                complete(world, 2, path)
        assert plugin(world, "rollout", "undo", "deployment/web")[0] == 0
        kubectl(world, "rollout", "undo", "deployment.apps/theirs")
        for path in paths.values():
            complete(world, 2, path)
    for name, load in zip(paths, loads, strict=True):
        answered = sum(load.answers.values())
        told(f"six roll-outs of {name}: {answered} requests, {len(load.failures)} failed")
        assert answered > 200
        assert len(load.answers) > 10, "pods of all roll-outs were asked, of 14"
    assert loads[0].failures == []


def test_no_old_pod_is_left_when_the_first_new_one_is_made(world):
    """Recreate, with pods that take their time to end."""
    slow = shell("trap 'sleep 2; exit 0' TERM; while :; do sleep 0.1; done")
    grace = {"terminationGracePeriodSeconds": 20}
    world.create(deployment(slow, replicas=2, strategy={"type": "Recreate"}, pod=grace))
    complete(world, 2)
    changes, old = Watch(world, f"{world.core}/pods"), uids(world.pods())
    change(world, template={"metadata": {"annotations": {"a": "b"}}})
    complete(world, 2)
    ended, made = {}, []
    for number, (_, verb, it) in enumerate(list(changes.changes)):
        uid = it["metadata"]["uid"]
        if uid not in old and verb == "ADDED":
            made.append(number)
        elif uid in old and (verb == "DELETED" or it["status"]["phase"] in ENDED):
            ended.setdefault(uid, number)
    assert len(ended) == len(made) == 2
    assert max(ended.values()) < min(made)


def test_a_roll_out_that_gets_nowhere_keeps_the_old_pods_and_is_told(world):
    world.create(deployment(STAY, replicas=3, progressDeadlineSeconds=5))
    complete(world, 3)
    before = uids(world.pods())
    change(world, template={"spec": {"containers": [NOWHERE]}})
    eventually(
        lambda: conditions(world)["Progressing"]["reason"] == "ProgressDeadlineExceeded",
        "the deadline is told",
        30,
    )
    assert before <= uids(world.pods())
    assert conditions(world)["Available"]["status"] == "True"
    code, said = plugin(world, "rollout", "status", "deployment/web")
    assert (code, said.strip()) == (1, 'error: deployment "web" exceeded its progress deadline')
    code, said = plugin(world, "why", "deployment/web")
    assert code == 0
    assert "nothing:1" in said
    assert plugin(world, "rollout", "undo", "deployment/web")[0] == 0
    complete(world, 3)
    assert staying(world) == before


def test_it_goes_back_by_itself_if_it_is_told_to(world):
    """Once: whoever applies the same template again means it."""
    world.create(deployment(STAY, replicas=2, progressDeadlineSeconds=5, rollbackOnDeadline=True))
    complete(world, 2)
    before = uids(world.pods())
    change(world, template={"spec": {"containers": [NOWHERE]}})
    eventually(lambda: "RolledBack" in conditions(world), "it goes back", 40)
    complete(world, 2)
    assert staying(world) == before
    message = conditions(world)["RolledBack"]["message"]
    assert re.search(r'ReplicaSet "web-\w+" \(revision 2\) has timed out progressing', message)
    change(world, template={"spec": {"containers": [NOWHERE]}})
    eventually(
        lambda: conditions(world)["Progressing"]["reason"] == "ProgressDeadlineExceeded",
        "it stays there",
        40,
    )
    owner = world.api.get(world.path("deployments", "web"))
    assert owner["spec"]["template"]["spec"]["containers"][0]["image"].endswith("nothing:1")
    told = [
        event for event in world.api.get(f"{world.core}/events")["items"]
        if event["reason"] == "RolledBack"
    ]  # fmt: skip
    assert len(told) == 1


def test_a_budget_counts_old_and_new_pods_in_the_middle_of_a_roll_out(world):
    """As the built-in kind's: both ReplicaSets are asked for their size, surge included."""
    world.create(deployment(STAY, replicas=4, strategy=BUDGETS))
    complete(world, 4)
    budgets = f"/apis/policy/v1/namespaces/{world.namespace}/poddisruptionbudgets"
    spec = {"minAvailable": "75%", "selector": {"matchLabels": {"app": "web"}}}
    world.api.post(budgets, {"metadata": {"name": "web"}, "spec": spec})

    def counts(**wanted):
        status = lambda: world.api.get(f"{budgets}/web").get("status", {})  # noqa: E731
        eventually(lambda: wanted.items() <= status().items(), f"the budget has {wanted}", 60, 0.5)

    counts(expectedPods=4, desiredHealthy=3, disruptionsAllowed=1)
    change(world, template={"spec": {"containers": [NOWHERE]}})
    counts(expectedPods=5, desiredHealthy=4, currentHealthy=4, disruptionsAllowed=0)
    victim = next(pod for pod in world.pods() if is_ready(pod))
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name_of(victim)}}
    eviction = f"{world.core}/pods/{name_of(victim)}/eviction"
    with pytest.raises(Exception, match="disruption budget"):
        world.api.post(eviction, body)
    assert plugin(world, "rollout", "undo", "deployment/web")[0] == 0
    complete(world, 4)
    counts(expectedPods=4, disruptionsAllowed=1)
    world.api.post(eviction, body)
    complete(world, 4)


@pytest.mark.alone
def test_a_node_is_drained_in_the_middle_of_a_roll_out(operator, world, last):
    """With a budget of its own, no fewer are available than it wants."""
    world.create(deployment(STAY, replicas=4, strategy=BUDGETS))
    complete(world, 4)
    budgets = f"/apis/policy/v1/namespaces/{world.namespace}/poddisruptionbudgets"
    spec = {"minAvailable": 3, "selector": {"matchLabels": {"app": "web"}}}
    world.api.post(budgets, {"metadata": {"name": "web"}, "spec": spec})
    with Census(world) as seen:
        change(world, template={"metadata": {"annotations": {"a": "b"}}})
        operator.kind.kubectl(
            "drain", last, "--ignore-daemonsets", "--pod-selector=app=web", "--timeout=120s"
        )
        complete(world, 4)
        assert seen.fewest_ready >= 3
        assert seen.most <= 5
    assert not [pod for pod in world.pods() if pod["spec"].get("nodeName") == last]


OURS, BUILT_IN = "apps.podwright.dev/v1", "apps/v1"


@pytest.mark.parametrize(
    ("old", "new"), [(BUILT_IN, OURS), (OURS, BUILT_IN)], ids=["to-ours", "and-back"]
)
def test_a_live_deployment_changes_hands_and_no_pod_restarts(world, old, new):
    """The steps of the README, section "Moving in"."""
    manifest = deployment(STAY, replicas=3)
    kubectl(world, "apply", "-f", "-", text=json.dumps(manifest | {"apiVersion": old}))
    group = {BUILT_IN: "apps", OURS: "apps.podwright.dev"}
    complete(world, 3, f"/apis/{old}/namespaces/{world.namespace}/deployments/web")
    with Census(world) as seen:
        before = uids(world.pods())
        kubectl(world, "delete", f"deployments.{group[old]}/web", "--cascade=orphan")
        sets = f"replicasets.{group[old]}"
        text = kubectl(world, "get", sets, "-l", "app=web", "-o", "yaml")
        moved = re.sub(r"\n *(uid|resourceVersion): .*", "", text).replace(old, new)
        kubectl(world, "delete", sets, "-l", "app=web", "--cascade=orphan")
        kubectl(world, "create", "--validate=ignore", "-f", "-", text=moved)
        kubectl(world, "apply", "-f", "-", text=json.dumps(manifest | {"apiVersion": new}))
        complete(world, 3, f"/apis/{new}/namespaces/{world.namespace}/deployments/web")
        assert seen.uids == before == uids(world.pods())
    owners = [pod["metadata"]["ownerReferences"][0] for pod in world.pods()]
    assert {owner["apiVersion"] for owner in owners} == {new}
    assert len({owner["name"] for owner in owners}) == 1
