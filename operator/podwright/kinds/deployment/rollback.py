"""Going back to an older template: when somebody asks for it, or when a roll-out has got stuck.

``spec.rollbackOnDeadline`` is ours: when the progress deadline passes, the Deployment takes the
template of the last ReplicaSet that was complete. It does so once for each template: whoever
applies the same template again means it.

    1 complete, 2 stuck -> back to 1 (as 3); 2 applied again (as 4), stuck -> nothing, 2 was refused
"""

from __future__ import annotations

from podwright import labels
from podwright.kinds.deployment import notes, progress
from podwright.kinds.deployment.creation import create
from podwright.kinds.deployment.rolling_update import new_size
from podwright.kinds.deployment.sets import Sets, unmarked
from podwright.kinds.deployment.spec import DeploymentSpec
from podwright.objects import Manifest
from podwright.owners import Myself, ReplicaSet
from podwright.plan import Outcome, Patch, Plan, Record
from podwright.rules import equality, merging
from podwright.workload import Observed

STABLE, REFUSED = "stableReplicaSet", "refusedReplicaSet"
"""In ``status.podwright``: the last one that was complete, and the one that was gone back from."""


def asked(seen: Observed[DeploymentSpec]) -> int | None:
    """The revision that somebody wants to go back to, by the old annotation; 0 is the last but one.

    Kubernetes: pkg/controller/deployment/rollback.go, ``getRollbackTo``.
    """
    return notes.number(seen.meta.annotations.get(labels.ROLLBACK_TO))


def as_asked(seen: Observed[DeploymentSpec], sets: Sets) -> Plan | None:
    """Go back to the revision that somebody has asked for.

    Kubernetes: pkg/controller/deployment/rollback.go, ``rollback``, ``rollbackToTemplate``.

    Differs: a new ReplicaSet that has to be made for that begins with the pods there is room for,
    with ``Recreate`` too; upstream makes all of them beside the old ones.
    """
    wish = asked(seen)
    if wish is None:
        return None
    if sets.new is None:
        return create(seen, sets, new_size(seen, sets.wished, 0))
    number = wish or _last_but_one(sets)
    target = next((each for each in sets.all if notes.revision(each) == number), None)
    if not number or target is None:
        what = "the revision to rollback to" if number else "last revision"
        return _not_asked(seen, Record(labels.ROLLBACK_NOT_FOUND, f"Unable to find {what}.", _BAD))
    if equality.same(unmarked(target.spec.template), unmarked(seen.spec.template)):
        same = "The rollback revision contains the same template as current deployment"
        text = f'{same} "{seen.meta.name}"'
        return _not_asked(seen, Record(labels.ROLLBACK_UNCHANGED, text, _BAD))
    text = f'Rolled back deployment "{seen.meta.name}" to revision {number}'
    return _restore(seen, target).then(Plan.of(Record(labels.ROLLBACK, text)))


def by_itself(seen: Observed[DeploymentSpec], sets: Sets) -> Plan | None:
    """Go back to the last complete ReplicaSet, when this roll-out has got stuck.

    Kubernetes: none; asked for in issue 23211 since 2016.

    Differs: only with ``spec.rollbackOnDeadline``, which upstream does not have.
    """
    target = _stable(seen, sets)
    if target is None or sets.new is None or not progress.has_timed_out(seen, sets):
        return None
    told = Record(labels.ROLLED_BACK, explanation(sets.new, target), _BAD)
    return _restore(seen, target).then(Plan.of(told))


def explanation(stuck: ReplicaSet, target: ReplicaSet) -> str:
    """What was done, for the event and the condition."""
    back, there = notes.revision(stuck), notes.revision(target)
    return (
        f'ReplicaSet "{stuck.name}" (revision {back}) has timed out progressing: rolled back to '
        f'"{target.name}" (revision {there}), the last that was complete.'
    )


def done(seen: Observed[DeploymentSpec], sets: Sets, outcome: Outcome) -> ReplicaSet | None:
    """The ReplicaSet that this look has gone back to by itself."""
    told = any(
        isinstance(each, Record) and each.reason == labels.ROLLED_BACK
        for each in outcome.plan.actions
    )
    return _stable(seen, sets) if told and not outcome.failures and not outcome.outdated else None


def _stable(seen: Observed[DeploymentSpec], sets: Sets) -> ReplicaSet | None:
    """The last complete ReplicaSet, when there is one to go back to, and this one may be left."""
    words = seen.status.get("podwright") or {}
    if not seen.spec.rollback_on_deadline or sets.new is None:
        return None
    if sets.new.name == words.get(REFUSED):
        return None
    return next((each for each in sets.old if each.name == words.get(STABLE)), None)


def _last_but_one(sets: Sets) -> int:
    """The second highest revision; 0 when there is none.

    Kubernetes: pkg/controller/deployment/util/deployment_util.go, ``LastRevision``.
    """
    numbers: list[int] = [0, 0, *sorted(map(notes.revision, sets.all))]
    return numbers[-2]


_BAD = "Warning"
_DONE: Manifest = {labels.ROLLBACK_TO: None}


def _not_asked(seen: Observed[DeploymentSpec], told: Record) -> Plan:
    """Take the wish away, and say why nothing comes of it."""
    return Plan.of(told, Patch(Myself(metadata=seen.meta), {"metadata": {"annotations": _DONE}}))


def _restore(seen: Observed[DeploymentSpec], target: ReplicaSet) -> Plan:
    """Take a ReplicaSet's template, and the annotations that the Deployment had with it.

    Kubernetes: pkg/controller/deployment/util/deployment_util.go, ``SetFromReplicaSetTemplate``,
    ``SetDeploymentAnnotationsTo``.
    """
    given = notes.copied(seen.meta.annotations)
    changed = merging.patch(given, notes.copied(target.metadata.annotations))
    wish = _DONE if labels.ROLLBACK_TO in seen.meta.annotations else {}
    template = merging.patch(seen.spec.template, unmarked(target.spec.template))
    body = {"metadata": {"annotations": changed | wish}, "spec": {"template": template}}
    return Plan.of(Patch(Myself(metadata=seen.meta), body))
