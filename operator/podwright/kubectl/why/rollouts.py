"""What holds a Deployment's roll-out: its ReplicaSets, its budgets, and what they were refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from podwright import labels
from podwright.kinds.deployment import notes
from podwright.kubectl.why import refusals
from podwright.kubectl.why.look import View
from podwright.objects import Manifest, Pod
from podwright.owners import ReplicaSet, moment
from podwright.plan import Wait
from podwright.rules import conditions, pods


def waited_for(view: View, wait: Wait) -> list[Pod]:
    """The pods that a roll-out waits for: those that are not available, or that have to end."""
    if name := wait.on.removeprefix("ReplicaSet "):
        pods_seen = [pod for pod in view.pods if _owner(pod) == name]
        seconds, now = view.seen.spec.min_ready_seconds, view.seen.now
        return [each for each in pods_seen if not pods.is_available(each, seconds, now)]
    return [each for each in view.pods if each.metadata.deletion_timestamp is not None]


def _owner(pod: Pod) -> str:
    return pod.metadata.controller.name if pod.metadata.controller else ""


def paused_since(view: View) -> datetime | None:
    """When it was paused, if that is told."""
    told = _condition(view, labels.PROGRESSING) or {}
    is_told = told.get("reason") == labels.PAUSED
    return moment(told.get("lastTransitionTime")) if is_told else None


def went_back(view: View) -> str:
    """That it went back by itself, if it did."""
    return str((_condition(view, labels.ROLLED_BACK) or {}).get("message", ""))


def facts(view: View) -> Iterator[str]:
    """Sizes of the ReplicaSets that have pods, and the budgets that the roll-out keeps to."""
    yield from sizes(view)
    spec = view.seen.spec
    if spec.is_rolling:
        most, least = spec.replicas + spec.surge, spec.replicas - spec.unavailable
        yield f"At most {most} pods may be there, and at least {least} have to be available."
    if spec.min_ready_seconds:
        yield f"A pod is available once it has been ready for {spec.min_ready_seconds} s."


def sizes(view: View) -> Iterator[str]:
    """How many pods each ReplicaSet is to have and has."""
    sets = sorted(view.seen.of(ReplicaSet), key=notes.revision)
    for each in sets:
        if each.spec.replicas or each.count("replicas"):
            available = each.count("availableReplicas")
            yield (
                f"ReplicaSet {each.name} (revision {notes.revision(each)}): {each.spec.replicas} "
                f"wished for, {available} available."
            )


def refusal(view: View) -> tuple[datetime | None, str, str]:
    """(since when, what, what would help) of pods that its ReplicaSets may not make."""
    told = _condition(view, labels.REPLICA_FAILURE)
    if told is None:
        return None, "", ""
    message = str(told.get("message", ""))
    return moment(told.get("lastTransitionTime")), message, refusals.cure(message)


def is_late(view: View) -> str:
    """That the progress deadline has passed, if it has."""
    told = _condition(view, labels.PROGRESSING) or {}
    if told.get("reason") != labels.TIMED_OUT:
        return ""
    seconds = view.seen.spec.progress_deadline_seconds
    return f"Nothing has got on for longer than progressDeadlineSeconds, {seconds} s."


def _condition(view: View, type_: str) -> Manifest | None:
    return conditions.find(view.seen.status.get("conditions") or [], type_)
