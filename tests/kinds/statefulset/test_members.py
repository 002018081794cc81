"""A set's pods by ordinal."""

import pytest

from builders import SECOND, seen
from members import member, stateful_set
from podwright.kinds.statefulset.members import Members


def of(owner, *pods):
    return Members.of(seen(owner, *pods))


def test_pods_are_wanted_or_condemned_by_their_ordinal():
    members = of(stateful_set(3, start=1), *map(member, (5, 0, 2, 1)))
    assert members.present() == [1, 2]
    assert members.condemned == [5, 0]
    assert list(members.missing(10)) == [3]


@pytest.mark.parametrize("name", ["other", "web-x", "web-99999999999"])
def test_a_pod_without_an_ordinal_is_nobodys(name):
    members = of(stateful_set(1), member(0, name=name))
    assert members.present() == members.condemned == []


@pytest.mark.parametrize("turned", [False, True], ids=["first", "last"])
def test_of_two_names_for_one_ordinal_the_shorter_one_has_it(turned):
    both = [member(1), member(1, name="web-01")]
    members = of(stateful_set(2), *(both[::-1] if turned else both))
    assert members.by_ordinal[1].name == "web-1"


def test_an_odd_name_has_the_ordinal_while_nobody_else_does():
    assert of(stateful_set(2), member(1, name="web-01")).present() == [1]


@pytest.mark.parametrize(
    ("most", "missing"),
    [(0, []), (1, [0]), (3, [0, 2, 3]), (9, [0, 2, 3, 4])],
    ids=["none", "one", "some", "all"],
)
def test_missing_ordinals_come_lowest_first(most, missing):
    assert list(of(stateful_set(5), member(1), member(7)).missing(most)) == missing


def test_nothing_is_missing_of_nothing():
    assert list(of(stateful_set(0), member(0)).missing(5)) == []


@pytest.mark.parametrize(
    ("how", "ready", "available", "unavailable"),
    [
        pytest.param({}, True, True, False, id="available"),
        pytest.param({"ready_for": SECOND}, True, False, True, id="young"),
        pytest.param({"ready": False}, False, False, True, id="unready"),
        pytest.param({"phase": "Pending"}, False, False, True, id="pending"),
        pytest.param({"phase": "Pending", "ready": True}, False, True, True, id="not-running"),
        pytest.param({"phase": "Failed"}, False, False, True, id="failed"),
        pytest.param({"terminating": True}, True, True, True, id="terminating"),
    ],
)
def test_a_pod_is(how, ready, available, unavailable):
    it = member(0, **how)
    members = of(stateful_set(1, min_ready_seconds=30), it)
    found = (members.is_ready(it), members.is_available(it), members.is_unavailable(it))
    assert found == (ready, available, unavailable)


def test_a_pod_that_is_not_there_is_unavailable():
    assert of(stateful_set(1)).is_unavailable(None)
