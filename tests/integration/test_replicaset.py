"""A ReplicaSet of ours on a real API server: what users see."""

import time

import pytest
from operating import Rejected, bare_pod, eventually, replica_set


def test_pods_are_made_and_the_status_tells_everything(world):
    world.create(replica_set(replicas=3))
    owner = world.settled(3)

    assert owner["status"] == {
        "replicas": 3,
        "fullyLabeledReplicas": 3,
        "readyReplicas": 3,
        "availableReplicas": 3,
        "terminatingReplicas": 0,
        "observedGeneration": 1,
        "selector": "app=web",
        "podwright": {"ready": "3/3", "containers": "web", "images": "nginx:1"},
    }
    for pod in world.pods():
        assert pod["metadata"]["labels"] == {"app": "web"}
        assert pod["metadata"]["name"].startswith("web-")
        assert len(pod["metadata"]["name"]) == len("web-") + 5
        assert pod["metadata"]["ownerReferences"] == [
            {
                "apiVersion": "apps.podwright.dev/v1",
                "kind": "ReplicaSet",
                "name": "web",
                "uid": owner["metadata"]["uid"],
                "controller": True,
                "blockOwnerDeletion": True,
            }
        ]
    created = eventually(lambda: _three(world.events("SuccessfulCreate")), "three events")
    assert {event["message"] for event in created} == {
        f"Created pod: {name}" for name in world.active()
    }
    assert {event["source"]["component"] for event in created} == {"replicaset-controller"}


def _three(events):
    return events if len(events) == 3 else None


def test_scaling_up_and_down_through_the_scale_subresource(world):
    world.create(replica_set(replicas=1))
    world.settled(1)
    first = world.active()
    world.scale(6)
    world.settled(6)
    assert first < world.active()
    world.scale(2)
    world.settled(2)
    scale = world.api.get(f"{world.sets}/web/scale")
    assert scale["spec"] == {"replicas": 2}
    assert scale["status"] == {"replicas": 2, "selector": "app=web"}


def test_scaling_down_takes_what_is_cheapest_to_lose(world):
    world.create(replica_set(replicas=4))
    world.settled(4)
    keep, *others = sorted(world.active())
    cost = {"metadata": {"annotations": {"controller.kubernetes.io/pod-deletion-cost": "10"}}}
    world.patch_pod(keep, cost)
    world.scale(1)
    eventually(lambda: world.active() == {keep}, "the costly pod stays")
    deleted = eventually(lambda: _three(world.events("SuccessfulDelete")), "three events")
    assert {event["message"] for event in deleted} == {f"Deleted pod: {name}" for name in others}


def test_scaling_to_zero_and_back(world):
    world.create(replica_set(replicas=3))
    world.settled(3)
    world.scale(0)
    world.settled(0)
    eventually(lambda: not world.pods(), "no pods")
    world.scale(2)
    world.settled(2)


def test_a_deleted_pod_is_replaced(world):
    world.create(replica_set(replicas=3))
    world.settled(3)
    gone = min(world.active())
    world.api.delete(f"{world.core}/pods/{gone}")
    eventually(lambda: len(world.active() - {gone}) == 3, "a replacement")
    assert gone not in world.active()


@pytest.mark.parametrize("phase", ["Succeeded", "Failed"])
def test_a_finished_pod_is_replaced_and_left_alone(world, phase):
    world.create(replica_set(replicas=2))
    world.settled(2)
    done = min(world.active())
    world.patch_pod(done, {"status": {"phase": phase}}, "/status")
    eventually(lambda: len(world.active()) == 2, "a replacement")
    world.settled(2)
    assert done in {pod["metadata"]["name"] for pod in world.pods()}


def test_a_matching_orphan_is_adopted_and_counts(world):
    world.create(bare_pod("alone", {"app": "web"}))
    world.create(replica_set(replicas=3))
    owner = world.settled(3)
    assert len(world.active()) == 3
    (reference,) = _pod(world, "alone")["metadata"]["ownerReferences"]
    assert reference["uid"] == owner["metadata"]["uid"]
    assert reference["controller"] is True


