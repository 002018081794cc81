"""CronJobs and their Jobs, in one line each, and plans in words.

``cron_job("0 * * * *")`` is CronJob ``backup``, made two hours ago, which is 10:00; ``job("11:00")``
is the Job of its run of 11:00, which still runs. Times of the day are those of the day of ``NOW``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from builders import HOUR, NOW, POD_SPEC, reference, seen
from podwright import labels
from podwright.kinds.cronjob.children import name_of
from podwright.kinds.cronjob.spec import CronJobSpec
from podwright.objects import Manifest, Meta
from podwright.owners import Job, JobSpec, Owner
from podwright.plan import Action, Create, Delete, Outcome, Plan, Record
from podwright.rules.conditions import timestamp

TEMPLATE: Manifest = {
    "metadata": {"labels": {"app": "backup"}, "annotations": {"team": "a"}},
    "spec": {"template": {"spec": POD_SPEC | {"restartPolicy": "Never"}}},
}
OWNER = Meta(name="backup")


def at(text: str) -> datetime:
    """``11:00`` or ``11:00:30`` on the day of ``NOW``; a whole date stays one."""
    day = "" if "-" in text else f"{NOW:%Y-%m-%d}T"
    return datetime.fromisoformat(day + text).replace(tzinfo=UTC)


def cron_job(
    schedule: str = "0 * * * *",
    *,
    created: str | None = None,
    last: str | None = None,
    active: Iterable[Job] = (),
    status: Manifest | None = None,
    told: Mapping[str, str] | None = None,
    meta: Mapping[str, Any] | None = None,
    **spec: Any,
) -> Owner[CronJobSpec]:
    """A CronJob; ``last`` is its last run, ``active`` what its status lists, ``told`` what it remembers."""
    written: Manifest = {"lastScheduleTime": timestamp(at(last))} if last else {}
    if listed := [refer(each) for each in active]:
        written["active"] = listed
    if told:
        written["podwright"] = dict(told)
    usual = {
        "name": "backup",
        "namespace": "default",
        "uid": "uid-backup",
        "creation_timestamp": at(created) if created else NOW - 2 * HOUR,
    }
    return Owner(
        metadata=Meta(**usual | dict(meta or {})),
        spec=CronJobSpec(**{"schedule": schedule, "job_template": TEMPLATE} | spec),
        status=written | (status or {}),
    )


def job(
    run: str = "11:00",
    *,
    name: str = "",
    ended: str = "",
    started: str | None = None,
    done: str | None = None,
    by_hand: bool = False,
    going: bool = False,
) -> Job:
    """The Job of a run; ``ended``: ``Complete`` or ``Failed``; ``by_hand``: no run's."""
    name = name or ("by-hand" if by_hand else name_of(OWNER, at(run)))
    conditions = {"conditions": [{"type": ended, "status": "True"}]} if ended else {}
    times = {"startTime": started or run, "completionTime": done}
    scheduled = {} if by_hand else {labels.SCHEDULED_TIMESTAMP: timestamp(at(run))}
    return Job(
        metadata=Meta(
            name=name,
            namespace="default",
            uid=f"uid-{name}",
            resource_version="1",
            annotations=scheduled,
            deletion_timestamp=NOW if going else None,
            owner_references=(reference("backup", "CronJob"),),
        ),
        spec=JobSpec(template={}),
        status=conditions | {k: timestamp(at(v)) for k, v in times.items() if v},
    )


def refer(it: Job) -> Manifest:
    """How a status lists a Job."""
    return {
        "kind": "Job",
        "namespace": "default",
        "name": it.name,
        "uid": it.metadata.uid,
        "apiVersion": reference("backup", "CronJob").api_version,
        "resourceVersion": "1",
    }


def look(owner: Owner[Any], *jobs: Job, now: str | None = None) -> Any:
    """A look at a CronJob and its Jobs."""
    return seen(owner, *jobs, now=at(now) if now else NOW)


def done(plan: Plan, **more: Any) -> Outcome:
    """A plan that the API server has carried out."""
    made = {
        name: Meta(name=name, uid=f"uid-{name}", resource_version="1") for name in creates(plan)
    }
    return Outcome(plan, made=made, **more)


def creates(plan: Plan) -> list[str]:
    """The names of the Jobs that a plan makes."""
    return [it.manifest["metadata"]["name"] for it in plan.actions if isinstance(it, Create)]


def words(plan: Plan) -> str:
    """``delete 11:00 > create 12:00, JobAlreadyActive``: everything that a plan does."""
    return " > ".join(", ".join(map(word, step)) for step in plan.steps if step)


def word(action: Action) -> str:
    """One action in words."""
    match action:
        case Create(manifest=made):
            return f"create {clock(made['metadata']['name'])}"
        case Delete(target):
            return f"delete {clock(target.name)}"
        case Record(reason):
            return reason
        case _:
            return type(action).__name__


def clock(name: str) -> str:
    """``backup-31557600`` as the time of the day that it stands for."""
    tail = name.rpartition("-")[2]
    return f"{datetime.fromtimestamp(int(tail) * 60, UTC):%H:%M}" if tail.isdigit() else name
