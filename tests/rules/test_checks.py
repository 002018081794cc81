"""Rules for the API server: what they look at and say. That they hold is tested on a real one."""

import re

import pytest

from podwright.kinds import BUILT_IN
from podwright.rules import checks

EVERY = [
    pytest.param(each.workload.kind, check, id=f"{each.workload.kind}-{check.at}-{n}")
    for each in BUILT_IN
    for n, check in enumerate(each.workload.crd.checks)
]


@pytest.mark.parametrize(("kind", "check"), EVERY)
def test_every_check_says_something_and_looks_at_itself(kind, check):
    assert check.message
    assert re.search(r"\bself\b", check.rule), kind
    assert check.rule.count("(") == check.rule.count(")")


def test_a_count_is_not_negative():
    check = checks.at_least_zero("spec.replicas")
    assert (check.at, check.rule) == ("spec.replicas", "self >= 0")
    assert check.message == "must be greater than or equal to 0"


def test_a_choice_names_what_is_supported_and_takes_an_empty_string():
    check = checks.one_of("spec.mood", "calm", "busy")
    assert check.rule == "self == 'calm' || self == 'busy' || self == ''"
    assert check.message == 'supported values: "calm", "busy"'


@pytest.mark.parametrize(
    ("least", "messages"),
    [
        (0, ["must be greater than or equal to 0", "a valid percent", "must not be greater"]),
        (
            1,
            [
                "must be greater than or equal to 0",
                "a valid percent",
                "must not be greater",
                "cannot be 0",
            ],
        ),
    ],
)
def test_a_budget_is_a_number_or_a_part_of_all(least, messages):
    found = checks.budget("spec.most", least=least)
    assert [check.message[: len(text)] for check, text in zip(found, messages, strict=True)] == (
        messages
    )
    assert {check.at for check in found} == {"spec.most"}


def test_one_count_of_the_status_does_not_exceed_another():
    check = checks.no_more("ready", "all", "too many")
    assert (check.at, check.field, check.message) == ("status", "ready", "too many")
    assert check.rule == "self.?ready.orValue(0) <= self.?all.orValue(0)"


def test_an_empty_selector_is_refused_in_the_kinds_own_words():
    first, *rest = checks.selector("empty selector is invalid for x")
    assert (first.at, first.message) == ("spec.selector", "empty selector is invalid for x")
    assert rest


def test_a_format_tells_why_by_itself():
    check = checks.well_formed("spec.name", "dns1123Label")
    assert "format.dns1123Label()" in check.rule
    assert "format.dns1123Label()" in check.message_expression


def test_labels_are_checked_by_key_and_by_value():
    keys, values = checks.well_formed_labels("spec.labels")
    assert (keys.at, values.at) == ("spec.labels", "spec.labels.*")
