"""Every label, annotation, reason and message that users of Kubernetes know, in one place.

A diff of this file is a change of contract. Texts are the built-in controllers', to the letter.

Differs: reasons under *ours* tell of objects that are left alone because they cannot be understood.
"""

from __future__ import annotations

# --- names -----------------------------------------------------------------------------------
SAFE_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
"""What names are drawn from: no vowels, so no words, and nothing that looks like something else."""

# --- annotations on pods ---------------------------------------------------------------------
POD_DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
DAEMON_POD = "cluster-autoscaler.kubernetes.io/daemonset-pod"
"""Tells autoscalers of nodes that a pod comes with each node, so it neither keeps nor fills one."""

# --- annotations on owners -------------------------------------------------------------------
CHANGE_CAUSE = "kubernetes.io/change-cause"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"

# --- labels on pods, claims and revisions ----------------------------------------------------
REVISION_HASH = "controller-revision-hash"
"""What a pod was made of: a StatefulSet writes its revision's name, a DaemonSet the hash."""
HASH = "controller.kubernetes.io/hash"
POD_NAME = "statefulset.kubernetes.io/pod-name"
POD_INDEX = "apps.kubernetes.io/pod-index"

# --- event reasons of controllers that own pods ----------------------------------------------
SUCCESSFUL_CREATE = "SuccessfulCreate"
FAILED_CREATE = "FailedCreate"
SUCCESSFUL_DELETE = "SuccessfulDelete"
FAILED_DELETE = "FailedDelete"
SUCCESSFUL_UPDATE = "SuccessfulUpdate"
FAILED_UPDATE = "FailedUpdate"
FAILED_DAEMON_POD = "FailedDaemonPod"
SUCCEEDED_DAEMON_POD = "SucceededDaemonPod"
CONFLICTING_CONTROLLER = "ConflictingController"

# --- condition types -------------------------------------------------------------------------
READY = "Ready"
REPLICA_FAILURE = "ReplicaFailure"

# --- ours ------------------------------------------------------------------------------------
UNREADABLE = "Unreadable"
INVALID_SELECTOR = "InvalidSelector"
