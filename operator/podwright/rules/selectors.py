"""Label selectors: does it match, is it valid, how is it written in one line.

``matchLabels`` and ``matchExpressions`` must all hold. ``NotIn`` and ``DoesNotExist`` also hold for
labels that are absent: ``tier NotIn (db)`` matches a pod without a ``tier``.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter

from podwright.objects import LabelSelector, Requirement

_NEEDS_VALUES = {"In": True, "NotIn": True, "Exists": False, "DoesNotExist": False}


def matches(selector: LabelSelector, labels: Mapping[str, str]) -> bool:
    """Whether labels satisfy every requirement; an empty selector matches everything.

    Kubernetes: apimachinery pkg/labels/selector.go, ``internalSelector.Matches``.
    """
    if not selector.match_labels.items() <= labels.items():
        return False
    if not selector.match_expressions:  # most selectors: asked for every pod at every look
        return True
    return all(_holds(requirement, labels) for requirement in selector.match_expressions)


def _holds(requirement: Requirement, labels: Mapping[str, str]) -> bool:
    value = labels.get(requirement.key)
    match requirement.operator:
        case "In":
            return value is not None and value in requirement.values
        case "NotIn":
            return value is None or value not in requirement.values
        case "Exists":
            return value is not None
        case _:  # DoesNotExist: ``problem`` lets nothing else through
            return value is None


def problem(selector: LabelSelector) -> str | None:
    """Why a selector cannot be used, or None.

    Kubernetes: apimachinery pkg/apis/meta/v1/helpers.go, ``LabelSelectorAsSelector``; the empty
    selector is refused as apps/v1 validation refuses it.
    """
    if not selector.match_labels and not selector.match_expressions:
        return "empty selector is invalid"
    for requirement in selector.match_expressions:
        needs_values = _NEEDS_VALUES.get(requirement.operator)
        if needs_values is None:
            return f'"{requirement.operator}" is not a valid label selector operator'
        if needs_values and not requirement.values:
            return f"{requirement.key}: values must be specified for {requirement.operator}"
        if not needs_values and requirement.values:
            return f"{requirement.key}: values may not be specified for {requirement.operator}"
    return None


def as_text(selector: LabelSelector) -> str:
    """One line, as ``/scale`` and kubectl want it: ``app=web,tier in (a,b)``.

    Sorted by key; requirements of one key stay in their order, labels first.

    Kubernetes: apimachinery pkg/labels/selector.go, ``internalSelector.String``.
    """
    parts = [(key, f"{key}={value}") for key, value in selector.match_labels.items()]
    parts += [(r.key, _requirement_text(r)) for r in selector.match_expressions]
    return ",".join(text for _, text in sorted(parts, key=itemgetter(0)))


def _requirement_text(requirement: Requirement) -> str:
    match requirement.operator:
        case "Exists":
            return requirement.key
        case "DoesNotExist":
            return f"!{requirement.key}"
        case operator:
            values = ",".join(sorted(requirement.values))
            return f"{requirement.key} {operator.lower()} ({values})"
