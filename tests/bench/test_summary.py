from itertools import chain

import pytest

from bench.figures import CALM, CPU_BOTH, CREATED, bare
from bench.summary import (
    BARE,
    DEFAULT,
    OPEN,
    OURS,
    Sample,
    against_itself,
    order,
    percentile,
    stat,
    summarise,
)


def samples(who, *values, key=CREATED, pods=1000):
    return [
        Sample(who, pods, {key: value if isinstance(value, list) else [value]}) for value in values
    ]


def only(*taken, label=CREATED):
    [line] = [line for line in summarise(list(chain(*taken))).lines if line.measure.label == label]
    return line


def test_samples_alternate_so_that_drift_touches_both():
    assert order(4) == [OPEN, OURS, OURS, OPEN, OPEN, OURS, OURS, OPEN]


@pytest.mark.parametrize(("percent", "value"), [(50, 100.5), (99, 198), (100, 200)])
def test_a_percentile_is_a_value_that_was_seen_and_the_median_the_middle(percent, value):
    assert percentile(list(range(200, 0, -1)), percent) == value


def test_a_stat_is_of_all_values_and_its_range_of_the_samples():
    found = stat([[1, 2, 9], [3, 4, 5]])
    assert (found.typical, found.low, found.high, found.samples) == (3.5, 2, 4, 2)


def test_a_ratio_is_of_medians_and_judged_against_each_baseline():
    line = only(samples(OURS, 1.2, 1.0, 9.0), samples(OPEN, 1.3, 1.5, 1.4), samples(DEFAULT, 2.0))
    assert line.ratio(OPEN) == pytest.approx(1.2 / 1.4)
    assert (line.is_met(OPEN), line.is_met(DEFAULT)) == (True, False)


def test_what_was_not_sampled_is_not_judged():
    line = only(samples(OURS, 1.2))
    assert (line.ratio(OPEN), line.is_met(OPEN), line.is_within, line.counts) == (None,) * 3 + (
        True,
    )


def test_a_limit_of_its_own_needs_no_baseline():
    assert only(samples(OURS, 2.9, key=CPU_BOTH), label=CPU_BOTH).is_within
    assert not only(samples(OURS, 3.1, key=CPU_BOTH), label=CPU_BOTH).is_within


@pytest.mark.parametrize(
    ("second", "counts"), [(1.0, True), (1.09, True), (1.2, False), (0.8, False)]
)
def test_a_baseline_that_disagrees_with_itself_does_not_count(second, counts):
    line = only(samples(OURS, 1.0), samples(OPEN, 1.0, second, 1.0))
    assert line.counts is counts


def test_one_sample_cannot_disagree_with_itself():
    assert against_itself([[1.0]]) is None


def test_percentiles_of_deletions_share_their_values():
    deletions = [float(n) for n in range(1, 101)]
    taken = samples(OURS, deletions, key=CALM)
    assert only(taken, label=f"{CALM}, p50").stats[OURS].typical == 50.5
    assert only(taken, label=f"{CALM}, p99").stats[OURS].typical == 99


def test_sizes_are_lines_of_their_own():
    lines = summarise(samples(OURS, 1.0) + samples(OURS, 7.0, pods=5000)).lines
    assert [(line.pods, line.stats[OURS].typical) for line in lines] == [(1000, 1.0), (5000, 7.0)]


def test_creation_is_also_told_as_a_share_of_the_limit():
    limits = samples(BARE, 500.0, key=bare(1)) + samples(BARE, 1000.0, key=bare(32))
    summary = summarise(samples(OURS, 1.25) + limits)
    assert summary.shares == {1000: pytest.approx(0.8)}
