"""The status of a CronJob."""

import pytest

from podwright.kinds.cronjob.decide import decide
from podwright.kinds.cronjob.status import (
    last_scheduled,
    last_successful,
    refer,
    removed,
    running,
    status,
    words,
)
from podwright.plan import Failure, Outcome
from schedules import OWNER, at, cron_job, done, job, look
from schedules import refer as reference_to

NOTHING = Outcome()


def after(it, **more):
    """The status after what is decided has been carried out."""
    return status(it, done(decide(it), **more))


def names(written):
    return [each["name"] for each in written.get("active", [])]


def test_a_run_that_was_started_is_written_down_whole():
    it = look(cron_job(time_zone="Europe/Berlin"))
    made = job("12:00")
    assert after(it) == {
        "lastScheduleTime": "2030-01-01T12:00:00Z",
        "active": [reference_to(made)],
        "podwright": {
            "active": "1",
            "containers": "app",
            "images": "web:1",
            "selector": "<none>",
            "suspend": "False",
            "timeZone": "Europe/Berlin",
            "timetable": "TZ=Europe/Berlin 0 * * * *",
        },
    }


def test_a_status_that_was_written_stays_when_its_job_is_seen():
    first = after(look(cron_job()))
    owner = cron_job(status=first)
    assert status(look(owner, job("12:00")), NOTHING) == first


def test_without_jobs_nothing_is_listed():
    written = status(look(cron_job(), now="10:30"), NOTHING)
    assert written.keys() == {"podwright"}
    assert written["podwright"]["active"] == "0"
    assert written["podwright"]["timeZone"] == "<none>"


@pytest.mark.parametrize("how", ["Complete", "Failed"])
def test_a_job_that_has_ended_or_is_gone_is_listed_no_more(how):
    ended, runs, gone = job("09:00", ended=how), job("10:00"), job("08:00")
    it = look(cron_job(last="12:00", active=[ended, gone, runs]), ended, runs)
    assert names(after(it)) == [runs.name]


def test_a_job_that_was_not_written_down_is_listed_and_one_made_by_hand_is_not():
    lost = job("11:00")
    written = status(look(cron_job(last="10:00"), lost, job(by_hand=True), now="11:30"), NOTHING)
    assert names(written) == [lost.name]
    assert written["lastScheduleTime"] == "2030-01-01T11:00:00Z"


def test_a_run_that_has_ended_before_it_was_written_down_is_written_down():
    ended = job("11:00", ended="Complete", done="11:01")
    written = status(look(cron_job(last="10:00"), ended, now="11:30"), NOTHING)
    assert written["lastScheduleTime"] == "2030-01-01T11:00:00Z"
    assert names(written) == []


def test_listed_jobs_keep_their_order_and_their_reference():
    late, early = job("11:00"), job("10:00")
    listed = reference_to(late) | {"resourceVersion": "7"}
    owner = cron_job(last="12:00", status={"active": [listed, reference_to(early)]})
    assert running(look(owner, early, late), NOTHING) == [listed, reference_to(early)]


def test_a_replaced_job_is_listed_no_more_and_one_that_stayed_is():
    old = job("11:00")
    it = look(cron_job(last="11:00", active=[old], concurrency_policy="Replace"), old)
    assert names(after(it)) == [job("12:00").name]
    plan = decide(it)
    refused = Outcome(plan, failures=(Failure(plan.actions[0], "no"),))
    assert names(status(it, refused)) == [old.name]
    assert removed(done(plan)) == {old.metadata.uid}
    assert removed(refused) == set()


def test_a_run_that_was_refused_is_not_written_down():
    it = look(cron_job(last="11:00"))
    plan = decide(it)
    written = status(it, Outcome(plan, failures=(Failure(plan.actions[0], "no"),)))
    assert written["lastScheduleTime"] == "2030-01-01T11:00:00Z"
    assert written["podwright"]["waitingFor"] == "the API server to accept its Jobs"


def test_a_run_whose_name_somebody_else_has_is_not_written_down():
    it = look(cron_job(last="11:00"))
    name = job("12:00").name
    outcome = Outcome(decide(it), outdated=True, existing={name: {}})
    assert last_scheduled(it, outcome) == at("11:00")
    assert words(it, outcome)["waitingFor"] == f"a name that another object has: {name}"


def test_a_run_in_a_namespace_that_goes_is_not_written_down():
    it = look(cron_job(last="11:00"))
    assert last_scheduled(it, Outcome(decide(it))) == at("11:00")


@pytest.mark.parametrize(
    ("known", "expected"), [(None, "11:20"), ("11:10", "11:20"), ("11:30", "11:30")]
)
def test_the_latest_success_is_remembered(known, expected):
    told = {"lastSuccessfulTime": f"2030-01-01T{known}:00Z"} if known else {}
    jobs = [
        job("10:00", ended="Complete", done="10:05"),
        job("11:00", ended="Complete", done="11:20"),
        job("09:00", ended="Failed"),
        job("08:00", ended="Complete"),
    ]
    assert last_successful(look(cron_job(status=told), *jobs)) == at(expected)


def test_a_success_outlives_its_job():
    told = {"lastSuccessfulTime": "2030-01-01T11:30:00Z"}
    written = status(look(cron_job(status=told, suspend=True)), NOTHING)
    assert written["lastSuccessfulTime"] == told["lastSuccessfulTime"]
    assert written["podwright"]["suspend"] == "True"


@pytest.mark.parametrize("spec", [{"schedule": "L"}, {"time_zone": "Mars/Base"}])
def test_what_cannot_be_understood_is_told_and_nothing_is_forgotten(spec):
    it = look(cron_job(last="11:00", **spec))
    written = after(it)
    assert written["lastScheduleTime"] == "2030-01-01T11:00:00Z"
    assert next(iter(spec.values())) in written["podwright"]["waitingFor"]


def test_a_reference_names_the_group_that_its_owner_is_served_in():
    it = look(cron_job())
    assert refer(it, job("11:00").metadata) == reference_to(job("11:00"))
    assert OWNER.name == it.meta.name
