"""Users who do this and that: the end is the same."""

import random

from conformance.builders import deployment
from conformance.deployment import scenario
from conformance.deployment.hands import AT_ONCE, pods_with
from conformance.hands import image

IMAGES = [f"nginx:{n}" for n in range(1, 5)]


def walk(side, seed):
    """Twelve chosen deeds, then a size and a template, and peace."""
    chance = random.Random(seed)
    side.create(deployment(replicas=3, pod=AT_ONCE))
    side.counts(availableReplicas=3)
    for _ in range(12):
        deed = chance.choice(("image", "image", "scale", "pause", "resume", "delete", "wait"))
        number, name = chance.randrange(6), chance.choice(IMAGES)
        if deed == "image":
            image(side, name)
        elif deed == "scale":
            side.scale(number)
        elif deed in ("pause", "resume"):
            side.spec(paused=deed == "pause")
        elif deed == "delete":
            for pod in pods_with(side, name)[:1]:
                side.attempt("a pod is deleted", side.delete, pod, "Pod")
        side.pause(chance.random())
    side.notes.pop("a pod is deleted", None)
    image(side, "nginx:end", replicas=4, paused=False)
    side.counts(updatedReplicas=4, replicas=4, availableReplicas=4)
    told(side)


def told(side):
    """What counts at the end of a walk: the way there is chance."""
    owner = side.get()
    status = owner["status"]
    fields = (
        "replicas",
        "updatedReplicas",
        "readyReplicas",
        "availableReplicas",
        "unavailableReplicas",
    )
    side.notes["status"] = {field: status.get(field, 0) for field in fields}
    side.notes["conditions"] = sorted(
        (each["type"], each["status"], each["reason"]) for each in status["conditions"]
    )
    side.notes["sets with pods"] = sorted(
        (each["spec"]["template"]["spec"]["containers"][0]["image"], each["spec"]["replicas"])
        for each in side.sets()
        if each["spec"]["replicas"]
    )


@scenario(coarse=True)
def a_walk(side):
    """Images, sizes, pauses, deletions."""
    walk(side, 1)


@scenario(coarse=True)
def another_walk(side):
    """Images, sizes, pauses, deletions."""
    walk(side, 2)


@scenario(coarse=True)
def a_third_walk(side):
    """Images, sizes, pauses, deletions."""
    walk(side, 3)
