"""What one look costs: `decide` and `status`, pure, on objects that need no cluster.

A look at ten times as many pods should take ten times as long. Of several rounds the fastest
counts: the others were disturbed.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from builders import pod, replica_set, seen
from members import V1, V2, daemon, daemon_set, member, nodes, rolling, stateful_set
from podwright.kinds import DAEMONSET, REPLICASET, STATEFULSET
from podwright.plan import Outcome
from podwright.workload import Observed, Workload

_ROUNDS = 7


@dataclass(frozen=True)
class Look:
    """A situation that an owner of some size is found in."""

    workload: Workload[Any]
    situation: str
    observed: Callable[[int], Observed[Any]]

    def microseconds(self, size, rounds=_ROUNDS):
        """The time of `decide` and of `status` at this size, each the fastest of some rounds."""
        here = self.observed(size)
        plan = self.workload.decide(here)
        outcome = Outcome(plan)
        deciding = (_timed(lambda: self.workload.decide(here)) for _ in range(rounds))
        telling = (_timed(lambda: self.workload.status(here, outcome)) for _ in range(rounds))
        return min(deciding), min(telling)


def _timed(call):
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1e6


def _replicas(size, *, wanted=None):
    pods = [pod(f"web-{n}") for n in range(size)]
    return seen(replica_set(replicas=size if wanted is None else wanted(size)), *pods)


def _members(size, *, wanted=None, there=None, policy="OrderedReady", v=1, **spec):
    replicas = size if wanted is None else wanted(size)
    owner = stateful_set(replicas, v, was=1, pod_management_policy=policy, **spec)
    pods = [member(n) for n in range(size if there is None else there(size))]
    return seen(owner, V1, *[V2] * (v == 2), *pods)


def _daemons(size, *, v=1, new=0.0, there=1.0, **how):
    daemons = [daemon(f"n{n + 1}", 2 if n < new * size else 1) for n in range(int(there * size))]
    return seen(daemon_set(v, **how), V1, *[V2] * (v == 2), *nodes(size), *daemons)


def _none(_size):
    return 0


LOOKS = (
    Look(REPLICASET, "at rest", _replicas),
    Look(REPLICASET, "half of it to go", lambda size: _replicas(size, wanted=lambda n: n // 2)),
    Look(REPLICASET, "all of it to go", lambda size: _replicas(size, wanted=_none)),
    Look(STATEFULSET, "at rest", _members),
    Look(STATEFULSET, "to be made in order", lambda size: _members(size, there=lambda n: n // 2)),
    Look(
        STATEFULSET,
        "to be made side by side",
        lambda size: _members(size, there=_none, policy="Parallel"),
    ),
    Look(STATEFULSET, "roll-out", lambda size: _members(size, v=2)),
    Look(
        STATEFULSET,
        "roll-out within a budget",
        lambda size: _members(size, v=2, update_strategy=rolling(most="10%")),
    ),
    Look(
        STATEFULSET,
        "all of it to go",
        lambda size: _members(size, wanted=_none, policy="Parallel"),
    ),
    Look(DAEMONSET, "at rest", _daemons),
    Look(DAEMONSET, "to be made", lambda size: _daemons(size, there=0)),
    Look(DAEMONSET, "roll-out", lambda size: _daemons(size, v=2, new=0.5, most="10%")),
    Look(DAEMONSET, "roll-out with surge", lambda size: _daemons(size, v=2, new=0.5, surge="10%")),
)


def as_text(sizes):
    """A line for each look and size."""
    rows = [("kind", "situation", "size", "decide, us", "status, us")]
    for look in LOOKS:
        for size in sizes:
            times = [f"{each:,.0f}" for each in look.microseconds(size)]
            rows.append((look.workload.kind, look.situation, f"{size:,}", *times))
    return "\n".join(f"{k:12} {s:24} {n:>7} {d:>11} {t:>11}" for k, s, n, d, t in rows)
