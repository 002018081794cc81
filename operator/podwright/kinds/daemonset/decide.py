"""A DaemonSet runs one pod on every node that fits.

First the template becomes a revision. Then every node gets its pod (``upkeep.py``); only when all
have theirs, pods of old revisions are replaced (``rolling_update.py``). In the end old revisions
go.
"""

from __future__ import annotations

from podwright import labels
from podwright.kinds.daemonset import rolling_update, upkeep
from podwright.kinds.daemonset.fleet import Fleet
from podwright.kinds.daemonset.spec import DaemonSetSpec
from podwright.objects import Pod, Revision
from podwright.plan import Delete, Patch, Plan
from podwright.rules import pods, revisions, templates
from podwright.rules.revisions import History
from podwright.workload import Observed


def decide(seen: Observed[DaemonSetSpec]) -> Plan:
    """What may be done now for the nodes, pods and revisions of a set.

    Kubernetes: pkg/controller/daemon/daemon_controller.go, ``syncDaemonSet``, ``updateDaemonSet``.
    """
    if seen.meta.deletion_timestamp is not None:
        return Plan.wait("the garbage collector to finish its deletion")
    if wrong := templates.problem(seen.spec.template):
        return Plan.wait("labels in its template", remedy=wrong)
    history = history_of(seen)
    if history.twins:  # before any pod counts as old
        return history.plan.then(_unite(seen, history))
    nodes = Fleet.of(seen, hash_of(history.present))
    plan = upkeep.keep(seen, nodes)
    if not plan.steps:
        plan = plan.beside(rolling_update.replace(seen, nodes))
    moment = pods.next_available_at(seen.of(Pod), seen.spec.min_ready_seconds, seen.now)
    return history.plan.then(plan).beside(_trim(seen, history)).again_at(moment)


def history_of(seen: Observed[DaemonSetSpec]) -> History:
    """The set's revisions, and the one of its present template.

    Kubernetes: pkg/controller/daemon/update.go, ``constructHistory``.
    """
    collisions = seen.status.get("collisionCount")
    known = seen.of(Revision)
    return revisions.look(seen, known, label=labels.REVISION_HASH, collisions=collisions)


def hash_of(revision: Revision) -> str:
    """What pods of a revision are labelled with."""
    return revision.metadata.labels.get(labels.REVISION_HASH, revision.name)


def _trim(seen: Observed[DaemonSetSpec], history: History) -> Plan:
    """Old revisions beyond the limit, of those that no pod is of."""
    live = {pod.metadata.labels.get(labels.REVISION_HASH, "") for pod in seen.of(Pod)}
    live.add(hash_of(history.present))
    return revisions.surplus(history, live, seen.spec.revision_history_limit, hash_of)


def _unite(seen: Observed[DaemonSetSpec], history: History) -> Plan:
    """Of several revisions of one template the newest stays, and gets the others' pods.

    Kubernetes: pkg/controller/daemon/update.go, ``dedupCurHistories``.
    """
    hashes = {hash_of(twin) for twin in history.twins}
    wanted = {"metadata": {"labels": {labels.REVISION_HASH: hash_of(history.present)}}}
    moved = [
        Patch(pod, wanted)
        for pod in seen.of(Pod)
        if pod.metadata.labels.get(labels.REVISION_HASH) in hashes
    ]
    gone = Plan.of(*[Delete(twin) for twin in history.twins])
    return Plan.of(*moved).then(gone)
