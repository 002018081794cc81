"""The APIs that a scenario is played on: Kubernetes' own, and ours with the same words.

A new kind is a line in `WORKLOADS`, with the question that says when such an owner has come to rest.
"""

from collections.abc import Callable
from dataclasses import dataclass

from conformance.objects import conditions_of, is_active, is_ready, is_tracked

SUFFIX = ".podwright.dev"

JOB_CONTROLLERS = {"": "kubernetes.io/job-controller", SUFFIX: "batch.podwright.dev/job-controller"}
"""Who runs a Job of each API, as ``managedBy`` names it."""

RENAMED = {
    JOB_CONTROLLERS[SUFFIX]: JOB_CONTROLLERS[""],
    "batch.podwright.dev/job-tracking": "batch.kubernetes.io/job-tracking",
}
"""Words of ours that are not Kubernetes' with a suffix, and Kubernetes' words instead."""


@dataclass(frozen=True)
class Kind:
    """Where objects of a kind are served."""

    group: str
    version: str
    plural: str

    def path(self, _suffix="", namespace=None):
        root = f"/apis/{self.group}" if self.group else "/api"
        inside = f"/namespaces/{namespace}" if namespace else ""
        return f"{root}/{self.version}{inside}/{self.plural}"


@dataclass(frozen=True)
class WorkloadKind(Kind):
    """A kind that both APIs have; `rests(owner, pods)` is true when its controller has no more to do."""

    rests: Callable
    ours: str = ""
    """The group of ours, without the suffix, where it is not Kubernetes' own."""

    def group_of(self, suffix):
        return f"{self.ours or self.group}{suffix}" if suffix else self.group

    def path(self, suffix="", namespace=None):
        return Kind(self.group_of(suffix), self.version, self.plural).path("", namespace)

    def api_version(self, suffix):
        return "/".join(part for part in (self.group_of(suffix), self.version) if part)


@dataclass(frozen=True)
class Flavour:
    """One API; its groups are Kubernetes' groups with a suffix, or without."""

    name: str
    suffix: str = ""

    def path(self, kind, namespace):
        if kind in WORKLOADS:
            return WORKLOADS[kind].path(self.suffix, namespace)
        return OTHERS[kind].path("", namespace)

    def api_version(self, kind):
        return WORKLOADS[kind].api_version(self.suffix)


def _replica_set_rests(owner, pods, *, stuck=False):
    """As many pods as wished, unless it is stuck, and a status that tells what is there."""
    status, active = owner.get("status", {}), [pod for pod in pods if is_active(pod)]
    if "deletionTimestamp" in owner["metadata"]:  # it lets nobody go any more
        active = [pod for pod in active if _has_labels(owner["spec"]["selector"], pod)]
        return status.get("replicas", 0) == len(active)
    return (
        status.get("observedGeneration") == owner["metadata"]["generation"]
        and (stuck or len(active) == owner["spec"]["replicas"])
        and status.get("replicas", 0) == len(active)
        and status.get("readyReplicas", 0) == sum(map(is_ready, active))
    )


def _has_labels(selector, pod):
    labels = pod["metadata"].get("labels", {})
    return selector.get("matchLabels", {}).items() <= labels.items()


def _stateful_set_rests(owner, pods, *, stuck=False):
    """All pods there, ready and of the newest revision that they may have, unless it is stuck."""
    status, spec = owner.get("status", {}), owner["spec"]
    told = status.get("replicas", 0) == len(pods) and status.get("readyReplicas", 0) == sum(
        is_ready(pod) and pod["status"].get("phase") == "Running" for pod in pods
    )
    if "deletionTimestamp" in owner["metadata"]:
        return told
    rolling = spec["updateStrategy"].get("rollingUpdate") or {}
    free = spec["updateStrategy"]["type"] == "RollingUpdate" and not rolling.get("partition")
    done = len(pods) == spec["replicas"] == status.get("readyReplicas", 0)
    done = done and (not free or status.get("currentRevision") == status.get("updateRevision"))
    return (
        told
        and status.get("observedGeneration") == owner["metadata"]["generation"]
        and (stuck or done)
    )


def _daemon_set_rests(owner, pods, *, stuck=False):
    """A ready pod of the newest revision on every node that fits, unless it is stuck."""
    status = owner.get("status", {})
    if "deletionTimestamp" in owner["metadata"]:
        return True
    wished = status.get("desiredNumberScheduled", 0)
    done = len(pods) == wished == status.get("numberReady", 0)
    if owner["spec"]["updateStrategy"]["type"] == "RollingUpdate":
        done = done and status.get("updatedNumberScheduled", 0) == wished
    return status.get("observedGeneration") == owner["metadata"]["generation"] and (stuck or done)


