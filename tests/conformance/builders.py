"""Manifests as scenarios need them."""

LABELS = {"app": "web"}


def container(**fields):
    return {"name": "web", "image": "nginx:1"} | fields


def replica_set(name="web", replicas=3, *, labels=None, pod=None, metadata=None, **spec):
    """A ReplicaSet; `pod` has further fields of the pods' spec, `metadata` of their metadata."""
    labels = labels or LABELS
    template = {
        "metadata": {"labels": labels} | (metadata or {}),
        "spec": {"containers": [container()]} | (pod or {}),
    }
    selector = {"matchLabels": labels}
    whole = {"replicas": replicas, "selector": selector, "template": template} | spec
    return {"kind": "ReplicaSet", "metadata": {"name": name}, "spec": whole}


def bare_pod(name, labels=None, *, spec=None, **metadata):
    """A pod that no controller made."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": labels or LABELS} | metadata,
        "spec": {"containers": [container()]} | (spec or {}),
    }


def object_of(kind, name, api_version="v1", **fields):
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}} | fields


UNBOUND = {"schedulerName": "nobody"}
"""Pods stay without a node, and nobody writes their status."""

BY_HAND = {"nodeName": "by-hand-1"}
"""Pods on a node whose kubelet is the scenario."""
