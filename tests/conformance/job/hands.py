"""What scenarios of Job do as kubelets, and what they look for."""

from conformance.builders import BY_HAND, job
from conformance.objects import ago, conditions_of

AT_ONCE = {"terminationGracePeriodSeconds": 0}
"""Pods that go when they are told to."""
INDEX = "batch.kubernetes.io/job-completion-index"


def by_hand(name="web", **more):
    """A Job whose pods become what the scenario makes of them."""
    return job(name, **{"pod": BY_HAND | AT_ONCE} | more)


def on_failure(**more):
    """The same, and its containers are started again."""
    return by_hand(pod=BY_HAND | AT_ONCE | {"restartPolicy": "OnFailure"}, **more)


def indexed(completions, parallelism=None, **more):
    """A Job whose pods have numbers."""
    at_a_time = completions if parallelism is None else parallelism
    counts = {"completions": completions, "parallelism": at_a_time}
    return by_hand(**{"completionMode": "Indexed"} | counts | more)


def arrived(side, count, name="web"):
    """Wait for so many active pods, and give their names."""
    side.until(lambda: len(side.names(name)) == count, f"{count} active pods of {name}")
    return side.names(name)


def pod_of(side, index, name="web"):
    """Wait for the active pod of an index, and give its name."""

    def there():
        return [p for p in side.pods(name=name) if p["metadata"]["labels"].get(INDEX) == str(index)]

    found = side.until(lambda: len(there()) == 1 and there(), f"one pod of index {index}")
    return found[0]["metadata"]["name"]


def pods_of(side, *indexes):
    """The active pods of these indexes."""
    return [pod_of(side, index) for index in indexes]


def ended(code, name="web", restarts=0, **since):
    """The status of a container that ended with this code, an hour ago: no pause is left."""
    moment = ago(**(since or {"hours": 1}))
    state = {"terminated": {"exitCode": code, "finishedAt": moment, "startedAt": moment}}
    status = {"name": name, "ready": False, "restartCount": restarts, "image": "nginx:1"}
    return status | {"imageID": "", "state": state}


def run(side, *pods):
    """These pods run and are ready, for an hour."""
    for pod in pods:
        side.pod_status(pod, ready=True, since=ago(hours=1), phase="Running")


def succeed(side, *pods):
    """These pods have done their work."""
    for pod in pods:
        side.pod_status(pod, phase="Succeeded", containerStatuses=[ended(0)])


def fail(side, *pods, code=1, **status):
    """These pods have failed, an hour ago."""
    for pod in pods:
        side.pod_status(pod, phase="Failed", **{"containerStatuses": [ended(code)]} | status)


def broken(side, *pods):
    """These pods stopped to work an hour ago: deleted, they are replaced without a pause."""
    for pod in pods:
        side.pod_status(pod, ready=False, since=ago(hours=1), phase="Running")


def let_go(side, *pods):
    """Their kubelet has stopped these pods, which were told to go (`HELD`)."""
    for pod in pods:
        side.until(lambda pod=pod: _goes(side, pod), f"{pod} goes")
        found = side.get("Pod", pod)
        kept = [f for f in found["metadata"]["finalizers"] if f != "example.com/kubelet"]
        side.patch_pod(pod, {"metadata": {"finalizers": kept or None}})


def _goes(side, pod):
    found = side.get("Pod", pod)
    return found and "deletionTimestamp" in found["metadata"]


def has(side, type_, value="True", name="web"):
    """Wait until a condition has this status."""

    def there():
        return conditions_of(side.get(name=name) or {}).get(type_) == value

    side.until(there, f"{name} is {type_}={value}")


def completed(side, title="complete", name="web"):
    """Wait for a good end, and end the step."""
    has(side, "Complete", name=name)
    side.settle(title)


def failed(side, title="failed", name="web"):
    """Wait for a bad end, and end the step."""
    has(side, "Failed", name=name)
    side.settle(title)
