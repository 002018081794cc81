from datetime import timedelta

import pytest

from builders import NOW
from jobs import job, look
from podwright.kinds.job import ttl
from podwright.kinds.job.decide import decide
from podwright.owners import Myself
from podwright.plan import Delete, Plan

ENDED = {"type": "Complete", "status": "True", "lastTransitionTime": "2030-01-01T11:59:00Z"}
DONE = {"conditions": [ENDED]}


@pytest.mark.parametrize(
    ("status", "seconds", "at"),
    [(DONE, None, None), (DONE, 0, -60), (DONE, 90, 30), ({}, 0, None), (DONE, 2**62, None)],
)
def test_its_time_counts_from_the_end(status, seconds, at):
    it = look(job(status, ttlSecondsAfterFinished=seconds))
    assert ttl.expires_at(it) == (None if at is None else NOW + timedelta(seconds=at))


def test_it_goes_with_its_pods_first():
    it = look(job(DONE, ttlSecondsAfterFinished=60))
    assert decide(it) == Plan.of(Delete(Myself(metadata=it.meta), foreground=True))


def test_until_then_it_stays():
    it = look(job(DONE, ttlSecondsAfterFinished=61))
    assert decide(it) == Plan(requeue_at=NOW + timedelta(seconds=1))


def test_somebody_elses_job_goes_as_well():
    it = look(job(DONE, ttlSecondsAfterFinished=0, managedBy="acme.io/foo"))
    assert decide(it).steps


def test_it_is_not_removed_twice():
    assert ttl.expire(look(job(DONE, ttlSecondsAfterFinished=0, terminating=True))) == Plan()


def test_the_look_that_ends_a_job_is_followed_by_one_that_minds_its_time():
    met = {"conditions": [{"type": "SuccessCriteriaMet", "status": "True", "reason": "x"}]}
    assert decide(look(job(met, ttlSecondsAfterFinished=60))).requeue_at == NOW
    assert decide(look(job(met))).requeue_at is None
