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

# --- annotations on Deployments and their ReplicaSets ----------------------------------------
REVISION = "deployment.kubernetes.io/revision"
REVISION_HISTORY = "deployment.kubernetes.io/revision-history"
"""Numbers that a ReplicaSet had before its template was gone back to: ``1,3``."""
DESIRED_REPLICAS = "deployment.kubernetes.io/desired-replicas"
MAX_REPLICAS = "deployment.kubernetes.io/max-replicas"
"""What the Deployment wished for, without and with surge, when it last sized the ReplicaSet."""
ROLLBACK_TO = "deprecated.deployment.rollback.to"

# --- labels on pods, claims and revisions ----------------------------------------------------
REVISION_HASH = "controller-revision-hash"
"""What a pod was made of: a StatefulSet writes its revision's name, a DaemonSet the hash."""
HASH = "controller.kubernetes.io/hash"
TEMPLATE_HASH = "pod-template-hash"
"""Keeps the pods of a Deployment's ReplicaSets apart."""
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

# --- event reasons of Deployments ------------------------------------------------------------
SCALING_REPLICA_SET = "ScalingReplicaSet"
ROLLBACK = "DeploymentRollback"
ROLLBACK_NOT_FOUND = "DeploymentRollbackRevisionNotFound"
ROLLBACK_UNCHANGED = "DeploymentRollbackTemplateUnchanged"

# --- condition types -------------------------------------------------------------------------
READY = "Ready"
REPLICA_FAILURE = "ReplicaFailure"
AVAILABLE = "Available"
PROGRESSING = "Progressing"

# --- reasons of a Deployment's conditions ----------------------------------------------------
NEW_CREATED = "NewReplicaSetCreated"
NEW_FOUND = "FoundNewReplicaSet"
NEW_AVAILABLE = "NewReplicaSetAvailable"
NEW_UPDATED = "ReplicaSetUpdated"
CREATE_ERROR = "ReplicaSetCreateError"
TIMED_OUT = "ProgressDeadlineExceeded"
PAUSED = "DeploymentPaused"
RESUMED = "DeploymentResumed"
MINIMUM_AVAILABLE = "MinimumReplicasAvailable"
MINIMUM_UNAVAILABLE = "MinimumReplicasUnavailable"

# --- ours ------------------------------------------------------------------------------------
UNREADABLE = "Unreadable"
INVALID_SELECTOR = "InvalidSelector"
ROLLED_BACK = "RolledBack"
"""Condition, and event reason, of a Deployment that went back by itself."""
