"""When a schedule fires: the first moment after another, and the last one up to now.

``0 9 * * 1-5`` fires at nine on working days. When both days of the month and days of the week are
limited, either is enough: ``0 0 13 * 5`` fires on every 13th and on every Friday.

A clock that is set forward skips what it should have shown meanwhile, one that is set back fires
twice: ``30 2 * * *`` in Europe/Berlin, once a year each. ``@every`` counts from the last run.

Kubernetes: github.com/robfig/cron/v3 spec.go, ``SpecSchedule.Next``; constantdelay.go,
``ConstantDelaySchedule.Next``.

Differs: what no day can be is found without looking for it (``0 0 30 2 *``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from podwright.kinds.cronjob import zones

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
_HORIZON = 5
"""Years after which nothing is looked for."""
_NOON = 12
_LONGEST = {month: 30 if month in {4, 6, 9, 11} else 31 for month in range(1, 13)} | {2: 29}


@dataclass(frozen=True, slots=True)
class Field:
    """The numbers that a field allows; ``star``: it was written so that it limits nothing."""

    values: frozenset[int]
    star: bool = False


@dataclass(frozen=True, slots=True)
class Every:
    """Fires so long after it has last fired."""

    delay: timedelta

    def after(self, moment: datetime) -> datetime | None:
        """The first time after this moment, on the full second."""
        try:
            return moment.replace(microsecond=0) + self.delay
        except OverflowError:
            return None

    def latest(self, base: datetime, now: datetime) -> datetime | None:
        """The last time after ``base`` that is not after ``now``."""
        first = self.after(base)
        if first is None or first > now:
            return None
        return first + (now - first) // self.delay * self.delay


@dataclass(frozen=True, slots=True)
class Calendar:
    """Fires when the clock on the wall shows what all fields allow."""

    minute: Field
    hour: Field
    day: Field
    month: Field
    weekday: Field
    zone: tzinfo = UTC

    def after(self, moment: datetime) -> datetime | None:
        """The first time after this moment; None when there is none within five years."""
        if not self._is_possible():
            return None
        try:
            return _Walk(self, moment).end()
        except OverflowError:  # a moment in the year 9999, or 1
            return None

    def latest(self, base: datetime, now: datetime) -> datetime | None:
        """The last time after ``base`` that is not after ``now``, found by halving what is between.

        Of a year of minutes it takes some twenty steps.
        """
        found, end = self.after(base), now
        if found is None or found > now:
            return None
        while (later := self.after(found)) is not None and later <= now:
            middle = later + (end - later) / 2
            beyond = self.after(middle)
            if beyond is not None and beyond <= now:
                found = beyond
            else:
                found, end = later, middle
        return found

    def has_day(self, wall: datetime) -> bool:
        """This day is one of those that it fires on."""
        of_month = wall.day in self.day.values
        of_week = wall.isoweekday() % 7 in self.weekday.values
        if self.day.star or self.weekday.star:
            return of_month and of_week
        return of_month or of_week

    def _is_possible(self) -> bool:
        if not (self.minute.values and self.hour.values and self.month.values):
            return False
        of_month = any(
            day <= _LONGEST[month] for day in self.day.values for month in self.month.values
        )
        if self.day.star or self.weekday.star:
            return of_month and bool(self.weekday.values)
        return of_month or bool(self.weekday.values)


Schedule = Every | Calendar


class _Walk:
    """From a moment to the next that fits: month by month, day by day, hour by hour.

    A step that reaches the beginning of a larger unit starts again with the largest. Before the
    first step, what is smaller than it is set to its beginning.
    """

    def __init__(self, calendar: Calendar, moment: datetime) -> None:
        self.calendar = calendar
        self.at = moment.astimezone(UTC).replace(microsecond=0) + SECOND
        self.has_moved = False

    @property
    def wall(self) -> datetime:
        """What the clock shows, without its zone."""
        return self.at.astimezone(self.calendar.zone).replace(tzinfo=None, fold=0)

    def end(self) -> datetime | None:
        """Where all fields fit."""
        horizon = self.wall.year + _HORIZON
        while self.wall.year <= horizon:
            if self._month() and self._day() and self._hour() and self._minute() and self._second():
                return self.at
        return None

    def _set(self, wall: datetime) -> None:
        self.at = zones.at(self.calendar.zone, wall)

    def _start(self, wall: datetime) -> None:
        """Before the first step: go to the beginning of the unit that is walked in."""
        if not self.has_moved:
            self.has_moved = True
            self._set(wall)

    def _month(self) -> bool:
        while (wall := self.wall).month not in self.calendar.month.values:
            self._start(wall.replace(day=1, hour=0, minute=0, second=0))
            self._set(_a_month_later(self.wall))
            if self.wall.month == 1:
                return False
        return True

    def _day(self) -> bool:
        while not self.calendar.has_day(wall := self.wall):
            self._start(wall.replace(hour=0, minute=0, second=0))
            self._set(self.wall + timedelta(days=1))
            # Where midnight is skipped it is eleven or one now: back to the first hour of the day.
            if hour := self.wall.hour:
                self.at += HOUR * (24 - hour if hour > _NOON else -hour)
            if self.wall.day == 1:
                return False
        return True

    def _hour(self) -> bool:
        while (wall := self.wall).hour not in self.calendar.hour.values:
            self._start(wall.replace(minute=0, second=0))
            self.at += HOUR
            if self.wall.hour == 0:
                return False
        return True

    def _minute(self) -> bool:
        minutes = self.calendar.minute.values
        while (minute := self.wall.minute) not in minutes:
            self.has_moved = True
            # Clocks are changed on the hour, so the minutes up to there may be passed at once.
            following = min((each for each in minutes if each > minute), default=60)
            self.at = self.at.replace(second=0) + MINUTE * (following - minute)
            if self.wall.minute == 0:
                return False
        return True

    def _second(self) -> bool:
        if self.at.second == 0:
            return True
        self.has_moved = True
        self.at = self.at.replace(second=0) + MINUTE
        return False


def _a_month_later(wall: datetime) -> datetime:
    """The same day of the next month; 31 January becomes 2 or 3 March, as in Go."""
    year, month = divmod(wall.year * 12 + wall.month, 12)
    return wall.replace(year=year, month=month + 1, day=1) + timedelta(days=wall.day - 1)
