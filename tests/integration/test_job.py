"""Jobs and CronJobs of ours on a real API server: what users see, whoever ends when.

kwok's nodes let each pod of a Job succeed as soon as it runs; a pod that no node fits runs for ever.
"""

import signal
import time

import pytest
from operating import eventually

MARK = "batch.podwright.dev/job-tracking"
NOWHERE = {"nodeSelector": {"there": "is-none"}}
CASCADES = ("Background", "Foreground", "Orphan")


def job(name="work", pod=None, **spec):
    containers = [{"name": "main", "image": "work:1"}]
    template = {"spec": {"restartPolicy": "Never", "containers": containers} | (pod or {})}
    return {
        "apiVersion": "batch.podwright.dev/v1",
        "kind": "Job",
        "metadata": {"name": name},
        "spec": {"template": template} | spec,
    }


def cronjob(name="clock", schedule="@every 1s", **spec):
    return {
        "apiVersion": "batch.podwright.dev/v1",
        "kind": "CronJob",
        "metadata": {"name": name},
        "spec": {"schedule": schedule, "jobTemplate": {"spec": job()["spec"]}} | spec,
    }


def status(world, name="work"):
    return world.api.get(world.path("jobs", name)).get("status", {})


def conditions(told):
    return [each["type"] for each in told.get("conditions", []) if each["status"] == "True"]


def ended(world, name="work", seconds=60.0):
    """Wait for the end; return the status."""

    def over():
        told = status(world, name)
        return told if {"Complete", "Failed"} & set(conditions(told)) else None

    return eventually(over, f"{name} has ended", seconds)


def held(world):
    return [
        it["metadata"]["name"]
        for it in world.pods()
        if MARK in it["metadata"].get("finalizers", ())
    ]


MODES = {
    "counted": ({"completions": 3, "parallelism": 2}, {"succeeded": 3}),
    "queue": ({"parallelism": 3}, {"succeeded": 3}),
    "single": ({}, {"succeeded": 1}),
    "indexed": (
        {"completions": 4, "parallelism": 3, "completionMode": "Indexed"},
        {"succeeded": 4, "completedIndexes": "0-3"},
    ),
    "each": (
        {"completions": 2, "completionMode": "Indexed", "backoffLimitPerIndex": 1},
        {"succeeded": 2, "completedIndexes": "0,1", "failedIndexes": ""},
    ),
    "none": ({"completions": 0}, {"succeeded": 0}),
}


@pytest.mark.parametrize(("spec", "wanted"), MODES.values(), ids=MODES)
def test_a_job_of_each_mode_completes_and_holds_nothing(world, spec, wanted):
    world.create(job(**spec))
    told = ended(world)
    assert conditions(told) == ["SuccessCriteriaMet", "Complete"]
    assert {name: told[name] for name in wanted} == wanted
    assert (told["active"], told["terminating"], told["failed"]) == (0, 0, 0)
    assert not any((told.get("uncountedTerminatedPods") or {}).values())
    assert held(world) == []
    assert len(world.pods()) == wanted["succeeded"]


def test_pods_that_fail_are_counted_and_the_limit_ends_it(world):
    world.create(job(pod=NOWHERE, backoffLimit=0, parallelism=2, completions=2))
    eventually(lambda: len(held(world)) == 2, "two pods")
    first = min(held(world))
    body = {"status": {"phase": "Failed"}}
    world.patch_pod(first, body, "/status")
    told = ended(world)
    assert conditions(told) == ["FailureTarget", "Failed"]
    assert told["conditions"][-1]["reason"] == "BackoffLimitExceeded"
    assert (told["failed"], told["succeeded"], held(world)) == (2, 0, [])


@pytest.mark.parametrize("down", [False, True], ids=["at-work", "down-meanwhile"])
@pytest.mark.parametrize("policy", CASCADES)
def test_a_job_that_is_deleted_leaves_nothing_that_is_held(
    world, operator, collected, policy, down
):
    world.create(job(pod=NOWHERE, parallelism=3, completions=3))
    eventually(lambda: len(held(world)) == 3, "three pods")
    if down:
        operator.stop()
    world.api.delete(world.path("jobs", "work"), {"propagationPolicy": policy})
    if down:
        time.sleep(1)
        operator.start()
    eventually(lambda: held(world) == [], "nothing is held", 60)
    eventually(lambda: world.api.get(world.path("jobs", "work")) is None, "the Job is gone", 60)
    left = 3 if policy == "Orphan" else 0
    eventually(lambda: len(world.pods()) == left, f"{left} pods are left", 60)
    assert not any("ownerReferences" in it["metadata"] for it in world.pods())


