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

# --- Jobs and their pods ---------------------------------------------------------------------
JOB_TRACKING = "batch.podwright.dev/job-tracking"
"""Finalizer of a pod that its Job has not counted. Ours, because the built-in controller takes its
own (batch.kubernetes.io/job-tracking) off every pod that is not its own."""
JOB_CONTROLLER = "batch.podwright.dev/job-controller"
"""What ``managedBy`` says of Jobs that are run here."""
JOB_NAME = "batch.kubernetes.io/job-name"
JOB_NAME_LEGACY = "job-name"
CONTROLLER_UID = "batch.kubernetes.io/controller-uid"
CONTROLLER_UID_LEGACY = "controller-uid"
COMPLETION_INDEX = "batch.kubernetes.io/job-completion-index"
"""Label and annotation of a pod of an Indexed Job."""
COMPLETION_INDEX_VARIABLE = "JOB_COMPLETION_INDEX"
INDEX_FAILURES = "batch.kubernetes.io/job-index-failure-count"
INDEX_IGNORED_FAILURES = "batch.kubernetes.io/job-index-ignored-failure-count"

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

# --- annotations and event reasons of CronJobs ------------------------------------------------
BY_HAND = {"cronjob.kubernetes.io/instantiate": "manual"}
"""An annotation: a Job of a CronJob that somebody made with kubectl."""
SCHEDULED_TIMESTAMP = "batch.kubernetes.io/cronjob-scheduled-timestamp"
"""Which time of the schedule a Job was made for, in the schedule's time zone."""
SAW_COMPLETED_JOB = "SawCompletedJob"
UNEXPECTED_JOB = "UnexpectedJob"
MISSING_JOB = "MissingJob"
JOB_ALREADY_ACTIVE = "JobAlreadyActive"
TOO_MANY_MISSED_TIMES = "TooManyMissedTimes"
UNKNOWN_TIME_ZONE = "UnknownTimeZone"
UNPARSEABLE_SCHEDULE = "UnparseableSchedule"
UNPARSEABLE_CHANGED = "UnParseableCronJobSchedule"
"""Told beside the other one, once, when a schedule is changed to what means nothing."""
INVALID_SCHEDULE = "InvalidSchedule"

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

# --- conditions of Jobs, their reasons and messages, and events ------------------------------
SUSPENDED = "Suspended"
SUCCESS_CRITERIA_MET = "SuccessCriteriaMet"
COMPLETE = "Complete"
FAILURE_TARGET = "FailureTarget"
FAILED = "Failed"
JOB_SUSPENDED = ("JobSuspended", "Job suspended")
JOB_RESUMED = ("JobResumed", "Job resumed")
COMPLETIONS_REACHED = ("CompletionsReached", "Reached expected number of succeeded pods")
BACKOFF_LIMIT_EXCEEDED = ("BackoffLimitExceeded", "Job has reached the specified backoff limit")
DEADLINE_EXCEEDED = ("DeadlineExceeded", "Job was active longer than specified deadline")
MAX_FAILED_INDEXES_EXCEEDED = (
    "MaxFailedIndexesExceeded",
    "Job has exceeded the specified maximal number of failed indexes",
)
FAILED_INDEXES = ("FailedIndexes", "Job has failed indexes")
SUCCESS_POLICY = "SuccessPolicy"
POD_FAILURE_POLICY = "PodFailurePolicy"
EVENT_SUSPENDED = ("Suspended", "Job suspended")
EVENT_RESUMED = ("Resumed", "Job resumed")
EVENT_COMPLETED = ("Completed", "Job completed")
TOO_MANY_SUCCEEDED = (
    "TooManySucceededPods",
    "Too many succeeded pods running after completion count reached",
)
UNKNOWN_COMPLETION_MODE = (
    "UnknownCompletionMode",
    "Skipped Job sync because completion mode is unknown",
)

# --- ours ------------------------------------------------------------------------------------
UNREADABLE = "Unreadable"
INVALID_SELECTOR = "InvalidSelector"
ROLLED_BACK = "RolledBack"
"""Condition, and event reason, of a Deployment that went back by itself."""
