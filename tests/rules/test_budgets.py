"""How many pods a part of all is."""

import pytest

from podwright.rules.budgets import scaled


@pytest.mark.parametrize(
    ("budget", "whole", "down", "up"),
    [
        (3, 10, 3, 3),
        (30, 10, 30, 30),
        (0, 10, 0, 0),
        ("25%", 10, 2, 3),
        ("5%", 10, 0, 1),
        ("100%", 10, 10, 10),
        ("0%", 10, 0, 0),
        ("50%", 0, 0, 0),
        ("33%", 3, 0, 1),
        ("150%", 2, 3, 3),
        ("1%", 2**31 - 1, 21474836, 21474837),
    ],
    ids=str,
)
def test_a_budget_is_a_number_or_a_part(budget, whole, down, up):
    assert scaled(budget, whole, up=False) == down
    assert scaled(budget, whole, up=True) == up


@pytest.mark.parametrize("budget", ["", "%", "x%", "1.5%"], ids=str)
def test_anything_else_is_a_mistake_of_ours(budget):
    with pytest.raises(ValueError, match="invalid literal"):
        scaled(budget, 10, up=True)
