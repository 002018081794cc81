"""What batch/v1 refuses of the spec of a Job, as rules for the API server, in its words.

A Job has it as ``spec``, a CronJob as ``spec.jobTemplate.spec``: that is ``at``.

Kubernetes: pkg/apis/batch/validation/validation.go, ``validateJobSpec``.

Differs: a text of indexes is checked for its form only; a failure policy needs its list of rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from podwright.rules import checks, job_policy_checks, template_checks
from podwright.rules.checks import at_least_zero, one_of
from podwright.workload import Check

_MOST_INDEXES, _MOST_AT_ONCE = 100_000, 10_000
_COUNTS = (
    *("parallelism", "completions", "backoffLimit", "backoffLimitPerIndex", "maxFailedIndexes"),
    *("activeDeadlineSeconds", "ttlSecondsAfterFinished"),
)
# The default is not written into a CronJob's template.
_IS_INDEXED = "self.?completionMode.orValue('NonIndexed') == 'Indexed'"
_FEW = f"!has(self.backoffLimitPerIndex) || self.?completions.orValue(0) <= {_MOST_INDEXES}"
_PART = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_PATH = r"[A-Za-z0-9/\-._~%!$&()*+,;=:]+"  # and quotes, which end a text of CEL
_ENDS = "self.?template.?spec.?restartPolicy.orValue('')"


def spec(at: str, has_completions: str = "has(self.completions)") -> Iterator[Check]:
    """Everything that is refused; ``has_completions``: there are some, or they have a default.

    Kubernetes: pkg/apis/batch/validation/validation.go, ``validateJobSpec``.
    """
    yield from (at_least_zero(f"{at}.{field}") for field in _COUNTS)
    yield from _indexed(at, has_completions)
    yield from _failing_indexes(at)
    yield from _many_indexes(at)
    yield from _words(at)
    yield from _ends(at)
    yield from job_policy_checks.failure(at)
    yield from job_policy_checks.success(at)
    yield from template_checks.well_made(at)


def limits(at: str) -> Mapping[str, Mapping[str, Any]]:
    """Bounds without which the API server refuses the rules (``checks.LIMITS``).

    Kubernetes: pkg/apis/batch/validation/validation.go, ``maxManagedByLength`` and others.
    """
    return {
        **template_checks.limits(at),
        f"{at}.completionMode": {"maxLength": 50},
        f"{at}.podReplacementPolicy": {"maxLength": 50},
        f"{at}.managedBy": {"maxLength": 100},
        f"{at}.template.spec.restartPolicy": {"maxLength": 50},
        **job_policy_checks.limits(at),
    }


def _indexed(at: str, has_completions: str) -> Iterator[Check]:
    """What an Indexed Job has to have, and no other may have."""
    yield Check(
        at,
        f"!({_IS_INDEXED}) || {has_completions}",
        "when completion mode is Indexed",
        field="completions",
        reason=checks.REQUIRED,
    )
    yield Check(
        at,
        f"!({_IS_INDEXED}) || self.?parallelism.orValue(1) <= {_MOST_INDEXES}",
        f"must be less than or equal to {_MOST_INDEXES} when completion mode is Indexed",
        field="parallelism",
    )
    for field in ("backoffLimitPerIndex", "maxFailedIndexes", "successPolicy"):
        rule = f"{_IS_INDEXED} || !has(self.{field})"
        yield Check(at, rule, "requires indexed completion mode", field=field)
    yield Check(
        at,
        "!has(self.maxFailedIndexes) || has(self.backoffLimitPerIndex)",
        "when maxFailedIndexes is specified",
        field="backoffLimitPerIndex",
        reason=checks.REQUIRED,
    )


def _failing_indexes(at: str) -> Iterator[Check]:
    yield Check(
        at,
        "!has(self.maxFailedIndexes) || !has(self.completions) || "
        "self.maxFailedIndexes <= self.completions",
        "must be less than or equal to completions",
        field="maxFailedIndexes",
    )
    yield Check(
        f"{at}.maxFailedIndexes",
        f"self <= {_MOST_INDEXES}",
        f"must be less than or equal to {_MOST_INDEXES}",
    )


def _many_indexes(at: str) -> Iterator[Check]:
    yield Check(
        at,
        f"{_FEW} || has(self.maxFailedIndexes)",
        f"must be specified when completions is above {_MOST_INDEXES}",
        field="maxFailedIndexes",
        reason=checks.REQUIRED,
    )
    for field in ("parallelism", "maxFailedIndexes"):
        yield Check(
            at,
            f"{_FEW} || self.?{field}.orValue(0) <= {_MOST_AT_ONCE}",
            f"must be less than or equal to {_MOST_AT_ONCE} when completions are above "
            f"{_MOST_INDEXES} and used with backoff limit per index",
            field=field,
        )


def _words(at: str) -> Iterator[Check]:
    yield one_of(f"{at}.completionMode", "NonIndexed", "Indexed", may_be_empty=False)
    yield one_of(f"{at}.podReplacementPolicy", "Failed", "TerminatingOrFailed", may_be_empty=False)
    yield Check(
        at,
        "!has(self.podFailurePolicy) || self.?podReplacementPolicy.orValue('Failed') == 'Failed'",
        "only Failed is supported when podFailurePolicy is specified",
        field="podReplacementPolicy",
    )
    yield Check(
        f"{at}.managedBy",
        f"self.size() <= 63 && self.matches(r'^{_PART}(\\.{_PART})*/{_PATH}$')",
        'must be a domain-prefixed path (such as "acme.io/foo")',
    )


def _ends(at: str) -> Iterator[Check]:
    """Its pods are not started again whenever they end."""
    yield Check(
        at,
        f"{_ENDS} == 'OnFailure' || {_ENDS} == 'Never'",
        'valid values: "OnFailure", "Never"',
        field="template.spec.restartPolicy",
        reason=checks.REQUIRED,
    )
    yield Check(
        at,
        f"!has(self.podFailurePolicy) || {_ENDS} == 'Never'",
        'only "Never" is supported when podFailurePolicy is specified',
        field="template.spec.restartPolicy",
    )
