"""Which nodes a DaemonSet leaves out, and why: the operator's own ``fit``, asked twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from podwright.kinds.daemonset import placement
from podwright.kinds.daemonset.placement import PodPlacement
from podwright.kinds.daemonset.spec import DaemonSetSpec
from podwright.objects import Node, NodeSpec, Pod, Taint
from podwright.workload import Observed

_MOST_NAMED = 5


def without_pod(seen: Observed[Any]) -> Iterator[tuple[str, str]]:
    """(what to say, what would help) of the nodes that get no pod."""
    if not isinstance(seen.spec, DaemonSetSpec):
        return
    wanted = placement.of(seen.spec.template)
    occupied = {placement.node_of(pod) for pod in seen.of(Pod)}
    by_taint: dict[str, list[str]] = {}
    others = []
    for node in sorted(seen.read(Node), key=lambda node: node.name):
        if (fit := placement.fit(wanted, node)).runs:
            continue
        name = f"{node.name} (it keeps the one it has)"
        name = name if fit.stays and node.name in occupied else node.name
        taints = [taint for taint in node.spec.taints if not _fits(wanted, node, taint)]
        if taints and _fits(wanted, node):
            by_taint.setdefault(", ".join(map(_text, taints)), []).append(name)
        else:
            others.append(name)
    for taint, names in by_taint.items():
        text = f"{_named(names)} no pod: the taint {taint} is not tolerated."
        yield text, "add a toleration to spec.template, or remove the taint"
    if others:
        text = "nodeName, nodeSelector and node affinity do not choose it."
        yield f"{_named(others)} no pod: {text}", ""


def _fits(wanted: PodPlacement, node: Node, *taints: Taint) -> bool:
    """Whether the node would get a pod if it had these taints and no others."""
    bare = msgspec.structs.replace(node, spec=NodeSpec(taints=taints))
    return placement.fit(wanted, bare).runs


def _text(taint: Taint) -> str:
    value = f"={taint.value}" if taint.value else ""
    return f"{taint.key}{value}:{taint.effect}"


def _named(names: list[str]) -> str:
    """``Node n3 gets``, ``Nodes n3, n4 get``; many are counted."""
    if len(names) == 1:
        return f"Node {names[0]} gets"
    more = len(names) - _MOST_NAMED
    shown = ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f"Nodes {shown} get"
