"""The operator in the cluster, installed as users do it, and what tests ask of it."""

import base64
import hashlib
import json
import os
import subprocess
from datetime import UTC, datetime, timedelta
from functools import cached_property

import yaml
from operating import ROOT, Api, eventually, wait_for_garbage_collection

from controlplane import folders
from kindcluster import images, state
from kindcluster.docker import Docker

SYSTEM = "podwright-system"
IMAGE = "localhost/podwright/operator"
PODS = f"/api/v1/namespaces/{SYSTEM}/pods"
LEASE = f"/apis/coordination.k8s.io/v1/namespaces/{SYSTEM}/leases/podwright"
WRITES = {"create", "update", "patch", "delete", "deletecollection"}
UNCOUNTED = ("/leases", "/selfsubjectaccessreviews")
SOURCES = ("crds", "operator", "pyproject.toml", "Makefile")
"""What the image is made of."""

TESTS_ACCOUNT = """\
apiVersion: v1
kind: ServiceAccount
metadata: {name: tests, namespace: kube-system}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: podwright-tests}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: tests, namespace: kube-system}]
"""


class Administered:
    """A kind cluster as `operating` and its World know clusters: by server, CA and token."""

    def __init__(self, kind):
        self.kind, self.kubectl, self.kubeconfig = kind, kind.kubectl, kind.kubeconfig
        entry = yaml.safe_load(kind.kubeconfig.read_text())["clusters"][0]["cluster"]
        self.server = entry["server"]
        self.ca = state.folder(kind.name) / f"ca-{os.getpid()}.crt"
        self.ca.write_bytes(base64.b64decode(entry["certificate-authority-data"]))
        kind.kubectl("apply", "-f", "-", input=TESTS_ACCOUNT)
        create = ("create", "token", "tests", "-n", "kube-system", "--duration=24h")
        self.token = kind.kubectl(*create).strip()

    def wait_for(self, node):
        """Wait until pods may be scheduled to a node that was away."""
        self.kubectl("wait", f"node/{node}", "--for=condition=Ready", "--timeout=60s")
        taints = ("get", "node", node, "-o", "jsonpath={.spec.taints}")
        eventually(lambda: not self.kubectl(*taints), "the node has no taints", 60, pause=0.5)

    def close(self):
        self.ca.unlink(missing_ok=True)


