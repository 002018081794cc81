"""Real nodes for this machine: a kind cluster that needs no container registry."""

from kindcluster.cluster import KindCluster
from kindcluster.errors import KindError

__all__ = ["KindCluster", "KindError"]
