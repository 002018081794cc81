"""How a ReplicaSet looks from outside: the schema of apps/v1, kubectl's columns, and the checks.

The checks are those of apps/v1, in its words, so that a mistake is told at ``kubectl apply`` and
not by a pod that never comes.

Kubernetes: pkg/apis/apps/validation/validation.go, ``ValidateReplicaSetSpec``,
``ValidateReplicaSetStatus``.

Differs: ``minReadySeconds`` is written as 0 where it was left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podwright.rules import checks, template_checks
from podwright.rules.checks import at_least_zero, no_more
from podwright.workload import Column, Crd, Scale

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

_STATUS = (
    at_least_zero("status.replicas"),
    at_least_zero("status.terminatingReplicas"),
    *(
        check
        for field in ("fullyLabeledReplicas", "readyReplicas", "availableReplicas")
        for check in (
            at_least_zero(f"status.{field}"),
            no_more(field, "replicas", "cannot be greater than status.replicas"),
        )
    ),
    no_more("availableReplicas", "readyReplicas", "cannot be greater than readyReplicas"),
)

REPLICASET_CRD = Crd(
    short_names=("prs",),
    columns=_COLUMNS,
    checks=(
        at_least_zero("spec.replicas"),
        at_least_zero("spec.minReadySeconds"),
        *_STATUS,
        *checks.selector("empty selector is invalid for deployment"),
        checks.IMMUTABLE_SELECTOR,
        *template_checks.template("ReplicaSet"),
    ),
    scale=Scale(),
    upstream="apps/v1/ReplicaSet",
    defaults=_DEFAULTS,
    keywords={**checks.LIMITS, **template_checks.LIMITS},
)
