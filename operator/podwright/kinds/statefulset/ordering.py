"""Which pods may be made and removed now: one after the other, or all side by side.

*OrderedReady* makes 0, 1, 2, ... and each waits until all before it are available; it removes the
highest first, and each waits until the one above it is gone. So a pod that does not become ready
stops everything after it. *Parallel* does all at once.

- 0 -> 3: make 0; when it is available make 1; then 2.
- 3 -> 1: remove 2; when it is gone remove 1.
- 3 -> 1 while 1 is not ready: 2 goes, then 1, which is the first that is not available.
- 3 -> 1 while 1 and 2 are not ready: nothing goes before one of them is available.
- 1 of 3 is not ready, scale to 5: nothing is made. Parallel makes both.
- 0 is lost while 1 is not ready: 0 comes back, 1 is not asked.

Kubernetes: pkg/controller/statefulset/stateful_set_control.go, ``updateStatefulSet``,
``processReplica``, ``processCondemned``.

Differs: with ``updateStrategy.replaceStuckPods`` a pod of an old revision that is not available is
replaced although it stops everything after it; without it, as upstream, a broken first revision
holds up its own repair until somebody deletes the pod.
"""

from __future__ import annotations

from podwright import labels
from podwright.kinds.statefulset import claims, identity, rolling_update
from podwright.kinds.statefulset.members import Members
from podwright.kinds.statefulset.spec import StatefulSetSpec
from podwright.objects import Pod
from podwright.plan import Action, Delete, Plan, Record
from podwright.rules import pods
from podwright.rules.revisions import History
from podwright.workload import Observed

BURST = 500
"""At most so many pods are made in one reconcile (upstream: ``MaxBatchSize``)."""


def ordered(seen: Observed[StatefulSetSpec], members: Members, history: History) -> Plan:
    """One pod after the other; the first that is not available ends it.

    Kubernetes: pkg/controller/statefulset/stateful_set_control.go, ``processReplica``,
    ``processCondemned``.
    """
    mends: list[Action] = []
    for ordinal in seen.spec.ordinal_range:
        pod = members.by_ordinal.get(ordinal)
        if pod is None:
            return Plan.of(*mends).beside(make(seen, members, ordinal, history))
        if blocked := _blocked(seen, members, pod, ordinal, history):
            mends += _pending(members, pod, ordinal)
            return Plan.of(*mends).beside(blocked)
        mends += _mended(seen, members, pod, ordinal)
    if not members.condemned:
        return Plan.of(*mends).beside(rolling_update.replace(seen, members, history))
    removal = Plan.of(*_condemned_claims(members)).then(_remove_highest(seen, members))
    return Plan.of(*mends).beside(removal)


def parallel(seen: Observed[StatefulSetSpec], members: Members, history: History) -> Plan:
    """All pods side by side; updates wait for nobody either.

    Kubernetes: pkg/controller/statefulset/stateful_set_control.go, ``runForAll``.
    """
    actions: list[Action] = []
    for ordinal in members.present():
        pod = members.by_ordinal[ordinal]
        if not pods.is_finished(pod):
            actions += _pending(members, pod, ordinal)
            actions += _mended(seen, members, pod, ordinal)
        elif pod.metadata.deletion_timestamp is None:
            actions.append(_delete(seen, pod))
    condemned = (members.by_ordinal[ordinal] for ordinal in members.condemned)
    gone = [_delete(seen, pod) for pod in condemned if not pod.metadata.deletion_timestamp]
    removal = Plan.of(*_condemned_claims(members)).then(Plan.of(*gone))
    new = (make(seen, members, ordinal, history) for ordinal in members.missing(BURST))
    update = rolling_update.replace(seen, members, history)
    plan = Plan.of(*actions).beside(removal, *new, update)
    return plan if plan.steps or plan.waits else _progress(seen, members)


def make(seen: Observed[StatefulSetSpec], members: Members, ordinal: int, history: History) -> Plan:
    """Make a pod of an ordinal, and before it the claims that are missing.

    Kubernetes: pkg/controller/statefulset/stateful_pod_control.go, ``CreateStatefulPod``,
    ``PodClaimIsStale``.
    """
    name = identity.pod_name(seen.meta.name, ordinal)
    if claim := members.claims.stale(ordinal, name):
        return Plan.wait(f"claim {claim.name} to go with the pod before", on=f"claim {claim.name}")
    if claim := members.claims.terminating(ordinal):
        error = f"pvc {claim.name} is being deleted"
        told = identity.say(seen.meta.name, "Create", name).failed[0][1].format(error=error)
        wait = Plan.wait(f"claim {claim.name} to be gone", on=f"claim {claim.name}")
        return Plan.of(Record(labels.FAILED_CREATE, told, "Warning")).beside(wait)
    current = rolling_update.current(seen, history)
    revision = identity.revision_for(seen, ordinal, current, history.present)
    pod = Plan.of(identity.new_pod(seen, ordinal, revision))
    first: list[Action] = [*members.claims.conflicts(ordinal), *members.claims.missing(ordinal)]
    return Plan.of(*first).then(pod)


