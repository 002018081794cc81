"""The status of a Deployment."""

import pytest

from builders import HOUR, NOW, SECOND, seen
from podwright import labels
from podwright.kinds.deployment.decide import decide
from podwright.kinds.deployment.spec import UNLIMITED
from podwright.kinds.deployment.status import available, made, replica_failure, rolled_back, status
from podwright.plan import Create, Failure, Outcome
from podwright.rules import conditions
from rollouts import AT_ONCE, deployment, look, moving, owned_set, told

JUST_NOW = 0 * SECOND
ENOUGH = told(
    labels.MINIMUM_AVAILABLE,
    type_=labels.AVAILABLE,
    ago=JUST_NOW,
    message="Deployment has minimum availability.",
)


OLD = {"replicas": 3, "updatedReplicas": 3, "readyReplicas": 3, "availableReplicas": 3}
"""What it wrote when the template before was complete."""


def wrote(owner, *sets, outcome=None, now=NOW):
    """The status after the plan of this look has succeeded."""
    it = seen(owner, *sets, now=now)
    return status(it, outcome or Outcome(decide(it)))


def failed(owner, *sets, message="exceeded quota"):
    """The status after the first action of the plan was refused."""
    it = seen(owner, *sets)
    plan = decide(it)
    return status(it, Outcome(plan, (Failure(plan.actions[0], message),)))


def known(written, type_=labels.PROGRESSING):
    return conditions.find(written["conditions"], type_)


# --- the whole -----------------------------------------------------------------------------------


def test_the_whole_status_of_a_deployment_at_rest():
    end = told(
        labels.NEW_AVAILABLE,
        ago=JUST_NOW,
        message='ReplicaSet "web-v2" has successfully progressed.',
    )
    owner = deployment(3, meta={"generation": 7})
    assert wrote(owner, owned_set(1, 0), owned_set(2, 3)) == {
        "replicas": 3,
        "updatedReplicas": 3,
        "readyReplicas": 3,
        "availableReplicas": 3,
        "unavailableReplicas": 0,
        "terminatingReplicas": 0,
        "observedGeneration": 7,
        "conditions": [ENOUGH, end],
        "selector": "app=web",
        "podwright": {
            "ready": "3/3",
            "containers": "app",
            "images": "web:2",
            "stableReplicaSet": "web-v2",
        },
    }


def test_a_status_that_says_all_is_left_as_it_is():
    owner, there = deployment(3), owned_set(2, 3)
    written = wrote(owner, there)
    again = wrote(deployment(3, status=written), there, now=NOW + HOUR)
    assert again == written


def test_what_it_waits_for_is_told():
    assert wrote(deployment(3), owned_set(2, 3, available=1))["podwright"]["waitingFor"] == (
        "its new pods to be available"
    )


def test_conditions_of_others_are_kept():
    theirs = {"type": "Approved", "status": "True"}
    assert wrote(deployment(3, known=[theirs]), owned_set(2, 3))["conditions"][0] == theirs


def test_on_its_way_out_it_counts_and_judges_nothing():
    late = told(labels.TIMED_OUT, "False")
    failing = told(labels.FAILED_CREATE, type_=labels.REPLICA_FAILURE)
    owner = deployment(3, known=[late, failing], meta={"deletion_timestamp": NOW})
    written = wrote(owner, owned_set(2, 2))
    assert written["replicas"] == 2
    assert written["conditions"][:2] == [late, failing]
    assert known(written, labels.AVAILABLE)["status"] == "False"


@pytest.mark.parametrize("more", [{"paused": True}, {"replicas": 5}], ids=["paused", "resized"])
def test_without_a_roll_out_failures_stay_as_they_were(more):
    failing = told(labels.FAILED_CREATE, type_=labels.REPLICA_FAILURE)
    paused = told(labels.PAUSED, "Unknown")
    written = wrote(deployment(known=[paused, failing], **more), owned_set(2, 3, wish=(3, 4)))
    assert known(written, labels.REPLICA_FAILURE) == failing


