"""The new ReplicaSet: what it is made of, what it is called, and how it is kept up to date.

It is named after its template: ``web-`` and ten letters at most. When somebody else has that name,
``status.collisionCount`` makes another one.
"""

from __future__ import annotations

import msgspec

from podwright import labels
from podwright.kinds.deployment import notes
from podwright.kinds.deployment.sets import Sets
from podwright.kinds.deployment.sizing import scaled
from podwright.kinds.deployment.spec import DeploymentSpec
from podwright.objects import Manifest
from podwright.owners import Myself, ReplicaSet
from podwright.plan import Action, Create, Patch, Plan, Say
from podwright.rules import revisions
from podwright.workload import Observed

_LONGEST_NAME = 253


def create(
    seen: Observed[DeploymentSpec], sets: Sets, size: int, beside: Plan | None = None
) -> Plan:
    """Make the new ReplicaSet; once it is there write down its revision, and go on with ``beside``.

    Kubernetes: pkg/controller/deployment/sync.go, ``getNewReplicaSet``.
    """
    number = str(notes.next_revision(sets.old))
    new = new_replica_set(seen, size, number)
    name = new["metadata"]["name"]
    failed = (labels.CREATE_ERROR, f'Failed to create new replica set "{name}": {{error}}')
    say = Say(done=scaled(name, 0, size) if size else None, failed=(failed,))
    making = Plan.of(Create(ReplicaSet.resource, new, say, like=seen.spec.template))
    return making.then(Plan.of(*_numbered(seen, number)).beside(beside or Plan()))


def new_replica_set(seen: Observed[DeploymentSpec], size: int, number: str) -> Manifest:
    """A ReplicaSet of this size for the present template, with this revision.

    Kubernetes: pkg/controller/deployment/sync.go, ``getNewReplicaSet``,
    ``generateReplicaSetName``.
    """
    spec = seen.spec
    word = revisions.hash_of(spec.template, seen.status.get("collisionCount"))
    mark = {labels.TEMPLATE_HASH: word}
    metadata = spec.template.get("metadata") or {}
    given = (metadata.get("labels") or {}) | mark
    selector = msgspec.to_builtins(spec.selector)
    selector["matchLabels"] = selector.get("matchLabels", {}) | mark
    written = notes.copied(seen.meta.annotations) | {labels.REVISION: number}
    return {
        "metadata": {
            "name": f"{seen.meta.name[: _LONGEST_NAME - 1 - len(word)]}-{word}",
            "labels": given,
            "annotations": written | notes.sizes(seen),
        },
        "spec": {
            "replicas": size,
            "minReadySeconds": spec.min_ready_seconds,
            "selector": selector,
            "template": spec.template | {"metadata": metadata | {"labels": given}},
        },
    }


def refresh(seen: Observed[DeploymentSpec], sets: Sets) -> Plan | None:
    """Bring annotations and ``minReadySeconds`` of the new ReplicaSet up to date, if they are not.

    Kubernetes: pkg/controller/deployment/sync.go, ``getNewReplicaSet``.
    """
    new, seconds = sets.new, seen.spec.min_ready_seconds
    if new is None:
        return None
    body: Manifest = {}
    if missing := notes.outdated(seen, sets, new):
        body["metadata"] = {"annotations": missing}
    if new.spec.min_ready_seconds != seconds:
        body["spec"] = {"minReadySeconds": seconds}
    return Plan.of(Patch(new, body)) if body else None


def number_owner(seen: Observed[DeploymentSpec], sets: Sets) -> Plan:
    """Write the new ReplicaSet's revision on the Deployment, where users look for it.

    Kubernetes: pkg/controller/deployment/util/deployment_util.go, ``SetDeploymentRevision``.
    """
    number = sets.new.metadata.annotations.get(labels.REVISION, "") if sets.new else ""
    return Plan.of(*_numbered(seen, number)) if number else Plan()


def _numbered(seen: Observed[DeploymentSpec], number: str) -> list[Action]:
    if seen.meta.annotations.get(labels.REVISION) == number:
        return []
    body = {"metadata": {"annotations": {labels.REVISION: number}}}
    return [Patch(Myself(metadata=seen.meta), body)]
