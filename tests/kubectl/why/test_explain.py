"""What an owner waits for: the operator's own decision, with facts."""

from datetime import UTC, datetime

from kubectl.objects import START, node, owner, pod, revision, view, warning
from podwright.kubectl.why.explain import explain

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
TYPO = {"reason": "ErrImagePull", "message": "not found"}
BROKEN = [{"name": "web", "ready": False, "state": {"waiting": TYPO}}]


def now():
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def three(of, revision_name=""):
    return [pod(of, f"web-{ordinal}", revision=revision_name) for ordinal in range(3)]


def test_nothing_is_waited_for():
    web = owner()
    first = revision(web)
    report = explain(view(web, pods=three(web, first["metadata"]["name"]), revisions=[first]))
    assert (report.ready, report.wished) == (3, 3)
    assert not report.reasons
    assert not report.notes


def test_a_partition_and_which_pods_are_of_which_revision():
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}
    web = owner(updateStrategy=rolling)
    old, new = revision(web, 1, "web:0"), revision(web, 2)
    names = [each["metadata"]["name"] for each in (old, new)]
    pods = [pod(web, f"web-{n}", revision=names[n == 2]) for n in range(3)]
    (reason,) = explain(view(web, pods=pods, revisions=[old, new])).reasons
    assert reason.until == "partition 2 to be lowered"
    assert reason.rule == "kinds/statefulset/rolling_update.py, _held_by_partition"
    assert reason.facts == (
        f"Of revision {names[0]}: web-0, web-1.",
        f"Of revision {names[1]}: web-2.",
    )
    assert reason.since == NOON
    assert "partition" in reason.remedy


def test_a_broken_image_that_is_still_in_the_template():
    web = owner()
    first = revision(web)
    bad = pod(web, ready=False, revision=first["metadata"]["name"], containerStatuses=BROKEN)
    (reason,) = explain(view(web, pods=[bad], revisions=[first])).reasons
    assert reason.until == "pod web-0 to be ready"
    assert reason.on == "pod web-0"
    assert reason.facts == ("Container web is not running: ErrImagePull: not found",)
    assert reason.remedy == (
        "give container web an image that can be had; then delete pod web-0, or set "
        "spec.updateStrategy.replaceStuckPods"
    )


def test_side_by_side_nobody_has_to_delete_a_broken_pod():
    web = owner(podManagementPolicy="Parallel")
    first = revision(web)
    bad = pod(web, ready=False, revision=first["metadata"]["name"], containerStatuses=BROKEN)
    pods = [bad, *three(web, first["metadata"]["name"])[1:]]
    reasons = explain(view(web, pods=pods, revisions=[first])).reasons
    assert not any("delete pod" in each.remedy for each in reasons)


def test_a_broken_image_that_the_template_has_no_more():
    web = owner()
    old, new = revision(web, 1, "web:typo"), revision(web, 2)
    web["status"]["updateRevision"] = new["metadata"]["name"]
    bad = pod(web, ready=False, revision=old["metadata"]["name"], containerStatuses=BROKEN)
    (reason,) = explain(view(web, pods=[bad], revisions=[old, new])).reasons
    assert reason.remedy == "delete pod web-0, or set spec.updateStrategy.replaceStuckPods"
    assert reason.facts[-1] == (
        f"It is of revision {old['metadata']['name']}; the template is "
        f"{new['metadata']['name']} by now."
    )


def test_a_claim_that_is_on_its_way_out():
    template = {"metadata": {"name": "data"}, "spec": {}}
    web = owner(volumeClaimTemplates=[template])
    metadata = {"name": "data-web-0", "namespace": "default", "finalizers": ["example.com/held"]}
    claim = {"metadata": metadata | {"deletionTimestamp": START}, "spec": {}}
    (reason,) = explain(view(web, claims=[claim], revisions=[revision(web)])).reasons
    assert reason.until == "claim data-web-0 to be gone"
    assert reason.rule == "kinds/statefulset/ordering.py, make"
    assert reason.on == "claim data-web-0"
    assert reason.since == NOON
    assert "example.com/held" in reason.facts[1]


