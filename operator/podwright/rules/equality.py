"""Whether two templates mean the same, however they are written.

``cpu: 1`` is ``cpu: 1000m``, an empty list or map is none, and a default that is written out is the
default. Pods are not replaced because somebody wrote the same thing in another way, nor because a
template comes from ``apps/v1``, where the API server writes defaults into it.

Kubernetes: apimachinery pkg/api/equality/semantic.go, ``Semantic``; pkg/apis/core/v1/defaults.go.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from podwright.objects import Manifest

T = TypeVar("T")

_TEXTS = frozenset({"labels", "annotations", "nodeSelector", "matchLabels", "volumeAttributes"})
_AMOUNTS = frozenset({"limits", "requests", "overhead"})
_STRUCTS = frozenset({"metadata", "resources"})
_EMPTY = _TEXTS | _AMOUNTS | _STRUCTS
"""Where ``{}`` is nothing. Elsewhere it may say something: a selector ``{}`` selects everything."""
_AMOUNT = frozenset({"sizeLimit", "divisor"})

_PROBE = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
_CONTAINER = {
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
    "resources": {},
}
_MODE = {"defaultMode": 0o644}
_DEFAULTS: Mapping[str, Manifest] = {
    "spec": {
        "restartPolicy": "Always",
        "dnsPolicy": "ClusterFirst",
        "schedulerName": "default-scheduler",
        "terminationGracePeriodSeconds": 30,
        "securityContext": {},
        "volumeMode": "Filesystem",
    },
    "containers": _CONTAINER,
    "initContainers": _CONTAINER,
    "ports": {"protocol": "TCP"},
    "livenessProbe": _PROBE,
    "readinessProbe": _PROBE,
    "startupProbe": _PROBE,
    "httpGet": {"path": "/", "scheme": "HTTP"},
    "grpc": {"service": ""},
    "fieldRef": {"apiVersion": "v1"},
    "secret": _MODE,
    "configMap": _MODE,
    "downwardAPI": _MODE,
    "projected": _MODE,
    "serviceAccountToken": {"expirationSeconds": 3600},
    "hostPath": {"type": ""},
}
"""What the API server writes into an object, or into each object of a list, of this name."""

_QUANTITY = re.compile(r"([+-]?[0-9.]+)(?:([eE][+-]?[0-9]{1,4})|([KMGTPE]i|[numkMGTPE]))?")
_UNITS = {
    **{suffix: Decimal(10) ** power for suffix, power in zip("num", (-9, -6, -3), strict=True)},
    **{suffix: Decimal(1000) ** n for n, suffix in enumerate("kMGTPE", 1)},
    **{f"{suffix}i": Decimal(1024) ** n for n, suffix in enumerate("KMGTPE", 1)},
}


def alike(template: Manifest, things: Iterable[T], template_of: Callable[[T], Manifest]) -> list[T]:
    """Things with this template, in their order: written alike or, where none is, meaning the same.

    Kubernetes: pkg/controller/deployment/util/deployment_util.go, ``EqualIgnoreHash``;
    pkg/controller/history/controller_history.go, ``FindEqualRevisions``.
    """
    known = [(each, template_of(each)) for each in things]
    exact = [each for each, its in known if its == template]
    if exact:
        return exact  # most looks end here, and none of them pays for more
    plain = _plain(template)
    return [each for each, its in known if _plain(its) == plain]


def same(one: Manifest, other: Manifest) -> bool:
    """Whether two templates mean the same.

    Kubernetes: apimachinery pkg/api/equality/semantic.go, ``Semantic``.
    """
    return one == other or _plain(one) == _plain(other)


def _plain(value: Any, field: str = "") -> Any:
    """The value without what says nothing, its amounts as numbers."""
    if isinstance(value, list):
        return [_plain(each, field) for each in value]
    if isinstance(value, dict) and field not in _TEXTS:
        if field in _AMOUNTS:
            return {name: quantity(each) for name, each in value.items()}
        defaults = _DEFAULTS.get(field, {}) | _own_defaults(value)
        pairs = ((name, _plain(each, name)) for name, each in value.items())
        return {
            name: each
            for name, each in pairs
            if not _is_nothing(name, each) and not (name in defaults and defaults[name] == each)
        }
    return quantity(value) if field in _AMOUNT else value


def _own_defaults(value: Manifest) -> Manifest:
    """Defaults that depend on the neighbours of a field."""
    found: Manifest = {}
    if "image" in value:
        tag = str(value["image"]).rpartition("/")[2].partition(":")[2]
        newest = tag in {"", "latest"} and "@" not in str(value["image"])
        found["imagePullPolicy"] = "Always" if newest else "IfNotPresent"
    if "serviceAccountName" in value:
        found["serviceAccount"] = value["serviceAccountName"]
    return found


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
