"""The grammar of schedules; every text was taken from robfig/cron 3.0.1."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from podwright.kinds.cronjob import grammar
from podwright.kinds.cronjob.grammar import (
    FIELDS,
    TIME_ZONE_INSIDE,
    Bounds,
    Unreadable,
    descriptor,
    item,
    numbers,
    parse,
)
from podwright.kinds.cronjob.schedule import Every, Field

MINUTE, HOUR, DAY, MONTH, WEEKDAY = FIELDS
ANY = Field(frozenset(range(7)), star=True)


@pytest.mark.parametrize(
    ("text", "bounds", "values"),
    [
        ("5", MINUTE, {5}),
        ("+5", MINUTE, {5}),
        ("007", MINUTE, {7}),
        ("1-3", MINUTE, {1, 2, 3}),
        ("*/20", MINUTE, {0, 20, 40}),
        ("?/20", MINUTE, {0, 20, 40}),
        ("5/20", MINUTE, {5, 25, 45}),
        ("5-30/20", MINUTE, {5, 25}),
        ("5/70", MINUTE, {5}),
        ("1,2,,4,", MINUTE, {1, 2, 4}),
        (",", MINUTE, set()),
        ("jan-MAR,Dec", MONTH, {1, 2, 3, 12}),
        ("sun,5-6", WEEKDAY, {0, 5, 6}),
        ("1-31", DAY, set(range(1, 32))),
    ],
)
def test_a_field_is_a_list_of_numbers_names_ranges_and_steps(text, bounds, values):
    assert numbers(text, bounds) == Field(frozenset(values))


@pytest.mark.parametrize("text", ["*", "?", "*/1", "?/1", "*-5", "3,*"])
def test_a_star_limits_nothing(text):
    assert numbers(text, WEEKDAY) == ANY


def test_a_star_with_a_step_limits():
    assert not item("*/2", WEEKDAY).star


@pytest.mark.parametrize(
    ("field", "text", "why"),
    [
        (WEEKDAY, "7", "end of range (7) above maximum (6): 7"),
        (WEEKDAY, "FRI-MON", "beginning of range (5) beyond end of range (1): FRI-MON"),
        (MINUTE, "*/0", "step of range should be a positive number: */0"),
        (MINUTE, "60", "end of range (60) above maximum (59): 60"),
        (DAY, "0", "beginning of range (0) below minimum (1): 0"),
        (MINUTE, "1-2-3", "too many hyphens: 1-2-3"),
        (MINUTE, "1/2/3", "too many slashes: 1/2/3"),
        (MINUTE, "*/-2", "negative number (-2) not allowed: -2"),
        (DAY, "L", 'failed to parse int from L: strconv.Atoi: parsing "L": invalid syntax'),
        (DAY, "-1", 'failed to parse int from : strconv.Atoi: parsing "": invalid syntax'),
        (
            WEEKDAY,
            "5#2",
            'failed to parse int from 5#2: strconv.Atoi: parsing "5#2": invalid syntax',
        ),
        (
            MINUTE,
            "99999999999999999999",
            (
                "failed to parse int from 99999999999999999999: strconv.Atoi: parsing "
                '"99999999999999999999": value out of range'
            ),
        ),
    ],
)
def test_what_is_no_field_is_refused_in_the_built_in_words(field, text, why):
    with pytest.raises(Unreadable) as error:
        numbers(text, field)
    assert str(error.value) == why


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty spec string"),
        ("0 0 * * * *", "expected exactly 5 fields, found 6: [0 0 * * * *]"),
        ("  ", "expected exactly 5 fields, found 0: []"),
        (" @daily", "expected exactly 5 fields, found 1: [@daily]"),
        ("@reboot", "unrecognized descriptor: @reboot"),
        ("@Daily", "unrecognized descriptor: @Daily"),
        ("@every", "unrecognized descriptor: @every"),
        (
            "@every 1d",
            'failed to parse duration @every 1d: time: unknown unit "d" in duration "1d"',
        ),
        ("TZ=UTC 0 * * * *", TIME_ZONE_INSIDE),
        ("CRON_TZ=UTC 0 * * * *", TIME_ZONE_INSIDE),
        ("TZ=UTC", TIME_ZONE_INSIDE),
    ],
)
def test_what_is_no_schedule_is_refused_in_the_built_in_words(text, why):
    with pytest.raises(Unreadable) as error:
        parse(text)
    assert str(error.value) == why


@pytest.mark.parametrize(("name", "line"), grammar.DESCRIPTORS.items())
def test_descriptors_stand_for_lines(name, line):
    berlin = ZoneInfo("Europe/Berlin")
    assert descriptor(name, berlin) == parse(line, berlin)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("2.9s", 2), ("500ms", 1), ("-5m", 1), ("0", 1), ("1h30m", 5400)],
)
def test_every_has_whole_seconds_and_one_at_least(text, seconds):
    assert parse(f"@every {text}") == Every(timedelta(seconds=seconds))


def test_white_space_of_any_kind_parts_fields():
    assert parse("  0\t0  * * *\n") == parse("0 0 * * *")


def test_bounds_have_names_for_months_and_weekdays_only():
    assert [len(each.names) for each in FIELDS] == [0, 0, 0, 12, 7]
    assert Bounds(0, 1).names == {}
