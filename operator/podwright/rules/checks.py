"""What apps/v1 refuses at ``kubectl apply``, as rules for the API server, in its words.

They are shared by all kinds with a selector and a pod template: counts, selectors, labels, and what
one line of CEL can find in a template. What else is wrong there comes back as ReplicaFailure or an
event, in the API server's own words.

Kubernetes: pkg/apis/apps/validation/validation.go; pkg/apis/core/validation/validation.go,
``ValidatePodTemplateSpec``.

Differs: CEL cannot say "Unsupported value", nor leave out the words after "Required value". Lists
with keys (containers, env, ports) hold no key twice; apps/v1 warns about two variables of one name
and refuses them in server-side apply only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podwright.workload import Check

REQUIRED = "FieldValueRequired"
FORBIDDEN = "FieldValueForbidden"

POD = "spec.template.spec"
_CONTAINERS = (f"{POD}.containers", f"{POD}.initContainers")
_LABELS = "spec.template.metadata.labels"
_MATCH_LABELS = "spec.selector.matchLabels"
_REQUIREMENT = "spec.selector.matchExpressions[]"

# The API server refuses a rule whose cost has no bound. Counts are far above what anybody uses;
# lengths are about twice what is valid, so that too long a label is refused by its check.
LIMITS: Mapping[str, Mapping[str, Any]] = {
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


def at_least_zero(at: str) -> Check:
    """No number less than nothing.

    Kubernetes: apimachinery pkg/api/validation/generic.go, ``ValidateNonnegativeField``.
    """
    return Check(at, "self >= 0", "must be greater than or equal to 0")


def one_of(at: str, *supported: str) -> Check:
    """One of the supported values, or empty, which a pod takes as "not given"."""
    # Cheaper than ``in``, which builds a list each time: there may be many ports.
    rule = " || ".join(f"self == '{value}'" for value in (*supported, ""))
    listed = ", ".join(f'"{value}"' for value in supported)
    return Check(at, rule, f"supported values: {listed}")


_PERCENT = (
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%', or "
    "'93%', regex used for validation is '[0-9]+%')"
)


def budget(at: str, *, least: int) -> tuple[Check, ...]:
    """A number of pods, or a part of all: ``2``, ``25%``; ``least`` is 0, or 1 to forbid zero.

    Kubernetes: ``ValidatePositiveIntOrPercent``, ``IsNotMoreThan100Percent``.
    """
    at_least = (
        Check(at, "type(self) != int || self >= 0", "must be greater than or equal to 0"),
        Check(at, "type(self) != string || self.matches('^[0-9]+%$')", _PERCENT),
        Check(
            at,
            "type(self) != string || !self.matches('^[0-9]+%$') || "
            "self.matches('^0*(100|[0-9]{1,2})%$')",
            "must not be greater than 100%",
        ),
    )
    zero = Check(at, "type(self) == int ? self != 0 : !self.matches('^0+%$')", "cannot be 0")
    return (*at_least, zero) if least else at_least


def well_formed(at: str, syntax: str) -> Check:
    """A string that one of Kubernetes' own formats accepts; its text says why not."""
    return Check(
        at,
        f"!format.{syntax}().validate(self).hasValue()",
        f"must be a valid {syntax}",
        message_expression=f"format.{syntax}().validate(self).value()[0]",
    )


def well_formed_labels(at: str) -> tuple[Check, ...]:
    """A map of labels: the message names the first wrong key, as the map has no path to it.

    Kubernetes: apimachinery pkg/apis/meta/v1/validation/validation.go, ``ValidateLabels``.
    """
    wrong = "self.filter(key, format.qualifiedName().validate(key).hasValue())"
    why = "'\"' + key + '\": ' + format.qualifiedName().validate(key).value()[0]"
    keys = Check(
        at,
        f"{wrong}.size() == 0",
        "must have valid label keys",
        message_expression=f"{wrong}.map(key, {why})[0]",
    )
    return keys, well_formed(f"{at}.*", "labelValue")


def no_more(field: str, than: str, message: str) -> Check:
    """One count of the status does not exceed another.

    Kubernetes: pkg/apis/apps/validation/validation.go, ``ValidateStatefulSetStatus``.
    """
    rule = f"self.?{field}.orValue(0) <= self.?{than}.orValue(0)"
    return Check("status", rule, message, field=field)


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


def selector(empty: str) -> tuple[Check, ...]:
    """A selector that says something, in operators that there are; ``empty`` is said of ``{}``.

    Kubernetes: apimachinery pkg/apis/meta/v1/validation/validation.go, ``ValidateLabelSelector``.
    """
    return (
        Check(
            "spec.selector",
            "self.?matchLabels.orValue({}).size() + self.?matchExpressions.orValue([]).size() > 0",
            empty,
        ),
        *well_formed_labels(_MATCH_LABELS),
        *_requirements(),
        well_formed(f"{_REQUIREMENT}.key", "qualifiedName"),
        well_formed(f"{_REQUIREMENT}.values[]", "labelValue"),
    )


def _requirements() -> tuple[Check, ...]:
    """Operators that there are, with values where they take some."""
    return (
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
            reason=REQUIRED,
        ),
        Check(
            _REQUIREMENT,
            "!(self.operator in ['Exists', 'DoesNotExist']) || "
            "self.?values.orValue([]).size() == 0",
            "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
            field="values",
            reason=FORBIDDEN,
        ),
    )


IMMUTABLE_SELECTOR = Check("spec.selector", "self == oldSelf", "field is immutable")


def template(kind: str) -> tuple[Check, ...]:
    """A pod template that the selector matches and that pods can be made of.

    Kubernetes: pkg/apis/apps/validation/validation.go, ``ValidatePodTemplateSpecForStatefulSet``.
    """
    return (
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
            reason=REQUIRED,
        ),
        *well_formed_labels(_LABELS),
        *_long_lived(kind),
        *(check for containers in _CONTAINERS for check in _container(containers)),
    )


def _long_lived(kind: str) -> tuple[Check, ...]:
    """What a pod must not have that is started again whenever it ends."""
    return (
        one_of(f"{POD}.restartPolicy", "Always"),
        Check(
            POD,
            "!has(self.activeDeadlineSeconds)",
            f"activeDeadlineSeconds in {kind} is not Supported",
            field="activeDeadlineSeconds",
            reason=FORBIDDEN,
        ),
        Check(
            POD,
            "self.?ephemeralContainers.orValue([]).size() == 0",
            "ephemeral containers not allowed in pod template",
            field="ephemeralContainers",
            reason=FORBIDDEN,
        ),
    )


def _container(containers: str) -> tuple[Check, ...]:
    """The mistakes that are made most often in containers."""
    each = f"{containers}[]"
    return (
        well_formed(f"{each}.name", "dns1123Label"),
        Check(
            each,
            "self.?image.orValue('') != ''",
            "a container needs an image",
            field="image",
            reason=REQUIRED,
        ),
        one_of(f"{each}.imagePullPolicy", "Always", "IfNotPresent", "Never"),
        Check(
            f"{each}.ports[].containerPort",
            "self > 0 && self < 65536",
            "must be between 1 and 65535, inclusive",
        ),
        one_of(f"{each}.ports[].protocol", "SCTP", "TCP", "UDP"),
    )
