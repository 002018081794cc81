"""A CronJob's Jobs: names, what they are made of, who counts as running."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from podwright import labels
from podwright.kinds.cronjob import children
from podwright.kinds.cronjob.children import Children, age, name_of
from schedules import OWNER, TEMPLATE, at, cron_job, job, look, refer


def names(things):
    return [each.name for each in things]


def test_a_run_is_named_after_its_minute():
    assert name_of(OWNER, datetime(2020, 4, 5, 6, 7, 8, tzinfo=UTC)) == "backup-26434447"
    assert name_of(OWNER, at("11:00")) == name_of(OWNER, at("11:00:59"))


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        (None, "2030-01-01T11:00:00Z"),
        ("Europe/London", "2030-01-01T11:00:00Z"),
        ("Europe/Berlin", "2030-01-01T12:00:00+01:00"),
        ("America/St_Johns", "2030-01-01T07:30:00-03:30"),
    ],
)
def test_a_job_is_made_of_the_template_and_tells_its_run_in_the_zone(zone, written):
    it = look(cron_job(time_zone=zone))
    made = children.new(it, at("11:00"), ZoneInfo(zone) if zone else UTC)
    assert made == {
        "metadata": {
            "name": name_of(OWNER, at("11:00")),
            "labels": {"app": "backup"},
            "annotations": {"team": "a", labels.SCHEDULED_TIMESTAMP: written},
        },
        "spec": TEMPLATE["spec"],
    }


def test_a_template_without_metadata_will_do():
    made = children.new(look(cron_job(job_template={})), at("11:00"), UTC)
    assert (made["metadata"]["labels"], made["spec"]) == ({}, {})


def test_jobs_are_dealt_out():
    listed, lost, ended, by_hand = (
        job("10:00"),
        job("11:00"),
        job("09:00", ended="Failed"),
        job(by_hand=True),
    )
    gone = job("08:00")
    it = look(cron_job(active=[listed, gone]), by_hand, lost, listed, ended)
    dealt = Children.of(it)
    assert dealt.active == (listed, lost)
    assert dealt.finished == (ended,)
    assert dealt.unexpected == (by_hand,)
    assert dealt.missing == (refer(gone),)


@pytest.mark.parametrize(
    ("it", "active"),
    [
        (job("11:00"), True),
        (job("11:00", name="backup-1"), False),
        (job("11:00", going=True), False),
        (job(by_hand=True), False),
    ],
    ids=["named-after-its-run", "other-name", "on-its-way-out", "by-hand"],
)
def test_a_job_that_nobody_listed_is_a_runs_if_it_has_its_name(it, active):
    assert bool(Children.of(look(cron_job(), it)).active) is active


def test_what_is_listed_runs_until_it_is_gone():
    going = job("11:00", going=True)
    assert Children.of(look(cron_job(active=[going]), going)).active == (going,)


def test_a_cron_job_that_is_being_deleted_misses_none():
    gone = job("11:00")
    owner = cron_job(active=[gone], meta={"deletion_timestamp": at("12:00")})
    assert Children.of(look(owner)).missing == ()


def test_a_namesake_with_another_uid_is_not_the_listed_one():
    old, new = job(by_hand=True), job(by_hand=True)
    new = replace(new, metadata=replace(new.metadata, uid="another"))
    dealt = Children.of(look(cron_job(active=[old]), new))
    assert (dealt.missing, dealt.unexpected) == ((refer(old),), (new,))


def test_a_run_is_started_when_its_name_is_there():
    it = look(cron_job(), job("11:00", ended="Complete"))
    assert children.is_started(it, at("11:00"))
    assert not children.is_started(it, at("12:00"))
    assert not children.is_listed(it, job("11:00"))
    assert children.listed(it) == ()


def test_the_first_to_start_is_the_oldest_and_who_has_not_is_the_youngest():
    never = replace(job("08:00"), status={})
    late, early, twin = job(started="11:00"), job("10:00"), job("10:00", name="z")
    assert sorted([never, late, twin, early], key=age) == [early, twin, late, never]
