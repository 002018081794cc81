"""The operator as a process of its own, as users run it, and short words for what tests do."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import requests

ROOT = Path(__file__).parents[2]
APPS = "/apis/apps.podwright.dev/v1"
BATCH = "/apis/batch.podwright.dev/v1"


class Operator:
    """`podwright run`, started and stopped at will; its log is kept over restarts."""

    def __init__(self, kubeconfig, *arguments, files=()):
        self.command = [sys.executable, "-m", "podwright", "run", "--listen", "127.0.0.1:0"]
        self.command += ["--kubeconfig", str(kubeconfig), *arguments, *map(str, files)]
        self._log = tempfile.NamedTemporaryFile("w+", prefix="podwright-operator-", suffix=".log")  # noqa: SIM115
        self.process = None

    def start(self, *, ready=True, until="at work"):
        self._log.seek(0, os.SEEK_END)
        start = self._log.tell()
        environment = os.environ | {"PYTHONPATH": str(ROOT / "operator")}
        self.process = subprocess.Popen(
            self.command, stderr=self._log, stdout=self._log, env=environment, cwd=ROOT
        )
        if ready:
            eventually(lambda: until in self.log[start:], f"the operator is {until}", seconds=30)
        return self

    def stop(self, how=signal.SIGTERM):
        """End it; return the exit code."""
        if self.process is None:
            return None
        self.process.send_signal(how)
        code = self.process.wait(15)
        self.process = None
        return code

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        with contextlib.suppress(ProcessLookupError):
            self.stop()

    @property
    def log(self):
        return Path(self._log.name).read_text()

    @property
    def address(self):
        return re.findall(r"health and metrics on (\S+)", self.log)[-1]

    def get(self, path):
        with urllib.request.urlopen(f"http://{self.address}{path}", timeout=5) as answer:
            return answer.read().decode()

    def metric(self, name, **labels):
        """The sum of a metric's values over all label sets that match."""
        total = 0.0
        for line in self.get("/metrics").splitlines():
            found = re.fullmatch(rf"{name}(?:{{(.*)}})? (\S+)", line)
            if found and all(f'{k}="{v}"' in (found[1] or "") for k, v in labels.items()):
                total += float(found[2])
        return total

    def cpu_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_megabytes(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def eventually(happened, what, seconds=20.0, pause=0.05):
    """Wait until it is so, and return what the question answered."""
    deadline = time.monotonic() + seconds
    while True:
        answer = happened()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(pause)


def replica_set(name="web", replicas=3, labels=None, **spec):
    """A manifest; `labels` are the template's and the selector's."""
    labels = labels or {"app": name}
    template = {
        "metadata": {"labels": labels},
        "spec": {"containers": [{"name": "web", "image": "nginx:1"}]},
    }
    return {
        "apiVersion": "apps.podwright.dev/v1",
        "kind": "ReplicaSet",
        "metadata": {"name": name},
        "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
        | spec,
    }


def bare_pod(name, labels, **metadata):
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": labels} | metadata,
        "spec": {"containers": [{"name": "web", "image": "nginx:1"}]},
    }


def administrator(cluster):
    """A session that may do anything."""
    session = requests.Session()
    session.trust_env = False  # a CA bundle in the environment would win over ours
    session.verify = str(cluster.ca)
    session.headers["Authorization"] = f"Bearer {cluster.token}"
    return session


class Api:
    """Plain requests to the API server, with an error's own message."""

    def __init__(self, cluster):
        self._server = cluster.server
        self._session = administrator(cluster)

    def get(self, path):
        """The object at this path, or None."""
        answer = self._session.get(self._server + path, timeout=30)
        return None if answer.status_code == requests.codes.not_found else _checked(answer)

    def watch(self, path):
        """Whatever changes at this path from now on, for some minutes."""
        version = self.get(path)["metadata"]["resourceVersion"]
        query = {"watch": "1", "resourceVersion": version, "timeoutSeconds": "300"}
        url = self._server + path
        answer = self._session.get(url, params=query, stream=True, timeout=310)
        return map(json.loads, answer.iter_lines(chunk_size=None))

    def post(self, path, body):
        """Create; the body may be text, for what Python's own JSON cannot say."""
        data = body if isinstance(body, str) else json.dumps(body)
        headers = {"Content-Type": "application/json"}
        url = self._server + path
        return _checked(self._session.post(url, data=data, headers=headers, timeout=30))

    def patch(self, path, body, kind="merge-patch"):
        headers = {"Content-Type": f"application/{kind}+json"}
        data = json.dumps(body)
        url = self._server + path
        return _checked(self._session.patch(url, data=data, headers=headers, timeout=30))

    def delete(self, path, options=None):
        return _checked(self._session.delete(self._server + path, json=options, timeout=30))


