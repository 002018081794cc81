"""What batch/v1 refuses of a Job's policies, as rules for the API server, in its words.

``at`` is where the spec of a Job is: ``spec``, or in a CronJob ``spec.jobTemplate.spec``.

Kubernetes: pkg/apis/batch/validation/validation.go, ``validatePodFailurePolicy``,
``validateSuccessPolicy``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podwright.rules import checks
from podwright.rules.checks import at_least_zero, one_of
from podwright.workload import Check

RULE = "podFailurePolicy.rules[]"

_KNOWN = " || ".join(
    f"has(self.template.spec.{field}) && self.template.spec.{field}.exists(each, "
    "each.name == rule.onExitCodes.containerName)"
    for field in ("containers", "initContainers")
)


def limits(at: str) -> Mapping[str, Mapping[str, Any]]:
    """Bounds without which the API server refuses the rules (``checks.LIMITS``).

    Kubernetes: pkg/apis/batch/validation/validation.go, ``maxPodFailurePolicyRules`` and others.
    """
    rule, success = f"{at}.{RULE}", f"{at}.successPolicy.rules"
    return {
        f"{at}.podFailurePolicy.rules": {"maxItems": 20},
        f"{rule}.action": {"maxLength": 50},
        f"{rule}.onPodConditions": {"maxItems": 20},
        f"{rule}.onExitCodes.operator": {"maxLength": 50},
        f"{rule}.onExitCodes.values": {"maxItems": 255},
        f"{rule}.onExitCodes.containerName": {"maxLength": 120},
        f"{rule}.onPodConditions[].status": {"maxLength": 50},
        f"{rule}.onPodConditions[].type": {"maxLength": 500},
        success: {"maxItems": 20},
        f"{success}[].succeededIndexes": {"maxLength": 65536},
    }


def failure(at: str) -> tuple[Check, ...]:
    """Rules of a failure policy.

    Kubernetes: pkg/apis/batch/validation/validation.go, ``validatePodFailurePolicy``.
    """
    rule = f"{at}.{RULE}"
    by_index = Check(
        at,
        "!has(self.podFailurePolicy) || has(self.backoffLimitPerIndex) || "
        "self.podFailurePolicy.rules.all(rule, rule.action != 'FailIndex')",
        "FailIndex requires the backoffLimitPerIndex to be set",
        field="podFailurePolicy.rules",
    )
    return (
        by_index,
        *_failure_rule(rule),
        *_exit_codes(f"{rule}.onExitCodes"),
        _container(at),
        *_condition(f"{rule}.onPodConditions[]"),
    )


def _failure_rule(rule: str) -> tuple[Check, ...]:
    return (
        one_of(f"{rule}.action", "Count", "FailIndex", "FailJob", "Ignore", may_be_empty=False),
        Check(
            rule,
            "has(self.onExitCodes) || self.?onPodConditions.orValue([]).size() > 0",
            "specifying one of OnExitCodes and OnPodConditions is required",
        ),
        Check(
            rule,
            "!has(self.onExitCodes) || self.?onPodConditions.orValue([]).size() == 0",
            "specifying both OnExitCodes and OnPodConditions is not supported",
        ),
    )


def _exit_codes(codes: str) -> tuple[Check, ...]:
    return (
        one_of(f"{codes}.operator", "In", "NotIn", may_be_empty=False),
        Check(f"{codes}.values", "self.size() > 0", "at least one value is required"),
        Check(
            codes,
            "self.operator != 'In' || !(0 in self.values)",
            "must not be 0 for the In operator",
            field="values",
        ),
        Check(f"{codes}.values", "self.isSorted()", "must be ordered"),
    )


def _container(at: str) -> Check:
    return Check(
        at,
        "!has(self.podFailurePolicy) || !has(self.template.spec) || "
        "self.podFailurePolicy.rules.all(rule, !has(rule.onExitCodes) || "
        f"!has(rule.onExitCodes.containerName) || {_KNOWN})",
        "must be one of the container or initContainer names in the pod template",
        field="podFailurePolicy.rules",
    )


def _condition(condition: str) -> tuple[Check, ...]:
    return (
        one_of(f"{condition}.status", "False", "True", "Unknown", may_be_empty=False),
        checks.well_formed(f"{condition}.type", "qualifiedName"),
    )


def success(at: str) -> tuple[Check, ...]:
    """Rules of a success policy.

    Kubernetes: pkg/apis/batch/validation/validation.go, ``validateSuccessPolicy``.
    """
    rules = f"{at}.successPolicy.rules"
    some = Check(
        rules,
        "self.size() > 0",
        "at least one rules must be specified when the successPolicy is specified",
        reason=checks.REQUIRED,
    )
    possible = Check(
        at,
        "!has(self.successPolicy) || !has(self.completions) || "
        "self.successPolicy.rules.all(rule, rule.?succeededCount.orValue(0) <= self.completions)",
        "must be less than or equal to completions",
        field="successPolicy.rules",
    )
    return (some, *_success_rule(f"{rules}[]"), possible)


def _success_rule(rule: str) -> tuple[Check, ...]:
    return (
        Check(
            rule,
            "has(self.succeededCount) || has(self.succeededIndexes)",
            "at least one of succeededCount or succeededIndexes must be specified",
            reason=checks.REQUIRED,
        ),
        Check(
            f"{rule}.succeededIndexes",
            "self == '' || self.matches('^[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*$')",
            "error parsing succeededIndexes",
        ),
        at_least_zero(f"{rule}.succeededCount"),
    )
