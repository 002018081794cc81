"""Which pods are a Job's.

Kubernetes: pkg/apis/batch/v1/defaults.go, ``SetDefaults_Job``.

Differs: what depends on other fields (completions, limits, the policy for replacements, selector
and labels) is computed at every look (``owners.JobSpec``) and not written down.
"""

from __future__ import annotations

from podwright import labels
from podwright.objects import LabelSelector, Meta
from podwright.owners import JobSpec


def chosen(meta: Meta, spec: JobSpec) -> LabelSelector | None:
    """Which pods are the Job's; None when somebody else runs it.

    Kubernetes: pkg/registry/batch/job/strategy.go, ``generateSelector``.

    Differs: without ``manualSelector`` it is the uid, whatever a copied manifest says.
    """
    if not spec.is_ours:
        return None
    if spec.manual_selector and spec.selector is not None:
        return spec.selector
    return LabelSelector(match_labels={labels.CONTROLLER_UID: meta.uid})
