"""What the operator wants to do and has not done: it is about to, or it was refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from podwright import labels
from podwright.kubectl.why import obstacles
from podwright.kubectl.why.look import View, last_seen
from podwright.objects import Manifest, Pod
from podwright.owners import Myself, moment
from podwright.plan import Action, Create, Delete, Patch, Plan

_LONGEST = timedelta(minutes=20)
"""Longer than the longest pause between two attempts, 1000 s."""

_FAILURES = {
    Create: labels.FAILED_CREATE,
    Delete: labels.FAILED_DELETE,
    Patch: labels.FAILED_UPDATE,
}


@dataclass(frozen=True, slots=True)
class Pending:
    """An action that is still to be done, and what was said to it."""

    action: Action
    until: str
    on: str = ""
    since: datetime | None = None
    facts: tuple[str, ...] = ()
    remedy: str = ""


def of(view: View, plan: Plan) -> Iterator[Pending]:
    """The first action of each sort; others of that sort share its fate."""
    for sort, reason in _FAILURES.items():
        actions = [action for action in plan.actions if isinstance(action, sort)]
        if not actions:
            continue
        done, what = _words(actions[0])
        count = f" (and {len(actions) - 1} more)" if len(actions) > 1 else ""
        if said := _refusal(view, reason):
            since, message = said
            until = f"the API server to let {what}{count} be {done}"
            yield Pending(actions[0], until, what, since, (message,), cure(message))
        elif pauses := _pauses(view, actions[0]):
            yield Pending(actions[0], f"{what}{count} to be {done}", what, *pauses)
        else:
            until = f"the operator to have {what}{count} {done}"
            remedy = "if it stays so, see whether the operator runs"
            yield Pending(actions[0], until, what, remedy=remedy)


def _pauses(view: View, action: Action) -> tuple[datetime | None, tuple[str, ...], str] | None:
    """What is done again after growing pauses: how long they are only the operator knows."""
    if not isinstance(action, Delete) or not action.strike:
        return None
    pod = view.whole.get((Pod, action.target.name), {})
    found = obstacles.of_pod(pod, view.seen.now)
    return found.since, found.facts, "pods that fail are replaced after pauses of up to 15 minutes"


def _words(action: Action) -> tuple[str, str]:
    """("made", "pod web-2")."""
    match action:
        case Create(resource, manifest):
            name = manifest["metadata"].get("name", "")
            kind = "pod" if resource == Pod.resource else resource.kind
            return "made", f"{kind} {name}" if name else f"a {kind}"
        case Delete(target):
            return "removed", _object(target.resource.kind, target.name)
        case Patch(Myself()):
            return "changed", "the object itself"
        case Patch(target):
            return "changed", _object(target.resource.kind, target.name)
        case _:
            return "done", ""


def _object(kind: str, name: str) -> str:
    return f"{'pod' if kind == 'Pod' else kind} {name}"


def _refusal(view: View, reason: str) -> tuple[datetime | None, str] | None:
    """Since when, and in which words, the API server refuses; from a condition or an event."""
    for condition in view.seen.status.get("conditions") or []:
        if condition["type"] == labels.REPLICA_FAILURE and condition.get("reason") == reason:
            return moment(condition.get("lastTransitionTime")), str(condition["message"])
    recent = [each for each in _recent(view) if each.get("reason") == reason]
    if not recent:
        return None
    last = recent[-1]
    began = last.get("firstTimestamp") or last.get("eventTime")
    return moment(began), str(last["message"])


def _recent(view: View) -> Iterator[Manifest]:
    for event in view.events.get(view.seen.meta.uid, ()):
        at = moment(last_seen(event))
        if at is not None and view.seen.now - at < _LONGEST:
            yield event


def cure(message: str) -> str:
    """What would help against the API server's refusal."""
    if "exceeded quota" in message:
        return "raise the quota, or let the pods ask for less: kubectl describe quota"
    if "violates PodSecurity" in message:
        return "correct the security context in spec.template"
    if "serviceaccount" in message and "not found" in message:
        return "make the service account"
    return "correct what the API server complains about; it is tried again by itself"