def _blocked(
    seen: Observed[StatefulSetSpec], members: Members, pod: Pod, ordinal: int, history: History
) -> Plan | None:
    """Why nothing after this pod may happen now; None when it is available."""
    on = f"pod {pod.name}"
    if pods.is_finished(pod):
        return _remove_finished(seen, pod)
    if pod.metadata.deletion_timestamp is not None:
        return Plan.wait(f"{on} to be gone", on=on)
    if not members.is_unavailable(pod):
        return None
    if rolling_update.is_stuck(seen, pod, ordinal, history):
        return Plan.of(_delete(seen, pod))
    return _until_available(seen, members, pod, rolling_update.advice(seen, pod, ordinal, history))


def _until_available(
    seen: Observed[StatefulSetSpec], members: Members, pod: Pod, advice: str
) -> Plan:
    """What a pod still lacks."""
    on = f"pod {pod.name}"
    if not pod.spec.node_name:
        return Plan.wait(f"the scheduler to find a node for {on}", on=on)
    if not members.is_ready(pod):
        return Plan.wait(f"{on} to be ready", on=on, remedy=advice)
    return Plan.wait(f"{on} to be ready for {seen.spec.min_ready_seconds} s", on=on)


def _progress(seen: Observed[StatefulSetSpec], members: Members) -> Plan:
    """What a set that has nothing left to do still waits for: its first pod that is not there."""
    for ordinal in (*members.present(), *members.condemned):
        pod = members.by_ordinal[ordinal]
        if pod.metadata.deletion_timestamp is not None:
            return Plan.wait(f"pod {pod.name} to be gone", on=f"pod {pod.name}")
        if members.is_unavailable(pod):
            return _until_available(seen, members, pod, "")
    return Plan()


def _remove_finished(seen: Observed[StatefulSetSpec], pod: Pod) -> Plan:
    """A pod whose containers have ended for good makes room for the next of its ordinal."""
    if pod.metadata.deletion_timestamp is None:
        return Plan.of(_delete(seen, pod))
    return Plan.wait(f"pod {pod.name} to be gone", on=f"pod {pod.name}")


def _delete(seen: Observed[StatefulSetSpec], pod: Pod) -> Delete:
    return Delete(pod, say=identity.say(seen.meta.name, "Delete"))


def _pending(members: Members, pod: Pod, ordinal: int) -> list[Action]:
    """A pending pod may wait for a claim that somebody removed: make it again."""
    if pod.status.phase != "Pending":
        return []
    missing = members.claims.missing(ordinal)
    return [*missing, *members.claims.owned_rightly(pod, ordinal)]


def _mended(
    seen: Observed[StatefulSetSpec], members: Members, pod: Pod, ordinal: int
) -> list[Action]:
    """What a pod has to have: its labels and volumes, and claims owned as they should be."""
    mends: list[Action] = [patch] if (patch := identity.mended(seen, pod, ordinal)) else []
    if pod.status.phase == "Pending" or not seen.spec.volume_claim_templates:
        return mends  # its claims have been seen to, or it has none
    if not claims.are_mounted(seen, pod, ordinal):
        mends += members.claims.missing(ordinal)
    say = identity.say(seen.meta.name, "Update", pod.name)
    return mends + members.claims.owned_rightly(pod, ordinal, say)


def _condemned_claims(members: Members) -> list[Action]:
    """Claims learn of their fate before their pods go."""
    return [
        action
        for ordinal in members.condemned
        for action in members.claims.owned_rightly(members.by_ordinal[ordinal], ordinal)
    ]


def _remove_highest(seen: Observed[StatefulSetSpec], members: Members) -> Plan:
    """Remove one pod, if it is available or the lowest that is not."""
    highest = members.by_ordinal[members.condemned[0]]
    on = f"pod {highest.name}"
    if highest.metadata.deletion_timestamp is not None:
        return Plan.wait(f"{on} to be gone", on=on)
    condemned = (members.by_ordinal[ordinal] for ordinal in members.condemned)
    broken = [pod for pod in condemned if members.is_unavailable(pod)]
    if highest in broken and highest is not broken[-1]:
        lowest = f"pod {broken[-1].name}"
        return Plan.wait(
            f"{on} to be ready before it goes", on=on, remedy=f"delete {on} or {lowest} by hand"
        )
    return Plan.of(_delete(seen, highest))
