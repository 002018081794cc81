"""Objects as the API server would hand them out, for the plugin's tests."""

import msgspec

from podwright.kinds import BUILT_IN
from podwright.kubectl.found import Found
from podwright.kubectl.why import look
from podwright.kubectl.why.look import View
from podwright.objects import Claim, Node, Pod, Revision
from podwright.owners import Job, ReplicaSet
from podwright.rules import revisions

LABELS = {"app": "web"}
START = "2030-01-01T12:00:00Z"


def template(image="web:1", **spec):
    containers = [{"name": "web", "image": image}]
    return {"metadata": {"labels": LABELS}, "spec": {"containers": containers} | spec}


def owner(kind="StatefulSet", name="web", status=None, generation=1, **spec):
    """An object of ours, with the defaults that the API server would give it."""
    wish = {"selector": {"matchLabels": LABELS}, "template": template()}
    if kind != "DaemonSet":
        wish["replicas"] = 3
    if kind == "StatefulSet":
        wish["podManagementPolicy"] = "OrderedReady"
    if kind in {"StatefulSet", "DaemonSet"}:
        wish["updateStrategy"] = {"type": "RollingUpdate", "rollingUpdate": {}}
    metadata = {
        "name": name,
        "namespace": "default",
        "uid": f"uid-{name}",
        "generation": generation,
    }
    return {
        "apiVersion": "apps.podwright.dev/v1",
        "kind": kind,
        "metadata": metadata,
        "spec": wish | spec,
        "status": {"observedGeneration": generation} | (status or {}),
    }


def job(name="web", status=None, of=None, **spec):
    """A Job; ``of`` is the CronJob that made it."""
    metadata = {"name": name, "namespace": "default", "uid": f"uid-{name}", "generation": 1}
    if of is not None:
        metadata["ownerReferences"] = [reference(of)]
    return {
        "apiVersion": "batch.podwright.dev/v1",
        "kind": "Job",
        "metadata": metadata | {"creationTimestamp": START},
        "spec": {"template": template()} | spec,
        "status": status or {},
    }


def cron_job(name="backup", status=None, schedule="0 * * * *", **spec):
    """A CronJob, hourly unless something else is said."""
    metadata = {"name": name, "namespace": "default", "uid": f"uid-{name}", "generation": 1}
    wish = {"schedule": schedule, "jobTemplate": {"spec": {"template": template()}}}
    return {
        "apiVersion": "batch.podwright.dev/v1",
        "kind": "CronJob",
        "metadata": metadata | {"creationTimestamp": START},
        "spec": wish | spec,
        "status": status or {},
    }


def found(manifest):
    served = next(each for each in BUILT_IN if each.workload.kind == manifest["kind"])
    return Found(served, manifest)


def reference(manifest):
    metadata = manifest["metadata"]
    return {
        "apiVersion": manifest["apiVersion"],
        "kind": manifest["kind"],
        "name": metadata["name"],
        "uid": metadata["uid"],
        "controller": True,
    }


def pod(of, name="web-0", *, ready=True, node="n1", revision="", labels=None, meta=None, **more):
    """A pod of an owner; ``more`` are fields of its status."""
    condition = {"type": "Ready", "status": str(ready), "lastTransitionTime": START}
    marks = {"controller-revision-hash": revision} if revision else {}
    status = {"phase": "Running" if ready else "Pending", "conditions": [condition]} | more
    metadata = {
        "name": name,
        "namespace": "default",
        "uid": f"uid-{name}",
        "creationTimestamp": START,
        "labels": LABELS | {"statefulset.kubernetes.io/pod-name": name} | marks | (labels or {}),
        "ownerReferences": [reference(of)],
    }
    return {
        "metadata": metadata | (meta or {}),
        "spec": {"nodeName": node} if node else {},
        "status": status,
    }


def revision(of, number=1, image="web:1"):
    """A revision of an owner, under the name that the operator would give it."""
    held = template(image)
    data = {"spec": {"template": held | {"$patch": "replace"}}}
    word = revisions.hash_of(data, 0)
    marks = {"controller.kubernetes.io/hash": word, "controller-revision-hash": word}
    metadata = {
        "name": f"{of['metadata']['name']}-{word}",
        "namespace": "default",
        "uid": f"uid-{word}",
        "creationTimestamp": START,
        "labels": LABELS | marks,
        "ownerReferences": [reference(of)],
    }
    return {"metadata": metadata, "data": data, "revision": number}


def node(name, *taints, **labels):
    parts = [(each.partition("=")[0], *each.partition("=")[2].split(":")) for each in taints]
    spec = {"taints": [{"key": k, "value": v, "effect": effect} for k, v, effect in parts]}
    return {"metadata": {"name": name, "labels": labels}, "spec": spec}


def warning(reason, message, at=START):
    moment = {"firstTimestamp": at, "lastTimestamp": at}
    return {"metadata": {"creationTimestamp": at}, "reason": reason, "message": message} | moment


def replica_set(of, name="web-1", number=1, image="web:1", **counts):
    """A ReplicaSet of a Deployment; ``replicas`` is what it is to have, the rest its status."""
    wished = counts.pop("replicas", 3)
    status = {"replicas": wished, "observedGeneration": 1} | counts
    metadata = {
        "name": name,
        "namespace": "default",
        "uid": f"uid-{name}",
        "generation": 1,
        "creationTimestamp": START,
        "labels": LABELS,
        "annotations": {
            "deployment.kubernetes.io/revision": str(number),
            "deployment.kubernetes.io/desired-replicas": str(of["spec"]["replicas"]),
            "deployment.kubernetes.io/max-replicas": "4",
        },
        "ownerReferences": [reference(of)],
    }
    held = template(image) | {"metadata": {"labels": LABELS | {"pod-template-hash": name}}}
    spec = {"replicas": wished, "selector": {"matchLabels": LABELS}, "template": held}
    kind = {"apiVersion": "apps.podwright.dev/v1", "kind": "ReplicaSet"}
    return kind | {"metadata": metadata, "spec": spec, "status": status}


def view(
    manifest,
    *,
    pods=(),
    sets=(),
    jobs=(),
    revisions=(),
    claims=(),
    nodes=(),
    events=None,
    missing_service="",
):
    """A look at an owner and these objects, through the operator's own store."""
    it = found(manifest)
    models = (
        (Pod, pods),
        (ReplicaSet, sets),
        (Job, jobs),
        (Revision, revisions),
        (Claim, claims),
        (Node, nodes),
    )
    raw = [
        (model, msgspec.Raw(msgspec.json.encode(each))) for model, all_ in models for each in all_
    ]
    whole = {(model, each["metadata"]["name"]): each for model, all_ in models for each in all_}
    seen = look.observed(it, it.owner, raw)
    return View(it, seen, whole, events or {}, missing_service, look.pods_of(seen, raw))
