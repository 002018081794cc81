"""How a ReplicaSet looks from outside: the schema of apps/v1, kubectl's columns, and the checks.

The checks are those of apps/v1, in its words, so that a mistake is told at ``kubectl apply`` and
not by a pod that never comes. They cover the ReplicaSet itself, its selector, and the mistakes in
pod templates that one line of CEL can find.

Kubernetes: pkg/apis/apps/validation/validation.go, ``ValidateReplicaSetSpec``,
``ValidateReplicaSetStatus``.

Differs: What else is wrong in a template comes back as the condition ReplicaFailure, in the API
server's own words. CEL cannot say "Unsupported value", nor leave out the words after "Required
value". ``minReadySeconds`` is written as 0 where it was left out.
Lists with keys (containers, env, ports) hold no key twice; apps/v1 warns about two variables of one
name and refuses them in server-side apply only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podwright.workload import Check, Column, Crd, Scale

_REQUIRED = "FieldValueRequired"
_FORBIDDEN = "FieldValueForbidden"

_POD = "spec.template.spec"
_CONTAINERS = (f"{_POD}.containers", f"{_POD}.initContainers")
_LABELS = "spec.template.metadata.labels"
_MATCH_LABELS = "spec.selector.matchLabels"
_REQUIREMENT = "spec.selector.matchExpressions[]"

_COLUMNS = (
    Column("Desired", "integer", ".spec.replicas"),
    Column("Current", "integer", ".status.replicas"),
    Column("Ready", "integer", ".status.readyReplicas"),
    Column("Age", "date", ".metadata.creationTimestamp"),
    Column("Containers", "string", ".status.podwright.containers", wide=True),
    Column("Images", "string", ".status.podwright.images", wide=True),
    Column("Selector", "string", ".status.selector", wide=True),
)

_DEFAULTS: Mapping[str, Any] = {
    "spec.replicas": 1,
    "spec.minReadySeconds": 0,
    # Until the first status is written, so that kubectl shows 0 as it does for apps/v1.
    "status": {"replicas": 0, "readyReplicas": 0},
}

# The API server refuses a rule whose cost has no bound. Counts are far above what anybody uses;
# lengths are about twice what is valid, so that too long a label is refused by its check.
_LIMITS: Mapping[str, Mapping[str, Any]] = {
    _MATCH_LABELS: {"maxProperties": 500},
    f"{_MATCH_LABELS}.*": {"maxLength": 120},
    "spec.selector.matchExpressions": {"maxItems": 50},
    f"{_REQUIREMENT}.key": {"maxLength": 500},
    f"{_REQUIREMENT}.operator": {"maxLength": 50},
    f"{_REQUIREMENT}.values": {"maxItems": 100},
    f"{_REQUIREMENT}.values[]": {"maxLength": 120},
    _LABELS: {"maxProperties": 500},
    f"{_LABELS}.*": {"maxLength": 120},
    **{containers: {"maxItems": 500} for containers in _CONTAINERS},
    **{f"{containers}[].name": {"maxLength": 120} for containers in _CONTAINERS},
}


def _at_least_zero(at: str) -> Check:
    return Check(at, "self >= 0", "must be greater than or equal to 0")


def _one_of(at: str, *supported: str) -> Check:
    """One of the supported values, or empty, which a pod takes as "not given"."""
    # Cheaper than ``in``, which builds a list each time: there may be many ports.
    rule = " || ".join(f"self == '{value}'" for value in (*supported, ""))
    listed = ", ".join(f'"{value}"' for value in supported)
    return Check(at, rule, f"supported values: {listed}")


def _well_formed(at: str, syntax: str) -> Check:
    """A string that one of Kubernetes' own formats accepts; its text says why not."""
    return Check(
        at,
        f"!format.{syntax}().validate(self).hasValue()",
        f"must be a valid {syntax}",
        message_expression=f"format.{syntax}().validate(self).value()[0]",
    )


def _well_formed_labels(at: str) -> tuple[Check, ...]:
    """A map of labels: the message names the first wrong key, as the map has no path to it."""
    wrong = "self.filter(key, format.qualifiedName().validate(key).hasValue())"
    why = "'\"' + key + '\": ' + format.qualifiedName().validate(key).value()[0]"
    keys = Check(
        at,
        f"{wrong}.size() == 0",
        "must have valid label keys",
        message_expression=f"{wrong}.map(key, {why})[0]",
    )
    return keys, _well_formed(f"{at}.*", "labelValue")


def _no_more(field: str, than: str, message: str) -> Check:
    rule = f"self.?{field}.orValue(0) <= self.?{than}.orValue(0)"
    return Check("status", rule, message, field=field)


