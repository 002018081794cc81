"""Jobs and their pods for tests, in one line each, and how a look goes on."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from builders import NOW, reference, seen
from podwright import labels
from podwright.kinds import BATCH
from podwright.kinds.job.decide import decide
from podwright.kinds.job.status import status
from podwright.kinds.job.work import Work
from podwright.objects import (
    Condition,
    ContainerStatus,
    Meta,
    Pod,
    PodSpec,
    PodStatus,
    Terminated,
)
from podwright.owners import Job, JobSpec
from podwright.plan import Outcome

TEMPLATE = {
    "metadata": {"labels": {"app": "work"}},
    "spec": {"restartPolicy": "Never", "containers": [{"name": "app", "image": "work:1"}]},
}


def job(status=None, *, name="work", terminating=False, **spec):
    spec = {"template": TEMPLATE, **spec}
    meta = Meta(
        name=name,
        namespace="default",
        uid=f"uid-{name}",
        resource_version="1",
        deletion_timestamp=NOW if terminating else None,
    )
    return Job(metadata=meta, spec=msgspec.convert(spec, JobSpec), status=status or {})


def task(
    name="a",
    phase="Running",
    *,
    index=None,
    tracked=True,
    terminating=False,
    code=None,
    ended=timedelta(),
    ready=None,
    node="n1",
    restarts=0,
    failures=None,
    ignored=None,
    age=timedelta(hours=1),
    conditions=(),
):
    """A pod of the Job ``work``."""
    notes = {
        labels.COMPLETION_INDEX: index,
        labels.INDEX_FAILURES: failures,
        labels.INDEX_IGNORED_FAILURES: ignored,
    }
    over = phase in {"Succeeded", "Failed"}
    code = {"Succeeded": 0, "Failed": 1}.get(phase) if code is None else code
    state = {"terminated": Terminated(code, NOW - ended)} if over else {}
    ready = phase == "Running" if ready is None else ready
    told = Condition("Ready", str(ready), last_transition_time=NOW - age)
    return Pod(
        metadata=Meta(
            name=name,
            namespace="default",
            uid=f"uid-{name}",
            resource_version="1",
            creation_timestamp=NOW - age,
            deletion_timestamp=NOW if terminating else None,
            labels={labels.CONTROLLER_UID: "uid-work"},
            annotations={key: str(value) for key, value in notes.items() if value is not None},
            finalizers=(labels.JOB_TRACKING,) if tracked else (),
            owner_references=(reference("work", "Job", BATCH),),
        ),
        spec=PodSpec(node),
        status=PodStatus(phase, (told, *conditions), (ContainerStatus("app", restarts, state),)),
    )


def look(owner, *pods, now=NOW):
    return seen(owner, *pods, now=now)


def work(owner, *pods, now=NOW):
    return Work.of(look(owner, *pods, now=now))


def planned(owner, *pods, now=NOW):
    """What a look plans, in words."""
    return [
        f"{type(each).__name__.lower()} "
        f"{(getattr(each, 'target', None) and each.target.name) or getattr(each, 'reason', 'pod')}"
        for each in decide(look(owner, *pods, now=now)).actions
    ]


def told(owner, *pods, now=NOW, outcome=None):
    """The status that a look writes."""
    it = look(owner, *pods, now=now)
    return status(it, outcome or Outcome(decide(it)))


def kinds(status):
    return [(each["type"], each["status"], each["reason"]) for each in status["conditions"]]
