"""Two stories are compared, and only what is listed may differ."""

from pathlib import Path

import pytest

from conformance.compare import ABSENT, Difference, Entry, Rule, differences, judge, read_list


def found(theirs, ours):
    return [(each.path, each.theirs, each.ours) for each in differences(theirs, ours)]


def test_equal_values_have_no_differences():
    assert found({"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}) == []


def test_a_difference_is_told_where_it_is():
    assert found({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}) == [("a/c", 2, 3)]


def test_what_only_one_of_them_has_is_absent_from_the_other():
    assert found({"a": 1}, {"b": 2}) == [("a", 1, ABSENT), ("b", ABSENT, 2)]


def test_none_is_not_absent():
    assert found({"a": None}, {}) == [("a", None, ABSENT)]


def test_lists_of_values_are_compared_place_by_place():
    assert found([{"n": 1}, {"n": 2}], [{"n": 1}, {"n": 3}]) == [("/1/n", 2, 3)]
    assert found([{"n": 1}], [{"n": 1}, {"n": 2}]) == [("/1", ABSENT, {"n": 2})]


def test_lists_of_lines_are_aligned():
    assert found(["a", "b", "c"], ["a", "x", "b", "c"]) == [("", ABSENT, "x")]
    assert found(["a", "b"], ["b", "a"]) != []


@pytest.mark.parametrize(
    ("rule", "covered"),
    [
        pytest.param(Rule("steps/*/status/selector"), True, id="a star is any number of keys"),
        pytest.param(Rule("steps/*/status"), False, id="but the end has to fit"),
        pytest.param(Rule("*", ours="app=.*"), True, id="a pattern of the value"),
        pytest.param(Rule("*", ours="app"), False, id="which has to fit as a whole"),
        pytest.param(Rule("*", theirs="[^(]*"), False, id="theirs is absent"),
    ],
)
def test_a_rule_covers(rule, covered):
    difference = Difference(
        "steps/1 created/objects/ReplicaSet web/status/selector", ABSENT, "app=web"
    )
    assert rule.covers(difference) is covered


def test_what_no_entry_explains_is_unwanted():
    entry = Entry("all", "a is ours", "because", (), (Rule("a", theirs="1"),))
    other = Entry("all", "never seen", "because", (), (Rule("z"),))
    unwanted, used = judge({"a": 1, "b": 1}, {"a": 2, "b": 2}, (entry, other))
    assert [each.path for each in unwanted] == ["b"]
    assert used == {(entry, entry.rules[0])}


def test_every_entry_of_the_list_has_a_reason():
    entries = read_list()
    assert entries
    for entry in entries:
        assert entry.kind
        assert entry.difference
        assert entry.why


def test_every_difference_is_told_in_the_docstring_of_what_makes_it():
    root = Path(__file__).parents[2] / "operator" / "podwright"
    modules = (path for path in root.rglob("*.py") if "Differs:" in path.read_text())
    told = {path.relative_to(root).as_posix() for path in modules}
    assert told == {module for entry in read_list() for module in entry.where}