def test_an_orphan_that_comes_later_is_adopted_and_the_surplus_goes(world):
    world.create(replica_set(replicas=2))
    world.settled(2)
    world.create(bare_pod("late", {"app": "web"}))
    eventually(lambda: world.events("SuccessfulDelete"), "one of the three goes")
    world.settled(2)
    eventually(lambda: len(world.active()) == 2, "two pods")


def test_a_relabelled_pod_is_released_replaced_and_comes_back(world):
    world.create(replica_set(replicas=2))
    world.settled(2)
    strays = min(world.active())
    world.patch_pod(strays, {"metadata": {"labels": {"app": "debug"}}})
    eventually(lambda: len(world.pods("app=web")) == 2, "a replacement")
    eventually(lambda: "ownerReferences" not in _pod(world, strays)["metadata"], "it is released")
    world.patch_pod(strays, {"metadata": {"labels": {"app": "web"}}})
    eventually(lambda: len(world.active()) == 2, "one of three goes")
    world.settled(2)


def test_another_controllers_pod_is_never_touched(world):
    world.create(replica_set("other", replicas=1, labels={"app": "web", "of": "other"}))
    world.settled(1, "other")
    theirs = world.active()
    world.create(replica_set("web", replicas=1, labels={"app": "web"}))
    world.settled(1, "web")
    assert theirs < world.active()
    assert len(world.active()) == 2


def test_pods_become_available_after_min_ready_seconds_without_any_event(world):
    world.create(replica_set(replicas=1, minReadySeconds=3))
    eventually(lambda: world.has_status(readyReplicas=1), "ready")
    assert world.get()["status"]["availableReplicas"] == 0
    assert world.get()["status"]["podwright"]["waitingFor"] == "its pods to be ready for 3 s"
    started = time.monotonic()
    eventually(lambda: world.has_status(availableReplicas=1), "available", seconds=6)
    assert time.monotonic() - started > 0.5


def test_a_changed_template_affects_new_pods_only(world):
    world.create(replica_set(replicas=2))
    world.settled(2)
    before = world.active()
    containers = [{"name": "web", "image": "nginx:2"}]
    world.patch({"spec": {"template": {"spec": {"containers": containers}}}})
    world.settled(2)
    assert world.active() == before
    world.scale(3)
    world.settled(3)
    (new,) = world.active() - before
    assert _pod(world, new)["spec"]["containers"][0]["image"] == "nginx:2"
    assert world.get()["status"]["podwright"]["images"] == "nginx:2"


def test_what_apps_rejects_is_rejected(world):
    world.create(replica_set())
    change = {"spec": {"selector": {"matchLabels": {"app": "other"}}}}
    with pytest.raises(Rejected, match=r"field is immutable"):
        world.patch(change)
    with pytest.raises(Rejected, match=r"does not match template"):
        bad = replica_set("bad")
        bad["spec"]["selector"] = {"matchLabels": {"app": "else"}}
        world.create(bad)
    with pytest.raises(Rejected, match=r"greater than or equal to 0"):
        world.scale(-1)


def test_a_quota_costs_few_requests_and_mends_itself(world, operator):
    quota = {"metadata": {"name": "few"}, "spec": {"hard": {"pods": "2"}}}
    world.api.post(f"{world.core}/resourcequotas", quota)
    eventually(
        lambda: "hard" in world.api.get(f"{world.core}/resourcequotas/few").get("status", {}),
        "the quota is in force",
    )
    world.create(replica_set(replicas=20))
    (condition,) = eventually(
        lambda: world.get().get("status", {}).get("conditions"), "a condition"
    )
    assert condition["type"] == "ReplicaFailure"
    assert condition["status"] == "True"
    assert condition["reason"] == "FailedCreate"
    assert "exceeded quota" in condition["message"]
    waiting = "the API server to accept its pods"
    assert world.get()["status"]["podwright"]["waitingFor"] == waiting
    eventually(lambda: world.events("FailedCreate"), "an event")
    time.sleep(1)
    refused = operator.log.count(f"{world.namespace}/web ReplicaSet: create web-")
    assert 1 <= refused < 12, "1 + 1 at first, then one each after 5 ms, 10 ms, ..."
    world.api.delete(f"{world.core}/resourcequotas/few")
    world.patch({"metadata": {"annotations": {"touched": "yes"}}})
    assert "conditions" not in world.settled(20)["status"]


