"""How a ReplicationController looks from outside: the schema of v1, kubectl's columns, the checks.

Kubernetes: pkg/apis/core/validation/validation.go, ``ValidateReplicationControllerSpec``.

Differs: served as ``apps.podwright.dev/v1``. With a client that names no policy its deletion takes
the pods along, as with all custom resources; v1 leaves them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podwright.rules import checks, template_checks
from podwright.rules.checks import at_least_zero, no_more
from podwright.workload import Check, Column, Crd, Scale

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
    # Until the first status is written, so that kubectl shows 0 as it does for v1.
    "status": {"replicas": 0, "readyReplicas": 0},
}

_COUNTS = ("fullyLabeledReplicas", "readyReplicas", "availableReplicas")
_LABELS = "self.?template.?metadata.?labels"

REPLICATIONCONTROLLER_CRD = Crd(
    short_names=("prc",),
    columns=_COLUMNS,
    checks=(
        at_least_zero("spec.replicas"),
        at_least_zero("spec.minReadySeconds"),
        at_least_zero("status.replicas"),
        *(at_least_zero(f"status.{field}") for field in _COUNTS),
        *(no_more(it, "replicas", "cannot be greater than status.replicas") for it in _COUNTS),
        no_more("availableReplicas", "readyReplicas", "cannot be greater than readyReplicas"),
        Check(
            "spec",
            f"self.?selector.orValue({{}}).size() + {_LABELS}.orValue({{}}).size() > 0",
            "a selector is needed where the template has no labels",
            field="selector",
            reason=checks.REQUIRED,
        ),
        *checks.well_formed_labels("spec.selector"),
        *template_checks.template(
            "ReplicationController",
            "!has(self.selector) || self.selector.all(key, "
            f"{_LABELS}[?key].orValue('/') == self.selector[key])",
        ),
    ),
    scale=Scale(),
    upstream="v1/ReplicationController",
    defaults=_DEFAULTS,
    keywords={
        **template_checks.LIMITS,
        "spec.selector": {"maxProperties": 500},
        "spec.selector.*": {"maxLength": 120},
    },
)
