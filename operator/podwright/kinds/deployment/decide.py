"""A Deployment keeps ``replicas`` pods of its newest template, by way of ReplicaSets.

Every template has its own ReplicaSet, named after it. A new template makes a new one, which grows
while the old ones shrink; the old ones stay, without pods, to go back to. Changing the size is not
a roll-out: then all ReplicaSets that have pods change alike.
"""

from __future__ import annotations

from podwright.kinds.deployment import creation, progress, rollback
from podwright.kinds.deployment.following import follow_size, is_resized
from podwright.kinds.deployment.history import clean_up
from podwright.kinds.deployment.recreate import recreate
from podwright.kinds.deployment.rolling_update import roll
from podwright.kinds.deployment.sets import Sets
from podwright.kinds.deployment.spec import DeploymentSpec
from podwright.plan import Plan
from podwright.workload import Observed


def decide(seen: Observed[DeploymentSpec]) -> Plan:
    """Keep the new ReplicaSet up to date, hold, go back, follow the size, or roll out.

    Kubernetes: pkg/controller/deployment/deployment_controller.go, ``syncDeployment``.
    """
    if seen.meta.deletion_timestamp is not None:
        return Plan.wait("the garbage collector to finish its deletion")
    sets = Sets.of(seen)
    plan = (
        creation.refresh(seen, sets)
        or hold(seen, sets)
        or rollback.as_asked(seen, sets)
        or (is_resized(seen, sets) and follow_size(seen, sets))
        or rollback.by_itself(seen, sets)
        or roll_out(seen, sets)
    )
    return plan.again_at(progress.deadline_at(seen, sets))


def hold(seen: Observed[DeploymentSpec], sets: Sets) -> Plan | None:
    """A paused Deployment follows its size and cleans up, and does not roll out.

    While somebody waits to go back, nothing is cleaned up that may be gone back to.

    Kubernetes: pkg/controller/deployment/sync.go, ``sync``.
    """
    if not seen.spec.paused:
        return None
    tidy = follow_size(seen, sets) or Plan()
    if rollback.asked(seen) is None:
        tidy = tidy.beside(clean_up(seen, sets))
    waits = Plan.wait("somebody to resume it", remedy="kubectl podwright rollout resume")
    return tidy.beside(creation.number_owner(seen, sets), waits)


def roll_out(seen: Observed[DeploymentSpec], sets: Sets) -> Plan:
    """Replace old pods as the strategy says; once that is complete, clean up.

    Kubernetes: pkg/controller/deployment/rolling.go, ``rolloutRolling``; recreate.go,
    ``rolloutRecreate``.
    """
    plan = roll(seen, sets) if seen.spec.is_rolling else recreate(seen, sets)
    if not plan.steps and progress.is_complete(seen, progress.counts(seen, sets)):
        plan = plan.beside(clean_up(seen, sets))
    return plan.beside(creation.number_owner(seen, sets))
