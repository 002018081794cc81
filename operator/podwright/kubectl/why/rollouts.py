"""What holds a Deployment's roll-out: its ReplicaSets, its budgets, and what they were refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from podwright import labels
from podwright.kinds.deployment import notes
from podwright.kinds.deployment.spec import DeploymentSpec
from podwright.kubectl.why import obstacles, refusals
from podwright.kubectl.why.look import View
from podwright.objects import Manifest, Pod
from podwright.owners import ReplicaSet
from podwright.rules import conditions


def pods_of(view: View, name: str) -> list[Pod]:
    """The pods of a ReplicaSet."""
    owners = ((pod, pod.metadata.controller) for pod in view.pods)
    return [pod for pod, owner in owners if owner is not None and owner.name == name]


def facts(view: View) -> Iterator[str]:
    """Sizes of the ReplicaSets that have pods, and the budgets that the roll-out keeps to."""
    spec = view.seen.spec
    if not isinstance(spec, DeploymentSpec):
        return
    sets = sorted(view.seen.of(ReplicaSet), key=notes.revision)
    for each in sets:
        if each.spec.replicas or each.count("replicas"):
            available = each.count("availableReplicas")
            yield (
                f"ReplicaSet {each.name} (revision {notes.revision(each)}): {each.spec.replicas} "
                f"wished for, {available} available."
            )
    if spec.is_rolling:
        most, least = spec.replicas + spec.surge, spec.replicas - spec.unavailable
        yield f"At most {most} pods may be there, and at least {least} have to be available."


def refusal(view: View) -> tuple[datetime | None, str, str]:
    """(since when, what, what would help) of pods that its ReplicaSets may not make."""
    told = _condition(view, labels.REPLICA_FAILURE)
    if not isinstance(view.seen.spec, DeploymentSpec) or told is None:
        return None, "", ""
    message = str(told.get("message", ""))
    return obstacles.moment(told.get("lastTransitionTime")), message, refusals.cure(message)


def is_late(view: View) -> str:
    """That the progress deadline has passed, if it has."""
    told = _condition(view, labels.PROGRESSING) or {}
    if told.get("reason") != labels.TIMED_OUT:
        return ""
    seconds = view.seen.spec.progress_deadline_seconds
    return f"Nothing has got on for longer than progressDeadlineSeconds, {seconds} s."


def _condition(view: View, type_: str) -> Manifest | None:
    return conditions.find(view.seen.status.get("conditions") or [], type_)
