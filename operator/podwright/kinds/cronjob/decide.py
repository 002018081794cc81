"""A CronJob makes a Job at each time of its schedule.

First it removes Jobs of its history that are too many and tells what it sees of its Jobs; then it
starts the run that is due, if there is one: ``Allow`` beside those that run, ``Forbid`` when they
have ended, ``Replace`` in their place.
"""

from __future__ import annotations

from datetime import UTC, datetime

from podwright import labels
from podwright.kinds.cronjob import children, history, runs
from podwright.kinds.cronjob.children import Children
from podwright.kinds.cronjob.durations import quoted
from podwright.kinds.cronjob.grammar import Unreadable
from podwright.kinds.cronjob.runs import Runs
from podwright.kinds.cronjob.spec import FORBID, REPLACE, CronJobSpec
from podwright.owners import Job
from podwright.plan import Create, Delete, Plan, Record, Say
from podwright.workload import Observed

CREATED = Say(
    done=(labels.SUCCESSFUL_CREATE, "Created job {name}"),
    failed=((labels.FAILED_CREATE, "Error creating job: {error}"),),
)


def decide(seen: Observed[CronJobSpec]) -> Plan:
    """Tidy up, tell, and start the run that is due.

    Kubernetes: pkg/controller/cronjob/cronjob_controllerv2.go, ``sync``, ``syncCronJob``.
    """
    mine = Children.of(seen)
    plan = history.clean_up(seen, mine).beside(tell(seen, mine))
    return plan.beside(rest(seen) or run(seen, mine))


def tell(seen: Observed[CronJobSpec], mine: Children) -> Plan:
    """Events about Jobs that have ended, are gone, or were made by somebody else.

    Kubernetes: pkg/controller/cronjob/cronjob_controllerv2.go, ``syncCronJob``.
    """
    removed = history.surplus(seen.spec, mine)
    saw = "Saw a job that the controller did not create or forgot: "
    return Plan.of(
        *[Record(labels.UNEXPECTED_JOB, f"{saw}{job.name}", "Warning") for job in mine.unexpected],
        *[
            Record(
                labels.SAW_COMPLETED_JOB,
                f"Saw completed job: {job.name}, condition: {job.outcome}",
            )
            for job in mine.finished
            if children.is_listed(seen, job) and job not in removed
        ],
        *[
            Record(labels.MISSING_JOB, f"Active job went missing: {each.get('name', '')}")
            for each in mine.missing
        ],
    )


def rest(seen: Observed[CronJobSpec]) -> Plan | None:
    """Why no run will be started until somebody changes the CronJob; None when there is no reason.

    Kubernetes: pkg/controller/cronjob/cronjob_controllerv2.go, ``syncCronJob``.
    """
    spec = seen.spec
    if seen.meta.deletion_timestamp is not None:
        return Plan.wait("the garbage collector to finish its deletion")
    if runs.zone_of(seen) is None:
        zone = quoted(spec.time_zone or "")
        text = f"invalid timeZone: {zone}: unknown time zone {spec.time_zone}"
        told = Plan.of(Record(labels.UNKNOWN_TIME_ZONE, text, "Warning"))
        return told.beside(Plan.wait(f"a time zone that exists, not {zone}", remedy=text))
    if spec.suspend:
        return Plan.wait("somebody to resume it", remedy="set spec.suspend to false")
    return unreadable(seen) or impossible(seen)


def unreadable(seen: Observed[CronJobSpec]) -> Plan | None:
    """The schedule cannot be understood.

    Kubernetes: pkg/controller/cronjob/cronjob_controllerv2.go, ``syncCronJob``, ``updateCronJob``.
    """
    try:
        Runs.of(seen)
    except Unreadable as error:
        written = seen.spec.schedule
        text = f"unparseable schedule: {quoted(written)} : {error}"
        told = [Record(labels.UNPARSEABLE_SCHEDULE, text, "Warning")]
        if runs.has_changed(seen):
            changed = f"unparseable schedule for cronjob: {written}"
            told.append(Record(labels.UNPARSEABLE_CHANGED, changed, "Warning"))
        waits = Plan.wait(f"a schedule that can be understood: {error}", remedy=text)
        return Plan.of(*told).beside(waits)
    return None


def impossible(seen: Observed[CronJobSpec]) -> Plan | None:
    """The schedule can be understood, and names no day that there is.

    Kubernetes: pkg/controller/cronjob/utils.go, ``mostRecentScheduleTime``.
    """
    if not Runs.of(seen).never:
        return None
    schedule = seen.spec.schedule
    why = "time difference between two schedules is less than 1 second"
    text = f"invalid schedule: {schedule} : {why}"
    waits = Plan.wait(f"a schedule with a time that comes, not {quoted(schedule)}", remedy=text)
    return Plan.of(Record(labels.INVALID_SCHEDULE, text, "Warning")).beside(waits)


def run(seen: Observed[CronJobSpec], mine: Children) -> Plan:
    """Start the run that is due, unless it has been started, and come back for the next one.

    Kubernetes: pkg/controller/cronjob/cronjob_controllerv2.go, ``syncCronJob``.
    """
    times = Runs.of(seen)
    due = times.due
    plan = Plan()
    if due is not None:
        plan = Plan.of(*too_many(times))
        if not children.is_started(seen, due):
            plan = plan.beside(start(seen, mine, due))
    return plan.again_at(times.next_look)


def too_many(times: Runs) -> tuple[Record, ...]:
    """A warning that many runs have been dropped; the last one starts all the same.

    Kubernetes: pkg/controller/cronjob/utils.go, ``nextScheduleTime``.
    """
    if times.missed <= runs.MANY:
        return ()
    text = (
        "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check "
        "clock skew"
    )
    return (Record(labels.TOO_MANY_MISSED_TIMES, text, "Warning"),)


def start(seen: Observed[CronJobSpec], mine: Children, due: datetime) -> Plan:
    """Make the run's Job as the concurrency policy says.

    Kubernetes: pkg/controller/cronjob/cronjob_controllerv2.go, ``syncCronJob``.
    """
    active, policy = mine.active, seen.spec.concurrency_policy
    if policy == FORBID and active:
        text = (
            "Not starting job because prior execution is running and concurrency policy is Forbid"
        )
        waits = Plan.wait("the last run to end", on=active[0].name)
        return Plan.of(Record(labels.JOB_ALREADY_ACTIVE, text)).beside(waits)
    stays = [job for job in active if job.metadata.deletion_timestamp is None]
    replaced = stays if policy == REPLACE else []
    clear = Plan.of(*[Delete(job, as_seen=False, say=history.DELETED) for job in replaced])
    manifest = children.new(seen, due, runs.zone_of(seen) or UTC)
    return clear.then(Plan.of(Create(Job.resource, manifest, CREATED)))
