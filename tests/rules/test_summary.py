"""Strings for kubectl's columns."""

import pytest

from builders import TEMPLATE, create
from podwright.plan import Failure, Outcome, Plan
from podwright.rules import summary


def waiting(outcome):
    return summary.words(TEMPLATE, "1/2", outcome).get("waitingFor")


def test_all_that_columns_cannot_compute():
    assert summary.words(TEMPLATE, "1/2", Outcome()) == {
        "ready": "1/2",
        "containers": "app",
        "images": "web:1",
    }


def test_what_is_empty_is_left_out():
    assert summary.words({}, "", Outcome()) == {}


@pytest.mark.parametrize(
    ("waits", "told"),
    [
        ("", None),
        ("a", "a"),
        ("ab", "a; b"),
        ("aba", "a; b"),
        ("abc", "a; b; c"),
        ("abcd", "a; b; c; and 1 more"),
        ("abcdefab", "a; b; c; and 3 more"),
    ],
    ids=lambda it: it or "nothing",
)
def test_three_things_are_told_and_how_many_more_there_are(waits, told):
    plan = Plan().beside(*map(Plan.wait, waits))
    assert waiting(Outcome(plan)) == told


def test_a_refusal_is_told_before_everything_else():
    refused = Outcome(Plan.wait("a"), failures=(Failure(create(), "exceeded quota"),))
    assert waiting(refused) == "the API server to accept its pods"


def test_having_to_look_again_is_nothing_to_wait_for():
    assert waiting(Outcome(outdated=True)) is None
