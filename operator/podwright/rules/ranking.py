"""Which pods go first when some must go: the cheapest to lose.

The first difference decides: not on a node yet; earlier phase; not ready; lower deletion cost;
more pods of the same workload on its node; ready more recently; more restarts; created more
recently. Ages are compared on a logarithmic scale, with the uid deciding inside a bucket: pods of
70 s and 137 s are alike (2^36 ns = 68.7 s to 2^37 ns = 137.4 s) and one is picked as if by lot, so
that scaling down does not always empty the newest failure domain. 130 s and 140 s are not alike:
the younger one goes.

Where nothing differs, and where the criteria run in a circle (a before b before c before a, which
the uid makes possible), the uids decide: the answer never depends on the order of the question.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cmp_to_key
from itertools import groupby
from typing import NamedTuple

from podwright.labels import POD_DELETION_COST
from podwright.objects import Pod
from podwright.rules import pods

PHASES = {"Pending": 0, "Unknown": 1, "Running": 2}
_COST = re.compile(r"0|-[0-9]+|[1-9][0-9]*", re.ASCII)
_INT32 = range(-(2**31), 2**31)


class _Late(NamedTuple):
    """What decides between pods that the coarse criteria find equal."""

    ready_at: datetime | None
    ready_bucket: int
    restarts: tuple[int, int]
    created_at: datetime | None
    created_bucket: int
    uid: str


def first_to_go(
    candidates: Sequence[Pod], count: int, *, related: Iterable[Pod] = (), now: datetime
) -> tuple[Pod, ...]:
    """The ``count`` pods that are the cheapest to lose.

    ``related``: pods of all owners under the same controller, themselves included; with it, pods
    on crowded nodes go first.

    Kubernetes: pkg/controller/replicaset/replica_set.go, ``getPodsToDelete``.
    """
    candidates = sorted(candidates, key=lambda pod: pod.metadata.uid)
    if count >= len(candidates):
        return tuple(candidates)
    crowd = Counter(pod.spec.node_name for pod in related if pods.is_active(pod))
    coarse = {pod.metadata.uid: _coarse(pod, crowd) for pod in candidates}
    ordered = sorted(candidates, key=lambda pod: coarse[pod.metadata.uid])
    chosen: list[Pod] = []
    for _, equals in groupby(ordered, key=lambda pod: coarse[pod.metadata.uid]):
        group = list(equals)
        if len(chosen) + len(group) > count:  # only this group needs the finer, slower criteria
            group = _fine(group, now)[: count - len(chosen)]
        chosen += group
        if len(chosen) == count:
            break
    return tuple(chosen)


def _coarse(pod: Pod, crowd: Counter[str]) -> tuple[bool, int, bool, int, int]:
    return (
        bool(pod.spec.node_name),
        PHASES.get(pod.status.phase, 0),
        pods.is_ready(pod),
        deletion_cost(pod),
        -crowd[pod.spec.node_name],
    )


def deletion_cost(pod: Pod) -> int:
    """The annotation users set to protect or offer a pod; 0 when absent or not a 32-bit integer.

    Kubernetes: pkg/apis/core/helper/helpers.go, ``GetDeletionCostFromPodAnnotations``.
    """
    text = pod.metadata.annotations.get(POD_DELETION_COST, "0")
    if not _COST.fullmatch(text):
        return 0
    cost = int(text)
    return cost if cost in _INT32 else 0


def _fine(group: Sequence[Pod], now: datetime) -> list[Pod]:
    late = {pod.metadata.uid: _late(pod, now) for pod in group}
    key = cmp_to_key(_compare)
    return sorted(group, key=lambda pod: key(late[pod.metadata.uid]))


def _late(pod: Pod, now: datetime) -> _Late:
    ready = pods.ready_condition(pod)
    ready_at = ready.last_transition_time if ready else None
    created_at = pod.metadata.creation_timestamp
    return _Late(
        ready_at=ready_at,
        ready_bucket=_bucket(ready_at, now),
        restarts=restarts(pod),
        created_at=created_at,
        created_bucket=_bucket(created_at, now),
        uid=pod.metadata.uid,
    )


def _compare(a: _Late, b: _Late) -> int:
    """Negative when ``a`` goes first.

    Kubernetes: pkg/controller/controller_utils.go, ``ActivePodsWithRanks.Less`` from rule 6 on.
    """
    if a.ready_at != b.ready_at:
        return _younger_first(a.ready_at, b.ready_at, a.ready_bucket - b.ready_bucket, a, b)
    if a.restarts != b.restarts:
        return -1 if a.restarts > b.restarts else 1
    if a.created_at != b.created_at:
        return _younger_first(a.created_at, b.created_at, a.created_bucket - b.created_bucket, a, b)
    return 0


def _younger_first(
    at: datetime | None, other: datetime | None, buckets: int, a: _Late, b: _Late
) -> int:
    if at is None or other is None:
        return -1 if at is None else 1
    return buckets or (-1 if a.uid < b.uid else 1)


def _bucket(moment: datetime | None, now: datetime) -> int:
    """The age's power of two in nanoseconds; -1 for the future."""
    age = 0 if moment is None else (now - moment) // timedelta(microseconds=1) * 1000
    return int(math.log2(age)) if age > 0 else -1


def restarts(pod: Pod) -> tuple[int, int]:
    """The highest restart count of a container, then of a sidecar.

    Kubernetes: pkg/controller/controller_utils.go, ``maxContainerRestarts``.
    """
    regular = max((each.restart_count for each in pod.status.container_statuses), default=0)
    return regular, max((each.restart_count for each in pods.sidecars(pod)), default=0)
