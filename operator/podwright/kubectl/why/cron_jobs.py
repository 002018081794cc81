"""When a CronJob runs next, what became of the last run, and which Jobs there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from podwright import labels
from podwright.kinds.cronjob import children, runs
from podwright.kinds.cronjob.children import Children
from podwright.kinds.cronjob.decide import rest
from podwright.kinds.cronjob.runs import Runs
from podwright.kinds.cronjob.spec import FORBID, CronJobSpec
from podwright.kubectl.why import obstacles, times
from podwright.kubectl.why.look import View, unready
from podwright.kubectl.why.report import Note, Reason, Report
from podwright.objects import Pod
from podwright.owners import Job, moment
from podwright.rules import conditions
from podwright.workload import Observed

_RUNS = "kinds/cronjob/runs.py, next_look"


def of(view: View, report: Report) -> Report:
    """The report, in the words of a CronJob."""
    seen: Observed[CronJobSpec] = view.seen
    mine = Children.of(seen)
    reasons = tuple(_told(view, each) for each in report.reasons)
    notes = (*report.notes, *_unseen(seen), *_last(seen), *_skipped(seen), *_jobs(view, mine))
    return replace(report, state=_state(seen, mine), reasons=reasons, notes=notes)


def _state(seen: Observed[CronJobSpec], mine: Children) -> str:
    """``runs next 2030-01-01 13:00:00 UTC (in 20 minutes); 1 Job is at work``."""
    count = len(mine.active)
    jobs = f"{count or 'no'} {'Job is' if count == 1 else 'Jobs are'} at work"
    if rest(seen) is not None:
        return f"starts nothing; {jobs}"
    following = Runs.of(seen).next_look
    if following is None:
        return f"has no next run; {jobs}"
    when = times.at(following - runs.DELTA, seen.now, runs.zone_of(seen) or UTC)
    return f"runs next {when}; {jobs}"


def _told(view: View, reason: Reason) -> Reason:
    """What is known of the Job that a run waits for, and since when it does."""
    job = next((each for each in view.seen.of(Job) if each.name == reason.on), None)
    if job is None:
        return reason
    due = runs.due(view.seen)
    facts = (f"The run of {_at(view.seen, due)} is due.",) if due else ()
    return replace(
        reason,
        on=f"Job {job.name}",
        since=due,
        facts=(*facts, *_of_job(view, job)),
        remedy=f"kubectl podwright why job/{job.name}",
    )


def _of_job(view: View, job: Job) -> Iterator[str]:
    """How a Job that runs is, and what keeps its pods."""
    active = job.status.get("active") or 0
    started = f" since {_at(view.seen, job.start_time)}" if job.start_time else ""
    going = " and is being deleted" if job.metadata.deletion_timestamp is not None else ""
    held = " It is suspended." if job.spec.suspend else ""
    yield f"Job {job.name} runs{started}, {active} active{going}.{held}"
    for pod in unready(view.pods):
        owner = pod.metadata.controller
        if owner is not None and owner.uid == job.metadata.uid:
            whole = view.whole.get((Pod, pod.name)) or {}
            found = obstacles.of_pod(whole, view.seen.now, view.events.get(pod.metadata.uid, ()))
            yield from (f"Pod {pod.name}: {fact}" for fact in found.facts)


def _unseen(seen: Observed[CronJobSpec]) -> Iterator[Note]:
    told = (seen.status.get("podwright") or {}).get(runs.TIMETABLE)
    if told != seen.spec.timetable:
        text = "The operator has not looked at this schedule yet."
        yield Note(text, remedy="if it stays so, see whether the operator runs")


def _last(seen: Observed[CronJobSpec]) -> Iterator[Note]:
    """The last run, and the last success."""
    last, success = (
        moment(seen.status.get(f"last{each}Time")) for each in ("Schedule", "Successful")
    )
    if last is None:
        yield Note("It has not run yet.")
    else:
        name = children.name_of(seen.meta, last)
        job = next((each for each in seen.of(Job) if each.name == name), None)
        how = "is gone" if job is None else (job.outcome or "runs")
        yield Note(f"The last run was that of {_at(seen, last)}: Job {name}, {how}.")
    if success is not None:
        yield Note(f"A Job last succeeded {_at(seen, success)}.")


def _skipped(seen: Observed[CronJobSpec]) -> Iterator[Note]:
    """Runs that were not started, and will not be."""
    if rest(seen) is not None:
        return
    known = Runs.of(seen)
    last = known.schedule.latest(known.base, seen.now)
    if last is not None and known.due is None:
        seconds = seen.spec.starting_deadline_seconds
        text = f"The run of {_at(seen, last)} was dropped: it could not start within {seconds} s"
        remedy = "raise spec.startingDeadlineSeconds, or leave it out"
        yield Note(f"{text} (spec.startingDeadlineSeconds).", "kinds/cronjob/runs.py, due", remedy)
    if known.missed > 1:
        text = f"About {known.missed} runs were missed; of them only the last is started."
        yield Note(text, "kinds/cronjob/runs.py, due")


def _jobs(view: View, mine: Children) -> Iterator[Note]:
    """Jobs at work, Jobs made by hand, and how those of the history ended."""
    if view.seen.spec.concurrency_policy != FORBID or runs.due(view.seen) is None:
        for job in mine.active:
            yield Note(" ".join(_of_job(view, job)))
    for job in mine.unexpected:
        yield Note(f"Job {job.name} was made by somebody else: it keeps no run from starting.")
    for job in sorted(mine.finished, key=children.age):
        yield Note(_ended(view.seen, job))
    if name := _taken(view.seen):
        yield Note(name, "kinds/cronjob/children.py, is_started")


def _ended(seen: Observed[CronJobSpec], job: Job) -> str:
    told = conditions.find(job.status.get("conditions") or (), job.outcome) or {}
    when = moment(told.get("lastTransitionTime"))
    why = f": {told['message']}" if job.outcome == labels.FAILED and told.get("message") else ""
    word = "succeeded" if job.outcome == labels.COMPLETE else "failed"
    return f"Job {job.name} {word}{f' {_at(seen, when)}' if when else ''}{why}."


def _taken(seen: Observed[CronJobSpec]) -> str:
    told = str((seen.status.get("podwright") or {}).get("waitingFor", ""))
    return f"It waits for {told}." if told.startswith("a name") else ""


def _at(seen: Observed[CronJobSpec], at: datetime) -> str:
    return times.at(at, seen.now, runs.zone_of(seen) or UTC)
