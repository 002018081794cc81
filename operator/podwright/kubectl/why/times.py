"""Moments and lengths of time in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def ago(length: timedelta) -> str:
    """``4 minutes``: one unit, rounded down."""
    for unit, name in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if length >= unit:
            count = length // unit
            return f"{count} {name}{'s' if count > 1 else ''}"
    seconds = max(int(length.total_seconds()), 0)
    return f"{seconds} second{'' if seconds == 1 else 's'}"


def at(moment: datetime, now: datetime, zone: tzinfo = UTC) -> str:
    """``2030-01-01 12:00:00 UTC (4 minutes ago)``, by clocks of a zone."""
    told = f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"
    if moment > now:
        return f"{told} (in {ago(moment - now)})"
    return f"{told} ({ago(now - moment)} ago)"
