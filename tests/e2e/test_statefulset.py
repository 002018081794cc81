"""StatefulSets of real pods: who they are, in which order they come, and what they remember."""

from operating import eventually
from words import ADDRESSES, Watch, expose, is_ready, name_of, run_in, set_of, shell

DATA = [{"name": "data", "mountPath": "/data"}]


def stateful(*containers, claims=(), pod=None, **spec):
    """A StatefulSet of these containers; their pods have a second to end."""
    manifest = set_of(*containers, pod=pod, **spec) | {"kind": "StatefulSet"}
    resources = {"requests": {"storage": "1Mi"}}
    wish = {"accessModes": ["ReadWriteOnce"], "resources": resources}
    templates = [{"metadata": {"name": name}, "spec": wish} for name in claims]
    manifest["spec"] |= {"serviceName": "web"} | (
        {"volumeClaimTemplates": templates} if claims else {}
    )
    return manifest


def slow(seconds=1.5, **fields):
    """A container that is ready a while after its start."""
    probe = {"exec": {"command": ["test", "-e", "/tmp/up"]}, "periodSeconds": 1}
    script = f"sleep {seconds}; touch /tmp/up; exec sleep infinity"
    return shell(script, readinessProbe=probe, **fields)


def told(world, seconds=90.0, **wanted):
    world.told("statefulsets", "web", seconds=seconds, **wanted)


def pod(world, ordinal):
    return world.api.get(f"{world.core}/pods/web-{ordinal}")


def lost(world, ordinal):
    """Delete a pod, and wait until another one has its name."""
    old = pod(world, ordinal)["metadata"]["uid"]
    world.api.delete(f"{world.core}/pods/web-{ordinal}")
    eventually(
        lambda: (it := pod(world, ordinal)) and it["metadata"]["uid"] != old, "another pod", 60
    )


def change(world, **spec):
    world.api.patch(world.path("statefulsets", "web"), {"spec": spec})


def scaled(world, replicas):
    change(world, replicas=replicas)
    if replicas:
        told(world, replicas=replicas, readyReplicas=replicas)
    else:
        eventually(lambda: not world.pods("app=web"), "no pod is left", seconds=60)


def test_each_pod_has_a_name_a_number_and_an_address_in_dns(world, python):
    expose(world, clusterIP="None")
    index = {"fieldRef": {"fieldPath": "metadata.labels['apps.kubernetes.io/pod-index']"}}
    container = shell("exec sleep infinity", env=[{"name": "INDEX", "valueFrom": index}])
    world.create(stateful(container, replicas=3))
    told(world, readyReplicas=3)
    for ordinal in range(3):
        it = pod(world, ordinal)
        assert run_in(world, it, "hostname").strip() == f"web-{ordinal}"
        assert run_in(world, it, "sh", "-c", "echo $INDEX").strip() == str(ordinal)
        wanted = [it["status"]["podIP"]]
        name = f"web-{ordinal}.web"
        eventually(lambda n=name, w=wanted: _answer(python, n) == w, f"{name} in DNS", 60, 0.5)
    everybody = sorted(pod(world, ordinal)["status"]["podIP"] for ordinal in range(3))
    eventually(lambda: _answer(python, "web") == everybody, "all of them in DNS", 60, 0.5)


def _answer(python, name):
    try:
        return python(ADDRESSES, name)
    except Exception:  # not known yet
        return None


def test_pods_start_one_after_the_other_and_stop_in_reverse(world):
    changes = Watch(world, f"{world.core}/pods")
    world.create(stateful(slow(), replicas=3))
    told(world, readyReplicas=3)
    ready = [_ready_at(changes, ordinal) for ordinal in range(3)]
    made = [
        changes.first(lambda verb, it, n=n: verb == "ADDED" and name_of(it) == f"web-{n}", "made")[
            0
        ]
        for n in range(3)
    ]
    assert made[0] < ready[0] <= made[1] < ready[1] <= made[2]
    scaled(world, 0)
    gone = {name_of(it): moment for moment, verb, it in list(changes.changes) if verb == "DELETED"}
    told_to_go = {
        n: changes.first(
            lambda _, it, n=n: name_of(it) == f"web-{n}" and "deletionTimestamp" in it["metadata"],
            "told to go",
        )[0]
        for n in range(3)
    }
    assert gone["web-2"] <= told_to_go[1]
    assert gone["web-1"] <= told_to_go[0]


