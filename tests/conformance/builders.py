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


def stateful_set(name="web", replicas=3, *, labels=None, claims=(), **more):
    """A StatefulSet; `claims` are the names of claim templates. The rest is as above."""
    whole = replica_set(name, replicas, labels=labels, **more)
    whole["kind"] = "StatefulSet"
    if claims:
        whole["spec"]["volumeClaimTemplates"] = [claim_template(each) for each in claims]
    return whole


def claim_template(name, **metadata):
    resources = {"requests": {"storage": "1Mi"}}
    spec = {"accessModes": ["ReadWriteOnce"], "storageClassName": "", "resources": resources}
    return {"metadata": {"name": name} | metadata, "spec": spec}


def claim(name, **metadata):
    """A claim that no set made."""
    whole = claim_template(name, **metadata)
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim"} | whole


def daemon_set(name="web", *, labels=None, **more):
    """A DaemonSet; the rest is as above."""
    whole = replica_set(name, labels=labels, **more)
    whole["kind"] = "DaemonSet"
    del whole["spec"]["replicas"]
    return whole


def deployment(name="web", replicas=3, *, labels=None, **more):
    """A Deployment; the rest is as above."""
    return replica_set(name, replicas, labels=labels, **more) | {"kind": "Deployment"}


def replication_controller(name="web", replicas=3, *, labels=None, **more):
    """A ReplicationController; the rest is as above."""
    whole = replica_set(name, replicas, labels=labels, **more) | {"kind": "ReplicationController"}
    whole["spec"]["selector"] = whole["spec"]["selector"]["matchLabels"]
    return whole


def job(name="web", *, labels=None, pod=None, metadata=None, **spec):
    """A Job without a selector; `pod` and `metadata` as above."""
    template = {
        "metadata": {"labels": labels or LABELS} | (metadata or {}),
        "spec": {"containers": [container()], "restartPolicy": "Never"} | (pod or {}),
    }
    return {"kind": "Job", "metadata": {"name": name}, "spec": {"template": template} | spec}


def cron_job(name="web", schedule="@every 1h", *, job_metadata=None, job_spec=None, **more):
    """A CronJob; `pod`, `metadata` and `labels` are those of its Jobs' pods."""
    template = {key: more.pop(key) for key in ("pod", "metadata", "labels") if key in more}
    jobs = {"spec": job(**template)["spec"] | (job_spec or {})}
    if job_metadata:
        jobs["metadata"] = job_metadata
    spec = {"schedule": schedule, "jobTemplate": jobs} | more
    return {"kind": "CronJob", "metadata": {"name": name}, "spec": spec}


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
