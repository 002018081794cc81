"""Time zones, and which moment a clock on the wall shows.

A wall clock may show a time twice (in autumn, when it is set back) or never (in spring). Schedules
follow Go, whose choice then is: look up the offset as if the time were UTC; then look up the offset
at the moment that this gives.

Differs: without ``timeZone`` a schedule is in UTC, wherever the operator runs; the built-in
controller takes the zone of its own process, which in a container is UTC too.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

_PART = re.compile(r"[A-Za-z.\-_0-9+]{1,14}")


def load(name: str | None) -> tzinfo | None:
    """The time zone of this name; None when nobody knows it. No name is UTC.

    Kubernetes: pkg/controller/cronjob/cronjob_controllerv2.go, ``syncCronJob``;
    pkg/apis/batch/validation/validation.go, ``validateTimeZone``.
    """
    if not name or name == "UTC":
        return UTC
    if not all(_is_part(part) for part in name.split("/")):
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _is_part(part: str) -> bool:
    return bool(_PART.fullmatch(part)) and part not in {".", ".."} and not part.startswith("-")


def at(zone: tzinfo, wall: datetime) -> datetime:
    """The moment, in UTC, at which a clock in this zone shows ``wall``, which names no zone.

    Kubernetes: Go's src/time/time.go, ``Date``.
    """
    as_utc = wall.replace(tzinfo=UTC)
    guess = _offset(zone, as_utc)
    return as_utc - _offset(zone, as_utc - guess) if guess else as_utc


def _offset(zone: tzinfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
