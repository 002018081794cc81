"""From samples to lines: medians, ranges, ratios, A against A, and whether a target is met.

    ours 1.20 1.31 1.25, open 1.50 1.40 1.44:  1.25 / 1.44 = 0.87, at most 1.0: met

A against A is the ratio of the medians of the baseline's own samples, first, third, ... against
second, fourth, ...: what comes out although nothing differs. Outside 0.9-1.1 a line does not count.
"""

import math
import statistics
from dataclasses import dataclass, field
from itertools import chain

from bench.figures import CONNECTIONS, CREATED, MEASURES, Measure, bare

OURS, OPEN, DEFAULT, BARE = "ours", "KCM-open", "KCM-default", "bare"
ALIKE = (0.9, 1.1)


@dataclass(frozen=True)
class Sample:
    """What one fresh control plane showed: lists, because some figures are of many deletions."""

    who: str
    pods: int
    values: dict[str, list[float]]


@dataclass(frozen=True)
class Stat:
    """A figure's typical value, and the lowest and highest of its samples."""

    typical: float
    low: float
    high: float
    samples: int


@dataclass(frozen=True)
class Line:
    """One measure at one size, ours beside the baselines."""

    measure: Measure
    pods: int
    stats: dict[str, Stat]
    against_itself: float | None = None

    def ratio(self, baseline):
        """Ours divided by theirs, or None when one is missing."""
        ours, theirs = self.stats.get(OURS), self.stats.get(baseline)
        return ours.typical / theirs.typical if ours and theirs and theirs.typical else None

    def is_met(self, baseline):
        """Whether the target against this baseline is reached; None when there is none to judge."""
        target = {OPEN: self.measure.vs_open, DEFAULT: self.measure.vs_default}[baseline]
        ratio = self.ratio(baseline)
        return None if None in (target, ratio) else round(ratio, 2) <= target

    @property
    def is_within(self):
        """Whether ours keeps to the measure's own limit; None when it has none."""
        ours, limit = self.stats.get(OURS), self.measure.at_most
        return None if limit is None or ours is None else ours.typical <= limit

    @property
    def counts(self):
        """Whether the baseline agreed with itself, as far as that is known."""
        return self.against_itself is None or ALIKE[0] <= self.against_itself <= ALIKE[1]


@dataclass(frozen=True)
class Summary:
    """Everything that a table shows."""

    lines: list[Line]
    limits: dict[str, Stat] = field(default_factory=dict)
    shares: dict[int, float] = field(default_factory=dict)

    @property
    def doubtful(self):
        """The lines that do not count."""
        return [line for line in self.lines if not line.counts]


def order(samples, baseline=OPEN):
    """A B B A A B B A ...: what drifts during the run touches both alike."""
    pairs = [(baseline, OURS), (OURS, baseline)]
    return list(chain.from_iterable(pairs[number % 2] for number in range(samples)))


def percentile(values, percent):
    """The median, or else the value that so many percent do not exceed."""
    if percent == 50:
        return statistics.median(values)
    return sorted(values)[math.ceil(len(values) * percent / 100) - 1]


def stat(groups, percent=50):
    """Of several samples' values: the percentile of all of them, its range over the samples."""
    each = [percentile(values, percent) for values in groups]
    typical = percentile(list(chain.from_iterable(groups)), percent)
    return Stat(typical, min(each), max(each), len(groups))


def against_itself(groups, percent=50):
    """The ratio of a baseline's odd to its even samples; None when there is only one."""
    odd, even = groups[::2], groups[1::2]
    if not even:
        return None
    below = stat(even, percent).typical
    return stat(odd, percent).typical / below if below else None


def summarise(samples):
    """One line for each measure and size that was sampled, and the limits."""
    sizes = sorted({sample.pods for sample in samples if sample.who != BARE})
    lines = [
        line for pods in sizes for measure in MEASURES if (line := _line(measure, pods, samples))
    ]
    limits = _limits(samples)
    best = max((each.typical for each in limits.values()), default=0)
    shares = {
        line.pods: line.pods / line.stats[OURS].typical / best
        for line in lines
        if best and line.measure.label == CREATED and OURS in line.stats
    }
    return Summary(lines, limits, shares)


def _line(measure, pods, samples):
    stats, itself = {}, None
    for who in (OURS, OPEN, DEFAULT):
        if groups := _groups(samples, measure.key, who, pods):
            stats[who] = stat(groups, measure.percentile)
        if who == OPEN and groups:
            itself = against_itself(groups, measure.percentile)
    return Line(measure, pods, stats, itself) if stats else None


def _limits(samples):
    names = [bare(connections) for connections in CONNECTIONS]
    sampled = {name: _groups(samples, name, BARE) for name in names}
    return {name: stat(groups) for name, groups in sampled.items() if groups}


def _groups(samples, key, who, pods=None):
    return [
        sample.values[key]
        for sample in samples
        if sample.who == who and pods in (None, sample.pods) and key in sample.values
    ]
