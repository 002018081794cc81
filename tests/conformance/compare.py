"""What two stories do not share, and which of that is so on purpose.

`differences.yaml` is the only place that knows what may differ, and why. An entry without `ignore`
cannot be seen in a story, and stands there for the README's table, which is made from this list.

Pure, but for reading that file.
"""

import difflib
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import yaml

LIST = Path(__file__).with_name("differences.yaml")
ABSENT = "(absent)"
LONGEST = 300


@dataclass(frozen=True)
class Difference:
    """One place where two stories differ; `path` has the keys that lead there."""

    path: str
    theirs: object
    ours: object

    def __str__(self):
        theirs, ours = (str(value)[:LONGEST] for value in (self.theirs, self.ours))
        return f"{self.path}\n    built-in: {theirs}\n    ours:     {ours}"


@dataclass(frozen=True)
class Rule:
    """Differences that are so on purpose: a pattern of paths, and patterns of both values."""

    path: str
    theirs: str = ".*"
    ours: str = ".*"

    def covers(self, difference):
        return (
            fnmatchcase(difference.path, self.path)
            and re.fullmatch(self.theirs, str(difference.theirs), re.DOTALL) is not None
            and re.fullmatch(self.ours, str(difference.ours), re.DOTALL) is not None
        )


@dataclass(frozen=True)
class Entry:
    """A purposeful difference, as users read of it, and how it shows in stories."""

    kind: str
    difference: str
    why: str
    where: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()


def read_list(path=LIST):
    """The list of differences."""
    return tuple(
        Entry(
            entry["kind"],
            entry["difference"],
            entry["why"],
            tuple(entry["where"]),
            tuple(Rule(**_exact(rule)) for rule in entry.get("ignore", ())),
        )
        for entry in yaml.safe_load(path.read_text())
    )


def _exact(rule):
    """`only: ours` is short for: absent from theirs."""
    rule = dict(rule)
    only = rule.pop("only", None)
    if only:
        rule["theirs" if only == "ours" else "ours"] = re.escape(ABSENT)
    return rule


def differences(theirs, ours, path=""):
    """All places where two values differ, deepest first known."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key in sorted(theirs.keys() | ours.keys()):
            inner = f"{path}/{key}" if path else key
            yield from differences(theirs.get(key, ABSENT), ours.get(key, ABSENT), inner)
    elif isinstance(theirs, list) and isinstance(ours, list):
        yield from _of_lists(theirs, ours, path)
    elif theirs != ours:
        yield Difference(path, theirs, ours)


def _of_lists(theirs, ours, path):
    """Lists of lines are aligned as texts are; others place by place."""
    if all(isinstance(item, str) for item in (*theirs, *ours)):
        yield from _of_lines(theirs, ours, path)
        return
    for at in range(max(len(theirs), len(ours))):
        mine = theirs[at] if at < len(theirs) else ABSENT
        yours = ours[at] if at < len(ours) else ABSENT
        yield from differences(mine, yours, f"{path}/{at}")


def _of_lines(theirs, ours, path):
    aligned = difflib.SequenceMatcher(None, theirs, ours, autojunk=False).get_opcodes()
    for how, a, b, c, d in aligned:
        if how == "equal":
            continue
        left, right = theirs[a:b], ours[c:d]
        for at in range(max(len(left), len(right))):
            mine = left[at] if at < len(left) else ABSENT
            yours = right[at] if at < len(right) else ABSENT
            yield Difference(path, mine, yours)


def judge(theirs, ours, entries):
    """(differences that nobody wants, (entry, rule) of those that explain the others)."""
    unwanted, used = [], set()
    rules = [(entry, rule) for entry in entries for rule in entry.rules]
    for difference in differences(theirs, ours):
        covering = [(entry, rule) for entry, rule in rules if rule.covers(difference)]
        used.update(covering)
        if not covering:
            unwanted.append(difference)
    return unwanted, used
