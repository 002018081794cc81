import pytest

from jobs import job, kinds, look, planned, task, told
from podwright.kinds.job import suspend


def condition(value):
    return {"conditions": [{"type": "Suspended", "status": value, "reason": "x"}]}


@pytest.mark.parametrize(
    ("status", "wish", "changed"),
    [
        ({}, False, False),
        ({}, True, True),
        (condition("True"), True, False),
        (condition("True"), False, True),
        (condition("False"), True, True),
        (condition("False"), False, False),
    ],
)
def test_the_condition_is_written_when_it_says_otherwise(status, wish, changed):
    assert suspend.has_changed(look(job(status, suspend=wish))) is changed


def test_suspended_it_has_no_pods_and_no_start():
    owner = job({"startTime": "2030-01-01T11:00:00Z"}, suspend=True)
    assert planned(owner, task("a")) == ["patch a", "record Suspended", "delete a"]
    status = told(owner, task("a"))
    assert kinds(status) == [("Suspended", "True", "JobSuspended")]
    assert status["active"] == 0
    assert status["terminating"] == 1
    assert "startTime" not in status


def test_resumed_it_begins_anew():
    owner = job(condition("True"))
    assert planned(owner) == ["create pod", "record Resumed"]
    status = told(owner)
    assert kinds(status) == [("Suspended", "False", "JobResumed")]
    assert status["startTime"] == "2030-01-01T12:00:00Z"
