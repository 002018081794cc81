from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from podwright.kubectl.why import times

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def test_a_moment_is_told_with_how_long_it_is_until_then_or_since():
    assert times.at(NOON, NOON - timedelta(minutes=90)) == "2030-01-01 12:00:00 UTC (in 1 hour)"
    assert times.at(NOON, NOON + timedelta(seconds=5)) == "2030-01-01 12:00:00 UTC (5 seconds ago)"


def test_by_clocks_of_a_zone():
    told = times.at(NOON, NOON, ZoneInfo("Europe/Berlin"))
    assert told == "2030-01-01 13:00:00 CET (0 seconds ago)"
