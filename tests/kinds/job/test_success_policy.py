import pytest

from jobs import job
from podwright.kinds.job import indexes, success_policy


@pytest.mark.parametrize(
    ("rules", "succeeded", "rule"),
    [
        ([{"succeededIndexes": "0"}], [], None),
        ([{"succeededIndexes": "0"}], [1], None),
        ([{"succeededIndexes": "0"}], [0], 0),
        ([{"succeededIndexes": "0-2"}], [0, 1], None),
        ([{"succeededIndexes": "0-2"}], [0, 1, 2, 3], 0),
        ([{"succeededIndexes": "0,2", "succeededCount": 1}], [2], 0),
        ([{"succeededIndexes": "0,2", "succeededCount": 2}], [1, 2], None),
        ([{"succeededCount": 2}], [3], None),
        ([{"succeededCount": 2}], [1, 3], 0),
        ([{"succeededIndexes": "x"}, {"succeededCount": 1}], [3], 1),
        ([{"succeededIndexes": "9"}], [0], None),
    ],
    ids=str,
)
def test_the_first_rule_that_holds_is_named(rules, succeeded, rule):
    spec = job(completionMode="Indexed", completions=5, successPolicy={"rules": rules}).spec
    told = "" if rule is None else f"Matched rules at index {rule}"
    assert success_policy.met(spec, indexes.merged((), succeeded)) == told


def test_without_a_policy_none_holds():
    assert success_policy.met(job().spec, ((0, 3),)) == ""
