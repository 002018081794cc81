"""How a Job looks from outside: the schema of batch/v1, kubectl's columns, and the checks.

Kubernetes: pkg/apis/batch/validation/validation.go, ``validateJobSpec``,
``validatePodFailurePolicy``, ``validateSuccessPolicy``, ``ValidateJobSpecUpdate``,
``validatePodTemplateUpdate``; pkg/apis/batch/v1/defaults.go, ``SetDefaults_Job``;
pkg/registry/batch/job/strategy.go, ``shouldAllowMutablePodTemplate``.

Differs: defaults that depend on other fields are not written. Of a suspended Job the whole template
may change. A selector is taken without ``manualSelector``, and means nothing. The ORPHAN default of
batch/v1 does not hold: a Job that is deleted without a policy takes its pods along. A status is not
checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podwright.rules import checks, columns, job_checks, job_policy_checks, template_checks
from podwright.workload import Check, Column, Crd

_COLUMNS = (
    Column("Status", "string", ".status.podwright.state"),
    Column("Completions", "string", ".status.podwright.completions"),
    Column("Duration", "string", ".status.podwright.duration"),
    columns.AGE,
    *columns.CONTAINERS,
    columns.SELECTOR,
)

_DEFAULTS: Mapping[str, Any] = {
    "spec.completionMode": "NonIndexed",
    "spec.suspend": False,
    "spec.manualSelector": False,
    f"spec.{job_policy_checks.RULE}.onPodConditions[].status": "True",
}


def _fixed(field: str) -> Check:
    same = (
        f"has(self.{field}) == has(oldSelf.{field}) && "
        f"(!has(self.{field}) || self.{field} == oldSelf.{field})"
    )
    return Check("spec", same, "field is immutable", field=field)


_NAMES = (
    Check("", "self.metadata.name.size() <= 63", "metadata.name: must be no more than 63 bytes"),
    Check(
        "",
        "self.spec.completionMode != 'Indexed' || self.spec.?completions.orValue(1) == 0 || "
        "!self.metadata.name.contains('.') && [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].exists(digits, "
        "self.metadata.name.size() + 1 + digits <= 63 && "
        "self.spec.?completions.orValue(1) <= [1, 10, 100, 1000, 10000, 100000, 1000000, "
        "10000000, 100000000, 1000000000, 2147483647][digits])",
        "metadata.name: will not able to create pod with invalid DNS label",
    ),
)

_CHANGES = (
    *map(
        _fixed,
        (
            *("completionMode", "backoffLimitPerIndex", "podFailurePolicy", "successPolicy"),
            *("managedBy", "selector"),
        ),
    ),
    Check(
        "spec",
        "has(self.completions) == has(oldSelf.completions) && (!has(self.completions) || "
        "self.completions == oldSelf.completions || "
        "self.completionMode == 'Indexed' && self.completions == self.?parallelism.orValue(1))",
        "can only be modified in tandem with spec.parallelism",
        field="completions",
    ),
    Check(
        "",
        "self.spec.template == oldSelf.spec.template || oldSelf.spec.suspend && "
        "oldSelf.?status.active.orValue(0) == 0 && (!has(oldSelf.status) || "
        "!has(oldSelf.status.startTime))",
        "field is immutable",
        field="spec.template",
    ),
)


_SELECTOR = (
    Check(
        "spec",
        "!self.manualSelector || has(self.selector)",
        "when manualSelector is set",
        field="selector",
        reason=checks.REQUIRED,
    ),
    template_checks.selected(
        f"!self.manualSelector || !has(self.selector) || ({template_checks.SELECTOR_MATCHES})"
    ),
)

JOB_CRD = Crd(
    short_names=("pjob",),
    columns=_COLUMNS,
    checks=(
        *_NAMES,
        *job_checks.spec("spec", "has(self.completions) || !has(self.parallelism)"),
        *_CHANGES,
        *_SELECTOR,
    ),
    upstream="batch/v1/Job",
    defaults=_DEFAULTS,
    keywords={**checks.LIMITS, **job_checks.limits("spec")},
)