def _deployment_rests(owner, _, *, stuck=False):
    """All pods new and available, unless it is stuck; the ReplicaSets answer for their pods."""
    status, replicas = owner.get("status", {}), owner["spec"]["replicas"]
    if "deletionTimestamp" in owner["metadata"]:
        return True
    counts = ("replicas", "updatedReplicas", "availableReplicas")
    done = all(status.get(count, 0) == replicas for count in counts)
    return status.get("observedGeneration") == owner["metadata"]["generation"] and (stuck or done)


def _controller_rests(owner, pods, *, stuck=False):
    """As a ReplicaSet; its selector is a plain map, and may be the template's labels."""
    spec = owner["spec"]
    labels = spec.get("selector") or spec["template"]["metadata"]["labels"]
    whole = owner | {"spec": spec | {"selector": {"matchLabels": labels}}}
    return _replica_set_rests(whole, pods, stuck=stuck)


def _job_rests(owner, pods, *, stuck=False):
    """All that has ended is counted, and as many pods are active as wished, unless it is stuck."""
    spec, status, told = owner["spec"], owner.get("status", {}), conditions_of(owner)
    elsewhere = (
        spec.get("managedBy", "kubernetes.io/job-controller") not in JOB_CONTROLLERS.values()
    )
    if "deletionTimestamp" in owner["metadata"] or elsewhere:
        return True
    if {told.get("Complete"), told.get("Failed")} & {"True"}:
        return not any(map(is_tracked, pods))
    if told.get("Suspended", "False") != str(spec["suspend"]) or not _counts_are_right(
        status, pods
    ):
        return False
    if {told.get("SuccessCriteriaMet"), told.get("FailureTarget")} & {"True"}:
        return status.get("terminating", 0) > 0
    held = stuck and "backoffLimitPerIndex" in spec
    counted = held or not any(is_tracked(pod) and _has_ended(pod) for pod in pods)
    return counted and (
        stuck or spec["suspend"] or status.get("active", 0) == _wanted(spec, status)
    )


def _counts_are_right(status, pods):
    active = [pod for pod in pods if is_active(pod)]
    going = [p for p in pods if "deletionTimestamp" in p["metadata"] and not _has_ended(p)]
    counts = {"active": len(active), "ready": sum(map(is_ready, active)), "terminating": len(going)}
    right = all(status.get(count, 0) == value for count, value in counts.items())
    return right and "terminating" in status and not status.get("uncountedTerminatedPods")


def _has_ended(pod):
    return pod["status"].get("phase") in ("Succeeded", "Failed")


def _wanted(spec, status):
    """So many pods are to be active; of a work queue, once one has succeeded, whatever still is."""
    completions, parallelism = spec.get("completions"), spec.get("parallelism")
    if completions is None and parallelism is not None:
        return (status.get("active") or -1) if status.get("succeeded") else parallelism
    left = (1 if completions is None else completions) - status.get("succeeded", 0)
    return min(left, 1 if parallelism is None else parallelism)


def _cron_job_rests(owner, _, *, stuck=False):  # as all of them
    """Its Jobs answer for themselves; which of them it has to see, the scenario knows."""
    return True


WORKLOADS = {
    "ReplicaSet": WorkloadKind("apps", "v1", "replicasets", _replica_set_rests),
    "StatefulSet": WorkloadKind("apps", "v1", "statefulsets", _stateful_set_rests),
    "DaemonSet": WorkloadKind("apps", "v1", "daemonsets", _daemon_set_rests),
    "Deployment": WorkloadKind("apps", "v1", "deployments", _deployment_rests),
    "ReplicationController": WorkloadKind(
        "", "v1", "replicationcontrollers", _controller_rests, ours="apps"
    ),
    "Job": WorkloadKind("batch", "v1", "jobs", _job_rests),
    "CronJob": WorkloadKind("batch", "v1", "cronjobs", _cron_job_rests),
}

CHILDREN = ("ControllerRevision", "PersistentVolumeClaim")
"""What workloads make beside pods: a story tells of them as well."""

OTHERS = {
    "ConfigMap": Kind("", "v1", "configmaps"),
    "ControllerRevision": Kind("apps", "v1", "controllerrevisions"),
    "HorizontalPodAutoscaler": Kind("autoscaling", "v2", "horizontalpodautoscalers"),
    "LimitRange": Kind("", "v1", "limitranges"),
    "Node": Kind("", "v1", "nodes"),
    "PersistentVolumeClaim": Kind("", "v1", "persistentvolumeclaims"),
    "Pod": Kind("", "v1", "pods"),
    "PodDisruptionBudget": Kind("policy", "v1", "poddisruptionbudgets"),
    "ResourceQuota": Kind("", "v1", "resourcequotas"),
    "ServiceAccount": Kind("", "v1", "serviceaccounts"),
}

BUILT_IN = Flavour("built-in")
AGAIN = Flavour("built-in, once more")
OURS = Flavour("ours", SUFFIX)
