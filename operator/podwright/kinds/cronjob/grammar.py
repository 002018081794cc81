"""What a line of a crontab means: ``*/15 8-18 * * mon-fri``, ``@daily``, ``@every 90s``.

Five fields: minute, hour, day of the month, month, day of the week. A field is a list of items; an
item is ``*`` or ``?``, a number or a name, or a range, and may have a step: ``5/20`` goes from 5 to
the end. Names are the first three letters of months and days, in any case.

What other crontabs know and this one does not: 7 for Sunday, ``L``, ``W``, ``#``, ranges that go
over the end (``fri-mon``), seconds, ``@reboot``.

Kubernetes: github.com/robfig/cron/v3 parser.go; pkg/util/parsers/parsers.go,
``ParseCronScheduleWithPanicRecovery``.

Differs: a time zone inside the schedule (``TZ=``, ``CRON_TZ=``) is refused by the controller too,
and not only when the object is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from functools import lru_cache

from podwright.kinds.cronjob.durations import duration, quoted
from podwright.kinds.cronjob.schedule import SECOND, Calendar, Every, Field, Schedule

TIME_ZONE_INSIDE = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
EVERY = "@every "
DESCRIPTORS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_INTEGER = re.compile(r"[+-]?[0-9]+")
_INT64 = 2**63


class Unreadable(ValueError):  # noqa: N818  # a state of what users write
    """A schedule that means nothing; its text says why, in the built-in parser's words."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The numbers that there are for a field, and their names."""

    least: int
    most: int
    names: Mapping[str, int] = field(default_factory=dict)


FIELDS = (
    Bounds(0, 59),
    Bounds(0, 23),
    Bounds(1, 31),
    Bounds(1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    Bounds(0, 6, {name: number for number, name in enumerate(_DAYS)}),
)


@lru_cache(maxsize=4096)
def parse(text: str, zone: tzinfo = UTC) -> Schedule:
    """The schedule that a text means, by clocks of this zone.

    Kubernetes: github.com/robfig/cron/v3 parser.go, ``Parser.Parse``, ``normalizeFields``.

    Raises:
        Unreadable: it means none.
    """
    if not text:
        raise Unreadable("empty spec string")
    if "TZ" in text:
        raise Unreadable(TIME_ZONE_INSIDE)
    if text.startswith("@"):
        return descriptor(text, zone)
    words = text.split()
    if len(words) != len(FIELDS):
        found = f"found {len(words)}: [{' '.join(words)}]"
        raise Unreadable(f"expected exactly {len(FIELDS)} fields, {found}")
    return _calendar(words, zone)


def _calendar(words: Iterable[str], zone: tzinfo) -> Calendar:
    minute, hour, day, month, weekday = map(numbers, words, FIELDS)
    return Calendar(minute, hour, day, month, weekday, zone)


def descriptor(text: str, zone: tzinfo) -> Schedule:
    """``@daily`` and its like, and ``@every`` with a duration: a second at least, full seconds.

    Kubernetes: github.com/robfig/cron/v3 parser.go, ``parseDescriptor``; constantdelay.go,
    ``Every``.
    """
    if text in DESCRIPTORS:
        return _calendar(DESCRIPTORS[text].split(), zone)
    if not text.startswith(EVERY):
        raise Unreadable(f"unrecognized descriptor: {text}")
    try:
        delay = duration(text.removeprefix(EVERY))
    except ValueError as error:
        raise Unreadable(f"failed to parse duration {text}: {error}") from error
    return Every(max(delay // SECOND, 1) * SECOND)


def numbers(text: str, bounds: Bounds) -> Field:
    """The numbers that a field allows. Nothing between commas is nothing.

    Kubernetes: github.com/robfig/cron/v3 parser.go, ``getField``.
    """
    items = [item(part, bounds) for part in text.split(",") if part]
    values = frozenset(value for each in items for value in each.values)
    return Field(values, any(each.star for each in items))


def item(text: str, bounds: Bounds) -> Field:
    """One item of a field. A step above 1 takes from a star that it limits nothing.

    Kubernetes: github.com/robfig/cron/v3 parser.go, ``getRange``.
    """
    head, *steps = text.split("/")
    first, *ends = head.split("-")
    star = first in {"*", "?"}
    start, end = (bounds.least, bounds.most) if star else _range(first, ends, bounds, text)
    if len(steps) > 1:
        raise Unreadable(f"too many slashes: {text}")
    step = _integer(steps[0]) if steps else 1
    if steps and not ends:
        end = bounds.most
    _check(start, end, step, bounds, text)
    return Field(frozenset(range(start, end + 1, step)), star and step == 1)


def _range(first: str, ends: list[str], bounds: Bounds, text: str) -> tuple[int, int]:
    start = _number(first, bounds)
    if len(ends) > 1:
        raise Unreadable(f"too many hyphens: {text}")
    return start, _number(ends[0], bounds) if ends else start


def _check(start: int, end: int, step: int, bounds: Bounds, text: str) -> None:
    if start < bounds.least:
        wrong = f"beginning of range ({start}) below minimum ({bounds.least})"
    elif end > bounds.most:
        wrong = f"end of range ({end}) above maximum ({bounds.most})"
    elif start > end:
        wrong = f"beginning of range ({start}) beyond end of range ({end})"
    elif step == 0:
        wrong = "step of range should be a positive number"
    else:
        return
    raise Unreadable(f"{wrong}: {text}")


def _number(text: str, bounds: Bounds) -> int:
    named = bounds.names.get(text.lower())
    return _integer(text) if named is None else named


def _integer(text: str) -> int:
    problem = "" if _INTEGER.fullmatch(text) else "invalid syntax"
    if not problem and not -_INT64 <= int(text) < _INT64:
        problem = "value out of range"
    if problem:
        why = f"strconv.Atoi: parsing {quoted(text)}: {problem}"
        raise Unreadable(f"failed to parse int from {text}: {why}")
    if int(text) < 0:
        raise Unreadable(f"negative number ({int(text)}) not allowed: {text}")
    return int(text)
