"""Conditions: set, kept, removed."""

from datetime import datetime, timedelta, timezone

from builders import HOUR, NOW
from podwright.rules import conditions

OURS = {
    "type": "ReplicaFailure",
    "status": "True",
    "lastTransitionTime": "2030-01-01T12:00:00Z",
    "reason": "FailedCreate",
    "message": "exceeded quota",
}
THEIRS = {"type": "Approved", "status": "True"}


def fail(known, message="exceeded quota", now=NOW):
    return conditions.failure(
        known, "ReplicaFailure", reason="FailedCreate", message=message, now=now
    )


def test_a_failure_becomes_a_condition_with_its_text_and_time():
    assert fail([]) == [OURS]


def test_a_failure_that_goes_on_keeps_its_first_text_and_time():
    assert fail([OURS], "something else", NOW + HOUR) == [OURS]


def test_conditions_of_others_are_kept():
    assert fail([THEIRS]) == [THEIRS, OURS]
    assert conditions.without([THEIRS, OURS], "ReplicaFailure") == [THEIRS]


def test_without_a_condition_there_is_nothing_to_remove():
    assert conditions.without([THEIRS], "ReplicaFailure") == [THEIRS]


def test_a_condition_is_found_by_its_type():
    assert conditions.find([THEIRS, OURS], "ReplicaFailure") is OURS
    assert conditions.find([THEIRS], "ReplicaFailure") is None


def test_what_is_given_is_not_changed():
    known = [THEIRS]
    fail(known)
    assert known == [THEIRS]


def test_times_are_utc_in_whole_seconds():
    moment = datetime(2030, 1, 1, 1, 2, 3, 999_999, tzinfo=timezone(timedelta(hours=2)))
    assert conditions.timestamp(moment) == "2029-12-31T23:02:03Z"


# --- put -----------------------------------------------------------------------------------------

PROGRESSING = {
    "type": "Progressing",
    "status": "True",
    "reason": "ReplicaSetUpdated",
    "message": "web is progressing.",
    "lastUpdateTime": "2030-01-01T11:00:00Z",
    "lastTransitionTime": "2030-01-01T10:00:00Z",
}
NOON = "2030-01-01T12:00:00Z"


def put(known, status="True", reason="ReplicaSetUpdated", message="web is progressing.", **how):
    return conditions.put(
        known, "Progressing", status=status, reason=reason, message=message, now=NOW, **how
    )


def test_a_condition_that_is_put_tells_since_when():
    times = {"lastUpdateTime": NOON, "lastTransitionTime": NOON}
    assert put([]) == [PROGRESSING | times]


def test_with_the_same_status_and_reason_nothing_changes_not_even_the_message():
    assert put([PROGRESSING], message="something else") == [PROGRESSING]


def test_with_another_reason_it_holds_since_it_did():
    [now] = put([PROGRESSING], reason="NewReplicaSetAvailable")
    assert now == PROGRESSING | {"reason": "NewReplicaSetAvailable", "lastUpdateTime": NOON}


def test_with_another_status_it_holds_since_now():
    [now] = put([PROGRESSING], status="False")
    assert (now["lastUpdateTime"], now["lastTransitionTime"]) == (NOON, NOON)


def test_anew_it_is_written_though_nothing_changed():
    [now] = put([PROGRESSING], message="something else", anew=True)
    assert now == PROGRESSING | {"message": "something else", "lastUpdateTime": NOON}


def test_what_is_put_goes_to_the_end_and_what_stays_stays_where_it_is():
    known = [PROGRESSING, THEIRS]
    assert put(known) == known
    assert [it["type"] for it in put(known, status="False")] == ["Approved", "Progressing"]
    assert known == [PROGRESSING, THEIRS]


def test_a_condition_without_times_is_no_reason_to_stumble():
    bare = {"type": "Progressing", "status": "True"}
    [now] = put([bare])
    assert now["lastTransitionTime"] == NOON
