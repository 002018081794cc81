"""What apps/v1 refuses at ``kubectl apply``, as rules for the API server, in its words.

They are shared by all kinds: counts, budgets, names, labels, selectors. What a pod template has to
be is in ``template_checks.py``.

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

_MATCH_LABELS = "spec.selector.matchLabels"
_REQUIREMENT = "spec.selector.matchExpressions[]"

LIMITS: Mapping[str, Mapping[str, Any]] = {
    _MATCH_LABELS: {"maxProperties": 500},
    f"{_MATCH_LABELS}.*": {"maxLength": 120},
    "spec.selector.matchExpressions": {"maxItems": 50},
    f"{_REQUIREMENT}.key": {"maxLength": 500},
    f"{_REQUIREMENT}.operator": {"maxLength": 50},
    f"{_REQUIREMENT}.values": {"maxItems": 100},
    f"{_REQUIREMENT}.values[]": {"maxLength": 120},
}
"""The API server refuses a rule whose cost has no bound. Counts are far above what anybody uses;
lengths are about twice what is valid, so that too long a label is refused by its check."""


def at_least_zero(at: str) -> Check:
    """No number less than nothing.

    Kubernetes: apimachinery pkg/api/validation/generic.go, ``ValidateNonnegativeField``.
    """
    return Check(at, "self >= 0", "must be greater than or equal to 0")


def one_of(at: str, *supported: str, may_be_empty: bool = True) -> Check:
    """One of the supported values, or empty, which a pod takes as "not given"."""
    # Cheaper than ``in``, which builds a list each time: there may be many ports.
    values = (*supported, "") if may_be_empty else supported
    rule = " || ".join(f"self == '{value}'" for value in values)
    listed = ", ".join(f'"{value}"' for value in supported)
    return Check(at, rule, f"supported values: {listed}")


_PERCENT = (
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%', or "
    "'93%', regex used for validation is '[0-9]+%')"
)


def budget(at: str, *, least: int, most: int | None = 100) -> tuple[Check, ...]:
    """A number of pods, or a part of all: ``2``, ``25%``.

    ``least`` is 0, or 1 to forbid zero; ``most`` is 100, or None to let it be more than 100%.

    Kubernetes: ``ValidatePositiveIntOrPercent``, ``IsNotMoreThan100Percent``.
    """
    form = (
        Check(at, "type(self) != int || self >= 0", "must be greater than or equal to 0"),
        Check(at, "type(self) != string || self.matches('^[0-9]+%$')", _PERCENT),
    )
    whole = Check(
        at,
        "type(self) != string || !self.matches('^[0-9]+%$') || "
        "self.matches('^0*(100|[0-9]{1,2})%$')",
        "must not be greater than 100%",
    )
    zero = Check(at, "type(self) == int ? self != 0 : !self.matches('^0+%$')", "cannot be 0")
    return (*form, *[whole] * (most is not None), *[zero] * bool(least))


def is_zero(value: str) -> str:
    """CEL that is true of a budget that is nothing: ``0``, ``0%``.

    Kubernetes: pkg/apis/apps/validation/validation.go, ``getIntOrPercentValue``.
    """
    return f"(type({value}) == int ? {value} == 0 : {value}.matches('^0+%$'))"


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
