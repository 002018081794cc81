"""Time zones, and what a clock on the wall shows."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from podwright.kinds.cronjob import zones

BERLIN, SAO_PAULO = ZoneInfo("Europe/Berlin"), ZoneInfo("America/Sao_Paulo")


@pytest.mark.parametrize("name", [None, "", "UTC"])
def test_without_a_zone_it_is_utc(name):
    assert zones.load(name) is UTC


@pytest.mark.parametrize("name", ["Europe/Berlin", "Etc/GMT+5", "America/Argentina/Ushuaia", "EST"])
def test_a_zone_is_found_by_its_name(name):
    assert zones.load(name) == ZoneInfo(name)


@pytest.mark.parametrize(
    "name",
    [
        *[
            "Mars/Base",
            "Europe",
            "Local",
            "/etc/passwd",
            "../UTC",
            "Europe/../UTC",
            "Europe//Berlin",
        ],
        *[
            "-05:00",
            "Europe/Berlin ",
            "Ünder",
            "Europe/ABCDEFGHIJKLMNO",
            "tzdata.zi",
            "zone.tab",
            "\0",
        ],
    ],
)
def test_what_is_no_zone_is_none_and_no_crash(name):
    assert zones.load(name) is None


@pytest.mark.parametrize(
    ("zone", "wall", "moment"),
    [
        pytest.param(BERLIN, "2027-01-01T12:00", "2027-01-01T11:00", id="winter"),
        pytest.param(BERLIN, "2027-07-01T12:00", "2027-07-01T10:00", id="summer"),
        pytest.param(BERLIN, "2027-03-28T02:30", "2027-03-28T01:30", id="never-shown"),
        pytest.param(BERLIN, "2027-10-31T02:30", "2027-10-31T01:30", id="shown-twice"),
        pytest.param(SAO_PAULO, "2018-11-04T00:00", "2018-11-04T02:00", id="no-midnight"),
        pytest.param(UTC, "2027-03-28T02:30", "2027-03-28T02:30", id="utc"),
    ],
)
def test_the_moment_of_a_wall_clock_is_the_one_that_go_takes(zone, wall, moment):
    expected = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert zones.at(zone, datetime.fromisoformat(wall)) == expected
