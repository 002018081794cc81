"""How a StatefulSet looks from outside: the schema of apps/v1, kubectl's columns, and the checks.

Kubernetes: pkg/apis/apps/validation/validation.go, ``ValidateStatefulSetSpec``,
``ValidateStatefulSetUpdate``, ``ValidateStatefulSetStatus``; pkg/apis/apps/v1/defaults.go,
``SetDefaults_StatefulSet``.

Differs: a name of more than 52 characters is refused at apply, because with a revision's hash it is
no valid label of a pod; apps/v1 takes it and then makes no pod. So are two claim templates of one
name. ``updateStrategy.replaceStuckPods`` is ours, and ``maxUnavailable`` is not dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podwright.rules import checks, columns, template_checks
from podwright.rules.checks import at_least_zero, no_more, one_of
from podwright.workload import Check, Crd, Scale

_STRATEGY = "spec.updateStrategy"
_ROLLING = f"{_STRATEGY}.rollingUpdate"
_POLICY = "spec.persistentVolumeClaimRetentionPolicy"
_CLAIMS = "spec.volumeClaimTemplates"

_COLUMNS = (
    columns.READY,
    columns.AGE,
    *columns.CONTAINERS,
)

_DEFAULTS: Mapping[str, Any] = {
    "spec.replicas": 1,
    "spec.serviceName": "",
    "spec.podManagementPolicy": "OrderedReady",
    "spec.revisionHistoryLimit": 10,
    # A roll-out with a type and nothing else has no partition, as in apps/v1.
    _STRATEGY: {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
    f"{_STRATEGY}.type": "RollingUpdate",
    f"{_ROLLING}.partition": 0,
    _POLICY: {"whenDeleted": "Retain", "whenScaled": "Retain"},
    f"{_POLICY}.whenDeleted": "Retain",
    f"{_POLICY}.whenScaled": "Retain",
    # Until the first status is written, so that kubectl shows zeros as it does for apps/v1.
    "status": {"replicas": 0, "availableReplicas": 0},
}

_FIELDS: Mapping[str, Any] = {
    f"{_STRATEGY}.replaceStuckPods": {
        "description": "Podwright's own: replace a pod of an old revision that is not available, "
        "although OrderedReady would wait for it.",
        "type": "boolean",
    }
}

_FIXED = ("selector", "serviceName", "volumeClaimTemplates", "podManagementPolicy")
_FORBIDDEN = (
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
    "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and "
    "'minReadySeconds' are forbidden"
)
_LONGEST_NAME = 52

_STATUS = (
    *(
        at_least_zero(f"status.{name}")
        for name in (
            *("replicas", "readyReplicas", "currentReplicas", "updatedReplicas"),
            *("availableReplicas", "collisionCount"),
        )
    ),
    *(
        no_more(name, "replicas", "cannot be greater than status.replicas")
        for name in ("readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas")
    ),
    no_more("availableReplicas", "readyReplicas", "cannot be greater than status.readyReplicas"),
)


def _same(field: str) -> str:
    return (
        f"has(self.{field}) == has(oldSelf.{field}) && "
        f"(!has(self.{field}) || self.{field} == oldSelf.{field})"
    )


def _says(at: str, what: str, *values: str) -> Check:
    """One of two words, in upstream's way of saying so."""
    quoted = [f"'{value}'" for value in values]
    rule = " || ".join(f"{what} == {value}" for value in quoted)
    return Check(at, rule, f"must be {' or '.join(quoted)}")


_CHECKS = (
    at_least_zero("spec.replicas"),
    at_least_zero("spec.minReadySeconds"),
    at_least_zero("spec.ordinals.start"),
    at_least_zero(f"{_ROLLING}.partition"),
    _says("spec.podManagementPolicy", "self", "OrderedReady", "Parallel"),
    _says(_STRATEGY, "self.type", "RollingUpdate", "OnDelete"),
    Check(
        _STRATEGY,
        "self.type == 'RollingUpdate' || !has(self.rollingUpdate)",
        "only allowed for updateStrategy 'RollingUpdate'",
        field="rollingUpdate",
    ),
    *checks.budget(f"{_ROLLING}.maxUnavailable", least=1),
    one_of(f"{_POLICY}.whenDeleted", "Retain", "Delete"),
    one_of(f"{_POLICY}.whenScaled", "Retain", "Delete"),
    Check(
        "spec.serviceName",
        "self == '' || !format.dns1123Label().validate(self).hasValue()",
        "must be a DNS label",
        message_expression="format.dns1123Label().validate(self).value()[0]",
    ),
    Check(
        _CLAIMS,
        "self.all(each, self.exists_one(other, other.metadata.name == each.metadata.name))",
        "claim templates need names of their own",
    ),
    Check(
        "spec",
        " && ".join(f"({_same(field)})" for field in _FIXED),
        _FORBIDDEN,
        reason=checks.FORBIDDEN,
    ),
    Check(
        "",
        f"self.metadata.name.size() <= {_LONGEST_NAME}",
        f"metadata.name: must be no more than {_LONGEST_NAME} characters: its pods' labels hold it "
        "with a hash",
    ),
)

STATEFULSET_CRD = Crd(
    short_names=("psts",),
    columns=_COLUMNS,
    checks=(
        *_CHECKS,
        *_STATUS,
        *checks.selector("empty selector is invalid for statefulset"),
        *template_checks.template("StatefulSet"),
    ),
    scale=Scale(),
    upstream="apps/v1/StatefulSet",
    fields=_FIELDS,
    defaults=_DEFAULTS,
    keywords={
        **checks.LIMITS,
        **template_checks.limits(),
        _CLAIMS: {"maxItems": 20},
        f"{_CLAIMS}[]": {"required": ["metadata"]},
        f"{_CLAIMS}[].metadata": {"required": ["name"]},
        f"{_CLAIMS}[].metadata.name": {"maxLength": 120},
        "spec.serviceName": {"maxLength": 120},
        f"{_STRATEGY}.type": {"maxLength": 50},
        "spec.podManagementPolicy": {"maxLength": 50},
    },
)
