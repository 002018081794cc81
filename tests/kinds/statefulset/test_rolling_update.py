"""Replacing pods of an old revision."""

from dataclasses import replace

import pytest

from builders import SECOND, seen
from members import ON_DELETE, V1, V2, V3, member, rolling, stateful_set, words
from podwright.kinds.statefulset import rolling_update
from podwright.kinds.statefulset.decide import decide, history_of
from podwright.kinds.statefulset.spec import UpdateStrategy
from podwright.plan import Wait

PARALLEL = {"pod_management_policy": "Parallel"}
UNREADY, GOING = {"ready": False}, {"terminating": True}


def look(owner, *there):
    return decide(seen(owner, V1, V2, *there))


def to_v2(replicas=3, **more):
    return stateful_set(replicas, v=2, was=1, **more)


def pods(versions, **broken):
    """``"1122"``: pods 0 to 3 at these templates; ``web_2={...}`` says more of one."""
    return [
        member(n, v=int(v), **broken.get(f"web_{n}", {}))
        for n, v in enumerate(versions)
        if v != "-"
    ]


# --- one at a time -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("versions", "broken", "done"),
    [
        pytest.param("111", {}, "delete web-2", id="the-highest-first"),
        pytest.param("112", {}, "delete web-1", id="then-the-next"),
        pytest.param("122", {}, "delete web-0", id="then-the-lowest"),
        pytest.param("222", {}, "", id="done"),
        pytest.param("112", {"web_2": UNREADY}, "", id="waits-for-the-new-one"),
        pytest.param("111", {"web_2": GOING}, "", id="waits-for-the-end-of-the-old-one"),
        pytest.param("11-", {}, "create web-2 v2", id="fills-the-gap-first"),
        pytest.param("212", {}, "delete web-1", id="skips-new-ones-below"),
        pytest.param("1112", {}, "delete web-3", id="scales-down-first"),
    ],
)
def test_one_pod_at_a_time(versions, broken, done):
    assert words(look(to_v2(), *pods(versions, **broken))) == done


@pytest.mark.parametrize(
    ("partition", "versions", "done"),
    [
        (0, "111", "delete web-2"),
        (2, "111", "delete web-2"),
        (2, "112", ""),
        (1, "112", "delete web-1"),
        (3, "111", ""),
        (5, "111", ""),
        (2**31 - 1, "111", ""),
    ],
    ids=lambda it: str(it) or "nothing",
)
def test_ordinals_below_the_partition_stay(partition, versions, done):
    owner = to_v2(update_strategy=rolling(partition))
    assert words(look(owner, *pods(versions))) == done


def test_the_partition_counts_from_the_start_ordinal():
    owner = to_v2(3, start=10, update_strategy=rolling(2))
    assert words(look(owner, *(member(n) for n in (10, 11, 12)))) == "delete web-12"
    there = (member(10), member(11), member(12, v=2))
    assert words(look(owner, *there)) == ""


def test_a_young_new_pod_is_waited_for():
    young = {"web_2": {"ready_for": SECOND}}
    owner = to_v2(min_ready_seconds=30)
    assert words(look(owner, *pods("112", **young))) == ""
    assert words(look(owner, *pods("112"))) == "delete web-1"


@pytest.mark.parametrize(
    ("versions", "broken", "done"),
    [
        pytest.param(
            "111", {"web_0": UNREADY}, "delete web-2", id="broken-ones-below-do-not-count"
        ),
        pytest.param("112", {"web_2": UNREADY}, "", id="broken-ones-above-do"),
        pytest.param("111", {"web_2": UNREADY}, "delete web-2", id="the-broken-one-itself-goes"),
        pytest.param("111", {"web_2": GOING}, "", id="one-on-its-way-out-does"),
        pytest.param("11-", {}, "create web-2 v2", id="a-missing-one-does"),
    ],
)
def test_in_parallel_the_revision_is_asked_before_health(versions, broken, done):
    assert words(look(to_v2(**PARALLEL), *pods(versions, **broken))) == done


def test_without_a_rolling_update_all_are_replaced_one_at_a_time():
    owner = to_v2(update_strategy=UpdateStrategy())
    assert words(look(owner, *pods("111"))) == "delete web-2"
    assert words(look(owner, *pods("122"))) == "delete web-0"


# --- within a budget ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("replicas", "most", "gone"),
    [
        (10, "25%", 2),
        (10, "5%", 1),
        (10, "100%", 10),
        (10, "19%", 1),
        (10, 3, 3),
        (3, 5, 3),
        (1, "1%", 1),
    ],
    ids=lambda it: str(it),
)
def test_a_part_of_all_is_rounded_down_and_at_least_one(replicas, most, gone):
    owner = to_v2(replicas, update_strategy=rolling(most=most))
    plan = look(owner, *pods("1" * replicas))
    assert words(plan) == ", ".join(f"delete web-{n}" for n in range(replicas)[::-1][:gone])


TWO = {"update_strategy": rolling(most=2)}


