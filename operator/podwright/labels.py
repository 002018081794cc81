"""Every label, annotation, reason and message that users of Kubernetes know, in one place.

A diff of this file is a change of contract. Texts are the built-in controllers', to the letter.

Differs: reasons under *ours* tell of objects that are left alone because they cannot be understood.
"""

from __future__ import annotations

# --- annotations on pods ---------------------------------------------------------------------
POD_DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"

# --- event reasons of controllers that own pods ----------------------------------------------
SUCCESSFUL_CREATE = "SuccessfulCreate"
FAILED_CREATE = "FailedCreate"
SUCCESSFUL_DELETE = "SuccessfulDelete"
FAILED_DELETE = "FailedDelete"

# --- condition types -------------------------------------------------------------------------
READY = "Ready"
REPLICA_FAILURE = "ReplicaFailure"

# --- ours ------------------------------------------------------------------------------------
UNREADABLE = "Unreadable"
INVALID_SELECTOR = "InvalidSelector"
