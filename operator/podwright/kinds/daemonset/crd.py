"""How a DaemonSet looks from outside: the schema of apps/v1, kubectl's columns, and the checks.

Kubernetes: pkg/apis/apps/validation/validation.go, ``ValidateDaemonSetSpec``,
``ValidateDaemonSetUpdate``, ``ValidateRollingUpdateDaemonSet``; pkg/apis/apps/v1/defaults.go,
``SetDefaults_DaemonSet``.

Differs: there is no template generation, neither as an annotation nor as a label of pods: revisions
tell which template a pod is of. ``updateStrategy`` with a type and nothing else is stored so.
``kubectl drain`` knows the pods of apps/v1 only: it evicts ours, and they come back on the drained
node, which daemons tolerate.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podwright.rules import checks, columns, template_checks
from podwright.rules.checks import at_least_zero
from podwright.workload import Check, Column, Crd

_STRATEGY = "spec.updateStrategy"
_ROLLING = f"{_STRATEGY}.rollingUpdate"
_COUNTS = (
    *("desiredNumberScheduled", "currentNumberScheduled", "numberReady"),
    *("updatedNumberScheduled", "numberAvailable", "numberMisscheduled", "numberUnavailable"),
)

_COLUMNS = (
    Column("Desired", "integer", ".status.desiredNumberScheduled"),
    Column("Current", "integer", ".status.currentNumberScheduled"),
    Column("Ready", "integer", ".status.numberReady"),
    Column("Up-to-date", "integer", ".status.updatedNumberScheduled"),
    Column("Available", "integer", ".status.numberAvailable"),
    Column("Node Selector", "string", ".status.podwright.nodeSelector"),
    columns.AGE,
    *columns.CONTAINERS,
    columns.SELECTOR,
)

_DEFAULTS: Mapping[str, Any] = {
    "spec.revisionHistoryLimit": 10,
    _STRATEGY: {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}},
    f"{_STRATEGY}.type": "RollingUpdate",
    f"{_ROLLING}.maxUnavailable": 1,
    f"{_ROLLING}.maxSurge": 0,
    # Until the first status is written, so that kubectl shows zeros as it does for apps/v1.
    "status": dict.fromkeys(_COUNTS[:-1], 0),
}


_NONE_UNAVAILABLE = checks.is_zero("self.maxUnavailable")
_NO_SURGE = checks.is_zero("self.maxSurge")

_CHECKS = (
    at_least_zero("spec.minReadySeconds"),
    at_least_zero("spec.revisionHistoryLimit"),
    Check(
        _STRATEGY,
        "self.type == 'RollingUpdate' || self.type == 'OnDelete'",
        'supported values: "RollingUpdate", "OnDelete"',
    ),
    *checks.budget(f"{_ROLLING}.maxUnavailable", least=0),
    *checks.budget(f"{_ROLLING}.maxSurge", least=0),
    Check(
        _ROLLING,
        f"{_NONE_UNAVAILABLE} || {_NO_SURGE}",
        "may not be set when maxUnavailable is non-zero",
        field="maxSurge",
    ),
    Check(
        _ROLLING,
        f"!{_NONE_UNAVAILABLE} || !{_NO_SURGE}",
        "cannot be 0 when maxSurge is 0",
        field="maxUnavailable",
        reason=checks.REQUIRED,
    ),
    *(at_least_zero(f"status.{name}") for name in _COUNTS),
)

DAEMONSET_CRD = Crd(
    short_names=("pds",),
    columns=_COLUMNS,
    checks=(
        *_CHECKS,
        *checks.selector("empty selector is invalid for daemonset"),
        checks.IMMUTABLE_SELECTOR,
        *template_checks.template("DaemonSet"),
    ),
    upstream="apps/v1/DaemonSet",
    defaults=_DEFAULTS,
    keywords={**checks.LIMITS, **template_checks.limits(), f"{_STRATEGY}.type": {"maxLength": 50}},
)
