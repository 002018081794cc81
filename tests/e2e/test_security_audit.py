"""The operator's rights, and what it did with them in the whole life of this cluster."""

import json

import pytest
from batch import calendar, ending, job, says
from deprivation import had_its_rights
from operating import bare_pod, eventually
from test_install import ALLOWED, HOME, Account, allowed, asked
from words import set_of, shell, uids

STAY = shell("exec sleep infinity")
LOST_ANSWERS = {("get", "pods")}
"""Asked only when the answer to a creation was lost, which nobody can make happen here."""


def test_the_installed_service_account_may_do_what_the_list_says_and_nothing_else(
    cluster, operator, tmp_path
):
    account = Account(cluster, tmp_path)
    assert account.rules("default") == allowed("everywhere")
    assert account.rules(HOME) == allowed("everywhere", "in its own namespace")


def orphan(name, app):
    """A pod that a set will adopt."""
    pod = bare_pod(name, {"app": app})
    pod["spec"] = {"containers": [STAY], "terminationGracePeriodSeconds": 1}
    return pod


def live(world):
    """What takes each right once, also where only a few tests ran: adopt, let go, grow, shrink."""
    world.create(orphan("orphan", "web"))
    world.create(set_of(STAY, replicas=15))  # so many alike become one event, with a count
    world.settled(15)
    world.patch_pod("orphan", {"metadata": {"labels": {"app": "other"}}})
    world.settled(15)
    counts = lambda: {event["count"] for event in world.events("SuccessfulCreate")}  # noqa: E731
    eventually(lambda: counts() - {1}, "an event is counted up", pause=0.5)
    world.scale(1)
    world.settled(1)


def live_with_claims(world):
    """A StatefulSet has claims; another adopts, changes its template, also back, and forgets one."""
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}
    templates = [{"metadata": {"name": "data"}, "spec": claim}]
    files = set_of(STAY, name="files", volumeClaimTemplates=templates)
    world.create(files | {"kind": "StatefulSet"})
    world.told("statefulsets", "files", readyReplicas=1)
    world.create(orphan("db-0", "db"))
    world.create(set_of(STAY, name="db", revisionHistoryLimit=1) | {"kind": "StatefulSet"})
    for name in ("main", "second", "main", "second", "third"):
        template = {"spec": {"containers": [{**STAY, "name": name}]}}
        world.api.patch(world.path("statefulsets", "db"), {"spec": {"template": template}})
        world.told("statefulsets", "db", readyReplicas=1, updatedReplicas=1, currentReplicas=1)


def live_on_nodes(world, kind):
    """A DaemonSet adopts a pod, and has one on each worker."""
    world.create(orphan("agent-orphan", "agent"))
    manifest = set_of(STAY, name="agent")
    del manifest["spec"]["replicas"]
    world.create(manifest | {"kind": "DaemonSet"})
    world.told("daemonsets", "agent", numberReady=len(kind.workers))


def live_with_roll_outs(world):
    """A Deployment takes up a ReplicaSet, changes its template, and forgets the old one."""
    stray = set_of(STAY, name="stray", replicas=0, labels={"app": "shop"})
    stray["metadata"]["labels"] = {"app": "shop"}
    world.create(stray)
    world.create(set_of(STAY, name="shop", revisionHistoryLimit=0) | {"kind": "Deployment"})
    world.told("deployments", "shop", availableReplicas=1)
    template = {"metadata": {"annotations": {"number": "2"}}}
    world.api.patch(world.path("deployments", "shop"), {"spec": {"template": template}})
    world.told("deployments", "shop", availableReplicas=1, updatedReplicas=1, replicas=1)
    sets = f"{world.path('replicasets')}?labelSelector=app=shop"
    eventually(lambda: len(world.api.get(sets)["items"]) == 1, "the old one is removed", 60)
    world.create(orphan("old-orphan", "old"))
    plain = set_of(STAY, name="old") | {"kind": "ReplicationController"}
    plain["spec"]["selector"] = {"app": "old"}
    world.create(plain)
    world.told("replicationcontrollers", "old", readyReplicas=1)


def live_to_an_end(world):
    """A CronJob's Job ends, and goes when its time is over; one that runs is removed."""
    done = {"ttlSecondsAfterFinished": 1, "template": {"spec": ending("true")}}
    world.create(calendar("@every 1s", done))
    found = lambda: world.api.get(world.path("jobs"))["items"]  # noqa: E731
    (first,) = uids(eventually(found, "it has a Job", 60))
    eventually(lambda: first not in uids(found()), "its time is over", 60)
    world.api.patch(world.path("cronjobs", "clock"), {"spec": {"suspend": True}})
    world.create(job("exec sleep infinity", parallelism=2))
    says(world, active=2, ready=2)
    world.api.delete(world.path("jobs", "work"), {"propagationPolicy": "Background"})
    eventually(lambda: not world.pods("app=work"), "its pods are gone", 60)


@pytest.mark.last
def test_all_that_was_done_is_allowed_and_all_that_is_allowed_was_done(kind, operator, world):
    """No request was beyond its rights; each right was used, but for those with a reason."""
    live(world)
    live_with_claims(world)
    live_on_nodes(world, kind)
    live_with_roll_outs(world)
    live_to_an_end(world)
    requests = [json.loads(line) for line in kind.audit_log.read_text().splitlines()]
    # Admission refuses with 403 too; this annotation is the authorizer's.
    forbidden = [
        (each["requestReceivedTimestamp"], each["verb"], each["requestURI"])
        for each in requests
        if each["annotations"].get("authorization.k8s.io/decision") != "allow"
        and had_its_rights(kind, each["requestReceivedTimestamp"])
    ]
    assert not forbidden
    used = {asked(each) for each in requests} - {None}
    granted = {
        (verb, name.partition(" ")[0])
        for verb, name in allowed("everywhere", "in its own namespace")
    }
    excused = {tuple(reversed(each.split())) for each in ALLOWED["without a request"]}
    assert used <= granted
    assert granted - used <= excused | LOST_ANSWERS
