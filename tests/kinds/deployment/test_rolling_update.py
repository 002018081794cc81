"""Replacing old pods by new ones within two budgets."""

import pytest

from builders import seen
from podwright.kinds.deployment.decide import decide
from podwright.kinds.deployment.rolling_update import new_size, roll, scale_down, scale_up
from podwright.plan import Wait
from rollouts import deployment, look, owned_set, sizes, story

# --- from the first pod to the last --------------------------------------------------------------


@pytest.mark.parametrize(
    ("replicas", "budget", "lines"),
    [
        (10, {}, ["new v2=3 > v1=8", "v2=5", "v1=3", "v2=10", "v1=0"]),
        (4, {}, ["new v2=1 > v1=3", "v2=2", "v1=1", "v2=4", "v1=0"]),
        (3, {}, ["new v2=1", "v1=2", "v2=2", "v1=1", "v2=3", "v1=0"]),
        (1, {}, ["new v2=1", "v1=0"]),
        (
            3,
            {"surge": 0, "unavailable": 1},
            ["new v2=0 > v1=2", "v2=1", "v1=1", "v2=2", "v1=0", "v2=3"],
        ),
        (3, {"surge": "100%", "unavailable": 0}, ["new v2=3", "v1=0"]),
        (3, {"surge": 0, "unavailable": "100%"}, ["new v2=0 > v1=0", "v2=3"]),
    ],
    ids=["ten", "four", "three", "one", "one-by-one-below", "all-above", "all-below"],
)
def test_a_roll_out_goes(replicas, budget, lines):
    wish = (replicas, replicas + deployment(replicas, **budget).spec.surge)
    assert story(deployment(replicas, **budget), owned_set(1, replicas, wish=wish)) == lines


def test_the_first_roll_out_makes_all_pods_at_once():
    assert story(deployment(5)) == ["new v2=5"]


def test_a_deployment_of_nothing_has_a_replica_set_of_nothing():
    assert story(deployment(0))[:1] == ["new v2=0"]


# --- stuck in the middle -------------------------------------------------------------------------

TEN = (10, 13)


def test_with_new_pods_that_break_nothing_goes_on():
    there = owned_set(1, 8, wish=TEN), owned_set(2, 5, available=0, wish=TEN)
    plan = decide(seen(deployment(10), *there))
    assert sizes(plan) == ""
    assert plan.waits == (Wait("its new pods to be available", "ReplicaSet web-v2"),)


def test_an_old_pod_that_breaks_meanwhile_stays():
    there = owned_set(1, 8, available=7, wish=TEN), owned_set(2, 5, available=0, wish=TEN)
    assert sizes(roll(*look(deployment(10), *there))) == ""


@pytest.mark.parametrize(("good", "left"), [(8, 0), (7, 1)], ids=["all-good", "one-lost"])
def test_going_back_removes_the_broken_pods_at_once(good, left):
    there = owned_set(1, 8, available=good, wish=TEN), owned_set(2, 5, available=0, wish=TEN)
    assert sizes(roll(*look(deployment(10, v=1), *there))) == f"v2={left}"


def test_a_third_template_begins_with_nothing_while_broken_pods_take_all_the_room():
    there = owned_set(1, 8, wish=TEN), owned_set(2, 5, available=0, wish=TEN)
    assert sizes(roll(*look(deployment(10, v=3), *there))) == "new v3=0 > v2=0"


# --- up ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("surge", "old", "new", "becomes"),
    [
        pytest.param(0, 10, 0, 0, id="no-room"),
        pytest.param(2, 10, 0, 2, id="surge"),
        pytest.param(2, 5, 0, 7, id="what-the-old-ones-left"),
        pytest.param(2, 10, 2, 2, id="room-used"),
        pytest.param(2, 2, 8, 10, id="no-more-than-wished"),
        pytest.param(2, 0, 8, 10, id="no-more-though-there-is-room"),
        pytest.param(2, 2, 11, 10, id="too-many"),
        pytest.param(2, 20, 5, 5, id="far-too-many-others"),
    ],
)
def test_the_new_replica_set_takes_the_room_there_is(surge, old, new, becomes):
    seen_, sets = look(
        deployment(10, surge=surge, unavailable=1), owned_set(1, old), owned_set(2, new)
    )
    assert new_size(seen_, sets.wished, new) == becomes
    plan = scale_up(seen_, sets, sets.new)
    assert (plan is None) == (becomes == new)
    assert not plan or sizes(plan) == f"v2={becomes}"


