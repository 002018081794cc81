"""Containers of a ReplicaSet's pods start, end and start again as Kubernetes' documentation says."""

import time
from datetime import datetime

import pytest
from operating import Rejected, eventually
from words import (
    Watch,
    built_in,
    container,
    heard,
    log_of,
    name_of,
    only_pod,
    restarts,
    run_in,
    set_of,
    shell,
    uids,
)

STAY = "exec sleep infinity"
TALKS = "trap 'echo {0} ends; exit' TERM; echo {0} starts; while true; do sleep 0.1; done"
SHARED = {"volumeMounts": [{"name": "shared", "mountPath": "/shared"}]}
VOLUME = {"volumes": [{"name": "shared", "emptyDir": {}}]}


def since(timestamp):
    """Wall-clock seconds of a time that the API server wrote; it knows whole seconds only."""
    return datetime.fromisoformat(timestamp).timestamp()


def test_containers_that_end_are_restarted_later_each_time_and_the_pod_stays(world):
    """Whether they end well or badly: at once, then after 10 s, 20 s and so on."""
    changes = Watch(world, f"{world.core}/pods")
    codes = {"well": 0, "badly": 3}
    world.create(set_of(*(shell(f"exit {code}", name) for name, code in codes.items())))

    def states(name):
        """Every state of a container that was told of."""
        statuses = [container(pod, name) for _, _, pod in list(changes.changes)]
        return [status.get(part, {}) for status in statuses for part in ("state", "lastState")]

    def runs(name):
        """When each run began and ended."""
        ends = [state["terminated"] for state in states(name) if "terminated" in state]
        assert {end["exitCode"] for end in ends} <= {codes[name]}
        return sorted({(since(end["startedAt"]), since(end["finishedAt"])) for end in ends})

    for name in codes:
        eventually(lambda name=name: len(runs(name)) >= 4, f"{name} ran four times", seconds=120)
        _, second, third, fourth = runs(name)[:4]
        assert third[0] - second[1] >= 9, "whole seconds of 10"
        assert fourth[0] - third[1] >= 19, "whole seconds of 20"
    waits = [state["waiting"] for name in codes for state in states(name) if "waiting" in state]
    assert "CrashLoopBackOff" in {wait["reason"] for wait in waits}
    # For the moments that they run, they are ready: nothing says otherwise.
    counts = {"replicas": 1, "readyReplicas": 0, "availableReplicas": 0}
    eventually(lambda: counts.items() <= world.get()["status"].items(), "the set waits for them")
    assert len(uids(pod for _, _, pod in changes.changes)) == 1
    assert "conditions" not in world.get()["status"]
    assert len(world.events("SuccessfulCreate")) == 1


def test_init_containers_run_one_after_the_other_each_until_it_succeeds(world):
    once_failing = "echo second >> /shared/story; [ -e /shared/tried ] || ! touch /shared/tried"
    inits = [
        shell("sleep 1; echo first >> /shared/story", "first", **SHARED),
        shell(once_failing, "second", **SHARED),
        shell("echo third >> /shared/story", "third", **SHARED),
    ]
    main = shell(f"cat /shared/story; {STAY}", **SHARED)
    world.create(set_of(main, pod={"initContainers": inits, **VOLUME}))
    world.settled(1)
    pod = only_pod(world)
    assert log_of(world, pod) == ["first", "second", "second", "third"]
    assert [each["restartCount"] for each in pod["status"]["initContainerStatuses"]] == [0, 1, 0]
    assert len(world.events("SuccessfulCreate")) == 1


def test_a_set_whose_pods_cannot_initialise_waits_and_makes_no_others(world):
    inits = [shell("exit 1", "never")]
    world.create(set_of(shell(STAY), replicas=2, pod={"initContainers": inits}))

    def fails_again():
        counts = [container(pod, "never").get("restartCount", 0) for pod in world.pods()]
        return len(counts) == 2 and min(counts) >= 1

    eventually(fails_again, "both init containers were tried again", seconds=60)
    assert world.has_status(replicas=2, readyReplicas=0, availableReplicas=0)
    assert all("running" not in container(pod, "main")["state"] for pod in world.pods())
    world.patch({"spec": {"template": {"spec": {"initContainers": []}}}})
    for pod in world.pods():
        world.api.delete(f"{world.core}/pods/{name_of(pod)}")
    world.settled(2)


