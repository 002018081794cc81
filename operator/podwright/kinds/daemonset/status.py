"""The status of a DaemonSet: counts of nodes, as observed before this reconcile acted."""

from __future__ import annotations

from podwright.kinds.daemonset.decide import hash_of, history_of
from podwright.kinds.daemonset.fleet import Berth, Fleet
from podwright.kinds.daemonset.spec import DaemonSetSpec
from podwright.objects import LabelSelector, Manifest
from podwright.plan import Outcome
from podwright.rules import pods, revisions, selectors, summary
from podwright.workload import Observed, Status


def status(seen: Observed[DaemonSetSpec], outcome: Outcome) -> Status:
    """Compute the whole status; the engine writes it when it differs.

    A node's first pod, the oldest that is on it, speaks for the node.

    Kubernetes: pkg/controller/daemon/daemon_controller.go, ``updateDaemonSetStatus``.

    Differs: ``selector`` and ``podwright`` are ours; they feed kubectl's columns. Counts with a
    column are written when they are zero, or the column would be empty.
    """
    if seen.meta.deletion_timestamp is not None:
        return dict(seen.status)
    history = history_of(seen)
    nodes = Fleet.of(seen, hash_of(history.present))
    collisions = revisions.collided(outcome, seen.status.get("collisionCount"))
    known = seen.status.get("conditions")
    counts = _counts(nodes)
    ready = f"{counts['numberReady']}/{counts['desiredNumberScheduled']}"
    words = summary.words(seen.spec.template, ready, outcome)
    return counts | {
        "observedGeneration": seen.meta.generation,
        **({} if collisions is None else {"collisionCount": collisions}),
        "selector": selectors.as_text(seen.spec.selector),
        "podwright": words | {"nodeSelector": _node_selector(seen.spec.template)},
        **({"conditions": known} if known else {}),
    }


def _counts(nodes: Fleet) -> dict[str, int]:
    wanted = nodes.wanted
    first = [berth.pods[0] for berth in wanted if berth.pods]
    available = sum(nodes.is_available(pod) for pod in first)
    counts = {
        "desiredNumberScheduled": len(wanted),
        "currentNumberScheduled": len(first),
        "numberMisscheduled": sum(_is_misplaced(berth) for berth in nodes.berths.values()),
        "numberReady": sum(pods.is_ready(pod) for pod in first),
        "updatedNumberScheduled": sum(nodes.is_new(pod) for pod in first),
        "numberAvailable": available,
    }
    unavailable = len(wanted) - available  # left out when it is zero, as upstream does
    return counts | ({"numberUnavailable": unavailable} if unavailable else {})


def _is_misplaced(berth: Berth) -> bool:
    return bool(berth.pods) and not berth.fit.runs


def _node_selector(template: Manifest) -> str:
    """``disk=ssd,zone=a``: the NODE SELECTOR column of kubectl."""
    chosen = (template.get("spec") or {}).get("nodeSelector") or {}
    return selectors.as_text(LabelSelector(match_labels=chosen)) or "<none>"
