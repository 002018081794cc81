"""How a Deployment looks from outside: the schema of apps/v1, kubectl's columns, and the checks.

Kubernetes: pkg/apis/apps/validation/validation.go, ``ValidateDeploymentSpec``,
``ValidateDeploymentStrategy``, ``ValidateRollingUpdateDeployment``, ``ValidateDeploymentStatus``;
pkg/apis/apps/v1/defaults.go, ``SetDefaults_Deployment``.

Differs: ``rollbackOnDeadline`` is ours. ``strategy.rollingUpdate`` is not written where it was left
out, though its defaults hold: it would be in the way of a later ``type: Recreate``, which kubectl
makes room for with the built-in kind only. Annotations do not change ``metadata.generation``, and
``paused: false`` stays written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podwright.rules import checks, columns, template_checks
from podwright.rules.checks import at_least_zero, no_more
from podwright.workload import Check, Column, Crd, Scale

_STRATEGY = "spec.strategy"
_ROLLING = f"{_STRATEGY}.rollingUpdate"

_COLUMNS = (
    columns.READY,
    Column("Up-to-date", "integer", ".status.updatedReplicas"),
    Column("Available", "integer", ".status.availableReplicas"),
    columns.AGE,
    *columns.CONTAINERS,
    columns.SELECTOR,
)

_DEFAULTS: Mapping[str, Any] = {
    "spec.replicas": 1,
    "spec.revisionHistoryLimit": 10,
    "spec.progressDeadlineSeconds": 600,
    _STRATEGY: {"type": "RollingUpdate"},
    f"{_STRATEGY}.type": "RollingUpdate",
    # Until the first status is written, so that kubectl shows 0 as it does for apps/v1.
    "status": {"updatedReplicas": 0, "availableReplicas": 0},
}

_FIELDS: Mapping[str, Any] = {
    "spec.rollbackOnDeadline": {
        "description": "Podwright's own: when progressDeadlineSeconds pass without progress, "
        "go back to the last template whose roll-out was complete.",
        "type": "boolean",
    }
}


def _is_zero(field: str) -> str:
    """It was given, and is nothing."""
    return f"has(self.{field}) && {checks.is_zero(f'self.{field}')}"


_SPEC = (
    at_least_zero("spec.replicas"),
    at_least_zero("spec.minReadySeconds"),
    at_least_zero("spec.revisionHistoryLimit"),
    at_least_zero("spec.progressDeadlineSeconds"),
    Check(
        "spec",
        "self.progressDeadlineSeconds > self.?minReadySeconds.orValue(0)",
        "must be greater than minReadySeconds",
        field="progressDeadlineSeconds",
    ),
    Check(
        _STRATEGY,
        "self.type == 'Recreate' || self.type == 'RollingUpdate'",
        'supported values: "Recreate", "RollingUpdate"',
    ),
    Check(
        _STRATEGY,
        "self.type != 'Recreate' || !has(self.rollingUpdate)",
        "may not be specified when strategy `type` is 'Recreate'",
        field="rollingUpdate",
        reason=checks.FORBIDDEN,
    ),
    *checks.budget(f"{_ROLLING}.maxUnavailable", least=0),
    *checks.budget(f"{_ROLLING}.maxSurge", least=0, most=None),
    Check(
        _ROLLING,
        f"!({_is_zero('maxUnavailable')} && {_is_zero('maxSurge')})",
        "may not be 0 when `maxSurge` is 0",
        field="maxUnavailable",
    ),
)

_COUNTS = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")
_STATUS = (
    *(
        at_least_zero(f"status.{name}")
        for name in (*_COUNTS, "unavailableReplicas", "terminatingReplicas", "collisionCount")
    ),
    *(no_more(name, "replicas", "cannot be greater than status.replicas") for name in _COUNTS[1:]),
    no_more("availableReplicas", "readyReplicas", "cannot be greater than readyReplicas"),
    Check(
        "status",
        "self.?collisionCount.orValue(0) >= oldSelf.?collisionCount.orValue(0)",
        "cannot be decremented",
        field="collisionCount",
    ),
)

DEPLOYMENT_CRD = Crd(
    short_names=("pdeploy",),
    columns=_COLUMNS,
    checks=(
        *_SPEC,
        *_STATUS,
        *checks.selector("empty selector is invalid for deployment"),
        checks.IMMUTABLE_SELECTOR,
        *template_checks.template("ReplicaSet"),
    ),
    scale=Scale(),
    upstream="apps/v1/Deployment",
    fields=_FIELDS,
    defaults=_DEFAULTS,
    keywords={**checks.LIMITS, **template_checks.limits(), f"{_STRATEGY}.type": {"maxLength": 50}},
)
