"""What apps/v1 refuses of a pod template at ``kubectl apply``, as rules for the API server.

It is what one line of CEL can find. What else is wrong in a template comes back as ReplicaFailure
or an event, in the API server's own words.

Kubernetes: pkg/apis/core/validation/validation.go, ``ValidatePodTemplateSpec``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podwright.rules.checks import FORBIDDEN, REQUIRED, one_of, well_formed, well_formed_labels
from podwright.workload import Check

POD = "spec.template.spec"
_CONTAINERS = (f"{POD}.containers", f"{POD}.initContainers")
_LABELS = "spec.template.metadata.labels"

LIMITS: Mapping[str, Mapping[str, Any]] = {
    _LABELS: {"maxProperties": 500},
    f"{_LABELS}.*": {"maxLength": 120},
    **{containers: {"maxItems": 500} for containers in _CONTAINERS},
    **{f"{containers}[].name": {"maxLength": 120} for containers in _CONTAINERS},
}
"""Bounds without which the API server refuses the rules (``checks.LIMITS``)."""

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


def template(kind: str, matches: str = _SELECTOR_MATCHES) -> tuple[Check, ...]:
    """A pod template that pods can be made of, and that the selector ``matches``.

    Kubernetes: pkg/apis/apps/validation/validation.go, ``ValidatePodTemplateSpecForStatefulSet``.
    """
    return (
        Check(
            "spec",
            matches,
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
