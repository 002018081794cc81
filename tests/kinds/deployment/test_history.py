"""Old ReplicaSets, kept to go back to."""

import pytest

from builders import HOUR, NOW, seen
from podwright.kinds.deployment.decide import decide
from podwright.kinds.deployment.history import clean_up, is_idle
from podwright.kinds.deployment.spec import UNLIMITED
from rollouts import deployment, look, owned_set, words

FOUR = [owned_set(v, 0) for v in (1, 2, 3, 4)]


def cleaned(limit, *old):
    owner = deployment(v=9, revision_history_limit=limit)
    return words(clean_up(*look(owner, *old, owned_set(9))))


@pytest.mark.parametrize(
    ("limit", "gone"),
    [
        (0, "delete v1, delete v2, delete v3, delete v4"),
        (2, "delete v1, delete v2"),
        (3, "delete v1"),
        (4, ""),
        (10, ""),
        (UNLIMITED, ""),
    ],
)
def test_the_lowest_revisions_beyond_the_limit_go(limit, gone):
    assert cleaned(limit, *FOUR) == gone


def test_the_revision_counts_and_not_the_age():
    assert cleaned(1, owned_set(1, 0, revision=5), owned_set(2, 0)) == "delete v2"


def test_of_one_revision_and_of_none_the_oldest_goes():
    assert cleaned(1, owned_set(2, 0, revision="x"), owned_set(1, 0, revision="")) == "delete v1"
    assert cleaned(1, owned_set(2, 0, revision=7), owned_set(1, 0, revision=7)) == "delete v1"
    late, early = (
        owned_set(v, 0, revision=7, age=HOUR, name=name) for v, name in ((1, "b"), (2, "a"))
    )
    assert cleaned(1, late, early) == "delete v2"


@pytest.mark.parametrize(
    "it",
    [
        owned_set(1, 1, there=0),
        owned_set(1, 0, there=1),
        owned_set(1, 0, generation=2),
    ],
    ids=["is-to-have-pods", "has-pods", "was-not-looked-at-since"],
)
def test_one_with_pods_stays_and_takes_its_place(it):
    assert not is_idle(it)
    assert cleaned(2, it, *FOUR[1:]) == "delete v2"


def test_one_that_goes_anyhow_takes_no_place():
    going = owned_set(1, 0, deletion_timestamp=NOW)
    assert cleaned(2, going, *FOUR[1:]) == "delete v2"


def test_the_new_one_is_no_history():
    assert cleaned(0) == ""


# --- when ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("there", "tidied"),
    [
        pytest.param(owned_set(2, 3), True, id="complete"),
        pytest.param(owned_set(2, 3, available=2), False, id="not-available-yet"),
        pytest.param(owned_set(2, 1), False, id="in-the-middle"),
    ],
)
def test_history_is_tidied_when_the_roll_out_is_complete(there, tidied):
    owner = deployment(3, revision_history_limit=0)
    assert ("delete v1" in words(decide(seen(owner, owned_set(1, 0), there)))) is tidied


def test_history_is_tidied_while_paused():
    owner = deployment(3, revision_history_limit=0, paused=True)
    assert "delete v1" in words(decide(seen(owner, owned_set(1, 0), owned_set(2, 1))))
