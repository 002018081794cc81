"""Users and kubelets who do this and that: the end is the same."""

import random

from conformance.job import scenario
from conformance.job.hands import broken, by_hand, fail, has, indexed, run, succeed


def deed(side, chance):
    """One of what may happen to a Job that runs."""
    what = chance.choice(("succeed", "fail", "delete", "run", "scale", "suspend", "resume", "wait"))
    at, number = chance.randrange(8), chance.randrange(1, 5)
    pods = side.names()
    pod = pods[at % len(pods)] if pods else None
    acts = {
        "succeed": lambda: pod and succeed(side, pod),
        "fail": lambda: pod and fail(side, pod),
        "delete": lambda: pod and (broken(side, pod), side.delete(pod, "Pod")),
        "run": lambda: pod and run(side, pod),
        "scale": lambda: side.spec(parallelism=number),
        "suspend": lambda: side.spec(suspend=True),
        "resume": lambda: side.spec(suspend=False),
        "wait": lambda: side.pause(1),
    }
    side.attempt("deed", acts[what])


def walk(side, seed, manifest):
    """Sixteen chosen deeds, then all pods succeed until it is complete."""
    chance = random.Random(seed)
    side.create(manifest)
    side.until(side.names, "pods")
    for _ in range(16):
        deed(side, chance)
        side.pause(chance.random())
    side.notes.pop("deed")
    side.spec(suspend=False, parallelism=4)
    side.until(lambda: done(side), "complete", 120)
    told(side)


def done(side):
    """Let every pod succeed; whether it is complete."""
    for pod in side.names():
        side.attempt("succeeds", succeed, side, pod)
    side.notes.pop("succeeds", None)
    conditions = side.get()["status"].get("conditions", [])
    return any(each["type"] == "Complete" for each in conditions)


def told(side):
    """What counts at the end of a walk: the way there is chance."""
    has(side, "Complete")
    status = side.get()["status"]
    fields = ("active", "ready", "terminating", "uncountedTerminatedPods", "completedIndexes")
    side.notes["status"] = {field: status.get(field) or None for field in fields}
    side.notes["succeeded"] = status["succeeded"]
    side.notes["ends"] = [
        (each["type"], each["status"], each["reason"])
        for each in status["conditions"]
        if each["type"] != "Suspended"
    ]
    pods = side.api.get(side.path("Pod"))["items"]
    held = [pod for pod in pods if pod["metadata"].get("finalizers")]
    good = sum(pod["status"]["phase"] == "Succeeded" for pod in pods)
    side.notes["pods"] = {"held": len(held), "good ones are counted": good <= status["succeeded"]}


@scenario(coarse=True)
def a_walk(side):
    """Twelve completions; no failure is too much."""
    walk(side, 1, by_hand(completions=12, parallelism=3, backoffLimit=100))


@scenario(coarse=True)
def a_walk_over_indexes(side):
    """The same with numbers."""
    walk(side, 2, indexed(12, 3, backoffLimit=100))


@scenario(coarse=True)
def a_walk_where_indexes_count(side):
    """The same with a count of failures for each."""
    walk(side, 3, indexed(12, 3, backoffLimitPerIndex=100))
