import io
import json

from rich.console import Console

from bench import tables
from bench.figures import CPU_BOTH, CREATED, bare
from bench.summary import BARE, DEFAULT, OPEN, OURS, Sample, summarise


def summary(*open_seconds):
    taken = [Sample(OPEN, 1000, {CREATED: [seconds]}) for seconds in open_seconds]
    taken += [Sample(OURS, 1000, {CREATED: [each], CPU_BOTH: [3.5]}) for each in (1.2, 1.3, 1.4)]
    taken += [Sample(DEFAULT, 1000, {CREATED: [49.5]}), Sample(BARE, 1000, {bare(32): [1000.0]})]
    return summarise(taken)


def test_a_line_has_both_baselines_the_targets_and_whether_they_are_met():
    row = tables.for_markdown(summary(1.0, 1.05, 1.0), []).splitlines()[2]
    assert row == (
        "| T1 | N pods created (s) | 1,000 | 1.30 (1.20-1.40) | 1.00 (1.00-1.05) | 1.30 not met "
        "| 49.50 | 0.03 met | 1.0 / 0.5 | 0.95 |"
    )


def test_a_limit_of_its_own_is_judged_beside_ours():
    row = tables.for_markdown(summary(1.0), []).splitlines()[3]
    assert "3.50 (3.50-3.50) not met |" in row
    assert "| 3 s |" in row


def test_a_line_that_does_not_count_says_so():
    text = tables.for_markdown(summary(1.0, 2.0), [])
    assert "0.87 met?" in text
    assert "- ? does not count, A against A is outside 0.9-1.1: N pods created with 1,000" in text


def test_limits_and_notes_stand_below():
    below = tables.for_markdown(summary(1.0), ["a note"]).partition("\n\n")[2].splitlines()
    assert below == [
        "- L1 bare POSTs of pods, 32 connections: 1,000 pods/s (1,000-1,000)",
        "- T1 with 1,000 pods runs at 77% of the best of these",
        "- a note",
    ]


def test_people_and_programs_get_the_same():
    console = Console(file=io.StringIO(), width=140)
    console.print(tables.for_people(summary(1.0), []))
    assert "1.30 (1.20-1.40)" in console.file.getvalue()
    plain = json.loads(json.dumps(tables.for_programs(summary(1.0))))
    assert plain["lines"][0]["ratios"]["vs_open"] == {"ratio": 1.3, "is_met": False}
