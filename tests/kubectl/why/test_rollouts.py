"""What holds a Deployment's roll-out."""

from datetime import UTC, datetime

from kubectl.objects import START, owner, pod, replica_set, view
from podwright.kubectl.why.explain import explain

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
STUCK = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}
TYPO = {"reason": "ErrImagePull", "message": "not found"}
BROKEN = [{"name": "web", "ready": False, "state": {"waiting": TYPO}}]


def deployment(*conditions, revision=1, **spec):
    web = owner("Deployment", status={"conditions": list(conditions)}, **spec)
    web["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": str(revision)}
    return web


def stuck(*conditions):
    web = deployment(*conditions, revision=2)
    old = replica_set(web, "web-old", 1, "web:0", availableReplicas=3, readyReplicas=3)
    new = replica_set(web, "web-new", 2, replicas=1, availableReplicas=0)
    pods = [pod(old, f"web-old-{n}") for n in range(3)]
    pods.append(pod(new, "web-new-0", ready=False, containerStatuses=BROKEN))
    return view(web, sets=[old, new], pods=pods)


def test_a_broken_image_is_told_with_sizes_and_budgets():
    (reason,) = explain(stuck()).reasons
    assert (reason.until, reason.on) == ("its new pods to be available", "ReplicaSet web-new")
    assert reason.facts == (
        "Pod web-new-0: Container web is not running: ErrImagePull: not found",
        "ReplicaSet web-old (revision 1): 3 wished for, 3 available.",
        "ReplicaSet web-new (revision 2): 1 wished for, 0 available.",
        "At most 4 pods may be there, and at least 3 have to be available.",
    )
    assert reason.remedy == "give container web an image that can be had"
    assert reason.rule == "kinds/deployment/rolling_update.py, _wait"


def test_a_deadline_that_has_passed_is_told():
    (reason,) = explain(stuck(STUCK | {"lastUpdateTime": "2030-01-01T12:00:00Z"})).reasons
    late = "Nothing has got on for longer than progressDeadlineSeconds, 600 s."
    assert reason.facts[-1] == late


def test_pods_that_may_not_be_made_are_told_in_the_api_servers_words():
    refused = {
        "type": "ReplicaFailure",
        "status": "True",
        "reason": "FailedCreate",
        "message": "exceeded quota: few",
        "lastTransitionTime": "2030-01-01T12:00:00Z",
    }
    web = deployment(refused)
    mine = replica_set(web, "web-new", 1, replicas=3) | {"status": {"observedGeneration": 1}}
    (reason,) = explain(view(web, sets=[mine])).reasons
    assert reason.facts[0] == "exceeded quota: few"
    assert "raise the quota" in reason.remedy
    assert reason.since


def test_a_pause_is_what_is_waited_for():
    told = {"type": "Progressing", "status": "Unknown", "reason": "DeploymentPaused"}
    web = deployment(told | {"lastTransitionTime": START}, paused=True)
    mine = replica_set(web, "web-new", availableReplicas=3)
    (reason,) = explain(view(web, sets=[mine])).reasons
    assert reason.until == "somebody to resume it"
    assert reason.since == NOON
    assert reason.facts == ("ReplicaSet web-new (revision 1): 3 wished for, 3 available.",)


def test_pods_that_are_ready_and_not_for_long_enough():
    web = deployment(minReadySeconds=2**31 - 2, progressDeadlineSeconds=2**31 - 1)
    mine = replica_set(web, "web-new", availableReplicas=0)
    mine["spec"]["minReadySeconds"] = 2**31 - 2
    pods = [pod(mine, f"web-new-{n}") for n in range(3)]
    (reason,) = explain(view(web, sets=[mine], pods=pods)).reasons
    assert reason.until == "its new pods to be available"
    assert reason.on == "ReplicaSet web-new"
    assert reason.since == NOON
    assert reason.facts[-1] == "A pod is available once it has been ready for 2147483646 s."


def test_old_pods_that_do_not_end():
    web = deployment(revision=2)
    old = replica_set(web, "web-old", 1, "web:0", replicas=0) | {"status": {"replicas": 1}}
    new = replica_set(web, "web-new", 2, availableReplicas=3)
    meta = {"deletionTimestamp": START, "finalizers": ["example.com/held"]}
    pods = [pod(old, "web-old-0", meta=meta), *(pod(new, f"web-new-{n}") for n in range(3))]
    (reason,) = explain(view(web, sets=[old, new], pods=pods)).reasons
    assert (reason.until, reason.on) == ("its old pods to end", "pod web-old-0")
    assert "Pod web-old-0: It is held by the finalizer example.com/held." in reason.facts
    assert "ReplicaSet web-old (revision 1): 0 wished for, 0 available." in reason.facts


def test_a_quota_that_an_old_replica_set_meets_is_told():
    refused = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate"}
    web = deployment(refused | {"message": "exceeded quota: few", "lastTransitionTime": START})
    mine = replica_set(web, "web-new", replicas=3, availableReplicas=3)
    mine["status"]["replicas"] = 2
    (reason,) = explain(view(web, sets=[mine])).reasons
    assert reason.until == "its pods to be made"
    assert reason.facts[0] == "exceeded quota: few"


def test_that_it_went_back_by_itself_is_noted():
    back = {"type": "RolledBack", "status": "True", "message": "rolled back to web-old"}
    (note,) = explain(view(deployment(back))).notes
    assert note.text == "rolled back to web-old"
    assert note.rule == "kinds/deployment/rollback.py, by_itself"


def test_what_it_is_about_to_write_on_itself_is_told_so():
    web = deployment(revision=7)
    mine = replica_set(web, "web-new", availableReplicas=3)
    (reason,) = explain(view(web, sets=[mine])).reasons
    assert reason.until == "the operator to have the object itself changed"
