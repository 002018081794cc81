"""Go's durations; every row was taken from Go."""

from datetime import timedelta

import pytest

from podwright.kinds.cronjob.durations import duration, quoted


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *[("90s", 90), ("1h30m", 5400), ("1.5h", 5400), ("-5m", -300), ("+5m", 300), ("0", 0)],
        *[("-0", 0), ("500ms", 0.5), (".5h", 1800), ("5.h", 18000), ("1us", 1e-6), ("1µs", 1e-6)],
        ("999ns", 0),
    ],
)
def test_a_duration_is_a_sum_of_numbers_with_units(text, seconds):
    assert duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", 'invalid duration ""'),
        ("abc", 'invalid duration "abc"'),
        (" 5m", 'invalid duration " 5m"'),
        (".", 'invalid duration "."'),
        ("100000000h", 'invalid duration "100000000h"'),
        ("5", 'missing unit in duration "5"'),
        ("1.5.2h", 'missing unit in duration "1.5.2h"'),
        ("1d", 'unknown unit "d" in duration "1d"'),
        ("1h-3m", 'unknown unit "h-" in duration "1h-3m"'),
    ],
)
def test_what_is_no_duration_is_refused_in_gos_words(text, why):
    with pytest.raises(ValueError) as error:
        duration(text)
    assert str(error.value) == f"time: {why}"


def test_quotes_are_escaped():
    assert quoted('a"b') == '"a\\"b"'
