"""Merge patches."""

import pytest

from podwright.rules import merging


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        pytest.param({}, {}, {}, id="nothing"),
        pytest.param({"a": 1}, {"a": 1}, {}, id="equal"),
        pytest.param({"a": 1}, {"a": 2}, {"a": 2}, id="changed"),
        pytest.param({}, {"a": 1}, {"a": 1}, id="added"),
        pytest.param({"a": 1}, {}, {"a": None}, id="removed"),
        pytest.param(
            {"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, {"a": {"c": 3}}, id="inside"
        ),
        pytest.param({"a": {"b": 1}}, {"a": {"b": 1}}, {}, id="equal-inside"),
        pytest.param({"a": {"b": 1}}, {"a": {}}, {"a": {"b": None}}, id="removed-inside"),
        pytest.param({"a": [1, 2]}, {"a": [1]}, {"a": [1]}, id="lists-are-replaced"),
        pytest.param({"a": 1}, {"a": {"b": 1}}, {"a": {"b": 1}}, id="other-type"),
    ],
)
def test_a_merge_patch_holds_the_difference(old, new, changes):
    assert merging.patch(old, new) == changes


@pytest.mark.parametrize(
    ("finalizers", "left"),
    [
        pytest.param(["x", "ours", "y"], ["x", "y"], id="others-stay-in-order"),
        pytest.param(["ours"], None, id="none-is-left"),
        pytest.param(["x"], ["x"], id="not-there"),
    ],
)
def test_what_is_left_of_a_list(finalizers, left):
    assert merging.without("ours", finalizers) == left
