"""Replacing pods of an old revision, from the highest ordinal down to the partition.

One pod at a time: remove it, wait until it is back and available, go on with the next lower one.
``partition: 2`` of 3 pods changes only the last; 5 changes none. With *OnDelete* nothing is
removed: whoever deletes a pod gets it back at the new revision.

``maxUnavailable`` (a number, or a part of ``replicas`` rounded down, at least 1) removes as many at
once as keep no more pods unavailable. 10 pods and 25 %: 2.

Kubernetes: pkg/controller/statefulset/stateful_set_control.go, ``updateStatefulSet`` (its end),
``updateStatefulSetAfterInvariantEstablished``, ``completeRollingUpdate``.

Differs: ``maxUnavailable`` works when it is set, for both pod management policies; upstream has it
behind a feature gate that is off. With it, pods of an old revision that are unavailable anyway go
at once and cost nothing, so a broken revision does not use up the budget for its own repair.
"""

from __future__ import annotations

from podwright.kinds.statefulset import identity
from podwright.kinds.statefulset.members import Members
from podwright.kinds.statefulset.spec import StatefulSetSpec
from podwright.objects import Pod, Revision
from podwright.plan import Delete, Plan
from podwright.rules import budgets, pods
from podwright.rules.revisions import History
from podwright.workload import Observed

ROLLING_UPDATE = "RollingUpdate"


def current(seen: Observed[StatefulSetSpec], history: History) -> Revision:
    """The revision that pods below the partition have; the newest, while there is no other."""
    return history.named(str(seen.status.get("currentRevision", ""))) or history.present


def is_complete(seen: Observed[StatefulSetSpec], members: Members, history: History) -> bool:
    """All pods are of the new revision and ready: it is the current one from now on.

    Kubernetes: ``completeRollingUpdate``.
    """
    there = seen.of(Pod)
    return (
        seen.spec.update_strategy.type == ROLLING_UPDATE
        and len(there) == seen.spec.replicas
        and all(
            members.is_ready(pod)
            and identity.is_of(pod, history.present.name)
            and pod.metadata.deletion_timestamp is None
            for pod in there
        )
    )


def replace(seen: Observed[StatefulSetSpec], members: Members, history: History) -> Plan:
    """Remove pods of an old revision, as many as may go now.

    Kubernetes: pkg/controller/statefulset/stateful_set_control.go, ``updateStatefulSet`` (its end).
    """
    update = history.present.name
    outdated = [
        ordinal
        for ordinal in reversed(members.present())
        if not identity.is_of(members.by_ordinal[ordinal], update)
    ]
    strategy = seen.spec.update_strategy
    if strategy.type != ROLLING_UPDATE:
        return _until_deleted(outdated)
    due = [ordinal for ordinal in outdated if ordinal >= seen.spec.partition]
    if not due:
        return _held_by_partition(seen, outdated)
    rolling = strategy.rolling_update
    if rolling is None or rolling.max_unavailable is None:
        return _next_one(seen, members, due)
    return _within_budget(seen, members, due, rolling.max_unavailable)


def _until_deleted(outdated: list[int]) -> Plan:
    if not outdated:
        return Plan()
    return Plan.wait("its pods of an old revision to be deleted by hand", remedy="delete them")


def _held_by_partition(seen: Observed[StatefulSetSpec], outdated: list[int]) -> Plan:
    if not outdated:
        return Plan()
    number = seen.spec.partition - seen.spec.ordinals.start
    return Plan.wait(
        f"partition {number} to be lowered",
        remedy="lower spec.updateStrategy.rollingUpdate.partition",
    )


def _next_one(seen: Observed[StatefulSetSpec], members: Members, due: list[int]) -> Plan:
    """The highest that is due, if all above it are available."""
    last = members.wanted[-1]
    # Only ordinals that have a pod, and the first that has none, decide.
    for ordinal in range(last, max(due[0], last - len(members.by_ordinal)), -1):
        pod = members.by_ordinal.get(ordinal)
        if members.is_unavailable(pod):
            name = identity.pod_name(seen.meta.name, ordinal)
            return Plan.wait(f"pod {name} to be available", on=f"pod {name}")
    pod = members.by_ordinal[due[0]]
    if not pods.is_active(pod):
        return Plan.wait(f"pod {pod.name} to be gone", on=f"pod {pod.name}")
    return Plan.of(Delete(pod, say=identity.say(seen.meta.name, "Delete")))


def _within_budget(
    seen: Observed[StatefulSetSpec], members: Members, due: list[int], budget: int | str
) -> Plan:
    """As many as the budget leaves, and whatever is unavailable anyway."""
    most = max(budgets.scaled(budget, seen.spec.replicas, up=False), 1)
    there = [members.by_ordinal[ordinal] for ordinal in members.present()]
    available = sum(not members.is_unavailable(pod) for pod in there)
    left = max(most - (seen.spec.replicas - available), 0)
    alive = [members.by_ordinal[ordinal] for ordinal in due]
    alive = [pod for pod in alive if pods.is_active(pod)]  # one that has ended goes anyway
    broken = [pod for pod in alive if members.is_unavailable(pod)]
    sound = [pod for pod in alive if not members.is_unavailable(pod)]
    going = broken + sound[:left]
    if not going:
        return Plan.wait(f"its pods to be available: at most {most} may be missing")
    say = identity.say(seen.meta.name, "Delete")
    return Plan.of(*[Delete(pod, say=say) for pod in going])


def is_stuck(seen: Observed[StatefulSetSpec], pod: Pod, ordinal: int, history: History) -> bool:
    """A pod that is not available, and whose replacement is of another revision, may go at once."""
    return seen.spec.update_strategy.replace_stuck_pods and _is_outdated(
        seen, pod, ordinal, history
    )


def advice(seen: Observed[StatefulSetSpec], pod: Pod, ordinal: int, history: History) -> str:
    """What would let a set go on that waits for a pod of an old revision."""
    if not _is_outdated(seen, pod, ordinal, history):
        return ""
    return f"delete pod {pod.name}, or set spec.updateStrategy.replaceStuckPods"


def _is_outdated(seen: Observed[StatefulSetSpec], pod: Pod, ordinal: int, history: History) -> bool:
    return (
        seen.spec.update_strategy.type == ROLLING_UPDATE
        and ordinal >= seen.spec.partition
        and not identity.is_of(pod, history.present.name)
    )
