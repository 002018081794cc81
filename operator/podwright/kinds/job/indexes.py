"""Completion indexes: sets of numbers, written as intervals.

``0,2-4,7`` is {0, 2, 3, 4, 7}; two neighbours are written with a comma: ``1,2``. What lies beyond
``completions`` is cut off, which is how an elastic Job shrinks: ``0-7`` of 4 is ``0-3``.

Kubernetes: pkg/controller/job/indexed_job_utils.go, ``orderedIntervals``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from podwright import labels
from podwright.objects import Pod
from podwright.owners import JobSpec

Intervals = tuple[tuple[int, int], ...]
"""First and last, in order, with gaps between them."""

_NUMBER = re.compile(r"[+-]?[0-9]+", re.ASCII)


def of(pod: Pod) -> int | None:
    """A pod's index; None without a valid one.

    Kubernetes: pkg/controller/job/indexed_job_utils.go, ``getCompletionIndex``.
    """
    found = _number(pod.metadata.annotations.get(labels.COMPLETION_INDEX, ""))
    return found if found is not None and found >= 0 else None


def within(pod: Pod, spec: JobSpec) -> int | None:
    """A pod's index, if the Job has so many.

    Kubernetes: pkg/controller/job/job_controller.go, ``getValidPodsWithFilter``.
    """
    index = of(pod)
    return index if index is not None and index < spec.indexes else None


def parse(text: str, count: int) -> Intervals:
    """The indexes below ``count`` that a text names; what makes no sense is skipped.

    Kubernetes: pkg/controller/job/indexed_job_utils.go, ``parseIndexesFromString``.
    """
    found: list[tuple[int, int]] = []
    for part in text.split(",") if text else ():
        ends = [_number(end) for end in part.split("-")[:2]]
        first, last = ends[0], ends[-1]
        if first is None:
            continue
        if first >= count:
            break
        if last is not None:
            found.append((first, min(last, count - 1)))
    return _joined(found)


def merged(known: Intervals, more: Iterable[int] | Intervals) -> Intervals:
    """All of both.

    Kubernetes: pkg/controller/job/indexed_job_utils.go, ``merge``, ``withOrderedIndexes``.
    """
    pairs = [each if isinstance(each, tuple) else (each, each) for each in more]
    return _joined(sorted([*known, *pairs]))


def as_text(known: Intervals) -> str:
    """``0,2-4,7``.

    Kubernetes: pkg/controller/job/indexed_job_utils.go, ``String``.
    """
    return ",".join(_written(first, last) for first, last in known)


def total(known: Intervals) -> int:
    """How many.

    Kubernetes: pkg/controller/job/indexed_job_utils.go, ``total``.
    """
    return sum(last - first + 1 for first, last in known)


def has(known: Intervals, index: int | None) -> bool:
    """Whether it is one of them.

    Kubernetes: pkg/controller/job/indexed_job_utils.go, ``has``.
    """
    return index is not None and any(first <= index <= last for first, last in known)


def missing(known: Intervals, count: int, most: int) -> tuple[int, ...]:
    """The lowest ``most`` indexes below ``count`` that are not among those known.

    Kubernetes: pkg/controller/job/indexed_job_utils.go, ``firstPendingIndexes``.
    """

    def gaps() -> Iterable[int]:
        begin = 0
        for first, last in known:
            yield from range(begin, min(first, count))
            begin = max(begin, last + 1)
        yield from range(begin, count)

    return tuple(islice(gaps(), max(most, 0)))


def _joined(pairs: Iterable[tuple[int, int]]) -> Intervals:
    joined: list[tuple[int, int]] = []
    for first, last in pairs:
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return tuple(joined)


def _written(first: int, last: int) -> str:
    if first == last:
        return str(first)
    return f"{first},{last}" if last == first + 1 else f"{first}-{last}"


def _number(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) else None
