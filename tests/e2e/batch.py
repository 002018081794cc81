"""Words about Jobs of real pods."""

from operating import eventually
from words import shell

BATCH = "batch.podwright.dev/v1"


def ending(script, restarts="Never", **fields):
    """A pod's spec: a script, and what is done when it has failed."""
    return {
        "restartPolicy": restarts,
        "terminationGracePeriodSeconds": 1,
        "containers": [shell(script)],
        **fields,
    }


def job(script, name="work", restarts="Never", pod=None, **spec):
    """A Job whose pods run a script; ``pod`` are more fields of theirs."""
    template = {
        "metadata": {"labels": {"app": name}},
        "spec": ending(script, restarts, **(pod or {})),
    }
    spec = {"template": template, **spec}
    return {"apiVersion": BATCH, "kind": "Job", "metadata": {"name": name}, "spec": spec}


def calendar(schedule, job_spec, name="clock", **spec):
    """A CronJob."""
    spec |= {"schedule": schedule, "jobTemplate": {"spec": job_spec}}
    return {"apiVersion": BATCH, "kind": "CronJob", "metadata": {"name": name}, "spec": spec}


def status(world, name="work"):
    """What a Job says; {} before it has said anything."""
    return world.api.get(world.path("jobs", name)).get("status", {})


def says(world, name="work", seconds=60.0, **wanted):
    """Wait until a Job's status has these values; return it."""

    def found():
        told = status(world, name)
        return told if wanted.items() <= told.items() else None

    return eventually(found, f"{name} says {wanted}: {status(world, name)}", seconds)


def condition(world, type_, name="work"):
    """A condition that holds, or None."""
    known = status(world, name).get("conditions", [])
    return next((c for c in known if c["type"] == type_ and c["status"] == "True"), None)


def ended(world, type_="Complete", name="work", seconds=90.0):
    """Wait until a Job has ended this way; return its status."""
    eventually(lambda: condition(world, type_, name), f"{name} is {type_}", seconds, 0.2)
    return status(world, name)


def no_pod_is_held(world, name="work"):
    """Wait until no pod has the finalizer that says that it is not counted."""
    held = lambda: any(pod["metadata"].get("finalizers") for pod in world.pods(f"app={name}"))  # noqa: E731
    eventually(lambda: not held(), "no pod is held by a finalizer", 30)
