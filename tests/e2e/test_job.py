"""Jobs of real pods: exit codes, restarts, indexes in DNS, deadlines, drains, a killed leader."""

import re

import pytest
from aimed import Aimed
from batch import condition, ended, job, no_pod_is_held, says, status
from installed import seconds_between
from operating import eventually
from test_healing import evict
from words import IMAGE, log_of, name_of, only_pod, restarts, service, shell, uids

STAY = "exec sleep infinity"
IGNORES_DISRUPTION = {"onPodConditions": [{"type": "DisruptionTarget"}], "action": "Ignore"}


def by_index(world, name="work"):
    label = "batch.kubernetes.io/job-completion-index"
    return {int(pod["metadata"]["labels"][label]): pod for pod in world.pods(f"app={name}")}


# --- how pods end ----------------------------------------------------------------------------
def test_a_job_does_its_work_and_leaves_its_pods_to_be_read(world):
    world.create(job("echo part $RANDOM; sleep 1", completions=4, parallelism=2))
    told = ended(world)
    assert (told["succeeded"], told["failed"], told["active"]) == (4, 0, 0)
    assert [log_of(world, pod)[0].split()[0] for pod in world.pods()] == ["part"] * 4
    assert told["completionTime"] >= told["startTime"]
    no_pod_is_held(world)


def test_a_failed_pod_is_followed_by_another_one_ten_seconds_later(world):
    world.create(job("exit 3", backoffLimit=1))
    told = ended(world, "Failed")
    assert told["failed"] == 2
    first, second = sorted(world.pods(), key=lambda pod: pod["metadata"]["creationTimestamp"])
    gone = first["status"]["containerStatuses"][0]["state"]["terminated"]
    assert gone["exitCode"] == 3
    assert 9 <= seconds_between(gone["finishedAt"], second["metadata"]["creationTimestamp"]) <= 13
    assert condition(world, "Failed")["reason"] == "BackoffLimitExceeded"


def test_containers_are_restarted_in_their_pod_and_too_many_restarts_end_the_job(world):
    world.create(job("exit 1", restarts="OnFailure", backoffLimit=2))
    eventually(lambda: any(map(restarts, world.pods())), "its container is restarted", 60)
    pod = only_pod(world, "work")
    ended(world, "Failed")
    eventually(lambda: not world.pods(), "its pod is removed, as upstream's is", 60)
    assert len([e for e in world.api.get(f"{world.core}/events")["items"]
                if e["reason"] == "SuccessfulCreate"]) == 1, name_of(pod)  # fmt: skip


def test_exit_codes_say_what_a_failure_means(world):
    policy = {
        "rules": [
            {"onExitCodes": {"operator": "In", "values": [42]}, "action": "FailJob"},
            {"onExitCodes": {"operator": "In", "values": [7]}, "action": "Ignore"},
        ]
    }
    script = 'case "$JOB_COMPLETION_INDEX" in 0) exit 0;; *) sleep 3; exit 42;; esac'
    indexed = {"completionMode": "Indexed", "completions": 2, "parallelism": 2}
    world.create(job(script, podFailurePolicy=policy, backoffLimit=6, **indexed))
    told = ended(world, "Failed")
    assert (told["succeeded"], told["failed"]) == (1, 1)
    reason = condition(world, "Failed")
    assert reason["reason"] == "PodFailurePolicy"
    assert re.search(r"Container main for pod \S+ failed with exit code 42", reason["message"])


def test_a_sidecar_does_not_keep_a_job_from_ending(world):
    beside = shell("trap 'exit 0' TERM; while :; do sleep 0.2; done", name="beside")
    beside["restartPolicy"] = "Always"
    world.create(job("sleep 1", pod={"initContainers": [beside]}))
    assert ended(world)["succeeded"] == 1


def test_an_indexed_job_has_names_in_dns_and_each_part_knows_its_number(world):
    world.api.post(f"{world.core}/services", service("work", clusterIP="None"))
    last = "socket.gethostbyname('work-2.work')"
    script = f"import os, socket, time; time.sleep(8); print(os.environ['JOB_COMPLETION_INDEX'], socket.gethostname(), {last})"
    container = {
        "name": "main",
        "image": IMAGE.format("python"),
        "command": ["python3", "-c", script],
    }
    pod = {"subdomain": "work", "containers": [container]}
    indexed = {"completionMode": "Indexed", "completions": 3, "parallelism": 3}
    world.create(job("", pod=pod, backoffLimit=0, **indexed))
    told = ended(world)
    assert told["completedIndexes"] == "0-2"
    pods = by_index(world)
    address = pods[2]["status"]["podIP"]
    assert {index: log_of(world, pod) for index, pod in pods.items()} == {
        index: [f"{index} work-{index} {address}"] for index in range(3)
    }


