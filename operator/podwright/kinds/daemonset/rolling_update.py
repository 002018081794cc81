"""Replacing pods of an old revision, node by node, within the budget.

``maxUnavailable`` (rounded up): so many nodes may be without an available pod; a node whose old pod
is not available anyway is renewed at once, and counts. ``maxSurge`` (rounded up): so many nodes may
have a new pod beside the old one, which goes when the new one is available.

| nodes | maxUnavailable | seen | removed |
|---|---|---|---|
| 10 | 25%: 3 | all old, available | 3 |
| 10 | 3 | 1 new not available, 9 old available | 2 |
| 5 | 1 | 2 old not available, 3 available | the 2 |
| 5 | 1 | 5 old, none available | all 5 |
| 3 | 1 | one node is empty | 0: it is filled first |

Kubernetes: pkg/controller/daemon/update.go, ``rollingUpdate``.

Differs: of nodes that are alike, those come first whose names do; upstream takes them by chance.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from podwright.kinds.daemonset import fleet, upkeep
from podwright.kinds.daemonset.fleet import Berth, Fleet
from podwright.kinds.daemonset.spec import DaemonSetSpec
from podwright.objects import Pod
from podwright.plan import Plan
from podwright.workload import Observed


def replace(seen: Observed[DaemonSetSpec], nodes: Fleet) -> Plan:
    """Remove old pods, or make new ones beside them, as many as may go now.

    Kubernetes: pkg/controller/daemon/update.go, ``rollingUpdate``.
    """
    if seen.spec.update_strategy.type != "RollingUpdate":
        return _until_deleted(nodes)
    most_unavailable, most_surge = fleet.budget(seen, nodes.wanted)
    examined = [berth for berth in nodes.berths.values() if berth.fit.runs or berth.pods]
    if most_surge:
        return _with_surge(seen, nodes, examined, most_surge)
    return _without_surge(nodes, examined, most_unavailable)


def _until_deleted(nodes: Fleet) -> Plan:
    if all(nodes.is_new(pod) for berth in nodes.wanted for pod in berth.pods):
        return _progress(nodes)
    return Plan.wait("its pods of an old revision to be deleted by hand", remedy="delete them")


def _without_surge(nodes: Fleet, examined: list[Berth], most: int) -> Plan:
    """Renew what is not available, and of the others as many as the budget leaves."""
    unavailable, broken, candidates = 0, [], []
    for berth in examined:
        pair = nodes.newest_and_oldest(berth)
        if pair is None:
            unavailable += 1
            continue
        new, old = pair
        if (new is None) == (old is None):  # none, or one of each: not settled
            unavailable += 1
        elif new is not None:
            unavailable += not nodes.is_available(new)
        elif old is not None and not nodes.is_available(old):
            unavailable += 1
            broken.append(old)
        elif old is not None:
            candidates.append(old)
    going = broken + candidates[: max(most - unavailable, 0)]
    if going or not candidates:
        return _removed(going) if going else _progress(nodes)
    return Plan.wait(f"new pods to be available: at most {most} nodes may be without one")


@dataclass(slots=True)
class _Surge:
    """What is to be done where a new pod may stand beside the old one."""

    surging: int = 0
    now: list[str] = field(default_factory=list)
    candidates: list[str] = field(default_factory=list)
    going: list[Pod] = field(default_factory=list)
    leftover: list[Pod] = field(default_factory=list)
    available: int = 0


def _with_surge(
    seen: Observed[DaemonSetSpec], nodes: Fleet, examined: list[Berth], most: int
) -> Plan:
    """Make new pods beside old ones, and remove old ones that are not needed any more."""
    surge = _Surge()
    for berth in examined:
        _sort(nodes, berth, surge)
    spare = max(surge.available - len(nodes.wanted), 0)
    fresh = surge.now + surge.candidates[: max(most - surge.surging, 0)]
    new = [upkeep.create(seen, nodes.hash, node) for node in fresh[: upkeep.BURST]]
    plan = _removed(surge.going + surge.leftover[:spare]).beside(Plan.of(*new))
    if plan.steps:
        return plan
    if not surge.candidates:
        return _progress(nodes)
    return Plan.wait(f"new pods to be available: at most {most} nodes may have two")


def _sort(nodes: Fleet, berth: Berth, surge: _Surge) -> None:
    """Where a node stands on its way from the old pod to the new one."""
    pair = nodes.newest_and_oldest(berth)
    if pair is None:
        surge.surging += 1
        return
    new, old = pair
    first = old or new
    surge.available += first is not None and nodes.is_available(first)
    if old is None:
        return
    if new is not None:
        if nodes.is_available(new):
            surge.going.append(old)
        else:
            surge.surging += 1
    elif berth.fit.runs:
        (surge.candidates if nodes.is_available(old) else surge.now).append(berth.node)
    else:
        (surge.leftover if nodes.is_available(old) else surge.going).append(old)


def _removed(going: list[Pod]) -> Plan:
    return Plan.of(*[upkeep.delete(pod) for pod in going[: upkeep.BURST]])


def _progress(nodes: Fleet) -> Plan:
    """What a set that has nothing left to replace still waits for."""
    there = [pod for berth in nodes.wanted for pod in berth.pods]
    if any(pod.metadata.deletion_timestamp for pod in there):
        return Plan.wait("its old pods to be gone")
    if any(not pod.spec.node_name for pod in there):
        return Plan.wait("the scheduler to bind its pods")
    if not all(nodes.is_available(pod) for pod in there):
        return Plan.wait("its pods to be available")
    return Plan()