class Rejected(Exception):  # noqa: N818  # the API server's word
    """What the API server said instead of doing it."""


def _checked(answer):
    body = answer.json()
    if answer.status_code >= requests.codes.bad_request:
        raise Rejected(body.get("message", answer.text))
    return body


class World:
    """One namespace, in the words of the tests."""

    def __init__(self, cluster, namespace):
        self.cluster, self.namespace, self.api = cluster, namespace, Api(cluster)
        self.sets = f"{APPS}/namespaces/{namespace}/replicasets"
        self.core = f"/api/v1/namespaces/{namespace}"

    def create(self, manifest):
        path = f"{self.core}/pods"
        if manifest["kind"] != "Pod":
            path = self.path(f"{manifest['kind'].lower()}s")
        return self.api.post(path, manifest)

    def path(self, plural, name=""):
        """Where our kinds are, or one of them."""
        group = BATCH if plural in {"jobs", "cronjobs"} else APPS
        return f"{group}/namespaces/{self.namespace}/{plural}" + (f"/{name}" if name else "")

    def told(self, plural, name, seconds=60.0, **wanted):
        """Wait until an owner's status has these values, written after its last change."""

        path = self.path(plural, name)
        eventually(lambda: _says(self.api.get(path), wanted), f"{name} has {wanted}", seconds)

    def get(self, name="web"):
        return self.api.get(f"{self.sets}/{name}")

    def patch(self, body, name="web", subresource=""):
        return self.api.patch(f"{self.sets}/{name}{subresource}", body)

    def patch_pod(self, name, body, subresource=""):
        return self.api.patch(f"{self.core}/pods/{name}{subresource}", body)

    def scale(self, replicas, name="web"):
        self.patch({"spec": {"replicas": replicas}}, name, "/scale")

    def delete(self, name="web", policy="Background"):
        self.api.delete(f"{self.sets}/{name}", {"propagationPolicy": policy})

    def pods(self, selector=""):
        query = f"?labelSelector={selector}" if selector else ""
        return self.api.get(f"{self.core}/pods{query}")["items"]

    def active(self):
        """Names of pods that count."""
        return {
            pod["metadata"]["name"]
            for pod in self.pods()
            if "deletionTimestamp" not in pod["metadata"]
            and pod["status"].get("phase") not in ("Succeeded", "Failed")
        }

    def events(self, reason=None):
        items = self.api.get(f"{self.core}/events")["items"]
        return [
            event
            for event in items
            if event["involvedObject"]["kind"] == "ReplicaSet" and reason in (None, event["reason"])
        ]

    def has_status(self, name="web", **wanted):
        """Whether the status has these values, written after the last change of the spec."""
        return _says(self.get(name), wanted)

    def counted(self, replicas, name, seconds=90.0):
        """Wait until so many pods exist and the status says so, whether or not they are ready.

        For API servers that were broken: the scheduler may need minutes to find back to one.
        """
        eventually(
            lambda: (
                len(self.pods(f"app={name}")) == replicas
                and self.has_status(name, replicas=replicas)
            ),
            f"{name} has {replicas} pods",
            seconds,
        )

    def settled(self, replicas, name="web", seconds=60.0):
        """Wait until so many pods are ready and the status says so; return the owner."""
        wanted = {"replicas": replicas, "readyReplicas": replicas, "availableReplicas": replicas}
        eventually(
            lambda: self.has_status(name, **wanted),
            f"{name} has {replicas} ready replicas: {json.dumps((self.get(name) or {}).get('status'))}",
            seconds,
        )
        return self.get(name)


def _says(owner, wanted):
    status = owner.get("status", {})
    return status.get("observedGeneration") == owner["metadata"]["generation"] and all(
        status.get(field) == value for field, value in wanted.items()
    )


def install_kinds(cluster, *options):
    """Our definitions, as `kubectl apply -k crds/` installs them."""
    cluster.kubectl("apply", "--server-side", *options, "-k", str(ROOT / "crds"))


def wait_for_garbage_collection(cluster):
    """Until an object whose owner of our kind is gone is collected."""
    api, core = Api(cluster), "/api/v1/namespaces/default/configmaps"
    reference = {"apiVersion": "apps.podwright.dev/v1", "kind": "ReplicaSet", "name": "never"}
    owner = api.post(f"{APPS}/namespaces/default/replicasets", replica_set("never", replicas=0))
    reference["uid"] = owner["metadata"]["uid"]
    metadata = {"name": "never", "ownerReferences": [reference]}
    api.post(core, {"metadata": metadata})
    api.delete(f"{APPS}/namespaces/default/replicasets/never")
    eventually(lambda: api.get(f"{core}/never") is None, "garbage is collected", seconds=90)