def test_old_annotations_alone_are_no_reason_to_scale():
    seen_, sets = look(deployment(3), owned_set(2, 3, wish=(9, 9)))
    assert scale_up(seen_, sets, sets.new) is None


# --- down ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unavailable", "available", "left"),
    [
        pytest.param(2, 10, 8, id="as-many-as-may-be-unavailable"),
        pytest.param(2, 8, 8, id="broken-ones-only"),
        pytest.param(2, 9, 8, id="a-broken-and-a-good-one"),
        pytest.param(2, 1, 8, id="no-more-broken-ones-than-there-is-room"),
        pytest.param(1, 10, 9, id="one"),
        pytest.param("100%", 10, 0, id="all"),
    ],
)
def test_of_ten_old_pods_are_left(unavailable, available, left):
    owner = deployment(10, surge=0, unavailable=unavailable)
    plan = scale_down(*look(owner, owned_set(1, 10, available=available), owned_set(2, 0)), 0)
    assert sizes(plan) == f"v1={left}"


def test_new_pods_that_are_not_available_hold_the_old_ones():
    owner = deployment(10, surge=0, unavailable=2)
    assert scale_down(*look(owner, owned_set(1, 8), owned_set(2, 2, available=0)), 0) is None


def test_without_old_pods_there_is_nothing_to_take():
    assert scale_down(*look(deployment(3), owned_set(1, 0), owned_set(2, 3)), 0) is None


def test_broken_pods_go_first_and_the_oldest_replica_set_before_others():
    owner = deployment(6, surge=0, unavailable=3)
    there = (
        owned_set(1, 2),
        owned_set(2, 3, available=1),
        owned_set(3, 1, available=0),
        owned_set(4, 0),
    )
    # All 6 that are wished for, 3 must stay: the 3 broken ones go. Three are available: no more.
    assert sizes(scale_down(*look(deployment(6, v=4, surge=0, unavailable=3), *there), 0)) == (
        "v2=1, v3=0"
    )
    assert owner.spec.unavailable == 3


def test_good_pods_go_from_the_oldest_replica_set():
    owner = deployment(6, v=3, surge=0, unavailable=3)
    there = owned_set(1, 2), owned_set(2, 4), owned_set(3, 0)
    assert sizes(scale_down(*look(owner, *there), 0)) == "v1=0, v2=3"


def test_a_replica_set_that_loses_broken_and_good_pods_is_resized_once():
    owner = deployment(10, surge=0, unavailable=2)
    plan = scale_down(*look(owner, owned_set(1, 10, available=9), owned_set(2, 0)), 0)
    assert [each.say.done for each in plan.actions] == [
        ("ScalingReplicaSet", "Scaled down replica set web-v1 from 10 to 8")
    ]


def test_old_pods_that_are_about_to_go_are_waited_for():
    """8 of the old 10 stay. Had the other two counted, 5 would go, and 6 be left where 8 must."""
    there = owned_set(1, 8, there=10, wish=TEN), owned_set(2, 5, available=3, wish=TEN)
    plan = decide(seen(deployment(10), *there))
    assert sizes(plan) == ""
    assert plan.waits


def test_new_pods_that_are_about_to_go_are_not_counted_on():
    there = owned_set(1, 3, wish=(3, 3)), owned_set(2, 2, there=5, wish=(3, 3))
    assert sizes(scale_down(*look(deployment(3, surge=0, unavailable=1), *there), 0)) == "v1=0"
    there = owned_set(1, 3, wish=(3, 3)), owned_set(2, 1, there=5, wish=(3, 3))
    assert sizes(scale_down(*look(deployment(3, surge=0, unavailable=1), *there), 0)) == "v1=1"


# --- waiting -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("there", "until"),
    [
        pytest.param([owned_set(2, 3, available=2)], "its new pods to be available", id="new"),
        pytest.param([owned_set(1, 0, there=1), owned_set(2, 3)], "its old pods to end", id="old"),
        pytest.param([owned_set(2, 3, there=2, available=3)], "its pods to be made", id="made"),
        pytest.param(
            [owned_set(1, 1, there=2), owned_set(3, 2, there=0), owned_set(2, 1)],
            "its old pods to end",
            id="old-though-as-many-as-wished",
        ),
    ],
)
def test_a_roll_out_says_what_it_waits_for(there, until):
    plan = roll(*look(deployment(3), *there))
    assert plan.steps == ()
    assert [wait.until for wait in plan.waits] == [until]


def test_a_roll_out_at_its_goal_waits_for_nothing():
    assert not roll(*look(deployment(3), owned_set(1, 0), owned_set(2, 3))).waits
