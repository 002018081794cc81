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


def limits(at: str = "spec") -> Mapping[str, Mapping[str, Any]]:
    """Bounds without which the API server refuses the rules (``checks.LIMITS``).

    ``at`` is what has the template: ``spec``, or in a CronJob ``spec.jobTemplate.spec``.

    Kubernetes: apiextensions-apiserver pkg/apis/apiextensions/validation/cel_validation.go.
    """
    labels, containers = f"{at}.template.metadata.labels", _containers(at)
    return {
        labels: {"maxProperties": 500},
        f"{labels}.*": {"maxLength": 120},
        **{each: {"maxItems": 500} for each in containers},
        **{f"{each}[].name": {"maxLength": 120} for each in containers},
    }


def _containers(at: str) -> tuple[str, ...]:
    return f"{at}.template.spec.containers", f"{at}.template.spec.initContainers"


_LABEL = "self.?template.?metadata.?labels[?{}]".format
# No label value is a slash. ``has`` comes first: the API server cannot bound a loop over orValue().
SELECTOR_MATCHES = f"""\
(!has(self.selector.matchLabels) || self.selector.matchLabels.all(key,
  {_LABEL("key")}.orValue('/') == self.selector.matchLabels[key])) &&
(!has(self.selector.matchExpressions) || !self.selector.matchExpressions.exists(e,
  e.operator == 'In' && has(e.values) && !({_LABEL("e.key")}.orValue('/') in e.values) ||
  e.operator == 'NotIn' && has(e.values) && {_LABEL("e.key")}.orValue('/') in e.values ||
  e.operator == 'Exists' && !{_LABEL("e.key")}.hasValue() ||
  e.operator == 'DoesNotExist' && {_LABEL("e.key")}.hasValue()))"""
"""CEL that is true of a spec whose selector matches the labels of its template."""


def template(kind: str, matches: str = SELECTOR_MATCHES) -> tuple[Check, ...]:
    """A pod template that pods can be made of, and that the selector ``matches``.

    Kubernetes: pkg/apis/apps/validation/validation.go, ``ValidatePodTemplateSpecForStatefulSet``.
    """
    return (selected(matches), *_long_lived("spec.template.spec", kind), *well_made("spec"))


def selected(matches: str) -> Check:
    """The selector matches the template.

    Kubernetes: pkg/apis/apps/validation/validation.go, ``ValidatePodTemplateSpecForStatefulSet``.
    """
    return Check(
        "spec",
        matches,
        "`selector` does not match template `labels`",
        field="template.metadata.labels",
    )


def well_made(at: str) -> tuple[Check, ...]:
    """A template that pods can be made of, however long they live.

    Kubernetes: pkg/apis/core/validation/validation.go, ``ValidatePodTemplateSpec``.
    """
    return (
        Check(
            at,
            "self.?template.?spec.?containers.orValue([]).size() > 0",
            "a pod needs a container",
            field="template.spec.containers",
            reason=REQUIRED,
        ),
        *well_formed_labels(f"{at}.template.metadata.labels"),
        Check(
            f"{at}.template.spec",
            "self.?ephemeralContainers.orValue([]).size() == 0",
            "ephemeral containers not allowed in pod template",
            field="ephemeralContainers",
            reason=FORBIDDEN,
        ),
        *(check for containers in _containers(at) for check in _container(containers)),
    )


def _long_lived(pod: str, kind: str) -> tuple[Check, ...]:
    """What a pod must not have that is started again whenever it ends."""
    return (
        one_of(f"{pod}.restartPolicy", "Always"),
        Check(
            pod,
            "!has(self.activeDeadlineSeconds)",
            f"activeDeadlineSeconds in {kind} is not Supported",
            field="activeDeadlineSeconds",
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
