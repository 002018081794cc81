"""The status of a Deployment: what its ReplicaSets tell, and how the roll-out gets on."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from podwright import labels
from podwright.kinds.deployment import progress, rollback
from podwright.kinds.deployment.progress import Known
from podwright.kinds.deployment.sets import Sets
from podwright.kinds.deployment.spec import DeploymentSpec
from podwright.objects import Manifest
from podwright.owners import ReplicaSet
from podwright.plan import Create, Outcome
from podwright.rules import conditions, selectors, summary
from podwright.workload import Observed, Status


def status(seen: Observed[DeploymentSpec], outcome: Outcome) -> Status:
    """Compute the whole status; the engine writes it when it differs.

    When somebody else has the new ReplicaSet's name, only the count of collisions changes.

    Kubernetes: pkg/controller/deployment/sync.go, ``calculateStatus``, ``syncDeploymentStatus``,
    ``getNewReplicaSet``.

    Differs: ``selector`` and ``podwright`` are ours; they feed ``/scale``, kubectl's columns and
    ``rollbackOnDeadline``. Every count is written, zeros too, or a column would be empty. A
    condition that is overwritten in the same look is not written first.
    """
    if outcome.existing:
        return seen.status | {"collisionCount": (seen.status.get("collisionCount") or 0) + 1}
    found = Sets.of(seen)
    sets = _afterwards(found, outcome)
    counted = progress.counts(seen, sets)
    ready = f"{counted['readyReplicas']}/{seen.spec.replicas}"
    words = summary.words(seen.spec.template, ready, outcome)
    whole: Status = counted | {
        "conditions": _conditions(seen, progress.before(seen, found), sets, outcome),
        "selector": selectors.as_text(seen.spec.selector),
        "podwright": words | _remembered(seen, sets, outcome),
    }
    collisions = seen.status.get("collisionCount")
    return whole if collisions is None else whole | {"collisionCount": collisions}


def _afterwards(sets: Sets, outcome: Outcome) -> Sets:
    """The ReplicaSets, with the new one that has just been made."""
    new = _new(outcome)
    if new is None or outcome.failures:
        return sets
    return replace(sets, new=msgspec.convert(new.manifest, ReplicaSet))


def _new(outcome: Outcome) -> Create | None:
    return next((each for each in outcome.plan.actions if isinstance(each, Create)), None)


def _conditions(
    seen: Observed[DeploymentSpec], known: Known, sets: Sets, outcome: Outcome
) -> list[Manifest]:
    known = made(seen, known, outcome)
    known = available(seen, sets, known)
    if progress.is_rolling_out(seen, sets) and refusal(outcome) is None:
        known = progress.judge(seen, sets, known)
        known = replica_failure(sets, known)
    return rolled_back(seen, sets, known, outcome)


def made(seen: Observed[DeploymentSpec], known: Known, outcome: Outcome) -> list[Manifest]:
    """What became of a new ReplicaSet.

    Kubernetes: pkg/controller/deployment/sync.go, ``getNewReplicaSet``.
    """
    new = _new(outcome)
    if new is None or not seen.spec.has_deadline:
        return list(known)
    name, error = new.manifest["metadata"]["name"], refusal(outcome)
    told = (
        ("True", labels.NEW_CREATED, f'Created new replica set "{name}"')
        if error is None
        else ("False", labels.CREATE_ERROR, f'Failed to create new replica set "{name}": {error}')
    )
    value, reason, message = told
    return conditions.put(
        known, labels.PROGRESSING, status=value, reason=reason, message=message, now=seen.now
    )


def refusal(outcome: Outcome) -> str | None:
    """Why the new ReplicaSet could not be made; that is no lack of progress.

    Kubernetes: pkg/controller/deployment/sync.go, ``getNewReplicaSet``, whose error ends the look.
    """
    failures = (each for each in outcome.failures if isinstance(each.action, Create))
    return next((each.message for each in failures), None)


def available(seen: Observed[DeploymentSpec], sets: Sets, known: Known) -> list[Manifest]:
    """Whether as many pods are available as there have to be during a roll-out.

    Kubernetes: pkg/controller/deployment/sync.go, ``calculateStatus``.
    """
    least = seen.spec.replicas - seen.spec.unavailable
    enough = sets.count("availableReplicas") >= least
    has = "has" if enough else "does not have"
    return conditions.put(
        known,
        labels.AVAILABLE,
        status="True" if enough else "False",
        reason=labels.MINIMUM_AVAILABLE if enough else labels.MINIMUM_UNAVAILABLE,
        message=f"Deployment {has} minimum availability.",
        now=seen.now,
    )


def replica_failure(sets: Sets, known: Known) -> list[Manifest]:
    """The failure that a ReplicaSet tells of, the new one's first.

    Kubernetes: pkg/controller/deployment/progress.go, ``getReplicaFailures``;
    deployment_util.go, ``ReplicaSetToDeploymentCondition``, ``SetDeploymentCondition``.
    """
    told = [_failure(each) for each in (sets.new, *sets.old) if each is not None]
    failure = next(filter(None, told), None)
    if failure is None:
        return conditions.without(known, labels.REPLICA_FAILURE)
    old = conditions.find(known, labels.REPLICA_FAILURE) or {}
    if all(old.get(field) == failure.get(field) for field in ("status", "reason")):
        return list(known)
    moment = failure.get("lastTransitionTime")
    since = old.get("lastTransitionTime") if old.get("status") == failure["status"] else None
    times = {"lastUpdateTime": moment, "lastTransitionTime": since or moment} if moment else {}
    return [*conditions.without(known, labels.REPLICA_FAILURE), failure | times]


def _failure(each: ReplicaSet) -> Manifest | None:
    return conditions.find(each.status.get("conditions") or [], labels.REPLICA_FAILURE)


def rolled_back(
    seen: Observed[DeploymentSpec], sets: Sets, known: Known, outcome: Outcome
) -> list[Manifest]:
    """That it went back by itself, until something else is complete."""
    if (target := rollback.done(seen, sets, outcome)) and sets.new:
        return conditions.put(
            known,
            labels.ROLLED_BACK,
            status="True",
            reason=labels.TIMED_OUT,
            message=rollback.explanation(sets.new, target),
            now=seen.now,
            anew=True,
        )
    if _is_news(seen, sets):
        return conditions.without(known, labels.ROLLED_BACK)
    return list(known)


def _remembered(seen: Observed[DeploymentSpec], sets: Sets, outcome: Outcome) -> Manifest:
    """The last complete ReplicaSet, and the one that was gone back from."""
    old = seen.status.get("podwright") or {}
    kept = {name: old[name] for name in (rollback.STABLE, rollback.REFUSED) if name in old}
    if _is_news(seen, sets) and sets.new:
        return {rollback.STABLE: sets.new.name}
    if rollback.done(seen, sets, outcome) and sets.new:
        return kept | {rollback.REFUSED: sets.new.name}
    return kept


def _is_news(seen: Observed[DeploymentSpec], sets: Sets) -> bool:
    """A ReplicaSet is complete that was not the last one to be so."""
    if sets.new is None or not progress.is_complete(seen, progress.counts(seen, sets)):
        return False
    return sets.new.name != (seen.status.get("podwright") or {}).get(rollback.STABLE)
