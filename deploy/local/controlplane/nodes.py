"""Nodes without machines: kwok writes their status and that of their pods."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from controlplane.api import Api

_NOT_READY_TAINT = "node.kubernetes.io/not-ready"


@dataclass(frozen=True)
class Node:
    """A node to create. ``taints`` are as in ``spec.taints``; ``zone`` is a topology label."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: Sequence[Mapping[str, str]] = ()
    zone: str | None = None

    def manifest(self) -> dict[str, Any]:
        """The Node object, with the labels that a kubelet would give it."""
        labels = {
            "kubernetes.io/hostname": self.name,
            "kubernetes.io/os": "linux",
            "kubernetes.io/arch": "amd64",
        }
        if self.zone:
            labels["topology.kubernetes.io/zone"] = self.zone
        return {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": self.name, "labels": labels | dict(self.labels)},
            "spec": {"taints": [dict(taint) for taint in self.taints]},
        }


def numbered(count: int) -> list[Node]:
    """``count`` plain nodes, node-0 and so on."""
    return [Node(f"node-{number}") for number in range(count)]


def create(api: Api, nodes: Iterable[Node]) -> None:
    """Create the nodes one after the other, a few milliseconds each."""
    for node in nodes:
        api.post("/api/v1/nodes", node.manifest())


def all_schedulable(api: Api, nodes: Iterable[Node]) -> bool:
    """Whether each node is Ready, and the node lifecycle controller has noticed.

    The API server taints every new node; until that is taken away no pod can go there.
    """
    answer = api.get("/api/v1/nodes") or {"items": []}
    ready = {item["metadata"]["name"] for item in answer["items"] if _is_schedulable(item)}
    return all(node.name in ready for node in nodes)


def _is_schedulable(node: dict[str, Any]) -> bool:
    conditions = node.get("status", {}).get("conditions", [])
    taints = node["spec"].get("taints", [])
    return any(
        condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions
    ) and not any(taint["key"] == _NOT_READY_TAINT for taint in taints)
