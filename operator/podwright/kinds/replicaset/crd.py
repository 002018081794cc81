"""How a ReplicaSet looks from outside: the schema of apps/v1, kubectl's columns, and the checks.

The checks are those of apps/v1, in its words, so that a mistake is told at ``kubectl apply`` and
not by a pod that never comes.

Kubernetes: pkg/apis/apps/validation/validation.go, ``ValidateReplicaSetSpec``,
``ValidateReplicaSetStatus``.

Differs: ``minReadySeconds`` is written as 0 where it was left out.
"""

from __future__ import annotations

from podwright.rules import checks, replica_counts, template_checks
from podwright.rules.checks import at_least_zero
from podwright.workload import Crd, Scale

REPLICASET_CRD = Crd(
    short_names=("prs",),
    columns=replica_counts.COLUMNS,
    checks=(
        *replica_counts.CHECKS,
        at_least_zero("status.terminatingReplicas"),
        *checks.selector("empty selector is invalid for deployment"),
        checks.IMMUTABLE_SELECTOR,
        *template_checks.template("ReplicaSet"),
    ),
    scale=Scale(),
    upstream="apps/v1/ReplicaSet",
    defaults=replica_counts.DEFAULTS,
    keywords={**checks.LIMITS, **template_checks.limits()},
)
