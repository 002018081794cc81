"""What is wrong with a pod or a claim, in the words of those who know."""

from datetime import UTC, datetime, timedelta

import pytest

from kubectl.objects import START, owner, pod, warning
from podwright.kubectl.why import obstacles

WEB = owner()
NOW = datetime(2030, 1, 1, 13, tzinfo=UTC)
NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
GOING = {"deletionTimestamp": "2030-01-01T12:59:30Z", "deletionGracePeriodSeconds": 30}


def of(*arguments, events=(), **options):
    return obstacles.of_pod(pod(WEB, *arguments, ready=False, **options), NOW, events)


def container(restarts=0, *, last=None, **state):
    status = {"name": "web", "ready": False, "restartCount": restarts, "state": state}
    return [status | ({"lastState": {"terminated": last}} if last else {})]


def test_the_schedulers_words():
    refusal = {"type": "PodScheduled", "status": "False", "lastTransitionTime": START}
    refusal |= {
        "reason": "Unschedulable",
        "message": "0/3 nodes are available: 3 Insufficient cpu.",
    }
    found = of(node="", conditions=[refusal])
    assert found.facts == ("The scheduler says: 0/3 nodes are available: 3 Insufficient cpu.",)
    assert found.since == NOON
    assert "ask for less" in found.remedy


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        ("3 node(s) had untolerated taint(s)", "add a toleration"),
        ("pod has unbound immediate PersistentVolumeClaims", "see its claims"),
        ("3 node(s) didn't match Pod's node affinity/selector", "see nodeSelector"),
    ],
)
def test_what_would_let_it_be_scheduled(message, remedy):
    refusal = {"type": "PodScheduled", "status": "False", "message": message}
    assert of(node="", conditions=[refusal]).remedy.startswith(remedy)


def test_a_scheduler_that_says_nothing():
    assert of(node="", conditions=[]).facts == (
        "The scheduler default-scheduler has not said anything about it yet.",
    )


def test_an_image_that_cannot_be_had():
    waiting = {"reason": "ImagePullBackOff", "message": 'Back-off pulling image "web:typo"'}
    found = of(containerStatuses=container(waiting=waiting))
    assert found.facts == (
        'Container web is not running: ImagePullBackOff: Back-off pulling image "web:typo"',
    )
    assert found.remedy == "give container web an image that can be had"
    assert found.broken
    assert found.since == NOON


def test_a_container_that_ends_again_and_again():
    waiting = {"reason": "CrashLoopBackOff", "message": "back-off 40s"}
    last = {"reason": "Error", "exitCode": 3}
    found = of(containerStatuses=container(4, last=last, waiting=waiting))
    (fact,) = found.facts
    assert "CrashLoopBackOff: back-off 40s It ended with Error, exit code 3." in fact
    assert fact.endswith("It has been restarted 4 times.")
    assert found.remedy == "see kubectl logs web-0 -c web --previous"


def test_a_container_that_runs_and_is_not_ready_and_the_last_warning():
    events = [warning("BackOff", "x"), warning("Unhealthy", "Readiness probe failed: 503\n")]
    found = of(events=events, containerStatuses=container(running={"startedAt": START}))
    assert found.facts == (
        "Container web runs and is not ready.",
        "Last warning: Unhealthy: Readiness probe failed: 503",
    )
    assert not found.broken


def test_a_pod_that_its_node_has_not_touched():
    assert of().facts == ("Node n1 has not started it yet.",)


def test_a_readiness_gate():
    it = pod(WEB, ready=False, containerStatuses=[])
    it["spec"]["readinessGates"] = [{"conditionType": "example.com/lb"}]
    assert "Its readiness gate example.com/lb is not met." in obstacles.of_pod(it, NOW).facts


def test_a_pod_that_has_ended():
    assert of(phase="Failed", reason="Evicted", message="low on disk").facts == (
        "Pod web-0 has ended: Failed Evicted low on disk",
    )


def test_a_pod_on_its_way_out():
    found = of(meta=GOING)
    assert found.facts == ("Pod web-0 is being deleted.", "Its grace period is 30 s.")
    assert found.since == datetime(2030, 1, 1, 12, 59, tzinfo=UTC)


def test_a_pod_whose_node_does_not_confirm_its_end():
    it = pod(WEB, meta=GOING)
    found = obstacles.of_pod(it, NOW + timedelta(minutes=1))
    assert "node n1 has not confirmed that it ended" in found.facts[1]
    assert "kubectl delete pod web-0 --force --grace-period=0" in found.remedy


def test_a_pod_that_a_finalizer_holds():
    found = of(meta=GOING | {"finalizers": ["example.com/a"]})
    assert found.facts[1] == "It is held by the finalizer example.com/a."
    assert "take example.com/a off pod web-0 by hand" in found.remedy


def test_a_claim_that_is_still_in_use():
    meta = {"name": "data-web-0", "finalizers": ["kubernetes.io/pvc-protection"]}
    claim = {"metadata": meta | {"deletionTimestamp": START}}
    found = obstacles.of_claim(claim, ["web-0"], NOW)
    assert found.since == NOON
    assert found.facts == (
        "Claim data-web-0 is being deleted.",
        "It is held by the finalizer kubernetes.io/pvc-protection.",
        "It is in use by pod web-0.",
    )
    assert found.remedy == "delete pod web-0"
