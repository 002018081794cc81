"""A Kubernetes for this machine: compiled from source, run as plain processes, nodes simulated."""

from controlplane.cluster import Cluster
from controlplane.errors import ControlPlaneError
from controlplane.nodes import Node

__all__ = ["Cluster", "ControlPlaneError", "Node"]