def test_a_sidecar_starts_before_and_ends_after_the_main_container(world):
    """It is an init container that is restarted always; the next ones wait for its startup probe."""
    ready_late = (
        "echo sidecar starts; trap 'echo sidecar ends; exit' TERM; sleep 2; touch /tmp/up; "
    )
    sidecar = shell(
        ready_late + "while true; do sleep 0.1; done",
        "sidecar",
        restartPolicy="Always",
        startupProbe={"exec": {"command": ["test", "-e", "/tmp/up"]}, "periodSeconds": 1},
    )
    inits = [shell("echo first", "first"), sidecar, shell("echo second", "second")]
    pod_spec = {"initContainers": inits, "terminationGracePeriodSeconds": 20}
    world.create(set_of(shell(TALKS.format("main")), pod=pod_spec))
    world.settled(1)
    pod = only_pod(world)
    assert container(pod, "sidecar")["ready"]
    with heard(world, pod) as lines:
        world.scale(0)
    assert lines == [
        "first", "sidecar starts", "second", "main starts", "main ends", "sidecar ends",
    ]  # fmt: skip


def test_a_sidecar_that_dies_is_restarted_and_the_main_container_goes_on(world):
    sidecar = shell("sleep infinity & wait", "sidecar", restartPolicy="Always")
    world.create(set_of(shell(STAY), pod={"initContainers": [sidecar]}))
    world.settled(1)
    run_in(world, only_pod(world), "killall", "sleep", container="sidecar")

    def is_back():
        status = container(only_pod(world), "sidecar")
        return status["restartCount"] == 1 and "running" in status["state"]

    eventually(is_back, "the sidecar runs again", seconds=60)
    assert restarts(only_pod(world)) == 0
    assert len(world.events("SuccessfulCreate")) == 1
    world.settled(1)


def test_hooks_run_after_the_start_and_before_the_end(world):
    """postStart holds readiness back; preStop runs to its end before TERM is sent."""
    say = "echo {} > /proc/1/fd/1"
    hooks = {
        "postStart": {"exec": {"command": ["sh", "-c", f"sleep 2; {say.format('postStart')}"]}},
        "preStop": {"exec": {"command": ["sh", "-c", f"sleep 2; {say.format('preStop')}"]}},
    }
    main = shell(TALKS.format("main"), lifecycle=hooks)
    world.create(set_of(main, pod={"terminationGracePeriodSeconds": 20}))
    eventually(lambda: world.has_status(replicas=1), "there is a pod")
    changes = Watch(world, f"{world.core}/pods")
    world.settled(1)
    started = container(only_pod(world), "main")["state"]["running"]["startedAt"]
    ready, _ = changes.first(lambda _, pod: container(pod, "main").get("ready"), "it is ready")
    assert ready >= since(started) + 2
    with heard(world, only_pod(world)) as lines:
        world.scale(0)
    assert lines == ["main starts", "postStart", "preStop", "main ends"]


