"""Words about real pods: what a template runs, what became of it, what it says and answers."""

import contextlib
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests
from operating import eventually, replica_set

IMAGE = "localhost/podwright/{}:1"


# --- what runs in a pod ----------------------------------------------------------------------
def shell(script, name="main", image="busybox", **fields):
    """A container that runs a script; end it with `exec sleep infinity` to stay."""
    return {"name": name, "image": IMAGE.format(image), "command": ["sh", "-c", script], **fields}


def web(name="web", **fields):
    """The web server with switchable health, on port 8080; answers with its pod's name."""
    return {
        "name": name,
        "image": IMAGE.format("web"),
        "ports": [{"containerPort": 8080}],
        **fields,
    }


def set_of(*containers, name="web", replicas=1, pod=None, **spec):
    """A ReplicaSet of ours; `pod` are more fields of the pods' spec.

    Pods have a second to end: most of what runs in tests does not listen to TERM.
    """
    manifest = replica_set(name, replicas, **spec)
    manifest["spec"]["template"]["spec"] = {
        "containers": list(containers),
        "terminationGracePeriodSeconds": 1,
        **(pod or {}),
    }
    return manifest


def built_in(manifest, name):
    """The same ReplicaSet for apps/v1, under another name and label."""
    twin = json.loads(json.dumps(manifest)) | {"apiVersion": "apps/v1"}
    twin["metadata"]["name"] = name
    twin["spec"]["selector"]["matchLabels"] = {"app": name}
    twin["spec"]["template"]["metadata"]["labels"] = {"app": name}
    return twin


# --- what became of a pod --------------------------------------------------------------------
def container(pod, name):
    """The status of one of its containers, an init container as well; {} before there is one."""
    status = pod["status"]
    known = status.get("initContainerStatuses", []) + status.get("containerStatuses", [])
    return next((each for each in known if each["name"] == name), {})


def restarts(pod):
    return sum(each["restartCount"] for each in pod["status"].get("containerStatuses", []))


def is_ready(pod):
    conditions = pod["status"].get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def name_of(pod):
    return pod["metadata"]["name"]


def uids(pods):
    return {pod["metadata"]["uid"] for pod in pods}


def only_pod(world, name="web"):
    """The pod of a set that has one."""
    (pod,) = world.pods(f"app={name}")
    return pod


def pod_events(world, reason):
    """How often each pod had an event of this reason."""
    counts = {}
    for event in world.api.get(f"{world.core}/events")["items"]:
        if event["reason"] == reason and event["involvedObject"]["kind"] == "Pod":
            name = event["involvedObject"]["name"]
            counts[name] = counts.get(name, 0) + (event.get("count") or 1)
    return counts


# --- what a pod says and does ----------------------------------------------------------------
def run_in(world, pod, *command, container=None):
    """The output of a command in a pod."""
    where = ["-c", container] if container else []
    return world.cluster.kubectl(
        "exec", "-n", world.namespace, name_of(pod), *where, "--", *command
    )


def log_of(world, pod, container="main", **options):
    """The lines that a container has written; `previous=True`: the one before its restart."""
    flags = [f"--{name}={str(value).lower()}" for name, value in options.items()]
    text = world.cluster.kubectl(
        "logs", "-n", world.namespace, name_of(pod), "-c", container, *flags
    )
    return text.splitlines()


@contextlib.contextmanager
def heard(world, pod):
    """The lines of all containers, in the order in which they were written, to the pod's end.

    The list is filled when the block is left, which waits for the pod to end.
    """
    flags = ["--all-containers", "--prefix", "--timestamps", "--follow"]
    lines = []
    with ThreadPoolExecutor(1) as pool:
        logs = pool.submit(
            world.cluster.kubectl, "logs", "-n", world.namespace, name_of(pod), *flags
        )
        yield lines
    # [pod/web-x7k2p/main] 2026-11-25T10:00:00.123456789Z text
    times_and_texts = (
        line.partition("] ")[2].partition(" ") for line in logs.result().splitlines()
    )
    lines += [text for _, _, text in sorted(times_and_texts)]


def ask(world, pod, path="/", port=8080):
    """What a pod answers to a GET, over the API server's proxy."""
    proxy = f"{world.core}/pods/{name_of(pod)}:{port}/proxy"
    return world.cluster.kubectl("get", f"--raw={proxy}{path}")


