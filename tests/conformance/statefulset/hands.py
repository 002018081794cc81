"""What scenarios of StatefulSet do as kubelets on nodes that are run by hand."""

from conformance.builders import BY_HAND, stateful_set
from conformance.hands import HELD, ready


def by_hand(replicas=3, **more):
    """A set whose pods become what the scenario makes of them; they go when it lets them go."""
    return stateful_set(replicas=replicas, **{"pod": BY_HAND, "metadata": HELD} | more)


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
