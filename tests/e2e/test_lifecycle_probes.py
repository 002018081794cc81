"""Probes of all sorts on real containers, and what they mean for a set and its Service."""

from dataclasses import dataclass

import pytest
from operating import eventually
from words import (
    IMAGE,
    container,
    endpoints,
    expose,
    is_ready,
    name_of,
    only_pod,
    pod_events,
    restarts,
    run_in,
    set_of,
    uids,
)

FAST = {"periodSeconds": 1, "failureThreshold": 2, "timeoutSeconds": 5}
PATIENT = {"failureThreshold": 60}


@dataclass(frozen=True)
class Probed:
    """A way to ask for health, a program that answers, and how it gets well and ill."""

    image: str
    script: str
    probe: dict
    well: str
    ill: str

    def container(self, before="", **probes):
        probes = {name: {**self.probe, **FAST, **more} for name, more in probes.items()}
        command = ["sh", "-c", before + self.script]
        return {"name": "main", "image": IMAGE.format(self.image), "command": command, **probes}


_POST = "wget -qO- --post-data= http://127.0.0.1:8080/health/"
EXEC = Probed(
    "busybox",
    "touch /tmp/well; exec sleep infinity",
    {"exec": {"command": ["test", "-e", "/tmp/well"]}},
    well="touch /tmp/well",
    ill="rm /tmp/well",
)
HTTP = Probed(
    "web",
    "exec python3 /server.py",
    {"httpGet": {"path": "/healthz", "port": 8080}},
    well=_POST + "ok",
    ill=_POST + "bad",
)
TCP = Probed(
    "busybox",
    "httpd -p 8080; exec sleep infinity",
    {"tcpSocket": {"port": 8080}},
    well="httpd -p 8080",
    ill="killall httpd",
)
GRPC = Probed(
    "agnhost",
    "exec /agnhost grpc-health-checking",
    {"grpc": {"port": 5000}},
    well="curl -s 127.0.0.1:8080/make-serving",
    ill="curl -s 127.0.0.1:8080/make-not-serving",
)
ALL = pytest.mark.parametrize("by", [EXEC, HTTP, TCP, GRPC], ids=["exec", "http", "tcp", "grpc"])


@ALL
def test_failing_liveness_restarts_the_container_and_not_the_pod(world, by):
    world.create(set_of(by.container(startupProbe=PATIENT, livenessProbe={}, readinessProbe={})))
    world.settled(1)
    pod = only_pod(world)
    run_in(world, pod, "sh", "-c", by.ill)
    eventually(lambda: restarts(only_pod(world)) == 1, "the container was restarted", 60)
    world.settled(1)
    now = only_pod(world)
    assert now["metadata"]["uid"] == pod["metadata"]["uid"]
    assert container(now, "main")["containerID"] != container(pod, "main")["containerID"]
    assert pod_events(world, "Killing") == {name_of(pod): 1}
    assert len(world.events("SuccessfulCreate")) == 1


@ALL
def test_failing_readiness_takes_a_pod_out_of_service_until_it_is_well_again(world, by):
    expose(world)
    world.create(set_of(by.container(readinessProbe={}), replicas=2))
    world.settled(2)
    ill, well = before = world.pods()
    both = {name_of(pod) for pod in before}
    eventually(lambda: endpoints(world) == both, "both pods serve")
    run_in(world, ill, "sh", "-c", by.ill)
    eventually(lambda: endpoints(world) == {name_of(well)}, "only the well pod serves")
    out = {"replicas": 2, "readyReplicas": 1, "availableReplicas": 1}
    eventually(lambda: world.has_status(**out), "one replica is ready")
    run_in(world, ill, "sh", "-c", by.well)
    eventually(lambda: endpoints(world) == both, "both pods serve again")
    world.settled(2)
    assert uids(world.pods()) == uids(before)
    assert not any(map(restarts, world.pods()))


@ALL
def test_a_startup_probe_holds_the_others_back_until_it_succeeds(world, by):
    """What starts slowly is neither killed by its liveness probe nor asked whether it is ready."""
    asked = {"exec": {"command": ["touch", "/tmp/asked"]}, "periodSeconds": 1}
    main = by.container(
        "until [ -e /tmp/go ]; do sleep 0.2; done; ",
        startupProbe=PATIENT,
        livenessProbe={"failureThreshold": 1},
    )
    world.create(set_of(main | {"readinessProbe": asked}))

    def failures():
        return sum(pod_events(world, "Unhealthy").values())

    eventually(lambda: failures() >= 3, "the startup probe has failed three times", seconds=60)
    # Events overtake the status that a busy kubelet writes.
    eventually(lambda: container(only_pod(world), "main").get("started") is False, "so it is said")
    pod = only_pod(world)
    assert not is_ready(pod)
    assert run_in(world, pod, "ls", "/tmp").split() == []
    assert world.has_status(replicas=1, readyReplicas=0)
    run_in(world, pod, "touch", "/tmp/go")
    world.settled(1)
    pod = only_pod(world)
    assert container(pod, "main")["started"] is True
    assert "asked" in run_in(world, pod, "ls", "/tmp").split()
    assert restarts(pod) == 0


@ALL
def test_a_startup_probe_that_never_succeeds_restarts_the_container(world, by):
    never = "until [ -e /tmp/go ]; do sleep 0.2; done; "
    world.create(set_of(by.container(never, startupProbe={})))
    eventually(
        lambda: world.pods() and restarts(only_pod(world)) >= 1, "it was restarted", seconds=60
    )
    assert world.has_status(replicas=1, readyReplicas=0, availableReplicas=0)
    assert len(world.events("SuccessfulCreate")) == 1