def test_a_template_that_no_api_server_accepts_costs_one_request(world, operator):
    bad = replica_set(replicas=100)
    bad["spec"]["template"]["spec"]["containers"][0]["image"] = " spaces "
    world.create(bad)
    (condition,) = eventually(
        lambda: world.get().get("status", {}).get("conditions"), "a condition"
    )
    assert "must not have leading or trailing whitespace" in condition["message"]
    good = {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "nginx:1"}]}}}}
    refused = operator.log.count(f"{world.namespace}/web ReplicaSet: create web-")
    assert 1 <= refused < 12, "one each after 5 ms, 10 ms, ..., none of them for 100 pods"
    world.patch({**good, "spec": good["spec"] | {"replicas": 2}})
    world.settled(2)


def test_a_name_of_253_characters_makes_pods(world):
    name = "n" * 253
    world.create(replica_set(name, replicas=1, labels={"app": "long"}))
    world.settled(1, name)
    (pod,) = world.active()
    assert len(pod) == 63


def test_background_deletion_takes_the_pods(world, collected):
    world.create(replica_set(replicas=2))
    world.settled(2)
    world.delete(policy="Background")
    eventually(lambda: world.get() is None and not world.pods(), "all gone", seconds=60)


def test_foreground_deletion_takes_the_pods_first(world, collected):
    world.create(replica_set(replicas=2))
    world.settled(2)
    held = min(world.active())
    world.patch_pod(held, {"metadata": {"finalizers": ["example.com/hold"]}})
    world.delete(policy="Foreground")
    eventually(lambda: len(world.pods()) == 1, "one pod is held by its finalizer", seconds=60)
    assert world.get()["metadata"]["deletionTimestamp"]
    time.sleep(0.5)
    assert not world.active(), "an owner on its way out makes no new pods"
    world.patch_pod(held, {"metadata": {"finalizers": None}})
    eventually(lambda: world.get() is None and not world.pods(), "all gone", seconds=60)


def test_orphan_deletion_leaves_the_pods_and_a_new_set_adopts_them(world, collected):
    world.create(replica_set(replicas=2))
    world.settled(2)
    pods = world.active()
    world.delete(policy="Orphan")
    eventually(lambda: world.get() is None, "the owner is gone", seconds=60)
    assert world.active() == pods
    world.create(replica_set(replicas=2))
    uid = world.settled(2)["metadata"]["uid"]
    assert world.active() == pods
    assert {pod["metadata"]["ownerReferences"][0]["uid"] for pod in world.pods()} == {uid}


def test_the_same_name_made_anew_is_another_owner(world, collected):
    world.create(replica_set(replicas=2))
    old = world.settled(2)["metadata"]["uid"]
    world.delete()
    eventually(lambda: world.get() is None, "gone")
    world.create(replica_set(replicas=3))
    new = world.settled(3)["metadata"]["uid"]
    assert new != old
    eventually(lambda: len(world.pods()) == 3, "the old one's pods are collected", seconds=60)


def test_nothing_of_kopf_or_ours_is_written_on_users_objects(world):
    world.create(replica_set(replicas=2))
    owner = world.settled(2)
    assert "annotations" not in owner["metadata"]
    assert "finalizers" not in owner["metadata"]
    for pod in world.pods():
        assert "annotations" not in pod["metadata"]
        assert "finalizers" not in pod["metadata"]


def test_kubectl_shows_it_like_the_built_in(world):
    world.create(replica_set(replicas=2))
    world.settled(2)
    kubectl = world.cluster.kubectl
    head, line = kubectl("get", "prs", "-n", world.namespace, "-o", "wide").splitlines()
    assert head.split() == [
        "NAME", "DESIRED", "CURRENT", "READY", "AGE", "CONTAINERS", "IMAGES", "SELECTOR",
    ]  # fmt: skip
    name, desired, current, ready, _, *wide = line.split()
    assert (name, desired, current, ready) == ("web", "2", "2", "2")
    assert wide == ["web", "nginx:1", "app=web"]
    assert "replicaset.apps.podwright.dev/web" in kubectl("get", "all", "-n", world.namespace)
    kubectl("scale", "prs/web", "--replicas=3", "-n", world.namespace)
    world.settled(3)


def _pod(world, name):
    return world.api.get(f"{world.core}/pods/{name}")