def test_an_index_that_fails_too_often_fails_alone(world):
    script = 'test "$JOB_COMPLETION_INDEX" != 1'
    indexed = {"completionMode": "Indexed", "completions": 3, "parallelism": 3}
    world.create(job(script, backoffLimitPerIndex=0, **indexed))
    told = ended(world, "Failed")
    assert (told["completedIndexes"], told["failedIndexes"]) == ("0,2", "1")


# --- clocks and wishes -----------------------------------------------------------------------
def test_a_job_that_is_too_slow_is_stopped_by_its_deadline(world):
    world.create(job(STAY, activeDeadlineSeconds=5))
    told = ended(world, "Failed")
    reason = condition(world, "Failed")
    assert reason["reason"] == "DeadlineExceeded"
    assert 5 <= seconds_between(told["startTime"], reason["lastTransitionTime"]) <= 15
    eventually(lambda: not world.active(), "its pod ends")


def test_a_suspended_job_gives_its_pods_up_and_begins_again(world):
    world.create(job("test -f /proc/self/stat && sleep 4", completions=2, parallelism=2))
    says(world, active=2, ready=2)
    path = world.path("jobs", "work")
    world.api.patch(path, {"spec": {"suspend": True}})
    eventually(lambda: not world.pods(), "its pods are gone", 30)
    assert status(world)["active"] == 0
    world.api.patch(path, {"spec": {"suspend": False}})
    told = ended(world)
    assert (told["succeeded"], told["failed"]) == (2, 0)


def test_a_job_goes_with_its_pods_when_its_time_is_over(world):
    world.create(job("true", ttlSecondsAfterFinished=3))
    done = ended(world)["completionTime"]
    gone = lambda: world.api.get(world.path("jobs", "work")) is None and not world.pods()  # noqa: E731
    eventually(gone, f"it is gone; it ended {done}", 30)


@pytest.mark.parametrize("policy", ["Background", "Foreground"])
def test_a_deleted_job_takes_its_running_pods_along(world, policy):
    world.create(job(STAY, parallelism=3))
    says(world, active=3, ready=3)
    world.api.delete(world.path("jobs", "work"), {"propagationPolicy": policy})
    eventually(lambda: not world.pods(), "no pod is left", 60)
    eventually(lambda: world.api.get(world.path("jobs", "work")) is None, "nor the Job")


def test_pods_that_a_job_leaves_behind_end_as_nobodys(world):
    world.create(job("sleep 8", parallelism=2))
    says(world, active=2, ready=2)
    world.api.delete(world.path("jobs", "work"), {"propagationPolicy": "Orphan"})
    no_pod_is_held(world)
    pods = world.pods()
    assert len(pods) == 2
    assert not any(pod["metadata"].get("ownerReferences") for pod in pods)
    eventually(lambda: not world.active(), "they end by themselves", 30)


# --- what befalls pods -----------------------------------------------------------------------
def test_an_evicted_pod_counts_as_the_policy_says(world):
    world.create(job(STAY, podFailurePolicy={"rules": [IGNORES_DISRUPTION]}, backoffLimit=0))
    says(world, active=1, ready=1)
    first = only_pod(world, "work")
    evict(world, first)
    eventually(lambda: uids(world.pods()) - uids([first]), "another one takes its place", 60)
    says(world, active=1, failed=0)
    assert condition(world, "Failed") is None


def test_a_pod_is_replaced_only_when_it_has_ended_if_that_is_asked_for(world):
    lingering = "trap 'sleep 6; exit 1' TERM; while :; do sleep 0.1; done"
    pod = {"terminationGracePeriodSeconds": 20}
    world.create(job(lingering, pod=pod, podReplacementPolicy="Failed", backoffLimit=9))
    says(world, active=1, ready=1)
    first = only_pod(world, "work")
    world.api.delete(f"{world.core}/pods/{name_of(first)}")
    says(world, terminating=1, active=0)
    assert uids(world.pods()) == uids([first])
    eventually(lambda: uids(world.pods()) - uids([first]), "another one comes afterwards", 60)


@pytest.mark.alone
def test_each_pod_is_counted_once_when_the_leader_is_killed_in_the_middle(operator, world, told):
    (node, pid), before = operator.process(operator.leader), operator.restarts(operator.leader)
    leader = operator.leader
    indexed = {"completionMode": "Indexed", "completions": 40, "parallelism": 20}
    world.create(job("sleep 1", **indexed))
    eventually(lambda: status(world).get("succeeded", 0) >= 5, "some are counted", 60, 0)
    killed = Aimed(node, f"kill -9 {pid}").fire()
    counted = status(world)["succeeded"]
    done = ended(world, seconds=150)
    told(f"leader killed with {counted} of 40 parts counted: all counted "
         f"{seconds_between(killed, done['completionTime']):.0f} s later")  # fmt: skip
    assert counted < 40, "it was killed in the middle"
    assert (done["succeeded"], done["failed"], done["completedIndexes"]) == (40, 0, "0-39")
    assert len(world.pods()) == 40
    no_pod_is_held(world)
    eventually(lambda: operator.restarts(leader) == before + 1, "its container restarts", 60)
