from datetime import timedelta

import pytest

from builders import NOW
from jobs import job, look
from podwright.kinds.job import deadline

STARTED = {"startTime": "2030-01-01T11:59:50Z"}


@pytest.mark.parametrize(
    ("status", "spec", "seconds"),
    [
        (STARTED, {"activeDeadlineSeconds": 10}, 0),
        (STARTED, {"activeDeadlineSeconds": 30}, 20),
        ({}, {"activeDeadlineSeconds": 30}, 30),
        (STARTED, {}, None),
        (STARTED, {"activeDeadlineSeconds": 30, "suspend": True}, None),
        (STARTED, {"activeDeadlineSeconds": 2**62}, None),
    ],
)
def test_the_deadline_counts_from_the_start(status, spec, seconds):
    it = look(job(status, **spec))
    moment = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert deadline.ends_at(it) == moment
    assert deadline.is_past(it) is (seconds == 0)


def test_a_suspended_job_has_not_started():
    assert deadline.started_at(look(job(suspend=True))) is None
