"""When a pod has failed, and so when its replacement comes.

With ``podReplacementPolicy: TerminatingOrFailed`` a pod that is being deleted counts as failed at
once, and the next one is made beside it. With ``Failed``, and with a pod failure policy, which has
to see how a pod ended, it counts when it has ended, and holds its place until then.
"""

from __future__ import annotations

from podwright.objects import Pod
from podwright.owners import JobSpec


def waits_for_the_end(spec: JobSpec) -> bool:
    """Only what has ended is replaced.

    Kubernetes: pkg/controller/job/job_controller.go, ``onlyReplaceFailedPods``.
    """
    return spec.pod_replacement_policy == "Failed" or spec.pod_failure_policy is not None


def is_failed(pod: Pod, spec: JobSpec) -> bool:
    """The pod did not do its work, and will not.

    Kubernetes: pkg/controller/job/job_controller.go, ``isPodFailed``.
    """
    if pod.status.phase == "Failed":
        return True
    if waits_for_the_end(spec):
        return False
    return pod.metadata.deletion_timestamp is not None and pod.status.phase != "Succeeded"