def test_a_pod_that_ignores_term_is_killed_after_its_grace_period_and_replaced_at_once(world):
    """The replacement does not wait for it; until it is gone the status counts it as terminating."""
    grace = 5
    deaf = shell("trap '' TERM; echo up; while true; do sleep 1; done")
    world.create(set_of(deaf, pod={"terminationGracePeriodSeconds": grace}))
    world.settled(1)
    old = only_pod(world)
    pods, sets = Watch(world, f"{world.core}/pods"), Watch(world, world.sets)
    asked = time.time()
    world.api.delete(f"{world.core}/pods/{name_of(old)}")

    def is_new(verb, pod):
        return verb == "ADDED" and name_of(pod) != name_of(old)

    replaced, _ = pods.first(is_new, "a replacement is made")
    assert replaced < asked + grace
    overlap = {"replicas": 1, "readyReplicas": 1, "availableReplicas": 1, "terminatingReplicas": 1}
    sets.first(lambda _, owner: overlap.items() <= owner["status"].items(), "both are there")
    gone, last = pods.first(
        lambda verb, pod: verb == "DELETED" and name_of(pod) == name_of(old), "the old one is gone"
    )
    assert grace <= gone - asked < 20  # without a word it would be 30
    assert container(last, "main")["state"]["terminated"]["exitCode"] == 137
    eventually(lambda: world.has_status(replicas=1, terminatingReplicas=0), "it is not counted")
    assert len(world.events("SuccessfulCreate")) == 2


def test_a_container_over_its_memory_limit_is_killed_and_restarted(world):
    """OOMKilled, 137; the pod, its volume and its place in the set stay."""
    eat = "[ -e /shared/full ] || { touch /shared/full; python3 -c \"b'x' * 10**9\" || code=$?; }"
    # A moment's rest before the end lets the runtime hear of the kernel's deed first.
    script = f"{eat}; if [ $code ]; then sleep 1; exit $code; fi; {STAY}"
    hungry = shell(script, image="python", **SHARED) | {"resources": {"limits": {"memory": "64Mi"}}}
    world.create(set_of(hungry, pod=VOLUME))

    def is_back():
        main = container((world.pods() or [{"status": {}}])[0], "main")
        return main.get("restartCount") == 1 and main["ready"]

    eventually(is_back, "it was killed and runs again", seconds=60)
    pod = only_pod(world)
    last = container(pod, "main")["lastState"]["terminated"]
    assert (last["reason"], last["exitCode"]) == ("OOMKilled", 137)
    world.settled(1)
    assert len(world.events("SuccessfulCreate")) == 1


def test_an_evicted_pod_is_replaced_and_a_disruption_budget_is_heeded(world):
    budget = {"minAvailable": 2, "selector": {"matchLabels": {"app": "web"}}}
    policies = f"/apis/policy/v1/namespaces/{world.namespace}/poddisruptionbudgets"
    world.api.post(policies, {"metadata": {"name": "web"}, "spec": budget})
    world.create(set_of(shell(STAY), replicas=2, pod={"terminationGracePeriodSeconds": 3}))
    world.settled(2)
    victim, other = world.pods()
    pods = Watch(world, f"{world.core}/pods")

    def evict():
        eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {}}
        eviction["metadata"]["name"] = name_of(victim)
        world.api.post(f"{world.core}/pods/{name_of(victim)}/eviction", eviction)

    def allowed(number):
        status = world.api.get(f"{policies}/web").get("status", {})
        return (status.get("expectedPods"), status.get("disruptionsAllowed")) == (
            number,
            number - 2,
        )

    eventually(lambda: allowed(2), "the budget has counted both pods")
    with pytest.raises(Rejected, match="disruption budget"):
        evict()
    world.scale(3)
    world.settled(3)
    eventually(lambda: allowed(3), "the budget can spare one pod")
    evict()
    _, last = pods.first(lambda verb, _: verb == "DELETED", "the evicted pod is gone")
    assert name_of(last) == name_of(victim)
    reasons = {each["type"]: each.get("reason") for each in last["status"]["conditions"]}
    assert reasons["DisruptionTarget"] == "EvictionByEvictionAPI"
    world.settled(3)
    assert name_of(other) in world.active()
    assert len(world.events("SuccessfulCreate")) == 4


