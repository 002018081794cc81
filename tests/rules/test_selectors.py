"""Label selectors."""

import pytest

from podwright.objects import LabelSelector, Requirement
from podwright.rules import selectors


def labels(text):
    return dict(pair.split("=") for pair in text.split(",") if pair)


def selector(text="", *requirements):
    return LabelSelector(labels(text), tuple(Requirement(*each) for each in requirements))


IN, NOT_IN = ("tier", "In", ("a", "b")), ("tier", "NotIn", ("a", "b"))
EXISTS, ABSENT = ("tier", "Exists"), ("tier", "DoesNotExist")


@pytest.mark.parametrize(
    ("chosen", "given", "expected"),
    [
        pytest.param(selector("app=web"), "app=web,v=1", True, id="label"),
        pytest.param(selector("app=web"), "app=db", False, id="other-value"),
        pytest.param(selector("app=web"), "", False, id="no-label"),
        pytest.param(selector("app=web,v=1"), "app=web", False, id="one-of-two-labels"),
        pytest.param(selector("app="), "", False, id="empty-value-is-not-absence"),
        pytest.param(selector("app="), "app=", True, id="empty-value"),
        pytest.param(selector("", IN), "tier=b", True, id="in"),
        pytest.param(selector("", IN), "tier=c", False, id="in-others"),
        pytest.param(selector("", IN), "", False, id="in-and-absent"),
        pytest.param(selector("", NOT_IN), "tier=b", False, id="not-in"),
        pytest.param(selector("", NOT_IN), "tier=c", True, id="not-in-others"),
        pytest.param(selector("", NOT_IN), "", True, id="not-in-and-absent"),
        pytest.param(selector("", EXISTS), "tier=", True, id="exists"),
        pytest.param(selector("", EXISTS), "", False, id="exists-not"),
        pytest.param(selector("", ABSENT), "tier=a", False, id="absent-not"),
        pytest.param(selector("", ABSENT), "", True, id="absent"),
        pytest.param(selector("app=web", EXISTS), "app=web", False, id="all-must-hold"),
        pytest.param(selector("app=web", EXISTS, NOT_IN), "app=web,tier=x", True, id="all-hold"),
        pytest.param(selector(), "app=web", True, id="an-empty-one-matches-everything"),
    ],
)
def test_a_selector_matches(chosen, given, expected):
    assert selectors.matches(chosen, labels(given)) == expected


@pytest.mark.parametrize(
    ("chosen", "text"),
    [
        pytest.param(selector(), "empty selector is invalid", id="empty"),
        pytest.param(
            selector("", ("tier", "Near", ("a",))),
            '"Near" is not a valid label selector operator',
            id="unknown-operator",
        ),
        pytest.param(
            selector("", ("tier", "In")), "tier: values must be specified for In", id="in-nothing"
        ),
        pytest.param(
            selector("app=web", ("tier", "NotIn")),
            "tier: values must be specified for NotIn",
            id="not-in-nothing",
        ),
        pytest.param(
            selector("", ("tier", "Exists", ("a",))),
            "tier: values may not be specified for Exists",
            id="exists-with-values",
        ),
        pytest.param(
            selector("", ("tier", "DoesNotExist", ("a",))),
            "tier: values may not be specified for DoesNotExist",
            id="absent-with-values",
        ),
    ],
)
def test_a_selector_that_cannot_be_used_says_why(chosen, text):
    assert selectors.problem(chosen) == text


@pytest.mark.parametrize(
    "chosen",
    [selector("app=web"), selector("", EXISTS), selector("app=web", IN, NOT_IN, ABSENT)],
    ids=["label", "expression", "both"],
)
def test_a_selector_that_can_be_used_has_no_problem(chosen):
    assert selectors.problem(chosen) is None


@pytest.mark.parametrize(
    ("chosen", "text"),
    [
        pytest.param(selector("app=web"), "app=web", id="label"),
        pytest.param(selector("b=2,a=1"), "a=1,b=2", id="sorted-by-key"),
        pytest.param(selector("", ("tier", "In", ("b", "a"))), "tier in (a,b)", id="in"),
        pytest.param(selector("", NOT_IN), "tier notin (a,b)", id="not-in"),
        pytest.param(selector("", EXISTS), "tier", id="exists"),
        pytest.param(selector("", ABSENT), "!tier", id="absent"),
        pytest.param(
            selector("zone=x,app=web", IN), "app=web,tier in (a,b),zone=x", id="labels-and-more"
        ),
        pytest.param(
            selector("tier=c", NOT_IN, EXISTS),
            "tier=c,tier notin (a,b),tier",
            id="one-key-as-given",
        ),
        pytest.param(selector(), "", id="empty"),
    ],
)
def test_a_selector_is_written_in_one_line(chosen, text):
    assert selectors.as_text(chosen) == text