def tell(world, pod, path, port=8080):
    """POST to a pod: `tell(world, pod, "/health/bad")`."""
    proxy = f"{world.core}/pods/{name_of(pod)}:{port}/proxy"
    return world.cluster.kubectl("create", f"--raw={proxy}{path}", "-f", "-", input="")


# --- services --------------------------------------------------------------------------------
ADDRESSES = """import socket, sys
print(*sorted({entry[4][0] for entry in socket.getaddrinfo(sys.argv[1], 0)}))"""
"""A program that tells the addresses of a name."""


def service(name="web", port=8080, **spec):
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"selector": {"app": name}, "ports": [{"port": port}], **spec},
    }


def expose(world, name="web", **spec):
    """A Service in front of a set's pods."""
    return world.api.post(f"{world.core}/services", service(name, **spec))


def endpoints(world, name="web"):
    """The names of the pods that the Service sends requests to."""
    query = f"?labelSelector=kubernetes.io/service-name={name}"
    slices = world.api.get(
        f"/apis/discovery.k8s.io/v1/namespaces/{world.namespace}/endpointslices{query}"
    )["items"]
    every = [endpoint for each in slices for endpoint in each.get("endpoints") or ()]
    return {each["targetRef"]["name"] for each in every if each["conditions"].get("ready")}


_CLIENT = """
import collections, json, signal, sys, threading, time, urllib.request
url, pause = sys.argv[1], float(sys.argv[2])
answers, failures, over = collections.Counter(), [], threading.Event()
signal.signal(signal.SIGINT, lambda *_: over.set())
def client():
    while not over.wait(pause):
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                answers[answer.read().decode().strip()] += 1
        except Exception as error:
            failures.append(f"{time.time():.3f} {error!r}")
clients = [threading.Thread(target=client) for _ in range(4)]
for each in clients: each.start()
print("at work", flush=True)
for each in clients: each.join()
print(json.dumps({"answers": answers, "failures": failures}), flush=True)
"""


class Load:
    """Requests to a Service from a pod of their own, about forty a second, while the block runs.

    Afterwards ``answers`` counts them by what was answered; ``failures`` are times and errors.
    """

    def __init__(self, world, url="http://web:8080/", pause=0.1):
        self._world = world
        self._pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": f"load-{time.monotonic_ns() % 10**6}", "labels": {"role": "load"}},
            "spec": {
                "restartPolicy": "Never",
                "terminationGracePeriodSeconds": 1,
                "containers": [
                    {
                        "name": "main",
                        "image": IMAGE.format("python"),
                        "command": ["python3", "-c", _CLIENT, url, str(pause)],
                    }
                ],
            },
        }
        self.answers, self.failures = {}, []

    def __enter__(self):
        self._world.create(self._pod)
        eventually(lambda: self._says("at work"), "the load is at work", seconds=60, pause=0.3)
        return self

    def __exit__(self, *_):
        run_in(self._world, self._pod, "kill", "-INT", "1")
        eventually(lambda: self._says("answers"), "the load has said its figures", pause=0.3)
        report = json.loads(log_of(self._world, self._pod)[-1])
        self.answers, self.failures = report["answers"], report["failures"]

    def _says(self, word):
        path = f"{self._world.core}/pods/{name_of(self._pod)}"
        status = container(self._world.api.get(path), "main").get("state", {})
        started = "running" in status or "terminated" in status
        return started and any(word in line for line in log_of(self._world, self._pod))


# --- what happens over time ------------------------------------------------------------------
class Watch:
    """Everything that happens at a path from now on: (wall-clock seconds, verb, object) of each."""

    def __init__(self, world, path):
        self.changes = []
        lines = world.api.watch(path)
        threading.Thread(target=self._listen, args=[lines], daemon=True).start()

    def _listen(self, lines):
        # It ends with the API server's patience or with the tests.
        with contextlib.suppress(requests.RequestException):
            for line in lines:
                self.changes.append((time.time(), line["type"], line["object"]))

    def first(self, happened, what, seconds=30.0):
        """When it was first so, and the object; `happened` is asked of (verb, object)."""

        def found():
            return next((c for c in list(self.changes) if happened(*c[1:])), None)

        when, _, item = eventually(found, what, seconds)
        return when, item
