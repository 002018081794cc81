"""Columns that several kinds share show what the status says."""

from builders import TEMPLATE
from podwright.plan import Outcome
from podwright.rules import columns, summary


def test_the_strings_are_those_that_the_status_has():
    told = summary.words(TEMPLATE, "2/3", Outcome())
    shown = [columns.READY, *columns.CONTAINERS]
    assert [told[each.path.rpartition(".")[2]] for each in shown] == ["2/3", "app", "web:1"]


def test_what_takes_room_is_wide():
    assert [each.wide for each in (columns.READY, columns.AGE)] == [False, False]
    assert all(each.wide for each in (*columns.CONTAINERS, columns.SELECTOR))
