"""Replacing old pods by new ones with none of both at the same time."""

import pytest

from builders import seen
from podwright.kinds.deployment.decide import decide
from podwright.kinds.deployment.recreate import has_pods, recreate
from podwright.plan import Wait
from rollouts import AT_ONCE, deployment, look, owned_set, sizes, story, words


def looked(*there, replicas=3):
    return recreate(*look(deployment(replicas, strategy=AT_ONCE), *there))


def test_all_old_pods_go_before_the_first_new_one_comes():
    owner = deployment(3, strategy=AT_ONCE)
    there = owned_set(1, 3, wish=(3, 3)), owned_set(2, 0)
    assert story(owner, there[0]) == ["v1=0", "new v2=3"]
    assert story(owner, *there) == ["v1=0", "v2=3"]


def test_all_old_replica_sets_shrink_at_once_with_a_word_for_each():
    plan = looked(owned_set(1, 2), owned_set(3, 1))
    assert sizes(plan) == "v1=0, v3=0"
    assert [each.say.done[1] for each in plan.actions] == [
        "Scaled down replica set web-v1 from 2 to 0",
        "Scaled down replica set web-v3 from 1 to 0",
    ]


@pytest.mark.parametrize(
    ("old", "left"),
    [
        pytest.param({}, False, id="none"),
        pytest.param({"there": 1}, True, id="running"),
        pytest.param({"going": 1}, True, id="on-its-way-out"),
        pytest.param({"generation": 2}, True, id="not-looked-at-since"),
    ],
)
def test_an_old_replica_set_has_pods(old, left):
    assert has_pods(owned_set(1, 0, **old)) is left
    plan = looked(owned_set(1, 0, **old))
    assert sizes(plan) == ("" if left else "new v2=3")
    assert plan.waits == ((Wait("its old pods to end"),) if left else ())


def test_one_that_nobody_has_looked_at_has_no_pods_yet():
    assert not has_pods(owned_set(1, 0, generation=0, status={"observedGeneration": None}))


def test_pods_of_the_new_replica_set_on_their_way_out_hold_nothing():
    assert sizes(looked(owned_set(2, 1, going=1))) == "v2=3"


@pytest.mark.parametrize(("has", "becomes"), [(0, 3), (2, 3), (5, 3)], ids=["none", "few", "many"])
def test_the_new_replica_set_gets_its_size_at_once(has, becomes):
    assert sizes(looked(owned_set(2, has))) == f"v2={becomes}"


def test_new_pods_are_waited_for():
    plan = looked(owned_set(2, 3, available=2))
    assert plan.waits == (Wait("its new pods to be available", "ReplicaSet web-v2"),)
    assert plan.steps == ()


def test_at_the_goal_there_is_nothing_to_do():
    assert words(looked(owned_set(1, 0), owned_set(2, 3))) == ""
    assert looked(owned_set(2, 3)).waits == ()


def test_once_complete_history_is_tidied():
    owner = deployment(3, strategy=AT_ONCE, revision_history_limit=0)
    assert words(decide(seen(owner, owned_set(1, 0), owned_set(2, 3)))) == "delete v1, revision 2"