# --- available -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("there", "budget", "enough"),
    [
        pytest.param(10, {}, True, id="all"),
        pytest.param(8, {}, True, id="just-enough"),
        pytest.param(7, {}, False, id="one-too-few"),
        pytest.param(9, {"unavailable": 0}, False, id="none-may-miss"),
        pytest.param(9, {"strategy": AT_ONCE}, False, id="recreating-needs-all"),
        pytest.param(10, {"strategy": AT_ONCE}, True, id="recreating-has-all"),
        pytest.param(0, {"unavailable": "100%"}, True, id="all-may-miss"),
    ],
)
def test_enough_pods_are_available(there, budget, enough):
    it, sets = look(deployment(10, **budget), owned_set(2, 10, available=there))
    [said] = available(it, sets, [])
    assert (said["status"], said["reason"], said["message"]) == (
        ("True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
        if enough
        else (
            "False",
            "MinimumReplicasUnavailable",
            "Deployment does not have minimum availability.",
        )
    )


def test_availability_that_stays_is_not_written_again():
    old = told(labels.MINIMUM_AVAILABLE, type_=labels.AVAILABLE, ago=HOUR, message="as it was")
    it, sets = look(deployment(3), owned_set(2, 3))
    assert available(it, sets, [old]) == [old]


# --- the new ReplicaSet --------------------------------------------------------------------------


def test_a_new_replica_set_is_told_and_counts_as_nothing_yet():
    written = wrote(deployment(3, status=OLD), owned_set(1, 3))
    name = made_name(deployment(3), owned_set(1, 3))
    assert known(written) == told(
        labels.NEW_CREATED, ago=JUST_NOW, message=f'Created new replica set "{name}"'
    )
    assert (written["updatedReplicas"], written["unavailableReplicas"]) == (0, 1)
    assert [each["type"] for each in written["conditions"]] == ["Progressing", "Available"]


def made_name(owner, *sets):
    plan = decide(seen(owner, *sets))
    [name] = [
        each.manifest["metadata"]["name"] for each in plan.actions if isinstance(each, Create)
    ]
    return name


def test_a_new_replica_set_that_is_refused_is_told_with_the_first_reason():
    written = failed(deployment(3))
    name = made_name(deployment(3))
    assert known(written) == told(
        labels.CREATE_ERROR,
        "False",
        ago=JUST_NOW,
        message=f'Failed to create new replica set "{name}": exceeded quota',
    )
    again = failed(deployment(3, status=written), message="something else")
    assert known(again) == known(written)


def test_refusals_are_not_lack_of_progress():
    """Upstream's look ends with the refusal; or the reason would go to and fro."""
    refused = told(labels.CREATE_ERROR, "False", ago=HOUR)
    assert known(failed(deployment(3, known=[refused]))) == refused


def test_without_a_deadline_nothing_is_told_of_a_new_replica_set():
    owner = deployment(3, progress_deadline_seconds=UNLIMITED)
    assert known(wrote(owner)) is None
    assert known(failed(owner)) is None
    it = seen(owner)
    assert made(it, [ENOUGH], Outcome(decide(it))) == [ENOUGH]


def test_a_time_out_ends_with_the_next_template():
    late = told(labels.TIMED_OUT, "False")
    written = wrote(deployment(3, known=[late], status=OLD), owned_set(1, 3))
    assert known(written)["reason"] == labels.NEW_CREATED


def test_another_object_of_this_name_is_counted_and_nothing_else_changes():
    before = {"replicas": 7, "conditions": [moving()]}
    it = seen(deployment(3, status=before))
    plan = decide(it)
    name = plan.actions[0].manifest["metadata"]["name"]
    taken = Outcome(plan, outdated=True, existing={name: {}})
    written = status(it, taken)
    assert written == before | {"collisionCount": 1}
    assert made_name(deployment(3, status=written)) != name
    assert status(seen(deployment(3, status=written)), taken)["collisionCount"] == 2


def test_the_count_of_collisions_stays():
    assert wrote(deployment(3, status={"collisionCount": 4}))["collisionCount"] == 4
    assert "collisionCount" not in wrote(deployment(3))


# --- failures of ReplicaSets ---------------------------------------------------------------------


def failing(v, reason=labels.FAILED_CREATE, message="exceeded quota", **more):
    """A ReplicaSet that cannot make its pods, for an hour."""
    said = told(reason, type_=labels.REPLICA_FAILURE, message=message)
    del said["lastUpdateTime"]
    return owned_set(v, 3, available=0, status={"conditions": [said | more]})


def failure(*sets, known=(), now=NOW):
    it = seen(deployment(known=known), *sets, now=now)
    written = status(it, Outcome(decide(it)))
    return conditions.find(written["conditions"], labels.REPLICA_FAILURE)


def test_a_failure_is_told_as_the_replica_set_tells_it():
    since = conditions.timestamp(NOW - HOUR)
    assert failure(failing(2)) == {
        "type": "ReplicaFailure",
        "status": "True",
        "reason": "FailedCreate",
        "message": "exceeded quota",
        "lastTransitionTime": since,
        "lastUpdateTime": since,
    }


def test_the_new_one_is_heard_before_the_old_ones():
    assert failure(failing(1, message="old"), failing(2, message="new"))["message"] == "new"
    assert failure(failing(1, message="old"), owned_set(2, 1))["message"] == "old"


def test_a_failure_that_is_over_is_not_told_any_more():
    assert failure(owned_set(2, 3), known=[failure(failing(2))]) is None


def test_a_failure_that_goes_on_keeps_its_first_text():
    first = failure(failing(2))
    assert failure(failing(2, message="other"), known=[first]) == first


def test_another_failure_is_told_and_has_lasted_as_long():
    first = told(labels.FAILED_CREATE, type_=labels.REPLICA_FAILURE, ago=2 * HOUR)
    other = failure(failing(2, reason=labels.FAILED_DELETE), known=[first])
    assert other["reason"] == labels.FAILED_DELETE
    assert other["lastUpdateTime"] == conditions.timestamp(NOW - HOUR)
    assert other["lastTransitionTime"] == first["lastTransitionTime"]


def test_a_failure_without_a_time_is_no_reason_to_stumble():
    bare = {"type": labels.REPLICA_FAILURE, "status": "True"}
    _, sets = look(deployment(), owned_set(2, 3, status={"conditions": [bare]}))
    assert replica_failure(sets, []) == [bare]


# --- going back by itself ------------------------------------------------------------------------


def test_without_a_change_the_word_about_going_back_stays():
    back = told(labels.TIMED_OUT, type_=labels.ROLLED_BACK)
    it, sets = look(deployment(known=[back]), owned_set(2, 2))
    assert rolled_back(it, sets, [back], Outcome()) == [back]
