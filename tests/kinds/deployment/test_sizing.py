"""Giving a ReplicaSet another size."""

import pytest

from builders import seen
from podwright import labels
from podwright.kinds.deployment.sizing import resize, scaled
from rollouts import AT_ONCE, deployment, owned_set

NOTES = {labels.DESIRED_REPLICAS: "10", labels.MAX_REPLICAS: "13"}


def resized(size, *, was=5, wish=(10, 13), **spec):
    return resize(seen(deployment(10, **spec)), owned_set(1, was, wish=wish), size)


def test_a_replica_set_of_this_size_and_wish_stays():
    assert resized(5) is None


def test_another_size_is_written_and_told():
    patch = resized(8)
    assert patch.body == {"spec": {"replicas": 8}}
    assert patch.say.done == ("ScalingReplicaSet", "Scaled up replica set web-v1 from 5 to 8")


@pytest.mark.parametrize(
    ("wish", "notes"),
    [
        pytest.param(None, NOTES, id="none"),
        pytest.param((9, 12), NOTES, id="both"),
        pytest.param((9, 13), {labels.DESIRED_REPLICAS: "10"}, id="wish"),
        pytest.param((10, 12), {labels.MAX_REPLICAS: "13"}, id="surge"),
    ],
)
def test_stale_notes_are_written_without_a_word(wish, notes):
    patch = resized(5, wish=wish)
    assert patch.body == {"metadata": {"annotations": notes}}
    assert patch.say.done is None


def test_recreating_notes_no_surge():
    notes = resized(5, wish=None, strategy=AT_ONCE).body["metadata"]["annotations"]
    assert notes == {labels.DESIRED_REPLICAS: "10", labels.MAX_REPLICAS: "10"}


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (0, 3, "Scaled up replica set web-v1 from 0 to 3"),
        (3, 0, "Scaled down replica set web-v1 from 3 to 0"),
    ],
    ids=["up", "down"],
)
def test_it_is_told_which_way(before, after, text):
    assert scaled("web-v1", before, after) == ("ScalingReplicaSet", text)
