"""Jobs that have ended, kept to be looked at."""

from itertools import product

import pytest

from podwright.kinds.cronjob.children import Children
from podwright.kinds.cronjob.history import DELETED, clean_up, surplus
from podwright.plan import Delete, Plan
from schedules import cron_job, job, look, words

HOURS = ("07:00", "08:00", "09:00", "10:00")


def cleaned(*jobs, **spec):
    it = look(cron_job(**spec), *jobs)
    return words(clean_up(it, Children.of(it)))


def ended(how, *hours):
    return [job(hour, ended=how) for hour in hours]


@pytest.mark.parametrize(
    ("limit", "gone"),
    [
        (0, "delete 07:00, delete 08:00, delete 09:00, delete 10:00"),
        (1, "delete 07:00, delete 08:00, delete 09:00"),
        (3, "delete 07:00"),
        (4, ""),
        (9, ""),
    ],
)
@pytest.mark.parametrize(
    ("how", "which"),
    [("Complete", "successful_jobs_history_limit"), ("Failed", "failed_jobs_history_limit")],
)
def test_the_first_to_start_beyond_the_limit_go(how, which, limit, gone):
    assert cleaned(*reversed(ended(how, *HOURS)), **{which: limit}) == gone


def test_three_that_succeeded_and_one_that_failed_are_kept():
    jobs = [*ended("Complete", *HOURS), *ended("Failed", "05:00", "06:00")]
    assert cleaned(*jobs) == "delete 07:00, delete 05:00"


def test_what_runs_is_no_history_and_what_goes_anyhow_takes_no_place():
    running = [job(hour) for hour in HOURS]
    assert cleaned(*running, failed_jobs_history_limit=0, successful_jobs_history_limit=0) == ""
    going = job("11:00", ended="Complete", going=True)
    assert cleaned(*ended("Complete", *HOURS[:3]), going) == ""


def test_the_texts_are_the_built_in_ones():
    it = look(cron_job(failed_jobs_history_limit=0), job("10:00", ended="Failed"))
    plan = clean_up(it, Children.of(it))
    assert plan == Plan.of(Delete(job("10:00", ended="Failed"), say=DELETED))
    assert DELETED.done == ("SuccessfulDelete", "Deleted job {name}")
    assert DELETED.failed == (("FailedDelete", "Deleted job: {error}"),)


def check(limits, outcomes):
    """What stays is within the limits, and none that stays is older than one that goes."""
    jobs = [job(hour, ended=how) for hour, how in zip(HOURS, outcomes, strict=True)]
    succeeded, failed = limits
    spec = {"successful_jobs_history_limit": succeeded, "failed_jobs_history_limit": failed}
    it = look(cron_job(**spec), *jobs)
    gone = surplus(it.spec, Children.of(it))
    for how, limit in (("Complete", succeeded), ("Failed", failed)):
        alike = [each for each in jobs if each.outcome == how]
        stays = [each for each in alike if each not in gone]
        assert len(stays) == min(limit, len(alike)), "the limit is met"
        assert stays == alike[len(alike) - len(stays) :], "the youngest stay"
    assert all(each.outcome for each in gone), "none that runs goes"


def test_in_every_small_world_the_youngest_within_the_limits_stay():
    for limits in product(range(4), repeat=2):
        for outcomes in product(("", "Complete", "Failed"), repeat=4):
            check(limits, outcomes)


RIGHT = surplus


def all_that_ended(spec, mine):
    return mine.finished


def none(spec, mine):
    return ()


def those_that_run_too(spec, mine):
    return (*RIGHT(spec, mine), *mine.active)


def the_youngest(spec, mine):
    gone = []
    for how in ("Complete", "Failed"):
        n = sum(each.outcome == how for each in RIGHT(spec, mine))
        gone += [each for each in reversed(mine.finished) if each.outcome == how][:n]
    return tuple(gone)


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        (all_that_ended, "the limit is met"),
        (none, "the limit is met"),
        (those_that_run_too, "none that runs goes"),
        (the_youngest, "the youngest stay"),
    ],
)
def test_a_broken_rule_is_noticed(broken, what, monkeypatch):
    monkeypatch.setitem(check.__globals__, "surplus", broken)
    with pytest.raises(AssertionError, match=what):
        test_in_every_small_world_the_youngest_within_the_limits_stay()
