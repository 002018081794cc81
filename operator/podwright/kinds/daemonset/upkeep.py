"""One pod on every node that should have one, and on no other.

A failed pod is removed and made anew, after 1 s, 2 s, 4 s, ... up to 15 minutes on the same node. A
pod on its way out holds its node: the next one comes when it is gone.

Kubernetes: pkg/controller/daemon/daemon_controller.go, ``manage``, ``podsShouldBeOnNode``,
``getUnscheduledPodsWithoutNode``, ``syncNodes``.

Differs: pods carry the annotation by which cluster autoscalers know daemons that are not apps/v1.
With ``maxSurge`` a failed pod that waits for its next attempt counts as present; upstream
makes another one at once, again and again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from podwright import labels
from podwright.kinds.daemonset import fleet, placement
from podwright.kinds.daemonset.fleet import Berth, Fleet
from podwright.kinds.daemonset.spec import DaemonSetSpec
from podwright.objects import Pod
from podwright.plan import Action, Create, Delete, Plan, Record, Wait
from podwright.rules import backoff, pods, templates
from podwright.workload import Observed

BURST = 250
"""At most so many creations, and as many deletions, in one reconcile."""


@dataclass(slots=True)
class _Work:
    """What is to be done, collected over all nodes."""

    empty: list[str] = field(default_factory=list)
    surplus: list[Delete] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    later: list[tuple[datetime, str]] = field(default_factory=list)


def keep(seen: Observed[DaemonSetSpec], nodes: Fleet) -> Plan:
    """Make what is missing, remove what should not be there, and pods that have ended.

    Kubernetes: pkg/controller/daemon/daemon_controller.go, ``manage``.
    """
    work, surge = _Work(), fleet.may_surge(seen)
    for berth in nodes.berths.values():
        if berth.fit.runs and not berth.pods:
            work.empty.append(berth.node)
        elif berth.fit.stays:
            _tidy(seen, nodes, berth, work, surge=surge)
        else:
            work.surplus += [delete(pod) for pod in berth.pods if not _is_going(pod)]
    work.surplus += [delete(pod) for pod in nodes.astray if _is_lost(pod)]
    actions: list[Action] = [*work.records, *work.surplus[:BURST]]
    actions += [create(seen, nodes.hash, node) for node in work.empty[:BURST]]
    moments, waits = (
        [at for at, _ in work.later],
        tuple(
            Wait(f"the next attempt on node {node}", on=f"node {node}") for _, node in work.later
        ),
    )
    return Plan(Plan.of(*actions).steps, waits, min(moments, default=None))


def create(seen: Observed[DaemonSetSpec], hash_: str, node: str) -> Create:
    """A pod for a node.

    Kubernetes: pkg/controller/daemon/util/daemonset_util.go, ``CreatePodTemplate``.
    """
    template = seen.spec.template
    made = templates.pod_of(template)
    metadata = made.manifest["metadata"]
    marked = metadata | {
        "labels": metadata.get("labels", {}) | {labels.REVISION_HASH: hash_},
        "annotations": metadata.get("annotations", {}) | {labels.DAEMON_POD: "true"},
    }
    spec = placement.bound_for(made.manifest["spec"], node)
    manifest = made.manifest | {"metadata": marked, "spec": spec}
    return Create(made.resource, manifest, say=made.say, like=template)


def delete(pod: Pod, *, strike: str = "") -> Delete:
    """Remove a pod, and say so."""
    return Delete(pod, say=templates.SAY_DELETE, strike=strike)


def _is_going(pod: Pod) -> bool:
    return pod.metadata.deletion_timestamp is not None


def _is_lost(pod: Pod) -> bool:
    """It is bound for a node that is no more; one that ran there is the pod collector's."""
    return not pod.spec.node_name and bool(placement.node_of(pod)) and not _is_going(pod)


def _tidy(
    seen: Observed[DaemonSetSpec], nodes: Fleet, berth: Berth, work: _Work, *, surge: bool
) -> None:
    """A node whose pods may stay: not those that have ended, and not too many."""
    running, waits = [], False
    for pod in berth.pods:
        if _is_going(pod):
            continue
        if pod.status.phase == "Failed":
            waits |= _failed(seen, berth, pod, work)
        elif pod.status.phase == "Succeeded":
            told = f"Found succeeded daemon pod {_where(pod, berth)}, will try to delete it"
            work.records.append(Record(labels.SUCCEEDED_DAEMON_POD, told))
            work.surplus.append(delete(pod))
        else:
            running.append(pod)
    if not surge:
        work.surplus += [delete(pod) for pod in running[1:]]
    elif running:
        work.surplus += [delete(pod) for pod in _beyond_surge(nodes, running)]
    elif berth.fit.runs and not waits:
        work.empty.append(berth.node)


def _failed(seen: Observed[DaemonSetSpec], berth: Berth, pod: Pod, work: _Work) -> bool:
    """Remove a failed pod, or let it stand until the next attempt; whether it stands."""
    slot = f"{seen.meta.generation}/{berth.node}"
    if moment := backoff.until(seen.strikes.get(slot), seen.now):
        work.later.append((moment, berth.node))
        return True
    told = f"Found failed daemon pod {_where(pod, berth)}, will try to kill it"
    work.records.append(Record(labels.FAILED_DAEMON_POD, told, "Warning"))
    work.surplus.append(delete(pod, strike=slot))
    return False


def _where(pod: Pod, berth: Berth) -> str:
    return f"{pod.metadata.namespace}/{pod.name} on node {berth.node}"


def _beyond_surge(nodes: Fleet, running: list[Pod]) -> list[Pod]:
    """Keep the oldest new and the oldest old one; the old one goes when it is not needed."""
    new = [pod for pod in running if nodes.is_new(pod)]
    old = [pod for pod in running if not nodes.is_new(pod)]
    going = [*new[1:], *old[1:]]
    if new and old and (not pods.is_ready(old[0]) or nodes.is_available(new[0])):
        going.append(old[0])
    return going
