"""StatefulSets, DaemonSets, Deployments: how long until all pods run, and until all run another template.

With a scheduler, whose limits are raised, and kwok's nodes, so times are those of the controller
and of the whole chain behind it, which is alike for all contestants.
"""

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from operating import Api, replica_set

from bench import figures
from bench.contestants import CONTESTANTS, running_operator
from bench.watcher import Owners, RunningPods
from controlplane import Cluster
from controlplane import nodes as simulated

_NODES = 100
_NAME, _WARM = "bench", "warm"
_QUIET_SECONDS = 2.0
_TOGETHER = 8
_SCHEDULER = ("--kube-api-qps=2000", "--kube-api-burst=4000")
_HOST = "kubernetes.io/hostname"


@dataclass(frozen=True)
class Course:
    """A set of one kind from nothing to its second template, and the figures of the two parts."""

    kind: str
    sizes: tuple[int, ...]
    made: str
    renewed: str = ""
    each: int = 0
    """So many pods of each owner, of as many owners as it takes; 0: all are one owner's."""
    spec: dict[str, Any] = field(default_factory=dict)

    @property
    def is_per_node(self):
        """Whether its nodes say how many pods there are."""
        return self.kind == "DaemonSet"

    def manifest(self, name, pods, api_version):
        """An owner; the warm one of a DaemonSet is for one node only."""
        whole = replica_set(name, pods, **self.spec)
        if self.is_per_node:
            del whole["spec"]["replicas"]
            if name == _WARM:
                whole["spec"]["template"]["spec"]["nodeSelector"] = {_HOST: "node-0"}
        return whole | {"apiVersion": api_version, "kind": self.kind}

    def counts(self, pods):
        """What the status says when all pods run and are of the newest template."""
        if self.is_per_node:
            return {"numberAvailable": pods, "updatedNumberScheduled": pods}
        new = "updatedReplicas" if self.kind == "Deployment" else "currentReplicas"
        return {"availableReplicas": pods, "replicas": pods, new: pods}

    def owners(self, pods):
        """(name, pods) of each owner."""
        if not self.each:
            return [(_NAME, pods)]
        return [(f"{_NAME}-{n}", self.each) for n in range(pods // self.each)]

    def none(self):
        """The patch that takes the warm owner's pod away."""
        if self.is_per_node:
            return {"spec": {"template": {"spec": {"nodeSelector": {_HOST: "none"}}}}}
        return {"spec": {"replicas": 0}}


COURSES = (
    Course("StatefulSet", (100,), figures.IN_ORDER, figures.ORDERLY_RENEWED),
    Course("StatefulSet", (500,), figures.SIDE_BY_SIDE, spec={"podManagementPolicy": "Parallel"}),
    Course(
        "DaemonSet",
        (100, 500),
        figures.DAEMONS,
        figures.DAEMONS_RENEWED,
        spec={"updateStrategy": {"rollingUpdate": {"maxUnavailable": "10%"}}},
    ),
    Course("Deployment", (100, 1000), figures.DEPLOYED, figures.ROLLED),
    Course("Deployment", (2500,), figures.MANY, each=5),
)
_OTHER = {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "nginx:2"}]}}}}


class Stage:
    """A running cluster with nodes, a contestant, and our watches on it."""

    def __init__(self, cluster, course, contestant):
        self._course, self._api_version = course, contestant.api_version
        self._path = contestant.owners(course.kind.lower())
        self._api = Api(cluster)
        self.pods = RunningPods(cluster)
        self.owners = Owners(cluster, self._path)

    @classmethod
    @contextlib.contextmanager
    def open(cls, who, course, nodes, source):
        """Start everything and have one pod made and removed, so that connections are open."""
        with opened(who, course.kind, nodes, source) as (cluster, contestant):
            stage = cls(cluster, course, contestant)
            with contextlib.closing(stage):
                stage.warm_up()
                yield stage

    def close(self):
        self.pods.close()
        self.owners.close()

    def create(self, name, pods):
        """Create an owner; return the moment of the reply."""
        self._api.post(self._path, self._course.manifest(name, pods, self._api_version))
        return time.monotonic()

    def create_all(self, pods):
        """Create the owners, side by side; return the moment of the first reply."""
        with ThreadPoolExecutor(_TOGETHER) as pool:
            owners = self._course.owners(pods)
            return min(pool.map(lambda owner: self.create(*owner), owners))

    def patch(self, name, body):
        """Change an owner; return the moment of the reply."""
        self._api.patch(f"{self._path}/{name}", body)
        return time.monotonic()

    def settle(self, pods, seconds):
        """Wait until the status tells that it is done, and a little for what comes after it."""
        self.owners.told(_NAME, self._course.counts(pods), seconds)
        time.sleep(_QUIET_SECONDS)

    def warm_up(self):
        """The first pod pays for connections and caches; that is nobody's figure."""
        self.create(_WARM, 1)
        self.pods.all_run(1, 60)
        self.patch(_WARM, self._course.none())
        self.pods.none(60)
        time.sleep(_QUIET_SECONDS)


@contextlib.contextmanager
def opened(who, kind, nodes, source):
    """A running cluster with nodes, and a contestant at work on a kind in it."""
    contestant, kind = CONTESTANTS[who], kind.lower()
    controllers = ",".join(contestant.controllers(kind))
    flags = {"kube-controller-manager": contestant.flags(kind), "kube-scheduler": _SCHEDULER}
    with contextlib.ExitStack() as stack:
        cluster = Cluster.start(nodes=0, controllers=controllers, client_qps=None, flags=flags)
        stack.enter_context(cluster)
        _add_nodes(cluster, nodes)
        if contestant.is_ours:
            stack.enter_context(running_operator(cluster, source))
        yield cluster, contestant


def _add_nodes(cluster, number):
    """Nodes that take pods at once.

    The API server taints each new one. To take that away is a controller's work, which would need
    a minute for 500 nodes at 20 requests/s; here nobody else does it.
    """
    nodes, api = simulated.numbered(number), Api(cluster)
    simulated.create(cluster.api, nodes)
    for node in nodes:
        api.patch(f"/api/v1/nodes/{node.name}", {"spec": {"taints": None}})
    cluster.wait_until("its nodes", lambda: simulated.all_schedulable(cluster.api, nodes))


def roll_out(who, course, pods, wanted, *, tell, source):
    """The values of one sample of one contestant, for the figures that are wanted."""
    values, patience = {}, 60 + pods / 2  # at 20 requests/s each pod takes a few
    with Stage.open(who, course, pods if course.is_per_node else _NODES, source) as stage:
        tell(f"making {pods:,} pods")
        started = stage.create_all(pods)
        values[course.made] = [stage.pods.all_run(pods, patience) - started]
        if figures.only(wanted, {course.renewed: ()}):
            stage.settle(pods, patience)
            tell(f"renewing {pods:,} pods")
            old = stage.pods.uids()
            started = stage.patch(_NAME, _OTHER)
            values[course.renewed] = [stage.pods.all_run(pods, patience, old) - started]
    return figures.only(wanted, values)
