"""The built-in kinds, each under the API group it is served in."""

from podwright.kinds.replicaset import REPLICASET
from podwright.workload import Served

APPS = "apps.podwright.dev"

BUILT_IN: tuple[Served, ...] = (Served(REPLICASET, APPS),)
