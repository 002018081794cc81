"""Which run of a schedule is due, and when the next one will be.

Runs are counted from the last one that was started, or else from the CronJob's creation. Of several
that were missed the last one counts, the others are dropped. With ``startingDeadlineSeconds`` one
that is later than that is dropped too, without a word. A CronJob of 8:00 that is hourly and looked
at again at 10:21 starts the run of 10:00; with a deadline of 200 seconds it starts none.

Kubernetes: pkg/controller/cronjob/utils.go, ``mostRecentScheduleTime``.

Differs: the last run is found exactly. The built-in controller estimates where to look for it from
the distance of the first two, and starts none at all when it looks too late (``0 0 1,2 * *``, on 20
February). A schedule that has been changed counts from then; the built-in controller may start a
run that the new schedule would have had before. ``@every`` keeps its rhythm with a deadline.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from podwright.kinds.cronjob import grammar, zones
from podwright.kinds.cronjob.schedule import Schedule
from podwright.kinds.cronjob.spec import CronJobSpec
from podwright.objects import Manifest
from podwright.owners import moment
from podwright.rules.conditions import timestamp
from podwright.workload import Observed

DELTA = timedelta(milliseconds=100)
"""So much after a run's time it is looked for: clocks of a cluster differ a little."""
MANY = 100
TIMETABLE, SINCE = "timetable", "timetableSince"
"""Where the status remembers which schedule was looked at last, and since when it is that one."""
_START = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Runs:
    """A schedule that can be understood, and from where to count."""

    schedule: Schedule
    base: datetime
    now: datetime
    deadline: timedelta | None = None

    @classmethod
    def of(cls, seen: Observed[CronJobSpec]) -> Runs:
        """The runs of a CronJob.

        Raises:
            podwright.kinds.cronjob.grammar.Unreadable: its schedule cannot be understood.
        """
        schedule = grammar.parse(seen.spec.schedule, zone_of(seen) or UTC)
        return cls(schedule, base(seen), seen.now, seen.spec.deadline)

    @property
    def never(self) -> bool:
        """There will be no run."""
        return self.schedule.after(self.base) is None

    @property
    def due(self) -> datetime | None:
        """The run to start now, or to have been started.

        Kubernetes: pkg/controller/cronjob/utils.go, ``nextScheduleTime``.
        """
        last = self.schedule.latest(self.base, self.now)
        if last is None or (self.deadline is not None and last + self.deadline <= self.now):
            return None
        return last

    @property
    def next_look(self) -> datetime | None:
        """When there will be another run to start.

        Kubernetes: pkg/controller/cronjob/utils.go, ``nextScheduleTimeDuration``.
        """
        following = self.schedule.after(self.schedule.latest(self.base, self.now) or self.base)
        return None if following is None else following + DELTA

    @property
    def missed(self) -> int:
        """About how many runs there have been, by the distance of the first two.

        Kubernetes: pkg/controller/cronjob/utils.go, ``mostRecentScheduleTime``.
        """
        start = self.base if self.deadline is None else max(self.base, self.now - self.deadline)
        first = self.schedule.after(start)
        if first is None or first > self.now:
            return 0
        second = self.schedule.after(first)
        if second is None or second > self.now:
            return 1
        return int((self.now - first) // (second - first)) + 1


def due(seen: Observed[CronJobSpec]) -> datetime | None:
    """The run to be started by now, if the schedule can be understood.

    Kubernetes: pkg/controller/cronjob/utils.go, ``nextScheduleTime``.
    """
    try:
        return None if zone_of(seen) is None else Runs.of(seen).due
    except grammar.Unreadable:
        return None


def base(seen: Observed[CronJobSpec]) -> datetime:
    """The last run's time, or the CronJob's creation; later if the schedule has changed since.

    Kubernetes: pkg/controller/cronjob/utils.go, ``mostRecentScheduleTime``;
    cronjob_controllerv2.go, ``updateCronJob``.
    """
    last = moment(seen.status.get("lastScheduleTime")) or seen.meta.creation_timestamp
    return max(last or seen.now, moment(remembered(seen).get(SINCE)) or _START)


def remembered(seen: Observed[CronJobSpec]) -> Manifest:
    """What the status is to remember of the schedule: which it is, and since when if it changed.

    Kubernetes: pkg/controller/cronjob/cronjob_controllerv2.go, ``updateCronJob``, which compares
    the object with what it was before.
    """
    old = seen.status.get("podwright") or {}
    now = {TIMETABLE: seen.spec.timetable}
    if TIMETABLE not in old:
        return now
    if has_changed(seen):
        return now | {SINCE: timestamp(seen.now)}
    return now | ({SINCE: old[SINCE]} if SINCE in old else {})


def has_changed(seen: Observed[CronJobSpec]) -> bool:
    """The schedule or its time zone is another one than when it was looked at last.

    Kubernetes: pkg/controller/cronjob/cronjob_controllerv2.go, ``updateCronJob``.
    """
    old = (seen.status.get("podwright") or {}).get(TIMETABLE)
    return old is not None and old != seen.spec.timetable


def zone_of(seen: Observed[CronJobSpec]) -> tzinfo | None:
    """The schedule's time zone; None when nobody knows it.

    Kubernetes: pkg/controller/cronjob/cronjob_controllerv2.go, ``formatSchedule``.
    """
    return zones.load(seen.spec.time_zone)
