"""Which run is due, by the tables of what the built-in controller does."""

from datetime import datetime, timedelta

import pytest

from builders import NOW
from podwright.kinds.cronjob import runs
from podwright.kinds.cronjob.runs import MANY, Runs
from schedules import at, cron_job, look

FRIDAY = "2030-01-04T10:30"


def of(schedule, base, now, deadline=None):
    owner = cron_job(schedule, last=base, starting_deadline_seconds=deadline)
    return Runs.of(look(owner, now=now))


@pytest.mark.parametrize(
    ("schedule", "base", "now", "missed", "due"),
    [
        ("0 * * * *", "10:00", "10:59:59", 0, None),
        ("0 * * * *", "10:00", "11:00", 1, "11:00"),
        ("0 * * * *", "10:00", "15:30", 5, "15:00"),
        ("*/5 * * * *", "08:00", "16:21", 100, "16:20"),
        ("*/5 * * * *", "08:00", "16:25", 101, "16:25"),
        ("30 6-16/4 * * 1-5", FRIDAY, "2030-01-07T15:00", 2, "2030-01-07T14:30"),
        ("@every 90s", "08:00", "08:10:07", 6, "08:09"),
        ("0 * * * *", "13:00", "12:00", 0, None),
    ],
)
def test_of_several_missed_runs_the_last_is_due(schedule, base, now, missed, due):
    it = of(schedule, base, now)
    assert (it.missed, it.due) == (missed, at(due) if due else None)


def test_a_run_is_found_where_the_built_in_controller_looks_too_late():
    it = of("0 0 1,2 * *", "2030-01-31T00:00", "2030-02-20T00:00")
    assert (it.missed, it.due) == (20, at("2030-02-02T00:00"))


@pytest.mark.parametrize(
    ("now", "deadline", "due"),
    [
        ("10:21", 200, None),
        ("10:02", 200, "10:00"),
        ("10:03:19", 200, "10:00"),
        ("10:03:20", 200, None),
        ("10:00", 0, None),
        ("10:00", 1, "10:00"),
        ("10:21", 10**12, "10:00"),
    ],
)
def test_a_run_that_is_later_than_the_deadline_is_dropped(now, deadline, due):
    assert of("0 * * * *", "08:00", now, deadline).due == (at(due) if due else None)


def test_every_keeps_its_rhythm_with_a_deadline():
    assert of("@every 90s", "08:00", "08:01:31", 60).due == at("08:01:30")
    assert of("@every 90s", "08:00", "08:10:07", 60).due is None
    assert of("@every 90s", "08:00", "08:10:07", 68).due == at("08:09")


def test_a_deadline_drops_what_is_counted_too():
    assert of("*/5 * * * *", "2029-01-01T00:00", "12:00", 600).missed < MANY


@pytest.mark.parametrize(
    ("schedule", "base", "now", "next_"),
    [
        ("0 * * * *", "10:00", "10:59", "11:00"),
        ("0 * * * *", "10:00", "11:00", "12:00"),
        ("0 * * * *", "10:00", "15:30", "16:00"),
        ("@every 90s", "08:00", "08:10:07", "08:10:30"),
        ("0 * * * *", "13:00", "12:00", "14:00"),
    ],
)
def test_the_next_look_is_a_tenth_of_a_second_after_the_next_run(schedule, base, now, next_):
    assert of(schedule, base, now).next_look == at(next_) + timedelta(milliseconds=100)
    assert of(schedule, base, now, 1).next_look == at(next_) + timedelta(milliseconds=100)


def test_what_never_runs():
    it = of("59 23 31 2 *", "08:00", "12:00")
    assert it.never
    assert (it.due, it.next_look, it.missed) == (None, None, 0)


def test_runs_are_counted_from_the_creation_first():
    assert runs.base(look(cron_job())) == at("10:00")
    assert runs.base(look(cron_job(last="11:00"))) == at("11:00")
    assert runs.base(look(cron_job(meta={"creation_timestamp": None}))) == NOW


# --- a schedule that has been changed ----------------------------------------------------------


def test_a_schedule_that_is_looked_at_first_counts_from_the_creation():
    it = look(cron_job("*/5 * * * *"))
    assert not runs.has_changed(it)
    assert runs.remembered(it) == {"timetable": "*/5 * * * *"}


@pytest.mark.parametrize(
    "owner",
    [
        cron_job("*/5 * * * *", last="11:00", told={"timetable": "0 * * * *"}),
        cron_job("0 * * * *", time_zone="UTC", last="11:00", told={"timetable": "0 * * * *"}),
    ],
    ids=["schedule", "zone"],
)
def test_a_changed_schedule_counts_from_the_change(owner):
    it = look(owner, now="11:58")
    assert runs.has_changed(it)
    assert runs.base(it) == at("11:58")
    assert runs.due(it) is None
    later = cron_job(
        owner.spec.schedule,
        time_zone=owner.spec.time_zone,
        last="11:00",
        told=runs.remembered(it),
    )
    assert not runs.has_changed(look(later, now="11:59"))
    assert runs.base(look(later, now="11:59")) == at("11:58")
    assert runs.due(look(later, now="12:00")) == at("12:00")
    assert runs.remembered(look(later, now="12:00")) == runs.remembered(it)


def test_another_change_counts_again():
    told = {"timetable": "0 3 * * *", "timetableSince": "2030-01-01T11:00:00Z"}
    it = look(cron_job("0 * * * *", told=told), now="11:58")
    assert runs.remembered(it)["timetableSince"] == "2030-01-01T11:58:00Z"


@pytest.mark.parametrize(
    "owner",
    [cron_job("L * * * *"), cron_job(time_zone="Mars/Base"), cron_job("59 23 31 2 *")],
    ids=["unreadable", "unknown-zone", "never"],
)
def test_nothing_is_due_by_a_schedule_that_means_nothing(owner):
    assert runs.due(look(owner)) is None


def test_runs_are_by_the_clocks_of_the_zone():
    owner = cron_job("30 12 * * *", time_zone="Europe/Berlin")
    assert runs.due(look(owner)) == at("11:30")
    assert runs.zone_of(look(owner)).key == "Europe/Berlin"


@pytest.mark.parametrize(
    "text", ["yesterday", "2030-01-01T11:00:00", "9999-12-31T23:59:59Z", 5 * "x"]
)
def test_a_last_run_that_somebody_wrote_is_no_crash(text):
    it = look(cron_job(status={"lastScheduleTime": text}))
    assert runs.due(it) in (None, at("12:00"))
    assert isinstance(runs.base(it), datetime)
