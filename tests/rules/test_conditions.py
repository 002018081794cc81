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
