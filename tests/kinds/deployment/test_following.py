"""A Deployment of another size, while it rolls out or is paused."""

import pytest

from builders import seen
from podwright import labels
from podwright.kinds.deployment.decide import decide
from podwright.kinds.deployment.following import follow_size, fraction, is_resized, is_saturated
from podwright.plan import Plan
from rollouts import AT_ONCE, deployment, look, owned_set, sizes, words

# --- whether -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "resized"),
    [
        ("3", False),
        ("4", True),
        ("0", True),
        (None, False),
        ("", False),
        ("some", False),
        ("-1", False),
        ("1_0", False),
        (" 4", False),
        ("4.0", False),
    ],
    ids=["same", "other", "zero", "none", "empty", "word", "negative", "grouped", "space", "point"],
)
def test_the_size_is_another_one_when_an_annotation_says_so(known, resized):
    assert is_resized(*look(deployment(3), owned_set(2, 3, wish=(known, None)))) is resized


def test_a_replica_set_without_pods_tells_nothing_of_the_size():
    assert not is_resized(*look(deployment(3), owned_set(1, 0, wish=(5, 7))))
    assert is_resized(*look(deployment(3), owned_set(1, 1, wish=(5, 7))))


# --- how far -------------------------------------------------------------------------------------


def scaled(replicas, was, before, surge=0, *, new=True, template=0):
    """The sizes afterwards; ``was`` is what was wished for, without and with surge."""
    sets = [owned_set(v, size, wish=was) for v, size in enumerate(before, 1)]
    v = template or (len(before) if new else 9)
    plan = follow_size(*look(deployment(replicas, v, surge=surge, unavailable=1), *sets))
    after = dict(each.split("=") for each in sizes(plan or Plan()).split(", ") if each)
    return [int(after.get(f"v{each}", size)) for each, size in enumerate(before, 1)]


@pytest.mark.parametrize(
    ("replicas", "was", "before", "after", "more"),
    [
        pytest.param(12, (10, 10), [10], [12], {}, id="one-grows"),
        pytest.param(5, (10, 10), [10], [5], {}, id="one-shrinks"),
        pytest.param(10, (5, 5), [3, 2], [6, 4], {}, id="5-to-10"),
        pytest.param(3, (5, 5), [3, 2], [2, 1], {}, id="5-to-3"),
        pytest.param(4, (9, 9), [1, 8], [0, 4], {}, id="9-to-4"),
        pytest.param(10, (7, 7), [2, 3, 2], [3, 4, 3], {}, id="7-to-10"),
        pytest.param(8, (13, 13), [3, 8, 2], [2, 5, 1], {}, id="13-to-8"),
        pytest.param(4, (3, 3), [1, 1, 1], [1, 1, 2], {}, id="the-newest-grows"),
        pytest.param(2, (3, 3), [1, 1, 1], [0, 1, 1], {}, id="the-oldest-shrinks"),
        pytest.param(5, (4, 4), [2, 2], [2, 3], {"new": False}, id="no-new-one"),
        pytest.param(14, (10, 10), [3, 7], [4, 10], {"new": False}, id="template-too"),
        pytest.param(0, (6, 6), [1, 2, 3], [0, 0, 0], {}, id="to-nothing"),
        pytest.param(0, (6, 8), [1, 2, 3], [0, 0, 0], {"surge": 2}, id="to-nothing-with-surge"),
        pytest.param(1, (3, 3), [1, 2], [0, 1], {}, id="to-one"),
        pytest.param(6, (0, 0), [0, 0, 0], [0, 0, 6], {}, id="from-nothing"),
        pytest.param(6, (0, 0), [0, 0], [0, 6], {"new": False}, id="from-nothing-without-new-one"),
        pytest.param(20, (10, 12), [6, 6], [11, 11], {"surge": 2}, id="surge-too"),
        pytest.param(15, (10, 13), [8, 5], [11, 7], {"surge": 3}, id="10-to-15"),
        pytest.param(50, (10, 13), [8, 5], [34, 22], {"surge": 6}, id="another-surge"),
        pytest.param(4, (2, 3), [1, 2], [2, 3], {"surge": 1}, id="rounded"),
    ],
)
def test_all_change_alike(replicas, was, before, after, more):
    assert scaled(replicas, was, before, **more) == after


def test_without_a_replica_set_nothing_is_resized():
    assert follow_size(*look(deployment(3))) is None