class Installed:
    """`kubectl apply --server-side -k deploy/`, with an image made of the sources as they are."""

    def __init__(self, cluster):
        self.cluster, self.kind, self.api = cluster, cluster.kind, Api(cluster)

    def install(self):
        """Build, load and apply what has changed, and wait until it works; one process at a time."""
        waiting = "Another process is installing the operator; waiting for it."
        with folders.locked(state.folder(self.kind.name) / "install", waiting=waiting):
            self.kind.load(self._image())
            self.apply()
            self.wait()
            self.wait_for_garbage_collection()

    def apply(self, image=None):
        """Everything of deploy/, the kinds included; only the image is ours, or another one."""
        folder = self._with_image("deploy", image or self._name)
        self.kind.kubectl("apply", "--server-side", "-k", str(folder))

    def remove(self):
        """Remove the operator as the README says; the kinds and their objects stay."""
        self.kind.kubectl("delete", "-k", str(self._with_image("deploy/install", self._name)))

    def wait(self, seconds=120):
        """Wait for two ready replicas of the newest sort, one of them leading, and no others."""
        status = ("rollout", "status", "deployment/podwright", f"--timeout={seconds}s")
        self.kind.kubectl(*status, "-n", SYSTEM)
        eventually(self._is_at_work, "two replicas are ready and one leads", seconds, pause=0.3)

    def wait_for_garbage_collection(self):
        """Kubernetes collects what new kinds own half a minute after they are installed."""
        wait_for_garbage_collection(self.cluster)

    def _is_at_work(self):
        pods = self.pods()
        ready = [
            pod for pod in pods
            if any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"]["conditions"])
        ]  # fmt: skip
        return len(pods) == len(ready) == 2 and self.leader in {p["metadata"]["name"] for p in pods}

    def pods(self):
        """The operator's pods, ended ones and ending ones too."""
        return self.api.get(PODS)["items"]

    def pod(self, name):
        return self.api.get(f"{PODS}/{name}")

    @property
    def holder(self):
        """Who holds the lease: a process's identity, "" for nobody."""
        lease = self.api.get(LEASE) or {"spec": {}}
        return lease["spec"].get("holderIdentity", "")

    @property
    def leader(self):
        """The name of the leader's pod."""
        return self.holder.partition("_")[0]

    @property
    def standby(self):
        """The name of the other pod."""
        (name,) = {pod["metadata"]["name"] for pod in self.pods()} - {self.leader}
        return name

    def log(self, pod, **options):
        """What a replica has written; `previous=True`: before its container was restarted."""
        flags = [f"--{name.replace('_', '-')}={str(v).lower()}" for name, v in options.items()]
        return self.kind.kubectl("logs", "-n", SYSTEM, f"pod/{pod}", *flags)

    def logs(self, since):
        """The logs of all replicas since then, for people who look for what went wrong."""
        flags = ("--prefix", "--tail=200", f"--since-time={since}", "--ignore-errors")
        selector = "app.kubernetes.io/name=podwright"
        return self.kind.kubectl("logs", "-n", SYSTEM, "-l", selector, *flags)

    def restarts(self, pod):
        return self.pod(pod)["status"]["containerStatuses"][0]["restartCount"]

    def node_of(self, pod):
        return self.pod(pod)["spec"]["nodeName"]

    def signal(self, pod, name):
        """Send a signal to a replica's process, from its node: nobody in the pod is asked."""
        node, pid = self.process(pod)
        self.kind.run(node, "kill", f"-{name}", pid)

    def cut_off(self, pod):
        """The commands, for a shell in its node, that keep a replica from all but its node's probes.

        The second makes them undone.
        """
        address = self.pod(pod)["status"]["podIP"]
        rules = [f"FORWARD -s {address} -j DROP", f"FORWARD -d {address} -j DROP"]
        return tuple(
            " && ".join(f"iptables {how} {rule}" for rule in rules) for how in ("-I", "-D")
        )

    def process(self, pod):
        """The node of a replica, and its process's number there."""
        return self.process_of(self.pod(pod))

    def process_of(self, found):
        """The node of any pod, and the number there of its first container's process."""
        container = found["status"]["containerStatuses"][0]["containerID"].partition("://")[2]
        node = found["spec"]["nodeName"]
        tasks = self.kind.run(node, "ctr", "-n", "k8s.io", "task", "list").splitlines()
        return node, next(line.split()[1] for line in tasks if line.startswith(container))

    def requests(self, since="", verbs=WRITES):
        """The operator's requests in the audit log, in their order: (time, pod, verb, path, code).

        Its own Lease and its questions about its rights are left out.
        """
        with self.kind.audit_log.open() as lines:
            found = [
                _request(event)
                for event in map(json.loads, lines)
                if event["requestReceivedTimestamp"] > since
                and event["verb"] in verbs
                and not any(part in event["requestURI"] for part in UNCOUNTED)
            ]
        return sorted(found)

    def _image(self):
        """The image's name, after building it if there is none of these sources."""
        docker = Docker.find()
        if not docker.has_image(self._name):
            base = images.find("python-base")
            docker.run("load", "--input", str(base.archive()))
            subprocess.run(
                ["make", "--silent", "image", f"IMAGE={self._name}", f"BASE={base.names[0]}"],
                cwd=ROOT, check=True, env=os.environ | {"DOCKER_BUILDKIT": "0"},
            )  # fmt: skip
        return self._name

    @cached_property
    def _name(self):
        digest = hashlib.sha256(images.find("python-base").archive().name.encode())
        files = [path for name in SOURCES for path in [ROOT / name, *(ROOT / name).rglob("*")]]
        for path in sorted(files):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
        return f"{IMAGE}:{digest.hexdigest()[:16]}"

    def _with_image(self, base, image):
        """A kustomization as users write one, to name their registry."""
        name, _, tag = image.rpartition(":")
        folder = ROOT / ".local" / "e2e" / base.replace("/", "-")
        folder.mkdir(parents=True, exist_ok=True)
        entry = {"name": "podwright", "newName": name, "newTag": tag}
        document = {"resources": [f"../../../{base}"], "images": [entry]}
        draft = folder / f".draft-{os.getpid()}"
        draft.write_text(yaml.safe_dump(document))
        draft.rename(folder / "kustomization.yaml")
        return folder


def _request(event):
    pod = event["user"].get("extra", {}).get("authentication.kubernetes.io/pod-name", [""])[0]
    code = event.get("responseStatus", {}).get("code", 0)
    return event["requestReceivedTimestamp"], pod, event["verb"], event["requestURI"], code


def now():
    """The time, as the API server writes it into its audit log."""
    return _written(datetime.now(UTC))


def later(moment, seconds):
    return _written(datetime.fromisoformat(moment) + timedelta(seconds=seconds))


def seconds_between(earlier, moment):
    return (datetime.fromisoformat(moment) - datetime.fromisoformat(earlier)).total_seconds()


def _written(moment):
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