def test_nodes_that_a_daemon_set_leaves_out():
    logs = owner("DaemonSet", "logs")
    first = revision(logs)
    word = first["metadata"]["labels"]["controller-revision-hash"]
    nodes = [node("n1"), node("n2", "dedicated=db:NoSchedule")]
    report = explain(
        view(logs, pods=[pod(logs, "logs-a", revision=word)], nodes=nodes, revisions=[first])
    )
    assert (report.ready, report.wished) == (1, 1)
    assert not report.reasons
    (note,) = report.notes
    assert note.text == "Node n2 gets no pod: the taint dedicated=db:NoSchedule is not tolerated."
    assert note.rule == "kinds/daemonset/placement.py, fit"
    assert "toleration" in note.remedy


def test_a_quota_that_an_event_tells_of():
    web = owner()
    first = revision(web)
    said = 'Create Pod web-0 in StatefulSet web failed error: pods "web-0" is forbidden: exceeded quota'
    events = {"uid-web": (warning("FailedCreate", said, at=now()),)}
    (reason,) = explain(view(web, events=events, revisions=[first])).reasons
    assert reason.until == "the API server to let pod web-0 be made"
    assert reason.facts == (said,)
    assert reason.since is not None
    assert "quota" in reason.remedy
    assert reason.rule == "kinds/statefulset/ordering.py, make"


def test_a_refusal_long_ago_is_none_any_more():
    web = owner()
    events = {"uid-web": (warning("FailedCreate", "exceeded quota", at="2001-01-01T12:00:00Z"),)}
    (reason,) = explain(view(web, events=events, revisions=[revision(web)])).reasons
    assert reason.until == "the operator to have pod web-0 made"
    assert "whether the operator runs" in reason.remedy


def test_a_quota_that_a_condition_tells_of():
    failure = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate"}
    failure |= {"message": "exceeded quota: pods", "lastTransitionTime": START}
    web = owner("ReplicaSet", status={"conditions": [failure]})
    (reason,) = explain(view(web)).reasons
    assert reason.until == "the API server to let a pod (and 2 more) be made"
    assert reason.facts == ("exceeded quota: pods",)
    assert reason.since == NOON


def test_pods_of_which_the_rule_names_none_are_told_together():
    web = owner("ReplicaSet", replicas=5)
    refusal = {"type": "PodScheduled", "status": "False", "message": "0/3 nodes: taint"}
    pods = [pod(web, f"web-{c}", ready=False, node="", conditions=[refusal]) for c in "abcde"]
    (reason,) = explain(view(web, pods=pods)).reasons
    assert reason.until == "the scheduler to find nodes for its pods"
    assert reason.facts == (
        "Pods web-a, web-b, web-c: The scheduler says: 0/3 nodes: taint",
        "And 2 more pods are not ready.",
    )


def test_a_service_that_is_not_there_and_a_change_that_nobody_has_seen():
    web = owner(generation=2, status={"observedGeneration": 1})
    first = revision(web)
    pods = three(web, first["metadata"]["name"])
    notes = explain(view(web, pods=pods, revisions=[first], missing_service="db")).notes
    assert [note.text.partition(" ")[0] for note in notes] == ["The", "Service"]
    assert "Service db (spec.serviceName) does not exist" in notes[1].text


def test_orphans_come_first_as_for_the_operator():
    web = owner("ReplicaSet", replicas=1)
    orphan = pod(web, "stray")
    orphan["metadata"]["ownerReferences"] = []
    assert not any("made" in each.until for each in explain(view(web, pods=[orphan])).reasons)


def test_a_daemon_that_has_failed_comes_back_after_a_pause():
    logs = owner("DaemonSet", "logs")
    first = revision(logs)
    word = first["metadata"]["labels"]["controller-revision-hash"]
    ended = pod(logs, "logs-a", ready=False, phase="Failed", reason="Evicted", revision=word)
    (reason,) = explain(view(logs, pods=[ended], nodes=[node("n1")], revisions=[first])).reasons
    assert reason.until == "pod logs-a to be removed"
    assert reason.facts == ("Pod logs-a has ended: Failed Evicted",)
    assert "up to 15 minutes" in reason.remedy
    assert reason.rule == "kinds/daemonset/upkeep.py, keep"