def _ready_at(changes, ordinal):
    happened = lambda _, it: name_of(it) == f"web-{ordinal}" and is_ready(it)  # noqa: E731
    return changes.first(happened, f"web-{ordinal} is ready")[0]


def test_parallel_pods_start_together(world):
    world.create(stateful(slow(5), replicas=3, podManagementPolicy="Parallel"))
    eventually(lambda: len(world.pods("app=web")) == 3, "three pods")
    assert not any(is_ready(it) for it in world.pods("app=web"))
    told(world, readyReplicas=3)


def test_data_survives_restarts_updates_and_scaling_to_zero(world, operator):
    """The storage class of this cluster keeps data on a node, so pods stay on one."""
    here = {"nodeSelector": {"kubernetes.io/hostname": operator.kind.workers[0]}}
    write = "echo $(hostname) $EDITION >> /data/log; exec sleep infinity"
    edition = lambda value: shell(  # noqa: E731
        write, volumeMounts=DATA, env=[{"name": "EDITION", "value": value}]
    )
    world.create(stateful(edition("one"), replicas=2, claims=["data"], pod=here))
    told(world, readyReplicas=2)
    lost(world, 1)
    told(world, readyReplicas=2)
    change(world, template={"spec": {"containers": [edition("two")]}})
    told(world, readyReplicas=2, updatedReplicas=2, currentReplicas=2)
    scaled(world, 0)
    scaled(world, 2)
    log = lambda n: run_in(world, pod(world, n), "cat", "/data/log").splitlines()  # noqa: E731
    assert log(0) == ["web-0 one", "web-0 two", "web-0 two"]
    assert log(1) == ["web-1 one", "web-1 one", "web-1 two", "web-1 two"]


def test_claims_go_with_the_set_if_it_says_so(world, operator):
    operator.wait_for_garbage_collection()
    policy = {"whenDeleted": "Delete", "whenScaled": "Delete"}
    stay = shell("exec sleep infinity", volumeMounts=DATA)
    world.create(
        stateful(stay, replicas=2, claims=["data"], persistentVolumeClaimRetentionPolicy=policy)
    )
    told(world, readyReplicas=2)
    claims = lambda: {  # noqa: E731
        name_of(each) for each in world.api.get(f"{world.core}/persistentvolumeclaims")["items"]
    }
    assert claims() == {"data-web-0", "data-web-1"}
    scaled(world, 1)
    eventually(lambda: claims() == {"data-web-0"}, "the claim went with its pod", seconds=60)
    world.api.delete(world.path("statefulsets", "web"), {"propagationPolicy": "Background"})
    eventually(lambda: not claims(), "the claims went with the set", seconds=60)


def test_a_canary_and_then_all(world):
    edition = lambda value: slow(env=[{"name": "EDITION", "value": value}])  # noqa: E731
    phases = {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}
    world.create(stateful(edition("one"), replicas=3, updateStrategy=phases))
    told(world, readyReplicas=3)
    change(world, template={"spec": {"containers": [edition("two")]}})
    told(world, readyReplicas=3, updatedReplicas=1)
    says = lambda: [  # noqa: E731
        run_in(world, pod(world, n), "sh", "-c", "echo $EDITION").strip() for n in range(3)
    ]
    assert says() == ["one", "one", "two"]
    lost(world, 0)
    told(world, readyReplicas=3, updatedReplicas=1)
    assert says() == ["one", "one", "two"], "a lost pod comes back as it was"
    change(world, updateStrategy={"rollingUpdate": {"partition": 0}})
    told(world, readyReplicas=3, updatedReplicas=3, currentReplicas=3)
    assert says() == ["two", "two", "two"]


def test_a_broken_first_revision_mends_itself_if_it_says_so(world):
    """An image that cannot be pulled holds up its own repair upstream, for ever."""
    broken = {"name": "main", "image": "localhost/podwright/nothing:1"}
    world.create(stateful(broken, replicas=2, updateStrategy={"replaceStuckPods": True}))
    waiting = lambda: pod(world, 0)["status"].get("containerStatuses", [{}])[0].get("state", {})  # noqa: E731
    eventually(lambda: pod(world, 0) and "waiting" in waiting(), "web-0 is stuck", seconds=60)
    change(world, template={"spec": {"containers": [shell("exec sleep infinity")]}})
    told(world, readyReplicas=2, updatedReplicas=2, currentReplicas=2)
