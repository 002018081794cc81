"""How a ReplicationController looks from outside: the schema of v1, kubectl's columns, the checks.

Kubernetes: pkg/apis/core/validation/validation.go, ``ValidateReplicationControllerSpec``.

Differs: served as ``apps.podwright.dev/v1``. With a client that names no policy its deletion takes
the pods along, as with all custom resources; v1 leaves them.
"""

from __future__ import annotations

from podwright.rules import checks, replica_counts, template_checks
from podwright.workload import Check, Crd, Scale

_LABELS = "self.?template.?metadata.?labels"

REPLICATIONCONTROLLER_CRD = Crd(
    short_names=("prc",),
    columns=replica_counts.COLUMNS,
    checks=(
        *replica_counts.CHECKS,
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
    defaults=replica_counts.DEFAULTS,
    keywords={
        **template_checks.limits(),
        "spec.selector": {"maxProperties": 500},
        "spec.selector.*": {"maxLength": 120},
    },
)