_STATUS = (
    _at_least_zero("status.replicas"),
    _at_least_zero("status.terminatingReplicas"),
    *(
        check
        for field in ("fullyLabeledReplicas", "readyReplicas", "availableReplicas")
        for check in (
            _at_least_zero(f"status.{field}"),
            _no_more(field, "replicas", "cannot be greater than status.replicas"),
        )
    ),
    _no_more("availableReplicas", "readyReplicas", "cannot be greater than readyReplicas"),
)

_SELECTOR = (
    Check(
        "spec.selector",
        "self.?matchLabels.orValue({}).size() + self.?matchExpressions.orValue([]).size() > 0",
        "empty selector is invalid for deployment",
    ),
    Check("spec.selector", "self == oldSelf", "field is immutable"),
    *_well_formed_labels(_MATCH_LABELS),
    Check(
        f"{_REQUIREMENT}.operator",
        "self in ['In', 'NotIn', 'Exists', 'DoesNotExist']",
        "not a valid selector operator",
    ),
    Check(
        _REQUIREMENT,
        "!(self.operator in ['In', 'NotIn']) || self.?values.orValue([]).size() > 0",
        "must be specified when `operator` is 'In' or 'NotIn'",
        field="values",
        reason=_REQUIRED,
    ),
    Check(
        _REQUIREMENT,
        "!(self.operator in ['Exists', 'DoesNotExist']) || self.?values.orValue([]).size() == 0",
        "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        field="values",
        reason=_FORBIDDEN,
    ),
    _well_formed(f"{_REQUIREMENT}.key", "qualifiedName"),
    _well_formed(f"{_REQUIREMENT}.values[]", "labelValue"),
)

_LABEL = "self.?template.?metadata.?labels[?{}]".format
# No label value is a slash. ``has`` comes first: the API server cannot bound a loop over orValue().
_SELECTOR_MATCHES = f"""\
(!has(self.selector.matchLabels) || self.selector.matchLabels.all(key,
  {_LABEL("key")}.orValue('/') == self.selector.matchLabels[key])) &&
(!has(self.selector.matchExpressions) || !self.selector.matchExpressions.exists(e,
  e.operator == 'In' && has(e.values) && !({_LABEL("e.key")}.orValue('/') in e.values) ||
  e.operator == 'NotIn' && has(e.values) && {_LABEL("e.key")}.orValue('/') in e.values ||
  e.operator == 'Exists' && !{_LABEL("e.key")}.hasValue() ||
  e.operator == 'DoesNotExist' && {_LABEL("e.key")}.hasValue()))"""

_TEMPLATE = (
    Check(
        "spec",
        _SELECTOR_MATCHES,
        "`selector` does not match template `labels`",
        field="template.metadata.labels",
    ),
    Check(
        "spec",
        "self.?template.?spec.?containers.orValue([]).size() > 0",
        "a pod needs a container",
        field="template.spec.containers",
        reason=_REQUIRED,
    ),
    *_well_formed_labels(_LABELS),
    _one_of(f"{_POD}.restartPolicy", "Always"),
    Check(
        _POD,
        "!has(self.activeDeadlineSeconds)",
        "activeDeadlineSeconds in ReplicaSet is not Supported",
        field="activeDeadlineSeconds",
        reason=_FORBIDDEN,
    ),
    Check(
        _POD,
        "self.?ephemeralContainers.orValue([]).size() == 0",
        "ephemeral containers not allowed in pod template",
        field="ephemeralContainers",
        reason=_FORBIDDEN,
    ),
)


def _container(containers: str) -> tuple[Check, ...]:
    """The mistakes that are made most often in containers."""
    each = f"{containers}[]"
    return (
        _well_formed(f"{each}.name", "dns1123Label"),
        Check(
            each,
            "self.?image.orValue('') != ''",
            "a container needs an image",
            field="image",
            reason=_REQUIRED,
        ),
        _one_of(f"{each}.imagePullPolicy", "Always", "IfNotPresent", "Never"),
        Check(
            f"{each}.ports[].containerPort",
            "self > 0 && self < 65536",
            "must be between 1 and 65535, inclusive",
        ),
        _one_of(f"{each}.ports[].protocol", "SCTP", "TCP", "UDP"),
    )


REPLICASET_CRD = Crd(
    short_names=("prs",),
    columns=_COLUMNS,
    checks=(
        _at_least_zero("spec.replicas"),
        _at_least_zero("spec.minReadySeconds"),
        *_STATUS,
        *_SELECTOR,
        *_TEMPLATE,
        *(check for containers in _CONTAINERS for check in _container(containers)),
    ),
    scale=Scale(),
    upstream="apps/v1/ReplicaSet",
    defaults=_DEFAULTS,
    keywords=_LIMITS,
)
