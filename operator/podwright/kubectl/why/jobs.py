"""How far a Job is: what its pods have done, what it still may, and how it has ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from podwright import labels
from podwright.kinds.job import backoff, deadline, finish, indexes, ttl, verdict
from podwright.kinds.job.work import Work
from podwright.kubectl.why import times
from podwright.kubectl.why.look import View
from podwright.kubectl.why.report import Note, Reason, Report
from podwright.objects import Manifest
from podwright.owners import JobSpec, moment
from podwright.rules import conditions
from podwright.workload import Observed


def of(view: View, report: Report) -> Report:
    """The report, in the words of a Job."""
    seen: Observed[JobSpec] = view.seen
    if finish.outcome(seen):
        return replace(report, state=_end(seen), reasons=(), notes=tuple(_after(seen)))
    if not seen.spec.is_ours:
        return replace(report, state=f"is run by {seen.spec.managed_by}")
    work = Work.of(seen)
    known = verdict.standing(seen)
    state = f"{'ends' if known else 'waits'}: {_progress(seen, work)}"
    reasons = tuple(_told(seen, work, each) for each in report.reasons)
    notes = (*report.notes, *_notes(seen, work))
    return replace(report, state=state, reasons=reasons, notes=notes)


def _progress(seen: Observed[JobSpec], work: Work) -> str:
    """``1 of 3 pods has succeeded, 2 have failed, 1 is at work``."""
    needed = seen.spec.needed
    done = f"{work.succeeded} of {_count(needed)}" if needed else _count(work.succeeded)
    failed = f", {work.failed} failed" if work.failed else ""
    return f"{done} succeeded{failed}, {len(work.active)} at work"


def _count(number: int) -> str:
    return f"{number} pod{'' if number == 1 else 's'}"


def _told(seen: Observed[JobSpec], work: Work, reason: Reason) -> Reason:
    """A pause is told with its end, a suspension with its beginning."""
    if reason.until == "the pause after a failure":
        row = _row(seen, work)
        since = row.last if row.failures else None
        return replace(reason, since=since, facts=tuple(_pause(seen, work)))
    if reason.until == "somebody to resume it":
        since = moment(_condition(seen, labels.SUSPENDED).get("lastTransitionTime"))
        return replace(reason, since=since, remedy="set spec.suspend to false")
    return reason


def _pause(seen: Observed[JobSpec], work: Work) -> Iterator[str]:
    for index, pod in sorted(work.held.items()):
        if end := backoff.index_until(pod, seen.now):
            count = sum(backoff.failures(pod)) + 1
            yield f"Index {index} has failed {_often(count)}: it goes on {times.at(end, seen.now)}."
    row = _row(seen, work)
    if not work.held and (end := backoff.until(row.failures, row.last, seen.now)):
        yield f"Its pods have failed {_often(row.failures)} in a row."
        yield f"The next pod comes {times.at(end, seen.now)}."


def _row(seen: Observed[JobSpec], work: Work) -> backoff.Row:
    """Failures since the last success, those that are not written down included."""
    return backoff.in_a_row(backoff.Row.of(seen.status), work.new_succeeded, work.new_failed)


def _often(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _notes(seen: Observed[JobSpec], work: Work) -> Iterator[Note]:
    if known := verdict.standing(seen):
        how = "It fails" if known.is_failure else "It is about to be complete"
        text = f"{how}: {known.reason}: {known.message}. What is left of its pods goes first."
        yield Note(text, "kinds/job/verdict.py, of")
        return
    if uncounted := len(work.noted_succeeded) + len(work.noted_failed):
        yield Note(f"{_count(uncounted)} that ended will be counted at the operator's next look.")
    if work.failed and not seen.spec.limits_each_index:
        limit = seen.spec.failures_allowed
        text = (
            f"{work.failed} of {limit} failures that it may have are used up (spec.backoffLimit)."
        )
        yield Note(text, "kinds/job/backoff.py, is_limit_exceeded")
    if work.failed_indexes:
        yield Note(f"Indexes that have failed for good: {indexes.as_text(work.failed_indexes)}.")
    if end := deadline.ends_at(seen):
        text = f"If it has not ended by {times.at(end, seen.now)}, it fails"
        yield Note(f"{text} (spec.activeDeadlineSeconds).", "kinds/job/deadline.py, is_past")


def _end(seen: Observed[JobSpec]) -> str:
    """``is complete since ...: 3 pods succeeded, 1 failed``, or why it has failed."""
    end, since = finish.outcome(seen), finish.ended_at(seen)
    told = _condition(seen, end)
    when = f" since {times.at(since, seen.now)}" if since else ""
    failed = f", {seen.status['failed']} failed" if seen.status.get("failed") else ""
    counts = f"{_count(seen.status.get('succeeded') or 0)} succeeded{failed}"
    if end == labels.COMPLETE:
        return f"is complete{when}: {counts}"
    return f"has failed{when}: {told.get('message') or told.get('reason')}; {counts}"


def _after(seen: Observed[JobSpec]) -> Iterator[Note]:
    if end := ttl.expires_at(seen):
        text = f"It is deleted {times.at(end, seen.now)} (spec.ttlSecondsAfterFinished)."
        yield Note(text, "kinds/job/ttl.py, expire")


def _condition(seen: Observed[JobSpec], type_: str) -> Manifest:
    return conditions.find(seen.status.get("conditions") or (), type_) or {}
