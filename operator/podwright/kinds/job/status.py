"""The status of a Job: counters, indexes, conditions."""

from __future__ import annotations

from datetime import datetime

import msgspec

from podwright import labels
from podwright.kinds.job import backoff, counting, deadline, finish, indexes, suspend, verdict
from podwright.kinds.job.counting import Ledger
from podwright.kinds.job.decide import MODES
from podwright.kinds.job.spec import chosen
from podwright.kinds.job.verdict import Verdict
from podwright.kinds.job.work import Work
from podwright.objects import LabelSelector, Manifest
from podwright.owners import JobSpec
from podwright.plan import Create, Delete, Outcome
from podwright.rules import conditions, pods, selectors, summary
from podwright.workload import Observed, Status


def status(seen: Observed[JobSpec], outcome: Outcome) -> Status:
    """Compute the whole status; the engine writes it when it differs.

    A verdict is written only when all that it removes has been removed.

    Kubernetes: pkg/controller/job/job_controller.go, ``syncJob``,
    ``trackJobStatusAndRemoveFinalizers``.

    Differs: ``selector`` and ``podwright`` are ours; they feed kubectl's columns and the pause
    after failures. Zeros are written.
    """
    if finish.outcome(seen) or not seen.spec.is_ours or seen.spec.completion_mode not in MODES:
        return dict(seen.status)
    work = Work.of(seen)
    judged = known = verdict.of(seen, work)
    if verdict.standing(seen) is None and not _is_clean(outcome):
        known = None
    entries = counting.ledger(seen, work, known)
    turns = judged is None and seen.meta.deletion_timestamp is None and suspend.has_changed(seen)
    over = known is not None and finish.is_over(seen, work)
    whole = (
        counts(seen, work, outcome, entries)
        | _times(seen, known, turns=turns, over=over)
        | {"conditions": _conditions(seen, known, turns=turns, over=over)}
    )
    selector = chosen(seen.meta, seen.spec) or LabelSelector()
    whole["selector"] = selectors.as_text(selector)
    return whole | {"podwright": _words(seen, work, outcome, whole)}


def counts(seen: Observed[JobSpec], work: Work, outcome: Outcome, entries: Ledger) -> Status:
    """Pods by what they do, once what was planned is done; and what has been counted.

    Kubernetes: pkg/controller/job/job_controller.go, ``syncJob``,
    ``cleanUncountedPodsWithoutFinalizers``.

    Differs: when an action failed, pods are counted as they were seen.
    """
    active = {pod.metadata.uid: pod for pod in work.active}
    made = going = 0
    if _is_clean(outcome):
        deleted = [each for each in outcome.plan.actions if isinstance(each, Delete)]
        going = len([active.pop(each.target.metadata.uid, None) for each in deleted])
        made = sum(isinstance(each, Create) for each in outcome.plan.actions)
    succeeded = int(seen.status.get("succeeded") or 0) + entries.counted_succeeded
    if seen.spec.is_indexed:
        succeeded = indexes.total(work.succeeded_indexes)
    return {
        "active": len(active) + made,
        "ready": sum(map(pods.is_ready, active.values())),
        "terminating": len(work.terminating) + going,
        "succeeded": succeeded,
        "failed": int(seen.status.get("failed") or 0) + entries.counted_failed,
        "uncountedTerminatedPods": _uncounted(entries),
        **_indexes(seen.spec, work),
    }


def _is_clean(outcome: Outcome) -> bool:
    return not outcome.failures and not outcome.outdated


def _uncounted(entries: Ledger) -> Manifest:
    lists = {"succeeded": list(entries.succeeded), "failed": list(entries.failed)}
    return {name: uids for name, uids in lists.items() if uids}


def _indexes(spec: JobSpec, work: Work) -> Manifest:
    if not spec.is_indexed:
        return {}
    texts = {"completedIndexes": indexes.as_text(work.succeeded_indexes)}
    if spec.limits_each_index:
        texts["failedIndexes"] = indexes.as_text(work.failed_indexes)
    return texts


def _times(seen: Observed[JobSpec], known: Verdict | None, *, turns: bool, over: bool) -> Manifest:
    """``startTime`` and ``completionTime``.

    Kubernetes: pkg/controller/job/job_controller.go, ``syncJob``, ``enactJobFinished``.
    """
    started = deadline.started_at(seen)
    times = {"startTime": conditions.timestamp(started)} if started else {}
    if turns:
        times = suspend.start_time(seen)
    if known is not None and over and not known.is_failure:
        times["completionTime"] = conditions.timestamp(seen.now)
    return times


