"""A summary as a table: for people, for a README, and as plain values."""

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from bench.summary import DEFAULT, OPEN, OURS

HEADER = ("", "", "pods", "ours", OPEN, "ours/open", DEFAULT, "ours/default", "at most", "A/A")
_LABEL, _OURS, _AGAINST_OPEN, _AGAINST_DEFAULT = 1, 3, 5, 7
TITLES = {OPEN: "vs_open", DEFAULT: "vs_default"}
_COLOURS = {True: "green", False: "red", None: ""}


def for_people(summary, notes):
    """A rich table, coloured by what is met."""
    table = Table(box=box.SIMPLE, pad_edge=False, padding=(0, 1, 0, 0))
    for number, title in enumerate(HEADER):
        table.add_column(title, no_wrap=number != _LABEL)
    for line in summary.lines:
        cells = _cells(line)
        judged = {
            _OURS: line.is_within,
            _AGAINST_OPEN: line.is_met(OPEN),
            _AGAINST_DEFAULT: line.is_met(DEFAULT),
        }
        for number, met in judged.items():
            cells[number] = Text(cells[number], _COLOURS[met])
        table.add_row(*cells)
    return Group(table, *(Text(text) for text in [*_limits(summary), *notes, *_doubts(summary)]))


def for_markdown(summary, notes):
    """A table for a README, and a list of what has to be known about it."""
    rows = [HEADER, ["---"] * len(HEADER), *map(_cells, summary.lines)]
    table = ["| " + " | ".join(row) + " |" for row in rows]
    below = [*_limits(summary), *notes, *_doubts(summary)]
    return "\n".join([*table, "", *(f"- {text}" for text in below)])


def for_programs(summary):
    """Plain values, for JSON."""
    return {
        "lines": [_plain(line) for line in summary.lines],
        "limits": {name: _values(stat) for name, stat in summary.limits.items()},
        "share_of_limit": {str(pods): round(share, 3) for pods, share in summary.shares.items()},
    }


def _cells(line):
    measure, itself = line.measure, line.against_itself
    return [
        measure.figure,
        measure.label + (f" ({measure.unit})" if measure.unit else ""),
        f"{line.pods:,}",
        _spread(line, OURS) + _verdict(line, line.is_within),
        _spread(line, OPEN),
        _against(line, OPEN),
        _spread(line, DEFAULT),
        _against(line, DEFAULT),
        _targets(measure),
        "" if itself is None else f"{itself:.2f}",
    ]


def _spread(line, who):
    """`1.25 (1.20-1.31)`, and of a single sample only its value."""
    if not (stat := line.stats.get(who)):
        return ""
    low, typical, high = (
        f"{value:,.{line.measure.digits}f}" for value in (stat.low, stat.typical, stat.high)
    )
    return typical if stat.samples == 1 else f"{typical} ({low}-{high})"


def _against(line, baseline):
    ratio = line.ratio(baseline)
    return "" if ratio is None else f"{ratio:.2f}" + _verdict(line, line.is_met(baseline))


def _verdict(line, met):
    """Nothing without a target; a question mark says that the line does not count."""
    if met is None:
        return ""
    return (" met" if met else " not met") + ("" if line.counts else "?")


def _targets(measure):
    """Against open and default, or else the limit of its own."""
    if measure.at_most is not None:
        return f"{measure.at_most:g} {measure.unit}"
    return " / ".join(f"{each:.1f}" for each in (measure.vs_open, measure.vs_default) if each)


def _limits(summary):
    texts = [
        f"L1 {name}: {stat.typical:,.0f} pods/s ({stat.low:,.0f}-{stat.high:,.0f})"
        for name, stat in summary.limits.items()
    ]
    return texts + [
        f"T1 with {pods:,} pods runs at {share:.0%} of the best of these"
        for pods, share in summary.shares.items()
    ]


def _doubts(summary):
    if not summary.doubtful:
        return []
    names = ", ".join(f"{each.measure.label} with {each.pods:,}" for each in summary.doubtful)
    return [f"? does not count, A against A is outside 0.9-1.1: {names}"]


def _plain(line):
    return {
        "figure": line.measure.figure,
        "what": line.measure.label,
        "unit": line.measure.unit,
        "pods": line.pods,
        "stats": {who: _values(stat) for who, stat in line.stats.items()},
        "against_itself": line.against_itself,
        "counts": line.counts,
        "at_most": line.measure.at_most,
        "is_within": line.is_within,
        "ratios": {
            TITLES[baseline]: {"ratio": line.ratio(baseline), "is_met": line.is_met(baseline)}
            for baseline in TITLES
            if line.ratio(baseline) is not None
        },
    }


def _values(stat):
    return {"typical": stat.typical, "low": stat.low, "high": stat.high, "samples": stat.samples}
