"""The budgets of a Deployment."""

import pytest

from podwright.kinds.deployment.spec import UNLIMITED, RollingUpdate, Strategy
from rollouts import AT_ONCE, deployment


@pytest.mark.parametrize(
    ("replicas", "surge", "unavailable", "above", "below"),
    [
        (1, "25%", "25%", 1, 0),
        (3, "25%", "25%", 1, 0),
        (4, "25%", "25%", 1, 1),
        (5, "25%", "25%", 2, 1),
        (10, "25%", "25%", 3, 2),
        (10, "39%", "39%", 4, 3),
        (10, 0, "5%", 0, 1),
        (2, "1%", "25%", 1, 0),
        (2, 0, "1%", 0, 1),
        (1, 0, "1%", 0, 1),
        (2, "1%", 0, 1, 0),
        (10, 0, 0, 0, 1),
        (3, 7, 5, 7, 3),
        (0, "25%", "25%", 0, 0),
        (0, 2, 2, 2, 0),
    ],
    ids=str,
)
def test_surge_is_rounded_up_and_unavailable_down_and_one_of_them_is_something(
    replicas, surge, unavailable, above, below
):
    spec = deployment(replicas, surge=surge, unavailable=unavailable).spec
    assert (spec.surge, spec.unavailable) == (above, below)


@pytest.mark.parametrize(
    ("given", "budgets"),
    [
        pytest.param(None, (3, 2), id="both-left-out"),
        pytest.param(RollingUpdate(max_surge=0), (0, 2), id="unavailable-left-out"),
        pytest.param(RollingUpdate(max_unavailable=0), (3, 0), id="surge-left-out"),
    ],
)
def test_what_is_left_out_is_25_percent(given, budgets):
    spec = deployment(10, strategy=Strategy(rolling_update=given)).spec
    assert (spec.surge, spec.unavailable) == budgets


def test_recreating_has_no_budgets():
    spec = deployment(10, strategy=AT_ONCE).spec
    assert (spec.surge, spec.unavailable) == (0, 0)


def test_the_largest_deadline_is_none():
    assert not deployment(progress_deadline_seconds=UNLIMITED).spec.has_deadline
    assert deployment(progress_deadline_seconds=UNLIMITED - 1).spec.has_deadline