def test_when_all_new_pods_are_there_the_old_ones_go():
    there = owned_set(1, 1, wish=(2, 3)), owned_set(2, 2, wish=(2, 3))
    assert sizes(follow_size(*look(deployment(2, surge=1), *there))) == "v1=0"


def test_new_pods_that_break_take_nothing_from_the_old_ones():
    there = owned_set(1, 1, wish=(2, 3)), owned_set(2, 2, available=0, wish=(2, 3))
    assert follow_size(*look(deployment(2, surge=1, unavailable=1), *there)) is None


@pytest.mark.parametrize(
    "new",
    [
        owned_set(2, 2, wish=(3, 4)),
        owned_set(2, 3, wish=(2, 3)),
        owned_set(2, 3, wish=None),
        owned_set(2, 3, available=2, wish=(3, 4)),
        None,
    ],
    ids=["too-small", "sized-for-another-wish", "without-annotation", "not-available", "none"],
)
def test_not_all_new_pods_are_there(new):
    assert not is_saturated(seen(deployment(3)), new)
    assert is_saturated(seen(deployment(3)), owned_set(2, 3, wish=(3, 4)))


@pytest.mark.parametrize(
    ("size", "known", "there", "share"),
    [
        pytest.param(5, 13, 0, 2, id="7-for-5"),
        pytest.param(8, 13, 0, 3, id="11-for-8"),
        pytest.param(1, 12, 0, 1, id="a-half-goes-up"),
        pytest.param(1, 1, 0, 17, id="all-there-was"),
        pytest.param(5, None, 10, 4, id="no-annotation"),
        pytest.param(5, "many", 10, 4, id="no-number"),
        pytest.param(5, 0, 10, 4, id="zero"),
        pytest.param(5, -13, 10, 4, id="negative"),
        pytest.param(5, None, 0, 0, id="nothing-known"),
        pytest.param(5, None, None, 0, id="nothing-counted"),
    ],
)
def test_a_share_is_of_what_there_were_at_most(size, known, there, share):
    owner = deployment(15, surge=3, status={"replicas": there})
    assert fraction(seen(owner), owned_set(1, size, wish=(None, known))) == share


def test_of_nothing_each_loses_all():
    assert fraction(seen(deployment(0)), owned_set(1, 5, wish=(10, 13))) == -5
    assert fraction(seen(deployment(0)), owned_set(1, 5)) == -5


# --- what is written -----------------------------------------------------------------------------


def test_a_resized_replica_set_notes_what_was_wished_for():
    [patch] = follow_size(*look(deployment(12), owned_set(2, 10, wish=(10, 13)))).actions
    assert patch.body == {
        "spec": {"replicas": 12},
        "metadata": {"annotations": {labels.DESIRED_REPLICAS: "12", labels.MAX_REPLICAS: "15"}},
    }
    text = "Scaled up replica set web-v2 from 10 to 12"
    assert patch.say.done == (labels.SCALING_REPLICA_SET, text)


def test_all_note_what_was_wished_for_even_those_that_stay_as_they_are():
    there = [owned_set(v, 1, wish=(3, 3)) for v in (1, 2, 3)]
    plan = follow_size(*look(deployment(4, 3, surge=0, unavailable=1), *there))
    assert words(plan) == "v3=2, note on v2, note on v1"
    assert [each.say.done is None for each in plan.actions] == [False, True, True]


def test_a_stale_note_on_a_replica_set_of_the_right_size_does_not_hold_the_roll_out_for_ever():
    """Upstream leaves the note, and takes every later look for a change of size."""
    owner, old = deployment(3, 2), owned_set(1, 3, wish=(5, 7))
    first = decide(seen(owner, old))
    assert words(first) == "note on v1"
    [patch] = first.actions
    assert patch.body["metadata"]["annotations"][labels.DESIRED_REPLICAS] == "3"
    assert sizes(decide(seen(owner, owned_set(1, 3, wish=(3, 4))))) == "new v2=1"


def test_a_change_of_size_comes_before_the_roll_out():
    assert words(decide(seen(deployment(5, 2), owned_set(1, 3, wish=(3, 4))))) == "v1=5"


def test_recreating_with_two_of_them_is_not_held_by_another_size():
    there = owned_set(1, 1, wish=(5, 5)), owned_set(2, 2, wish=(5, 5))
    assert follow_size(*look(deployment(3, strategy=AT_ONCE), *there)) is None
    assert sizes(decide(seen(deployment(3, strategy=AT_ONCE), *there))) == "v1=0"
