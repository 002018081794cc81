"""The status of a ReplicaSet."""

import pytest

from builders import HOUR, LABELS, NOW, SECOND, TEMPLATE, create, delete, pod, replica_set, seen
from podwright.objects import LabelSelector, Requirement
from podwright.plan import Failure, Outcome, Plan
from podwright.rules import replica_counts

COUNTS = (
    "replicas",
    "fullyLabeledReplicas",
    "readyReplicas",
    "availableReplicas",
    "terminatingReplicas",
)
QUOTA = Outcome(failures=(Failure(create(), "exceeded quota"), Failure(create(), "again")))
STUCK = Outcome(failures=(Failure(delete(pod()), "not allowed"),))
REFUSED = {
    "type": "ReplicaFailure",
    "status": "True",
    "reason": "FailedCreate",
    "message": "exceeded quota",
    "lastTransitionTime": "2030-01-01T12:00:00Z",
}


def status(look, outcome):
    return replica_counts.status(look, outcome, look.spec.selector)


def counts(*pods, **spec):
    written = status(seen(replica_set(replicas=5, **spec), *pods), Outcome())
    return tuple(written[name] for name in COUNTS)


def test_the_whole_status_of_a_set_at_rest():
    owner = replica_set(replicas=2, generation=7)
    assert status(seen(owner, pod("web-0"), pod("web-1")), Outcome()) == {
        "replicas": 2,
        "fullyLabeledReplicas": 2,
        "readyReplicas": 2,
        "availableReplicas": 2,
        "terminatingReplicas": 0,
        "observedGeneration": 7,
        "selector": "app=web",
        "podwright": {"ready": "2/2", "containers": "app", "images": "web:1"},
    }


@pytest.mark.parametrize(
    ("it", "counted"),
    [
        pytest.param({}, (1, 1, 1, 1, 0), id="available"),
        pytest.param({"ready_for": SECOND}, (1, 1, 1, 0, 0), id="ready"),
        pytest.param({"ready": False}, (1, 1, 0, 0, 0), id="running"),
        pytest.param({"phase": "Pending", "node": ""}, (1, 1, 0, 0, 0), id="homeless"),
        pytest.param({"phase": "Failed"}, (0, 0, 0, 0, 0), id="failed"),
        pytest.param({"phase": "Succeeded"}, (0, 0, 0, 0, 0), id="succeeded"),
        pytest.param({"terminating": True}, (0, 0, 0, 0, 1), id="terminating"),
        pytest.param({"terminating": True, "phase": "Failed"}, (0, 0, 0, 0, 0), id="neither"),
        pytest.param({"labels": {"app": "db"}}, (0, 0, 0, 0, 0), id="to-be-released"),
        pytest.param(
            {"labels": {"app": "db"}, "terminating": True},
            (0, 0, 0, 0, 0),
            id="not-matching-any-more",
        ),
    ],
)
def test_a_pod_counts_as(it, counted):
    assert counts(pod(**it), min_ready_seconds=30) == counted


def test_fully_labelled_pods_have_every_label_of_the_template():
    template = TEMPLATE | {"metadata": {"labels": LABELS | {"v": "2"}}}
    old, new = pod("a"), pod("b", labels=LABELS | {"v": "2", "more": "x"})
    assert counts(old, new, template=template)[:2] == (2, 1)


def test_a_template_without_labels_is_no_reason_to_stumble():
    assert counts(pod(), template={"metadata": None})[:2] == (1, 1)


def test_counts_are_those_of_before_the_plan():
    planned = Outcome(Plan.of(create(), create()))
    assert status(seen(replica_set(replicas=3), pod()), planned)["replicas"] == 1


def test_a_set_on_its_way_out_still_counts():
    written = status(seen(replica_set(terminating=True, generation=4), pod()), Outcome())
    assert (written["replicas"], written["observedGeneration"]) == (1, 4)


def test_a_refused_creation_becomes_a_condition_with_the_first_text():
    written = status(seen(replica_set(replicas=3), pod()), QUOTA)
    assert written["conditions"] == [REFUSED]


def test_a_refused_deletion_becomes_a_condition():
    written = status(seen(replica_set(replicas=0), pod()), STUCK)
    message = "unable to delete pods: not allowed"
    assert written["conditions"] == [REFUSED | {"reason": "FailedDelete", "message": message}]


def test_a_failure_that_goes_on_changes_nothing():
    first = status(seen(replica_set(replicas=3), pod()), QUOTA)
    later = seen(replica_set(replicas=3, status=first), pod(), now=NOW + HOUR)
    assert status(later, Outcome(failures=(Failure(create(), "other words"),))) == first


def test_a_failure_that_is_over_leaves_no_condition():
    first = status(seen(replica_set(replicas=3), pod()), QUOTA)
    assert "conditions" not in status(seen(replica_set(status=first), pod()), Outcome())


@pytest.mark.parametrize("outcome", [Outcome(), QUOTA], ids=["success", "failure"])
def test_conditions_of_others_are_kept(outcome):
    theirs = {"type": "Approved", "status": "True"}
    owner = replica_set(replicas=3, status={"conditions": [theirs]})
    assert status(seen(owner, pod()), outcome)["conditions"][0] == theirs


def test_a_template_without_labels_is_told_as_a_failure():
    owner = replica_set(replicas=2, template={"spec": {}})
    [condition] = status(seen(owner, pod()), Outcome())["conditions"]
    assert condition == REFUSED | {"message": "unable to create pods, no labels"}
    assert "conditions" not in status(seen(owner, pod("a"), pod("b")), Outcome())


def test_having_looked_again_in_vain_is_no_failure():
    assert "conditions" not in status(seen(replica_set(replicas=3)), Outcome(outdated=True))


def test_the_selector_is_written_for_autoscalers():
    chosen = LabelSelector(LABELS, (Requirement("tier", "In", ("b", "a")),))
    written = status(seen(replica_set(selector=chosen)), Outcome())
    assert written["selector"] == "app=web,tier in (a,b)"


@pytest.mark.parametrize(
    ("outcome", "waiting"),
    [
        pytest.param(Outcome(), None, id="nothing"),
        pytest.param(Outcome(Plan.wait("a")), "a", id="one-thing"),
        pytest.param(
            Outcome(Plan.wait("a").beside(Plan.wait("b")).beside(Plan.wait("a"))),
            "a; b",
            id="each-once",
        ),
        pytest.param(QUOTA, "the API server to accept its pods", id="the-api-server"),
    ],
)
def test_what_is_waited_for_is_told_to_users(outcome, waiting):
    written = status(seen(replica_set(replicas=3), pod()), outcome)
    assert written["podwright"].get("waitingFor") == waiting


def test_ready_is_told_as_one_number_of_the_other():
    written = status(
        seen(replica_set(replicas=2**31 - 1), pod("a"), pod("b", ready=False)), Outcome()
    )
    assert written["podwright"]["ready"] == "1/2147483647"


@pytest.mark.parametrize(
    ("replicas", "told"), [(2, True), (0, False)], ids=["pods-are-missing", "none-is"]
)
def test_a_template_without_labels_is_told_while_pods_are_missing(replicas, told):
    owner = replica_set(replicas=replicas, template={"spec": {}})
    conditions = status(seen(owner), Outcome()).get("conditions", [])
    message = "unable to create pods, no labels"
    assert conditions == ([REFUSED | {"message": message}] if told else [])


def test_a_set_on_its_way_out_makes_no_pods_and_is_told_of_no_failure():
    owner = replica_set(replicas=2, template={"spec": {}}, terminating=True)
    assert "conditions" not in status(seen(owner), Outcome())
