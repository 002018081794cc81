"""The built-in kinds, each under the API group it is served in."""

from podwright.kinds.cronjob import CRONJOB
from podwright.kinds.daemonset import DAEMONSET
from podwright.kinds.deployment import DEPLOYMENT
from podwright.kinds.job import JOB
from podwright.kinds.replicaset import REPLICASET
from podwright.kinds.replicationcontroller import REPLICATIONCONTROLLER
from podwright.kinds.statefulset import STATEFULSET
from podwright.workload import Served

APPS = "apps.podwright.dev"
BATCH = "batch.podwright.dev"

BUILT_IN: tuple[Served, ...] = (
    Served(REPLICASET, APPS),
    Served(STATEFULSET, APPS),
    Served(DAEMONSET, APPS),
    Served(DEPLOYMENT, APPS),
    Served(REPLICATIONCONTROLLER, APPS),
    Served(JOB, BATCH),
    Served(CRONJOB, BATCH),
)
