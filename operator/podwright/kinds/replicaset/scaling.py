"""Scaling a set of interchangeable pods."""

from __future__ import annotations

from collections.abc import Sequence

from podwright.kinds.replicaset.spec import ReplicaSetSpec
from podwright.objects import Pod
from podwright.plan import Delete, Plan
from podwright.rules import ranking, templates
from podwright.workload import Observed

BURST = 500
"""At most so many creations or deletions in one reconcile (upstream: ``BurstReplicas``)."""


def scale_up(seen: Observed[ReplicaSetSpec], active: Sequence[Pod]) -> Plan | None:
    """Make the pods that are missing, 500 at most.

    Kubernetes: pkg/controller/replicaset/replica_set.go, ``manageReplicas``.
    """
    missing = min(seen.spec.replicas - len(active), BURST)
    if missing <= 0:
        return None
    if wrong := templates.problem(seen.spec.template):
        return Plan.wait("labels in its template", remedy=wrong)
    # One value for all: they differ only in the name that the executor gives each.
    return Plan.of(*[templates.pod_of(seen.spec.template)] * missing)


def scale_down(seen: Observed[ReplicaSetSpec], active: Sequence[Pod]) -> Plan | None:
    """Remove the surplus, cheapest to lose first, 500 at most; where all go, no matter which.

    Kubernetes: pkg/controller/replicaset/replica_set.go, ``manageReplicas``, ``getPodsToDelete``.

    Differs: the choice holds only for pods as they were seen, even with nothing wished for: one
    that was relabelled or orphaned meanwhile is not ours to remove. Of more than 500 that all go,
    upstream takes the cheapest first as well.
    """
    surplus = min(len(active) - seen.spec.replicas, BURST)
    if surplus <= 0:
        return None
    if seen.spec.replicas == 0:  # which is ten times cheaper than ranking 5,000
        going: Sequence[Pod] = sorted(active, key=lambda pod: pod.metadata.uid)[:surplus]
    else:
        going = _cheapest(seen, active, surplus)
    return _removal(going)


def _removal(going: Sequence[Pod]) -> Plan:
    return Plan.of(*[Delete(pod, say=templates.SAY_DELETE) for pod in going])


def _cheapest(seen: Observed[ReplicaSetSpec], active: Sequence[Pod], surplus: int) -> Sequence[Pod]:
    related = seen.siblings.get(Pod, ())
    return ranking.first_to_go(active, surplus, related=related, now=seen.now)  # type: ignore[arg-type]  # keyed by its own type
