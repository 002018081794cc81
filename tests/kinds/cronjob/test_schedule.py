"""When schedules fire; the rows of clocks that are changed were taken from robfig/cron 3.0.1."""

from datetime import UTC, datetime, timedelta
from itertools import product
from time import perf_counter

import pytest

from podwright.kinds.cronjob import zones
from podwright.kinds.cronjob.grammar import parse
from podwright.kinds.cronjob.schedule import Calendar, Every, Schedule


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def following(schedule, base, n=3, zone=None):
    it, told, now = parse(schedule, zones.load(zone)), [], moment(base)
    for _ in range(n):
        now = it.after(now)
        told.append(f"{now:%Y-%m-%dT%H:%M}" if now else "never")
        if now is None:
            break
    return told


@pytest.mark.parametrize(
    ("zone", "schedule", "base", "times"),
    [
        pytest.param(
            *("Europe/Berlin", "30 2 * * *", "2027-03-26T12:00"),
            ["2027-03-27T01:30", "2027-03-29T00:30", "2027-03-30T00:30"],
            id="skipped-in-spring",
        ),
        pytest.param(
            *("Europe/Berlin", "30 2 * * *", "2027-10-30T12:00"),
            ["2027-10-31T00:30", "2027-10-31T01:30", "2027-11-01T01:30"],
            id="twice-in-autumn",
        ),
        pytest.param(
            *("America/Sao_Paulo", "0 0 * * *", "2018-11-02T12:00"),
            ["2018-11-03T03:00", "2018-11-05T02:00", "2018-11-06T02:00"],
            id="no-midnight",
        ),
        pytest.param(
            *("Australia/Lord_Howe", "15 2 * * *", "2027-10-01T12:00"),
            ["2027-10-01T15:45", "2027-10-03T15:15", "2027-10-04T15:15"],
            id="half-an-hour",
        ),
        pytest.param(
            *("America/New_York", "0 * * * *", "2027-11-07T04:30"),
            ["2027-11-07T05:00", "2027-11-07T06:00", "2027-11-07T07:00"],
            id="every-hour-is-an-hour",
        ),
    ],
)
def test_clocks_that_are_changed(zone, schedule, base, times):
    assert following(schedule, base, zone=zone) == times


@pytest.mark.parametrize(
    ("schedule", "base", "times"),
    [
        ("0 * * * *", "2030-01-01T12:00", ["2030-01-01T13:00", "2030-01-01T14:00"]),
        ("* * * * *", "2030-01-01T12:00:59", ["2030-01-01T12:01", "2030-01-01T12:02"]),
        ("0 0 13 * 5", "2030-01-01T12:00", ["2030-01-04T00:00", "2030-01-11T00:00"]),
        ("0 0 */2 * 1", "2030-01-01T12:00", ["2030-01-03T00:00", "2030-01-05T00:00"]),
        ("0 0 * * 1", "2030-01-01T12:00", ["2030-01-07T00:00", "2030-01-14T00:00"]),
        ("0 0 29 2 *", "2030-01-01T12:00", ["2032-02-29T00:00", "2036-02-29T00:00"]),
        ("0 0 31 * *", "2030-01-31T12:00", ["2030-03-31T00:00", "2030-05-31T00:00"]),
        ("59 23 31 12 *", "2030-12-31T23:59", ["2031-12-31T23:59", "2032-12-31T23:59"]),
    ],
)
def test_the_next_times(schedule, base, times):
    assert following(schedule, base, 2) == times


@pytest.mark.parametrize(
    "schedule",
    ["59 23 31 2 *", "0 0 30 feb *", "0 0 31 4,6,9,11 *", ", * * * *", "* , * * *", "* * * , *",
     "* * , * *", "* * * * ,", "0 0 , * ,"],
)  # fmt: skip
def test_what_never_fires_costs_nothing(schedule):
    started = perf_counter()
    assert following(schedule, "2030-01-01T00:00") == ["never"]
    assert perf_counter() - started < 0.05


def test_nothing_between_commas_leaves_the_other_day():
    assert following("0 0 , * 1", "2030-01-01T00:00", 1) == ["2030-01-07T00:00"]


@pytest.mark.parametrize("base", ["9999-12-31T23:59:59", "0001-01-01T00:00:00"])
@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo"])
def test_the_ends_of_the_calendar_are_no_crash(base, zone):
    parse("0 0 1 1 *", zones.load(zone)).after(moment(base))
    parse("@every 90s").after(moment(base))


def test_every_counts_from_the_last_time_on_the_second():
    it = Every(timedelta(seconds=90))
    assert it.after(moment("2030-01-01T08:00:00.7")) == moment("2030-01-01T08:01:30")
    assert it.latest(moment("2030-01-01T08:00"), moment("2030-01-01T08:10:07")) == moment(
        "2030-01-01T08:09:00"
    )
    assert it.latest(moment("2030-01-01T08:00"), moment("2030-01-01T08:01:29")) is None


def by_walking(it: Schedule, base, now):
    found = None
    while (base := it.after(base)) is not None and base <= now:
        found = base
    return found


LINES = [
    "0 * * * *",
    "*/7 3-5 * * *",
    "0 0 1,2 * *",
    "30 6-16/4 * * 1-5",
    "30 2 * * *",
    "* 0 1 * *",
]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_the_last_time_is_the_one_that_walking_finds(line, zone):
    it = parse(line, zones.load(zone))
    bases = [moment("2027-10-29T00:00") + timedelta(hours=7 * n) for n in range(6)]
    for base, days in product(bases, (0, 0.3, 1, 2.06, 3, 9, 30)):
        now = base + timedelta(days=days)
        assert it.latest(base, now) == by_walking(it, base, now)


def test_the_last_of_very_many_times_is_found_at_once():
    started = perf_counter()
    it = parse("* * * * *")
    assert it.latest(moment("2000-01-01T00:00"), moment("2030-01-01T12:00:30")) == moment(
        "2030-01-01T12:00"
    )
    assert perf_counter() - started < 0.05


def test_a_halving_that_forgets_the_end_is_noticed(monkeypatch):
    """Seen to fail: without it the tests above prove little."""
    monkeypatch.setattr(Calendar, "latest", lambda self, base, _: self.after(base))
    with pytest.raises(AssertionError):
        test_the_last_time_is_the_one_that_walking_finds("0 * * * *", "UTC")
