"""When enough indexes have succeeded: ``successPolicy``. The first rule that holds decides.

``succeededIndexes`` alone: all that are listed. With ``succeededCount``: so many of them.
``succeededCount`` alone: so many of any. A text that names no index is passed over.
"""

from __future__ import annotations

from podwright.kinds.job import indexes
from podwright.kinds.job.indexes import Intervals
from podwright.owners import JobSpec, SuccessRule


def met(spec: JobSpec, succeeded: Intervals) -> str:
    """Which rule holds, in upstream's words; or "".

    Kubernetes: pkg/controller/job/success_policy.go, ``matchSuccessPolicy``.
    """
    if spec.success_policy is None or not succeeded:
        return ""
    for index, rule in enumerate(spec.success_policy.rules):
        if _holds(rule, succeeded, spec.indexes):
            return f"Matched rules at index {index}"
    return ""


def _holds(rule: SuccessRule, succeeded: Intervals, count: int) -> bool:
    enough = rule.succeeded_count
    if rule.succeeded_indexes is None:
        return enough is not None and indexes.total(succeeded) >= enough
    wanted = indexes.parse(rule.succeeded_indexes, count)
    if not wanted:
        return False
    there = sum(
        max(0, min(last, other_last) - max(first, other_first) + 1)
        for first, last in wanted
        for other_first, other_last in succeeded
    )
    return there == indexes.total(wanted) or (enough is not None and there >= enough)