@pytest.mark.parametrize(
    ("versions", "broken", "ordered", "parallel"),
    [
        pytest.param("11111", {}, *["delete web-4, delete web-3"] * 2, id="two-go"),
        pytest.param("11111", {"web_4": GOING, "web_3": GOING}, "", "", id="until-they-are-gone"),
        pytest.param(
            "111--", {}, "create web-3 v2", "create web-3 v2, create web-4 v2", id="they-come-back"
        ),
        pytest.param(
            "1112-", {"web_3": UNREADY}, "", "create web-4 v2", id="the-next-when-it-is-available"
        ),
        pytest.param(
            "1112-", {}, "create web-4 v2", "create web-4 v2, delete web-2", id="one-is-back"
        ),
        pytest.param("11122", {"web_4": UNREADY}, "", "delete web-2", id="one-is-available"),
        pytest.param("11122", {}, *["delete web-2, delete web-1"] * 2, id="both-are"),
        pytest.param("12222", {}, *["delete web-0"] * 2, id="the-last"),
    ],
)
def test_five_pods_two_at_a_time(versions, broken, ordered, parallel):
    there = pods(versions, **broken)
    assert words(look(to_v2(5, **TWO), *there)) == ordered
    assert words(look(to_v2(5, **TWO, **PARALLEL), *there)) == parallel


def test_the_budget_counts_unavailable_pods_below_the_partition_too():
    owner = to_v2(5, update_strategy=rolling(3, 2), **PARALLEL)
    assert words(look(owner, *pods("11111", web_0=UNREADY))) == "delete web-4"
    assert words(look(owner, *pods("11111", web_0=UNREADY, web_1=UNREADY))) == ""


def test_the_budget_does_not_pass_the_partition():
    owner = to_v2(5, update_strategy=rolling(4, 3))
    assert words(look(owner, *pods("11111"))) == "delete web-4"


def test_broken_pods_of_an_old_revision_cost_nothing():
    """With a budget of one a broken revision would use it up for ever."""
    owner = stateful_set(3, v=3, was=1, update_strategy=rolling(most=1), **PARALLEL)
    broken = pods("112", web_2=UNREADY)
    assert words(decide(seen(owner, V1, V2, V3, *broken))) == "delete web-2"


# --- by hand -----------------------------------------------------------------------------------


def test_on_delete_removes_nothing():
    plan = look(to_v2(update_strategy=ON_DELETE), *pods("111"))
    assert plan.steps == ()
    assert plan.waits == (
        Wait("its pods of an old revision to be deleted by hand", remedy="delete them"),
    )


def test_on_delete_a_pod_that_was_deleted_by_hand_comes_back_new():
    assert words(look(to_v2(update_strategy=ON_DELETE), *pods("1-1"))) == "create web-1 v2"


def test_on_delete_with_all_pods_new_there_is_nothing_to_wait_for():
    assert look(to_v2(update_strategy=ON_DELETE), *pods("222")).waits == ()


# --- what is waited for ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("owner", "there", "until"),
    [
        pytest.param(
            to_v2(**PARALLEL),
            pods("112", web_2=UNREADY),
            "pod web-2 to be available",
            id="a-new-pod",
        ),
        pytest.param(
            to_v2(**PARALLEL), pods("111", web_2=GOING), "pod web-2 to be gone", id="an-old-pod"
        ),
        pytest.param(
            to_v2(5, **TWO),
            pods("11122", web_4=UNREADY, web_3=UNREADY),
            "pod web-3 to be ready",
            id="order",
        ),
        pytest.param(
            to_v2(5, **TWO, **PARALLEL),
            pods("11122", web_4=UNREADY, web_3=UNREADY),
            "its pods to be available: at most 2 may be missing",
            id="the-budget",
        ),
        pytest.param(
            to_v2(update_strategy=rolling(2)), pods("112"), "partition 2 to be lowered", id="people"
        ),
        pytest.param(
            to_v2(start=5, update_strategy=rolling(2)),
            [member(5), member(6), member(7, v=2)],
            "partition 2 to be lowered",
            id="people-with-a-start",
        ),
    ],
)
def test_a_roll_out_says_what_it_waits_for(owner, there, until):
    plan = look(owner, *there)
    assert plan.steps == ()
    assert [wait.until for wait in plan.waits] == [until]


def test_at_the_end_of_a_roll_out_nothing_is_waited_for():
    assert look(to_v2(), *pods("222")).waits == ()


# --- which revision is left --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "current"),
    [({"currentRevision": "web-v1"}, V1), ({"currentRevision": "gone"}, V2), ({}, V2)],
    ids=["stored", "not-stored-any-more", "none-yet"],
)
def test_the_current_revision_is_what_status_says_while_it_is_stored(status, current):
    look = replace(seen(to_v2(), V1, V2), status=status)
    assert rolling_update.current(look, history_of(look)) == current


def test_removals_name_the_pod_as_it_was_seen():
    [gone] = look(to_v2(), *pods("111")).actions
    assert gone.as_seen
