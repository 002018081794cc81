"""What a Deployment writes on its ReplicaSets."""

import pytest

from podwright import labels
from podwright.kinds.deployment import notes
from rollouts import AT_ONCE, deployment, look, owned_set

CAUSE = {labels.CHANGE_CAUSE: "new image"}


def outdated(new, *old, **owner):
    seen, sets = look(deployment(v=2, **owner), new, *old)
    return notes.outdated(seen, sets, sets.new)


def test_annotations_are_copied_but_those_that_speak_of_their_own_object():
    own = dict.fromkeys(notes.OWN, "1")
    assert len(own) == 6
    assert notes.copied(own | CAUSE) == CAUSE


@pytest.mark.parametrize(
    ("spec", "wish"),
    [({}, ("10", "13")), ({"strategy": AT_ONCE}, ("10", "10"))],
    ids=["rolling", "recreating"],
)
def test_sizes_are_the_wish_without_and_with_surge(spec, wish):
    seen, _ = look(deployment(10, **spec))
    assert tuple(notes.sizes(seen).values()) == wish


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        ("-7", -7),
        ("+7", 7),
        ("007", 7),
        ("", None),
        (None, None),
        ("seven", None),
        ("7.0", None),
        ("1_000", None),
        (" 7", None),
        ("7\n", None),
        ("٧", None),
        ("9" * 5000, None),
    ],
    ids=repr,
)
def test_a_number_is_what_go_takes_for_one(text, number):
    assert notes.number(text) == number


@pytest.mark.parametrize(
    ("old", "next_"), [([], 1), ([1], 2), ([3, 1], 4), (["x", 2], 3), ([""], 1)], ids=str
)
def test_the_next_revision_is_one_more_than_any_old_one(old, next_):
    assert (
        notes.next_revision(owned_set(v, revision=each) for v, each in enumerate(old, 1)) == next_
    )


# --- the new ReplicaSet's annotations ------------------------------------------------------------


def test_a_replica_set_that_is_up_to_date_lacks_nothing():
    new = owned_set(2, annotations=CAUSE | {"only": "here"})
    assert outdated(new, owned_set(1), annotations=CAUSE | {labels.REVISION: "9"}) == {}


def test_what_is_new_or_other_on_the_deployment_is_copied_and_nothing_taken_away():
    new = owned_set(2, annotations={"a": "1", "b": "1", "c": "1"})
    assert outdated(new, annotations={"a": "1", "b": "2", "d": "2"}) == {"b": "2", "d": "2"}


def test_the_first_revision_is_1():
    assert outdated(owned_set(2, revision="")) == {labels.REVISION: "1"}


def test_going_back_gives_the_highest_number_and_keeps_the_one_before():
    assert outdated(owned_set(2, revision=1), owned_set(1, revision=3)) == {
        labels.REVISION: "4",
        labels.REVISION_HISTORY: "1",
    }


def test_the_history_grows_at_its_end():
    new = owned_set(2, revision=4, annotations={labels.REVISION_HISTORY: "1,2"})
    assert outdated(new, owned_set(1, revision=6))[labels.REVISION_HISTORY] == "1,2,4"


def test_a_number_that_is_high_enough_stays_though_old_ones_are_gone():
    assert outdated(owned_set(2, revision=7), owned_set(1, revision=3)) == {}


def test_a_number_that_cannot_be_read_stays():
    assert outdated(owned_set(2, revision="x"), owned_set(1, revision=3)) == {}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("1" * 1998, "1" * 1998 + ",7", id="2000-fit"),
        pytest.param("1" * 1999, "7", id="2001-do-not"),
        pytest.param(",".join(["1"] * 1000), ",".join(["1"] * 999 + ["7"]), id="the-oldest-goes"),
    ],
)
def test_the_history_takes_2000_characters_at_most(before, after):
    assert notes.remembered({labels.REVISION_HISTORY: before}, "7") == after