def _conditions(
    seen: Observed[JobSpec], known: Verdict | None, *, turns: bool, over: bool
) -> list[Manifest]:
    """Suspended or not; the verdict; the end.

    Kubernetes: pkg/controller/job/job_controller.go, ``ensureJobConditionStatus``.
    """
    old: list[Manifest] = list(seen.status.get("conditions") or ())
    if turns:
        return _put(seen, old, labels.SUSPENDED, *suspend.told(seen))
    if known is None:
        return old
    if verdict.standing(seen) is None:
        old = _put(seen, old, known.type, "True", known.reason, known.message)
    return _put(seen, old, known.end, "True", known.reason, known.message) if over else old


def _put(  # noqa: PLR0917  # the fields of a condition
    seen: Observed[JobSpec], old: list[Manifest], type_: str, value: str, reason: str, message: str
) -> list[Manifest]:
    """The conditions with this one, in its old place if it had one."""
    moment = conditions.timestamp(seen.now)
    new = {"type": type_, "status": value, "reason": reason, "message": message}
    new |= {"lastProbeTime": moment, "lastTransitionTime": moment}
    if conditions.find(old, type_) is None:
        return [*old, new]
    return [new if each["type"] == type_ else each for each in old]


def _words(seen: Observed[JobSpec], work: Work, outcome: Outcome, whole: Status) -> Manifest:
    """Columns that no path finds, and how many failures came one after another."""
    row = backoff.Row.of(seen.status)
    if not seen.spec.limits_each_index:
        row = backoff.in_a_row(row, work.new_succeeded, work.new_failed)
    texts = {
        "state": _state(seen, whole),
        "completions": _completions(seen.spec, whole["succeeded"]),
        "duration": _duration(seen, whole),
    }
    words = summary.words(seen.spec.template, "", outcome) | row.words
    return words | {name: text for name, text in texts.items() if text}


def _state(seen: Observed[JobSpec], whole: Status) -> str:
    """The STATUS column of kubectl.

    Kubernetes: pkg/printers/internalversion/printers.go, ``printJob``.
    """
    true = {each["type"] for each in whole["conditions"] if each.get("status") == "True"}
    going = {"Terminating"} if seen.meta.deletion_timestamp is not None else set()
    order = (
        *(labels.COMPLETE, labels.FAILED, "Terminating", labels.SUSPENDED),
        *(labels.FAILURE_TARGET, labels.SUCCESS_CRITERIA_MET),
    )
    return next((each for each in order if each in true | going), "Running")


def _completions(spec: JobSpec, succeeded: int) -> str:
    """The COMPLETIONS column of kubectl.

    Kubernetes: pkg/printers/internalversion/printers.go, ``printJob``.
    """
    if spec.needed is not None:
        return f"{succeeded}/{spec.needed}"
    return f"{succeeded}/1 of {spec.at_a_time}" if spec.at_a_time > 1 else f"{succeeded}/1"


def _duration(seen: Observed[JobSpec], whole: Status) -> str:
    """The DURATION column of kubectl.

    Kubernetes: pkg/printers/internalversion/printers.go, ``printJob``.

    Differs: it is empty until the Job has ended: a text in a status does not grow with the clock.
    """
    ended = {labels.COMPLETE, labels.FAILED} & {each["type"] for each in whole["conditions"]}
    if not ended or "startTime" not in whole:
        return ""
    return duration(int((seen.now - msgspec.convert(whole["startTime"], datetime)).total_seconds()))


def duration(seconds: int) -> str:
    """``47s``, ``3m5s``, ``12m``, ``5h13m``, ``3d4h``: as kubectl writes them.

    Kubernetes: apimachinery pkg/util/duration/duration.go, ``HumanDuration``.
    """
    units = (("s", 1, 120), ("m", 60, 10800), ("h", 3600, 172800), ("d", 86400, float("inf")))
    finer = {"m": (600, 1, "s"), "h": (28800, 60, "m"), "d": (691200, 3600, "h")}
    unit, size = next((unit, size) for unit, size, end in units if seconds < end)
    text = f"{max(seconds, 0) // size}{unit}"
    until, smaller, name = finer.get(unit, (0, 1, ""))
    rest = seconds % size // smaller
    return f"{text}{rest}{name}" if seconds < until and rest else text
