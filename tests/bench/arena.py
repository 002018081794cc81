"""A fresh control plane with one contestant and nothing else that acts on pods.

No scheduler, no kubelets: pods stay Pending, and deleting one removes it at once. So times are those
of the controller and the API server.
"""

import contextlib
import re
import time

from operating import Api, eventually, replica_set

from bench import processes
from bench.contestants import CONTESTANTS, GARBAGE, OPERATOR, running_operator
from bench.summary import OURS
from bench.watcher import Owners, Pods
from controlplane import Cluster

PODS = "/api/v1/namespaces/default/pods"
_CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"
_KIND = "replicaset"
_IDLE = ("kube-scheduler", "kwok", "pod-reaper")
_QUIET_SECONDS = 2.0
_COUNTED = re.compile(
    r'^apiserver_request_total\{.*resource="(?:pods|replicasets|events)"'
    r'.*verb="(?!WATCH).*\} (\S+)$',
    re.MULTILINE,
)


class Arena:
    """A running cluster, its contestant, and our watches on it."""

    def __init__(self, cluster, contestant, pid):
        self.cluster, self.contestant, self.pid = cluster, contestant, pid
        self.api = Api(cluster)
        self.pods = Pods(cluster)
        self.path = contestant.owners(_KIND)
        self.owners = Owners(cluster, self.path)
        self.server = cluster.pids()["kube-apiserver"]

    @classmethod
    @contextlib.contextmanager
    def open(cls, name, *, collect_garbage=False, source=OPERATOR):
        """Start everything and have one pod made and removed, so that connections are open."""
        contestant = CONTESTANTS[name]
        controllers = [*contestant.controllers(_KIND), *([GARBAGE] if collect_garbage else [])]
        flags = {"kube-controller-manager": contestant.flags(_KIND)}
        with contextlib.ExitStack() as stack:
            cluster = stack.enter_context(bare_cluster(controllers, flags))
            pid = cluster.pids()["kube-controller-manager"]
            if name == OURS:
                pid = stack.enter_context(running_operator(cluster, source))
            arena = cls(cluster, contestant, pid)
            stack.callback(arena.close)
            if collect_garbage:
                arena.wait_for_garbage_collection()
            arena.warm_up()
            yield arena

    def close(self):
        self.pods.close()
        self.owners.close()

    def create(self, name, replicas):
        """Create an owner; return the moment of the reply."""
        manifest = replica_set(name, replicas) | {"apiVersion": self.contestant.api_version}
        self.api.post(self.path, manifest)
        return time.monotonic()

    def scale(self, name, replicas):
        """Ask for another number of pods; return the moment of the reply."""
        self.api.patch(f"{self.path}/{name}/scale", {"spec": {"replicas": replicas}})
        return time.monotonic()

    def settle(self, name, replicas, seconds):
        """Wait until the status tells of so many pods, and a little for what comes after it."""
        self.owners.told(name, {"replicas": replicas}, seconds)
        time.sleep(_QUIET_SECONDS)

    def warm_up(self):
        """The first pod pays for connections and caches; that is nobody's figure."""
        self.create("warm", 1)
        self.pods.nth(self.pods.came, 1, "created", 60)
        self.scale("warm", 0)
        self.pods.nth(self.pods.went, 1, "deleted", 60)
        self.settle("warm", 0, 60)

    def wait_for_garbage_collection(self):
        """Until the collector watches our kind: it looks for new ones only when it starts."""
        self.cluster.restart("kube-controller-manager")
        if not self.contestant.is_ours:
            self.pid = self.cluster.pids()["kube-controller-manager"]
        owner = self.api.post(
            self.path,
            replica_set("gone", 0) | {"apiVersion": self.contestant.api_version},
        )
        reference = {
            "apiVersion": self.contestant.api_version,
            "kind": "ReplicaSet",
            "name": "gone",
            "uid": owner["metadata"]["uid"],
        }
        metadata = {"name": "gone", "ownerReferences": [reference]}
        self.api.post(_CONFIG_MAPS, {"metadata": metadata})
        self.api.delete(f"{self.path}/gone")
        eventually(
            lambda: self.api.get(f"{_CONFIG_MAPS}/gone") is None, "garbage is collected", seconds=90
        )

    def requests(self):
        """How many requests about pods, owners and events the API server has answered."""
        text = self.api._session.get(f"{self.cluster.server}/metrics", timeout=30).text
        return sum(float(number) for number in _COUNTED.findall(text))

    def cpu(self):
        """Seconds used so far: the contestant's, the API server's."""
        return processes.cpu_seconds(self.pid), processes.cpu_seconds(self.server)

    def memory(self):
        """Kilobytes that the contestant holds."""
        return processes.memory_kilobytes(self.pid)


@contextlib.contextmanager
def bare_cluster(controllers=("serviceaccount-controller",), flags=None):
    """An API server, and of the controllers only these."""
    with Cluster.start(
        nodes=0, controllers=",".join(controllers), client_qps=None, flags=flags
    ) as cluster:
        for component in _IDLE:
            cluster.kill(component)
        yield cluster
