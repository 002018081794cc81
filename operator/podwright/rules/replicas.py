"""Keeping so many interchangeable pods: ReplicaSet, and ReplicationController before it.

Too few: make more, at most 500 in one go. Too many: remove the cheapest to lose.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from podwright.objects import Manifest, Pod
from podwright.plan import Delete, Plan
from podwright.rules import pods, ranking, templates
from podwright.workload import Observed


class Replicated(Protocol):
    """A spec that wishes for so many pods of one template."""

    @property
    def replicas(self) -> int:
        """How many."""

    @property
    def template(self) -> Manifest:
        """Of what."""

    @property
    def min_ready_seconds(self) -> int:
        """How long a pod has to be ready to be available."""


S = TypeVar("S", bound=Replicated)

BURST = 500
"""At most so many creations or deletions in one reconcile (upstream: ``BurstReplicas``)."""


def keep(seen: Observed[S], active: Sequence[Pod]) -> Plan:
    """Scale up or down, or wait for pods to become available.

    Kubernetes: pkg/controller/replicaset/replica_set.go, ``syncReplicaSet``, ``manageReplicas``.
    """
    if seen.meta.deletion_timestamp is not None:
        return Plan.wait("the garbage collector to finish its deletion")
    plan = scale_up(seen, active) or scale_down(seen, active) or wait_for_pods(seen, active)
    return plan.again_at(pods.next_available_at(active, seen.spec.min_ready_seconds, seen.now))


def scale_up(seen: Observed[S], active: Sequence[Pod]) -> Plan | None:
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


def scale_down(seen: Observed[S], active: Sequence[Pod]) -> Plan | None:
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


def _cheapest(seen: Observed[S], active: Sequence[Pod], surplus: int) -> Sequence[Pod]:
    related = seen.siblings.get(Pod, ())
    return ranking.first_to_go(active, surplus, related=related, now=seen.now)  # type: ignore[arg-type]  # keyed by its own type


def wait_for_pods(seen: Observed[S], active: Sequence[Pod]) -> Plan:
    """Say what the set still waits for: its pods' nodes, readiness, or the clock."""
    seconds = seen.spec.min_ready_seconds
    plan = Plan()
    if any(not pod.spec.node_name for pod in active):
        plan = Plan.wait("the scheduler to find nodes for its pods")
    elif any(not pods.is_ready(pod) for pod in active):
        plan = Plan.wait("its pods to be ready")
    elif any(not pods.is_available(pod, seconds, seen.now) for pod in active):
        plan = Plan.wait(f"its pods to be ready for {seconds} s")
    return plan
