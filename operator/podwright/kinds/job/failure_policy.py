"""What a failure means: ``podFailurePolicy``. The first rule that matches decides.

``Ignore``: not counted, the pod is replaced. ``Count``: as without a policy. ``FailIndex``: the
index has failed for good. ``FailJob``: so has the Job. Exit codes are those of containers that
ended with another code than 0, first of containers, then of init containers; how often the kubelet
started them anew is never seen.
"""

from __future__ import annotations

from typing import NamedTuple

from podwright.kinds.job import replacement
from podwright.objects import ContainerStatus, Pod
from podwright.owners import FailureRule, JobSpec, OnExitCodes
from podwright.workload import Observed


class Meaning(NamedTuple):
    """What a rule makes of a failure; ``message`` where it fails the Job."""

    action: str = "Count"
    message: str = ""

    @property
    def is_counted(self) -> bool:
        """It adds to ``status.failed``."""
        return self.action != "Ignore"


COUNT = Meaning()


def meaning(pod: Pod, spec: JobSpec) -> Meaning:
    """What the first rule that matches says of a failed pod.

    Kubernetes: pkg/controller/job/pod_failure_policy.go, ``matchPodFailurePolicy``.
    """
    rules = spec.pod_failure_policy.rules if spec.pod_failure_policy else ()
    for index, rule in enumerate(rules):
        if cause := _cause(pod, rule):
            if rule.action != "FailJob":
                return Meaning(rule.action)
            return Meaning(rule.action, f"{cause} matching FailJob rule at index {index}")
    return COUNT


def fails_the_job(seen: Observed[JobSpec], pods: tuple[Pod, ...]) -> str:
    """Why a failed pod makes the whole Job fail; or "".

    Kubernetes: pkg/controller/job/job_controller.go, ``getFailJobMessage``.
    """
    if seen.spec.pod_failure_policy is None:
        return ""
    failed = (pod for pod in pods if replacement.is_failed(pod, seen.spec))
    return next((m for m in (meaning(pod, seen.spec).message for pod in failed) if m), "")


def _cause(pod: Pod, rule: FailureRule) -> str:
    """What of the pod the rule is about, in words; or ""."""
    place = f"{pod.metadata.namespace}/{pod.name}"
    if rule.on_exit_codes is not None:
        for status in (*pod.status.container_statuses, *pod.status.init_container_statuses):
            if code := _exit_code(status, rule.on_exit_codes):
                return f"Container {status.name} for pod {place} failed with exit code {code}"
        return ""
    patterns = {(pattern.type, pattern.status) for pattern in rule.on_pod_conditions}
    for condition in pod.status.conditions:
        if (condition.type, condition.status) in patterns:
            return f"Pod {place} has condition {condition.type}"
    return ""


def _exit_code(status: ContainerStatus, wanted: OnExitCodes) -> int:
    """The code that the container ended with, if the rule is about it; else 0."""
    ended = status.state.get("terminated")
    if ended is None or wanted.container_name not in {None, status.name}:
        return 0
    listed = ended.exit_code in wanted.values
    matches = {"In": listed, "NotIn": not listed}.get(wanted.operator, False)
    return ended.exit_code if matches else 0
