"""Read models of custom resources: the owners, and those that other owners own.

A Deployment owns ReplicaSets, which are owners themselves. They are read once, and the same value
is an owner to its own kind and a child to the other. A child kind names no API group: it is served
where its owner is (``Resource.beside``).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar, Generic, TypeVar

from podwright import labels
from podwright.objects import LabelSelector, Manifest, Model, Object, Resource

S = TypeVar("S")


class Owner(Object, Generic[S], frozen=True, kw_only=True):
    """A custom resource that a workload kind decides for, with its typed spec.

    ``status`` stays JSON: it is compared with what the kind computes, and written whole.
    """

    spec: S
    status: Manifest = {}  # noqa: RUF012  # msgspec copies it


class Myself(Object, frozen=True):
    """The owner itself, as the target of a patch that it plans."""

    resource: ClassVar[Resource] = Resource("", "", "", "")


class ReplicaSetSpec(Model, frozen=True):
    """How many pods of which template; the selector says which pods count."""

    selector: LabelSelector
    template: Manifest
    replicas: int = 1
    min_ready_seconds: int = 0


class ReplicaSet(Owner[ReplicaSetSpec], frozen=True, kw_only=True):
    """A ReplicaSet, as whoever owns it reads it."""

    resource: ClassVar[Resource] = Resource("", "", "ReplicaSet", "replicasets")

    def count(self, field: str) -> int:
        """A count of the status, ``availableReplicas``; 0 until its own controller has written."""
        return int(self.status.get(field) or 0)

    @property
    def is_observed(self) -> bool:
        """The status tells of the spec as it is."""
        return self.count("observedGeneration") >= self.metadata.generation


class OnExitCodes(Model, frozen=True):
    """Containers that ended with one of these codes, or with another than these."""

    operator: str
    values: tuple[int, ...] = ()
    container_name: str | None = None


class OnPodCondition(Model, frozen=True):
    """A condition that a failed pod has."""

    type: str
    status: str = "True"


class FailureRule(Model, frozen=True):
    """What a failure means that is of this sort."""

    action: str
    on_exit_codes: OnExitCodes | None = None
    on_pod_conditions: tuple[OnPodCondition, ...] = ()


class FailurePolicy(Model, frozen=True):
    """Rules of which the first that matches decides."""

    rules: tuple[FailureRule, ...] = ()


class SuccessRule(Model, frozen=True):
    """Which indexes, and how many of them, make the Job succeed."""

    succeeded_indexes: str | None = None
    succeeded_count: int | None = None


class SuccessPolicy(Model, frozen=True):
    """Rules of which one has to hold."""

    rules: tuple[SuccessRule, ...] = ()


class JobSpec(Model, frozen=True):
    """Pods that run to completion: how many, how many at a time, and when to give up."""

    template: Manifest
    parallelism: int | None = None
    completions: int | None = None
    suspend: bool = False
    completion_mode: str = "NonIndexed"
    backoff_limit: int | None = None
    backoff_limit_per_index: int | None = None
    max_failed_indexes: int | None = None
    active_deadline_seconds: int | None = None
    ttl_seconds_after_finished: int | None = None
    pod_failure_policy: FailurePolicy | None = None
    success_policy: SuccessPolicy | None = None
    pod_replacement_policy: str | None = None
    managed_by: str | None = None
    manual_selector: bool = False
    selector: LabelSelector | None = None

    @property
    def is_ours(self) -> bool:
        """Nobody else is said to run it."""
        return self.managed_by in {None, labels.JOB_CONTROLLER}

    @property
    def is_indexed(self) -> bool:
        """Each pod has a number of its own, and each number has to succeed once."""
        return self.completion_mode == "Indexed"

    @property
    def at_a_time(self) -> int:
        """So many pods at a time; 1 where nothing is said."""
        return 1 if self.parallelism is None else self.parallelism

    @property
    def needed(self) -> int | None:
        """So many pods have to succeed; None: one, and then all have to end."""
        if self.completions is None and self.parallelism is None:
            return 1
        return self.completions

    @property
    def indexes(self) -> int:
        """How many indexes there are."""
        return self.needed or 0

    @property
    def failures_allowed(self) -> int:
        """So many, of all pods together; no limit where each index has its own."""
        if self.backoff_limit is not None:
            return self.backoff_limit
        return 6 if self.backoff_limit_per_index is None else 2**31 - 1

    @property
    def limits_each_index(self) -> bool:
        """Failures are counted index by index."""
        return self.is_indexed and self.backoff_limit_per_index is not None


class Job(Owner[JobSpec], frozen=True, kw_only=True):
    """A Job, as whoever owns it reads it."""

    resource: ClassVar[Resource] = Resource("", "", "Job", "jobs")

    @property
    def outcome(self) -> str:
        """``Complete`` or ``Failed`` once it is finished, else empty."""
        return outcome(self.status)

    @property
    def start_time(self) -> datetime | None:
        """When it was first, or after a pause, looked at by its controller."""
        return moment(self.status.get("startTime"))

    @property
    def completion_time(self) -> datetime | None:
        """When it was complete; one that failed has none."""
        return moment(self.status.get("completionTime"))


def outcome(status: Manifest) -> str:
    """``Complete`` or ``Failed``, whichever condition of a Job holds, else empty.

    Kubernetes: pkg/controller/job/util/utils.go, ``FinishedCondition``.
    """
    told = (c for c in status.get("conditions") or [] if c.get("status") == "True")
    return next((c["type"] for c in told if c["type"] in {labels.COMPLETE, labels.FAILED}), "")


def moment(text: str | None) -> datetime | None:
    """The time that JSON tells; None for none, and for what is no time."""
    try:
        told = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)