def test_a_job_whose_time_is_over_goes_with_its_pods(world, collected):
    world.create(job(completions=2, parallelism=2, ttlSecondsAfterFinished=1))
    eventually(lambda: world.api.get(world.path("jobs", "work")) is None, "it is gone", 60)
    eventually(lambda: world.pods() == [], "its pods are gone", 60)


def test_a_job_may_be_suspended_and_resumed(world):
    world.create(job(completions=2, suspend=True))
    eventually(lambda: conditions(status(world)) == ["Suspended"], "it is suspended")
    assert world.pods() == []
    world.api.patch(world.path("jobs", "work"), {"spec": {"suspend": False}})
    assert ended(world)["succeeded"] == 2


def test_200_pods_are_counted_once_each_though_the_operator_is_killed_three_times(world, operator):
    world.create(job(completions=200, parallelism=50))
    for least in (10, 60, 120):
        eventually(lambda n=least: reached(world) >= n, f"{least} pods have ended", pause=0.01)
        operator.stop(signal.SIGKILL)
        operator.start()
    told = ended(world, seconds=180)
    assert (told["succeeded"], told["failed"]) == (200, 0)
    assert conditions(told) == ["SuccessCriteriaMet", "Complete"]
    pods = world.pods()
    assert len(pods) == 200, "none is lost, and none was made for one that was"
    assert held(world) == []


def reached(world):
    told = status(world)
    waiting = (told.get("uncountedTerminatedPods") or {}).get("succeeded") or ()
    return told.get("succeeded", 0) + len(waiting)


def test_a_pod_costs_two_requests_and_its_share_of_the_status(world, operator, capsys):
    before = operator.metric("podwright_writes_total", resource="pods")
    statuses = operator.metric("podwright_writes_total", resource="jobs")
    world.create(job(completions=100, parallelism=50))
    assert ended(world, seconds=120)["succeeded"] == 100
    pods = operator.metric("podwright_writes_total", resource="pods") - before
    told = operator.metric("podwright_writes_total", resource="jobs") - statuses
    with capsys.disabled():
        print(f"\na Job of 100 pods: {pods:.0f} requests about pods, {told:.0f} of its status")
    assert pods == 200, "a creation and a finalizer each"
    assert told < 100


# --- CronJobs --------------------------------------------------------------------------------------


def jobs(world, owner):
    """The Jobs of a CronJob, by name."""
    items = world.api.get(world.path("jobs"))["items"]
    mine = [it for it in items if it["metadata"]["ownerReferences"][0]["name"] == owner]
    return {it["metadata"]["name"]: it for it in mine}


def test_runs_are_kept_so_many_and_forbidden_beside_another_whoever_is_killed(
    world, operator, collected
):
    """A Job is named after its minute, so the second run is in the next one."""
    goes_on = {"spec": job(pod=NOWHERE)["spec"]}
    world.create(cronjob("one", concurrencyPolicy="Forbid", jobTemplate=goes_on))
    world.create(cronjob("clock", successfulJobsHistoryLimit=1))
    eventually(lambda: jobs(world, "one") and jobs(world, "clock"), "their first Jobs")
    first, old = jobs(world, "one"), set(jobs(world, "clock"))
    operator.stop(signal.SIGKILL)
    operator.start()
    eventually(lambda: set(jobs(world, "clock")) - old, "another run", 90)
    eventually(lambda: len(jobs(world, "clock")) == 1, "one is kept", 60)
    [(name, kept)] = jobs(world, "clock").items()
    assert name not in old
    assert "batch.kubernetes.io/cronjob-scheduled-timestamp" in kept["metadata"]["annotations"]
    uids = {it["metadata"]["uid"] for it in first.values()}
    assert {it["metadata"]["uid"] for it in jobs(world, "one").values()} == uids
    told = world.api.get(world.path("cronjobs", "one"))["status"]
    assert {it["uid"] for it in told["active"]} == uids