def test_a_pod_that_has_failed_for_good_is_replaced_and_stays_to_be_looked_at(world):
    """A deadline makes a pod Failed whatever its restartPolicy; so do evictions by the kubelet."""
    world.create(set_of(shell(STAY)))
    world.settled(1)
    failing = only_pod(world)
    world.patch_pod(name_of(failing), {"spec": {"activeDeadlineSeconds": 1}})
    eventually(lambda: len(world.pods()) == 2, "there is another pod", seconds=60)
    world.settled(1)
    (new,) = world.active()
    assert new != name_of(failing)
    old = world.api.get(f"{world.core}/pods/{name_of(failing)}")
    assert (old["status"]["phase"], old["status"]["reason"]) == ("Failed", "DeadlineExceeded")
    assert "deletionTimestamp" not in old["metadata"]
    assert len(world.events("SuccessfulCreate")) == 2


def test_availability_follows_readiness_by_min_ready_seconds(world):
    """Counted from when the pods became ready, and said when it is so, not at some next look."""
    wait = 5
    changes = Watch(world, world.sets)
    world.create(set_of(shell(STAY), replicas=2, minReadySeconds=wait))
    world.settled(2)

    def counts(ready, available):
        return lambda _, owner: (
            (
                owner.get("status", {}).get("readyReplicas"),
                owner.get("status", {}).get("availableReplicas"),
            )
            == (ready, available)
        )

    _, waiting = changes.first(counts(2, 0), "both are ready and none is available")
    assert waiting["status"]["podwright"]["waitingFor"] == f"its pods to be ready for {wait} s"
    available, _ = changes.first(counts(2, 2), "both are available")
    ready = max(
        since(condition["lastTransitionTime"])
        for pod in world.pods()
        for condition in pod["status"]["conditions"]
        if condition["type"] == "Ready"
    )
    assert wait <= available - ready < wait + 4


TROUBLES = {
    "crashing": {"containers": [shell("exit 1")]},
    "missing": {"containers": [shell(STAY) | {"image": "localhost/podwright/nowhere:1"}]},
    "nowhere": {"containers": [shell(STAY)], "nodeSelector": {"no": "such-node"}},
    "unready": {"containers": [shell(STAY, readinessProbe={"exec": {"command": ["false"]}})]},
    "stuck": {"containers": [shell(STAY)], "initContainers": [shell(STAY, "init")]},
    "forbidden": {"containers": [shell(STAY)], "serviceAccountName": "nobody"},
    "fine": {"containers": [shell(STAY)]},
}


def test_troubled_pods_show_in_the_status_as_in_the_built_in_kind(world):
    twins = f"/apis/apps/v1/namespaces/{world.namespace}/replicasets"
    for name, pod in TROUBLES.items():
        ours = set_of(name=name, replicas=2, pod=pod)
        world.create(ours)
        world.api.post(twins, built_in(ours, f"{name}-twin"))

    def in_trouble(name):
        """Whether both pods were tried more than once."""
        mains = [container(pod, "main") for pod in world.pods(f"app={name}")]
        return len(mains) == 2 and all(
            main.get("restartCount")
            or main.get("state", {}).get("waiting", {}).get("reason") == "ImagePullBackOff"
            for main in mains
        )

    def difference(name):
        """What differs between ours and the twin, fields that a zero leaves out taken as zero."""
        fields = ("replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas")
        statuses = [world.get(name)["status"], world.api.get(f"{twins}/{name}-twin")["status"]]
        counts = [{field: status.get(field, 0) for field in fields} for status in statuses]
        conditions = [
            [
                (each["type"], each["status"], each["reason"])
                for each in status.get("conditions", [])
            ]
            for status in statuses
        ]
        return (
            [] if [counts[0], conditions[0]] == [counts[1], conditions[1]] else [counts, conditions]
        )

    for name in ("crashing", "crashing-twin", "missing", "missing-twin"):
        eventually(lambda name=name: in_trouble(name), f"{name} is in trouble", seconds=60)
    world.settled(2, "fine")
    for name in TROUBLES:
        eventually(lambda name=name: not difference(name), f"{name} is as its twin", seconds=30)
    (condition,) = world.get("forbidden")["status"]["conditions"]
    assert (condition["type"], condition["reason"]) == ("ReplicaFailure", "FailedCreate")
    assert 'serviceaccount "nobody" not found' in condition["message"]
