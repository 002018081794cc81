"""What scenarios of StatefulSet do as kubelets on nodes that are run by hand."""

from conformance.builders import BY_HAND, stateful_set
from conformance.objects import ago

HELD = {"finalizers": ["example.com/kubelet"]}


def by_hand(replicas=3, **more):
    """A set whose pods become what the scenario makes of them; they go when it lets them go."""
    return stateful_set(replicas=replicas, **{"pod": BY_HAND, "metadata": HELD} | more)


def ready(side, *pods, since=None):
    """These pods run and are ready; for an hour unless it is said since when."""
    for pod in pods:
        side.pod_status(pod, ready=True, since=since or ago(hours=1), phase="Running")


def broken(side, *pods):
    """These pods run and are not ready."""
    for pod in pods:
        side.pod_status(pod, ready=False, since=ago(seconds=5), phase="Running")


def ended(side, *pods):
    """Their node has stopped these pods, which were told to go."""
    for pod in pods:
        side.until(lambda pod=pod: _goes(side, pod), f"{pod} goes")
        side.patch_pod(pod, {"metadata": {"finalizers": None}})


def _goes(side, pod):
    found = side.get("Pod", pod)
    return found and "deletionTimestamp" in found["metadata"]


def there(side, *pods):
    """Wait until these pods are there, and none of them is on its way out."""
    for pod in pods:
        side.until(
            lambda pod=pod: (
                (found := side.get("Pod", pod)) and "deletionTimestamp" not in found["metadata"]
            ),
            f"pod {pod}",
        )


def all_ready(side, replicas, first=0):
    """Make all pods of a set ready, one after the other as they come."""
    for ordinal in range(first, first + replicas):
        there(side, f"web-{ordinal}")
        ready(side, f"web-{ordinal}")


def image(side, name, **more):
    """Change the image, and with it the template."""
    containers = [{"name": "web", "image": name}]
    side.spec(template={"spec": {"containers": containers}}, **more)
