"""Who a pod is: its name, number, host name and labels, for as long as the set lives.

Pod ``web-2`` of set ``web`` is ordinal 2. Whatever becomes of it, the next pod of that ordinal has
the same name, the same name in DNS (``web-2.<service>``) and the same claims.

Kubernetes: pkg/controller/statefulset/stateful_set_utils.go, ``getParentNameAndOrdinal``,
``initIdentity``, ``updateIdentity``, ``identityMatches``, ``newVersionedStatefulSetPod``.
"""

from __future__ import annotations

import re

from podwright import labels
from podwright.kinds.statefulset import claims
from podwright.kinds.statefulset.spec import StatefulSetSpec
from podwright.objects import Manifest, Meta, Pod, Revision
from podwright.plan import Create, Patch, Say
from podwright.rules import revisions, templates
from podwright.workload import Observed

_NAME = re.compile(r"(.*)-([0-9]+)")
_LARGEST = 2**31 - 1


def pod_name(owner: str, ordinal: int) -> str:
    """``web-2``.

    Kubernetes: pkg/controller/statefulset/stateful_set_utils.go, ``getPodName``.
    """
    return f"{owner}-{ordinal}"


def ordinal_of(owner: str, name: str) -> int | None:
    """The ordinal in a pod's name; None when the name is not one of this set.

    Kubernetes: pkg/controller/statefulset/stateful_set_utils.go, ``getParentNameAndOrdinal``.
    """
    found = _NAME.fullmatch(name)
    if found is None or found[1] != owner or int(found[2]) > _LARGEST:
        return None
    return int(found[2])


def is_member(meta: Meta, pod: Pod) -> bool:
    """Its name says that it belongs to this set.

    Kubernetes: pkg/controller/statefulset/stateful_set_utils.go, ``isMemberOf``.
    """
    return ordinal_of(meta.name, pod.name) is not None


def say(owner: str, verb: str, pod: str = "{name}") -> Say:
    """The events of doing something to a pod (``Create``, ``Update``, ``Delete``).

    Kubernetes: pkg/controller/statefulset/stateful_pod_control.go, ``recordPodEvent``.
    """
    what = f"{verb} Pod {pod} in StatefulSet {owner}"
    return Say(
        done=(f"Successful{verb}", f"{what} successful"),
        failed=((f"Failed{verb}", f"{what} failed error: {{error}}"),),
    )


def revision_for(
    seen: Observed[StatefulSetSpec], ordinal: int, current: Revision, update: Revision
) -> Revision:
    """The revision that a pod of this ordinal is made of.

    Below the partition it is the current one, so that a pod that is lost in the middle of a
    roll-out comes back as it was.

    Kubernetes: pkg/controller/statefulset/stateful_set_utils.go, ``newVersionedStatefulSetPod``.
    """
    strategy = seen.spec.update_strategy
    if strategy.type != "RollingUpdate":
        return update
    if strategy.rolling_update is not None:
        return current if ordinal < seen.spec.partition else update
    if current.name == update.name:
        return update
    # Counted now: the status may still count a pod that was removed to be renewed.
    left = sum(
        pod.metadata.deletion_timestamp is None and is_of(pod, current.name) for pod in seen.of(Pod)
    )
    return current if ordinal < seen.spec.ordinals.start + left else update


def new_pod(seen: Observed[StatefulSetSpec], ordinal: int, revision: Revision) -> Create:
    """The pod of an ordinal, as a revision describes it.

    Kubernetes: pkg/controller/statefulset/stateful_set_utils.go, ``newStatefulSetPod``,
    ``initIdentity``.
    """
    owner, name = seen.meta.name, pod_name(seen.meta.name, ordinal)
    template = revisions.template_of(revision)
    bare = templates.pod_of(template).manifest
    given = bare["metadata"]
    metadata = given | {
        "name": name,
        "generateName": f"{owner}-",  # users see it, as on upstream's
        "labels": given.get("labels", {}) | _identity(name, ordinal) | _made_of(revision),
    }
    spec = {key: value for key, value in bare["spec"].items() if key != "subdomain"}
    spec |= {"hostname": name}
    if seen.spec.service_name:
        spec["subdomain"] = seen.spec.service_name
    if volumes := claims.volumes(seen, ordinal, spec.get("volumes") or []):
        spec["volumes"] = volumes
    manifest = bare | {"metadata": metadata, "spec": spec}
    return Create(Pod.resource, manifest, say=say(owner, "Create"), like=template)


def _identity(name: str, ordinal: int) -> Manifest:
    return {labels.POD_NAME: name, labels.POD_INDEX: str(ordinal)}


def _made_of(revision: Revision) -> Manifest:
    return {labels.REVISION_HASH: revision.name}


def is_of(pod: Pod, revision: str) -> bool:
    """The pod was made of the revision of this name.

    Kubernetes: pkg/controller/statefulset/stateful_set_utils.go, ``getPodRevision``.
    """
    return pod.metadata.labels.get(labels.REVISION_HASH) == revision


def mended(seen: Observed[StatefulSetSpec], pod: Pod, ordinal: int) -> Patch | None:
    """Give a pod back the labels and volumes of its ordinal, which adoption or hands took.

    The API server refuses to change volumes: that ends as an event, as upstream's does.

    Kubernetes: pkg/controller/statefulset/stateful_set_utils.go, ``identityMatches``,
    ``updateIdentity``.
    """
    body: Manifest = {}
    if pod.metadata.labels.get(labels.POD_NAME) != pod.name:
        body["metadata"] = {"labels": _identity(pod.name, ordinal)}
    if not claims.are_mounted(seen, pod, ordinal):
        body["spec"] = {"volumes": claims.volumes(seen, ordinal, [])}
    return Patch(pod, body, say=say(seen.meta.name, "Update"), by_key=True) if body else None
