"""Whether two templates mean the same, however they are written.

``cpu: 1`` is ``cpu: 1000m``; an empty list or map is none. Pods are not replaced because somebody
wrote the same thing in another way.

Differs: a default of the API server's that is written out, such as ``dnsPolicy: ClusterFirst``, is
a change; templates of custom resources are stored as they were written.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from podwright.objects import Manifest

_TEXTS = frozenset({"labels", "annotations", "nodeSelector", "matchLabels", "volumeAttributes"})
_AMOUNTS = frozenset({"limits", "requests", "overhead"})
_STRUCTS = frozenset({"metadata", "resources"})
_EMPTY = _TEXTS | _AMOUNTS | _STRUCTS
"""Where ``{}`` is nothing. Elsewhere it may say something: a selector ``{}`` selects everything."""
_AMOUNT = frozenset({"sizeLimit", "divisor"})

_QUANTITY = re.compile(r"([+-]?[0-9.]+)(?:([eE][+-]?[0-9]{1,4})|([KMGTPE]i|[numkMGTPE]))?")
_UNITS = {
    **{suffix: Decimal(10) ** power for suffix, power in zip("num", (-9, -6, -3), strict=True)},
    **{suffix: Decimal(1000) ** n for n, suffix in enumerate("kMGTPE", 1)},
    **{f"{suffix}i": Decimal(1024) ** n for n, suffix in enumerate("KMGTPE", 1)},
}


def same(one: Manifest, other: Manifest) -> bool:
    """Whether two templates mean the same.

    Kubernetes: apimachinery pkg/api/equality/semantic.go, ``Semantic``.
    """
    return one == other or _plain(one) == _plain(other)


def _plain(value: Any, field: str = "") -> Any:
    """The value without what says nothing, its amounts as numbers."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict) and field not in _TEXTS:
        if field in _AMOUNTS:
            return {name: quantity(each) for name, each in value.items()}
        pairs = ((name, _plain(each, name)) for name, each in value.items())
        return {name: each for name, each in pairs if not _is_nothing(name, each)}
    return quantity(value) if field in _AMOUNT else value


def _is_nothing(field: str, value: Any) -> bool:
    return value is None or value == [] or (value == {} and field in _EMPTY)


def quantity(value: Any) -> Any:
    """An amount as a number; what is none stays as it is.

    Kubernetes: apimachinery pkg/api/resource/quantity.go, ``ParseQuantity``.
    """
    found = _QUANTITY.fullmatch(str(value))
    if found is None or found[1].count(".") > 1 or not found[1].strip("+-."):
        return value
    number = Decimal(found[1] + (found[2] or ""))
    return number * _UNITS[found[3]] if found[3] else number
