"""Which nodes get a pod, and how a pod is bound for its node.

A node fits when the template's ``nodeName``, ``nodeSelector`` and required node affinity accept it
and its taints are tolerated. Nodes that are not ready, full or cordoned fit: a daemon has to be
there. An untolerated *NoSchedule* taint keeps new pods away and lets the old one stay; *NoExecute*
removes it.

The pod's required node affinity becomes "exactly this node", and the scheduler binds it.

Kubernetes: pkg/controller/daemon/daemon_controller.go, ``NodeShouldRunDaemonPod``, ``predicates``;
pkg/controller/daemon/util/daemonset_util.go, ``AddOrUpdateDaemonPodTolerations``,
``ReplaceDaemonSetPodNodeNameNodeAffinity``, ``GetTargetNodeName``; component-helpers
scheduling/corev1/nodeaffinity/nodeaffinity.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from podwright.objects import (
    Affinity,
    LabelSelector,
    Manifest,
    Model,
    Node,
    NodeSelector,
    NodeTerm,
    Pod,
    Requirement,
    Taint,
)
from podwright.rules import selectors

_NODE_NAME = "metadata.name"
_PREFIX = "node.kubernetes.io/"
_TOLERATED = (
    ("not-ready", "NoExecute"),
    ("unreachable", "NoExecute"),
    ("disk-pressure", "NoSchedule"),
    ("memory-pressure", "NoSchedule"),
    ("pid-pressure", "NoSchedule"),
    ("unschedulable", "NoSchedule"),
)
_ON_HOST_NETWORK = ("network-unavailable", "NoSchedule")


class Toleration(Model, frozen=True):
    """Which taints a pod puts up with; without a key or an effect, all."""

    key: str = ""
    operator: str = ""
    value: str = ""
    effect: str = ""


class PodPlacement(Model, frozen=True):
    """The part of a template's spec that says where its pods may run."""

    node_name: str = ""
    node_selector: dict[str, str] = {}  # noqa: RUF012  # msgspec copies it
    affinity: Affinity | None = None
    tolerations: tuple[Toleration, ...] = ()
    host_network: bool = False


class Fit(NamedTuple):
    """Whether a node should get a pod, and whether one that is there may stay."""

    runs: bool
    stays: bool


def of(template: Manifest) -> PodPlacement:
    """What a template says about its nodes, with what every daemon tolerates.

    Raises:
        msgspec.ValidationError: the template is no template; the API server lets none through.
    """
    spec = dict(template.get("spec") or {})
    spec["tolerations"] = tolerations(spec)
    return msgspec.convert(spec, PodPlacement)


def tolerations(spec: Manifest) -> list[Manifest]:
    """A template's tolerations and those of every daemon; of two alike, ours wins.

    Kubernetes: pkg/controller/daemon/util/daemonset_util.go, ``AddOrUpdateDaemonPodTolerations``.
    """
    given = list(spec.get("tolerations") or [])
    wanted = [*_TOLERATED, *[_ON_HOST_NETWORK] * bool(spec.get("hostNetwork"))]
    for name, effect in wanted:
        ours = {"key": _PREFIX + name, "operator": "Exists", "effect": effect}
        at = next((i for i, each in enumerate(given) if _alike(each, ours)), None)
        if at is None:
            given.append(ours)
        else:
            given[at] = ours
    return given


def _alike(one: Manifest, other: Manifest) -> bool:
    return all(
        (one.get(field) or "") == (other.get(field) or "")
        for field in ("key", "effect", "operator", "value")
    )


def fit(placement: PodPlacement, node: Node) -> Fit:
    """Whether a node should get a pod, and whether one that is there may stay.

    Kubernetes: pkg/controller/daemon/daemon_controller.go, ``NodeShouldRunDaemonPod``.
    """
    if placement.node_name not in ("", node.name) or not _is_chosen(placement, node):
        return Fit(runs=False, stays=False)
    effects = {
        taint.effect
        for taint in node.spec.taints
        if taint.effect in ("NoExecute", "NoSchedule") and not _is_tolerated(placement, taint)
    }
    if "NoExecute" in effects:
        return Fit(runs=False, stays=False)
    return Fit(runs=not effects, stays=True)


def _is_tolerated(placement: PodPlacement, taint: Taint) -> bool:
    return any(_tolerates(each, taint) for each in placement.tolerations)


def _tolerates(toleration: Toleration, taint: Taint) -> bool:
    """Kubernetes: k8s.io/api core/v1/toleration.go, ``ToleratesTaint``."""
    if toleration.effect not in ("", taint.effect) or toleration.key not in ("", taint.key):
        return False
    if toleration.operator == "Exists":
        return True
    return toleration.operator in ("", "Equal") and toleration.value == taint.value


def _is_chosen(placement: PodPlacement, node: Node) -> bool:
    """The node selector holds, and one of the required terms."""
    if not placement.node_selector.items() <= node.metadata.labels.items():
        return False
    required = _required(placement.affinity)
    return required is None or any(_holds(term, node) for term in required.node_selector_terms)


def _required(affinity: Affinity | None) -> NodeSelector | None:
    node = affinity.node_affinity if affinity else None
    return node.required_during_scheduling_ignored_during_execution if node else None


def _holds(term: NodeTerm, node: Node) -> bool:
    """All of a term's requirements hold; a term without any holds for no node."""
    if not term.match_expressions and not term.match_fields:
        return False
    fields = {_NODE_NAME: node.name}
    return all(_meets(each, node.metadata.labels) for each in term.match_expressions) and all(
        _meets(each, fields) for each in term.match_fields
    )


def _meets(requirement: Requirement, labels: Mapping[str, str]) -> bool:
    if requirement.operator not in ("Gt", "Lt"):
        return selectors.matches(LabelSelector(match_expressions=(requirement,)), labels)
    try:
        value, bound = int(labels[requirement.key]), int(requirement.values[0])
    except (KeyError, ValueError, IndexError):
        return False
    return value > bound if requirement.operator == "Gt" else value < bound


def node_of(pod: Pod) -> str:
    """The node that a pod is on or bound for; "" when it says neither.

    Kubernetes: pkg/controller/daemon/util/daemonset_util.go, ``GetTargetNodeName``.
    """
    if pod.spec.node_name:
        return pod.spec.node_name
    required = _required(pod.spec.affinity)
    for term in required.node_selector_terms if required else ():
        for field in term.match_fields:
            if (field.key, field.operator) == (_NODE_NAME, "In") and len(field.values) == 1:
                return field.values[0]
    return ""


def bound_for(spec: Manifest, node: str) -> Manifest:
    """A pod's spec with a template's placement narrowed down to one node.

    Kubernetes: pkg/controller/daemon/util/daemonset_util.go,
    ``ReplaceDaemonSetPodNodeNameNodeAffinity``.
    """
    affinity: dict[str, Any] = dict(spec.get("affinity") or {})
    only = {"key": _NODE_NAME, "operator": "In", "values": [node]}
    affinity["nodeAffinity"] = (affinity.get("nodeAffinity") or {}) | {
        "requiredDuringSchedulingIgnoredDuringExecution": {
            "nodeSelectorTerms": [{"matchFields": [only]}]
        }
    }
    return spec | {"affinity": affinity, "tolerations": tolerations(spec)}
