"""What scenarios of Deployment do as kubelets and users, and what they look for."""

from conformance.builders import BY_HAND, deployment
from conformance.hands import ready
from conformance.objects import is_active, is_ready

AT_ONCE = {"terminationGracePeriodSeconds": 0}
"""Pods that go when they are told to."""
V1, V2, V3, BAD = "nginx:1", "nginx:2", "nginx:3", "nginx:bad"


def by_hand(replicas=3, **more):
    """A Deployment whose pods become what the scenario makes of them."""
    return deployment(replicas=replicas, **{"pod": BY_HAND | AT_ONCE} | more)


def budgets(surge, unavailable):
    rolling = {"maxSurge": surge, "maxUnavailable": unavailable}
    return {"type": "RollingUpdate", "rollingUpdate": rolling}


def pods_with(side, image):
    """Active pods with this image, by name, the oldest names first."""
    found = side.recorder.objects(side.namespace, "Pod")
    return sorted(
        pod["metadata"]["name"]
        for pod in found
        if is_active(pod) and pod["spec"]["containers"][0]["image"] == image
    )


def unready(side, image):
    """Those that are not ready."""
    found = side.recorder.objects(side.namespace, "Pod")
    there = {p["metadata"]["name"] for p in found if is_ready(p)}
    return [name for name in pods_with(side, image) if name not in there]


def arrived(side, image, count):
    """Wait for so many active pods with this image."""
    side.until(lambda: len(pods_with(side, image)) == count, f"{count} pods with {image}")


def counted(side, **images):
    """Wait for so many active pods of each: ``v1=8, v2=5``."""
    for word, count in images.items():
        arrived(side, {"v1": V1, "v2": V2, "v3": V3, "bad": BAD}[word], count)


def make_ready(side, image, since=None):
    """All pods with this image become ready."""
    ready(side, *unready(side, image), since=since)


def started(side, replicas=3, **more):
    """So many ready pods of the first template."""
    side.create(by_hand(replicas, **more))
    arrived(side, V1, replicas)
    make_ready(side, V1)
    side.counts(availableReplicas=replicas)
    side.settle("first")


def set_of(side, image):
    """The name of the ReplicaSet with this image."""
    return next(
        each["metadata"]["name"]
        for each in side.sets()
        if each["spec"]["template"]["spec"]["containers"][0]["image"] == image
    )


def steps(side, *wanted, image=V2):
    """At each step so many pods of each; then the new ones become ready."""
    for number, counts in enumerate(wanted, 1):
        counted(side, **counts)
        title = " ".join(f"{word} {count}" for word, count in counts.items())
        side.settle(f"{number}: {title}", stuck=True, ordered=False)
        make_ready(side, image)
