"""A StatefulSet gives each of its pods a number, a name and storage that outlive the pod.

First the template becomes a revision. Then pods are made, removed and replaced, in order
(``ordering.py``) or side by side; a roll-out takes its turn when there is nothing else to do
(``rolling_update.py``). In the end old revisions go.
"""

from __future__ import annotations

from podwright import labels
from podwright.kinds.statefulset import ordering, rolling_update
from podwright.kinds.statefulset.members import Members
from podwright.kinds.statefulset.spec import StatefulSetSpec
from podwright.objects import Pod, Revision
from podwright.plan import Plan
from podwright.rules import pods, revisions, selectors, templates
from podwright.rules.revisions import History
from podwright.workload import Observed


def decide(seen: Observed[StatefulSetSpec]) -> Plan:
    """What may be done now for the pods, claims and revisions of a set.

    Kubernetes: pkg/controller/statefulset/stateful_set_control.go, ``UpdateStatefulSet``.
    """
    if seen.meta.deletion_timestamp is not None:
        return Plan.wait("the garbage collector to finish its deletion")
    if wrong := templates.problem(seen.spec.template):
        return Plan.wait("labels in its template", remedy=wrong)
    history = history_of(seen)
    members = Members.of(seen)
    policy = (
        ordering.parallel if seen.spec.pod_management_policy == "Parallel" else ordering.ordered
    )
    plan = history.plan.then(policy(seen, members, history)).beside(_trim(seen, members, history))
    moment = pods.next_available_at(seen.of(Pod), seen.spec.min_ready_seconds, seen.now)
    return plan.again_at(moment)


def history_of(seen: Observed[StatefulSetSpec]) -> History:
    """The set's revisions, and the one of its present template.

    Kubernetes: pkg/controller/statefulset/stateful_set_control.go, ``getStatefulSetRevisions``.
    """
    selector = seen.spec.selector
    known = [
        each for each in seen.of(Revision) if selectors.matches(selector, each.metadata.labels)
    ]
    collisions = int(seen.status.get("collisionCount") or 0)
    return revisions.look(seen, known, label=labels.HASH, collisions=collisions)


def _trim(seen: Observed[StatefulSetSpec], members: Members, history: History) -> Plan:
    """Old revisions beyond the limit, of those that are neither current nor any pod's."""
    live = {pod.metadata.labels.get(labels.REVISION_HASH, "") for pod in seen.of(Pod)}
    live.add(history.present.name)
    if not rolling_update.is_complete(seen, members, history):
        live.add(rolling_update.current(seen, history).name)
    return revisions.surplus(history, live, seen.spec.revision_history_limit)
