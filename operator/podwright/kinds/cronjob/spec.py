"""The spec of a CronJob, as far as its rules read it."""

from __future__ import annotations

from datetime import timedelta

from podwright.objects import Manifest, Model

ALLOW, FORBID, REPLACE = "Allow", "Forbid", "Replace"


class CronJobSpec(Model, frozen=True):
    """When to make a Job of which template, and what to do about those that still run."""

    schedule: str
    job_template: Manifest
    time_zone: str | None = None
    starting_deadline_seconds: int | None = None
    concurrency_policy: str = ALLOW
    suspend: bool = False
    successful_jobs_history_limit: int = 3
    failed_jobs_history_limit: int = 1

    @property
    def deadline(self) -> timedelta | None:
        """How late a run may start; without it, however late."""
        seconds = self.starting_deadline_seconds
        # A timedelta holds no more days than 999,999,999; 300 years are without end, too.
        return None if seconds is None else timedelta(seconds=min(seconds, 10**10))

    @property
    def pod_template(self) -> Manifest:
        """What the Jobs' pods are made of."""
        found: Manifest = (self.job_template.get("spec") or {}).get("template") or {}
        return found

    @property
    def timetable(self) -> str:
        """Schedule and time zone in one line, as the built-in controller hands them to its parser.

        Kubernetes: pkg/controller/cronjob/cronjob_controllerv2.go, ``formatSchedule``.
        """
        return self.schedule if self.time_zone is None else f"TZ={self.time_zone} {self.schedule}"
