"""Replacing pods of an old revision, node by node."""

import pytest

from builders import HOUR, SECOND, seen
from members import V1, V2, daemon, daemon_set, node, nodes, words
from podwright.kinds.daemonset import rolling_update
from podwright.kinds.daemonset.decide import decide
from podwright.kinds.daemonset.fleet import Fleet
from podwright.objects import Taint
from podwright.plan import Wait

UNREADY, GOING, YOUNG = {"ready": False}, {"terminating": True}, {"ready_for": SECOND}
NO_SCHEDULE = Taint("own", "", "NoSchedule")
HOWS = {"o": {}, "b": UNREADY, "y": YOUNG, "t": GOING, "f": {"phase": "Failed"}}


def pods(states):
    """Pods of n1, n2, ... in old (``o``) or new (``O``) revision: sound, broken, young, ..."""
    return [
        daemon(f"n{n}", v=2 if it.isupper() else 1, **HOWS[it.lower()])
        for n, it in enumerate(states, 1)
        if it != "-"
    ]


def replace(*things, **spec):
    """Only the roll-out's part of the plan, as it is when every node has been seen to."""
    look = seen(daemon_set(v=2, **spec), V1, V2, *things)
    return rolling_update.replace(look, Fleet.of(look, "v2"))


def gone(states, **spec):
    plan = replace(*nodes(len(states)), *pods(states), **spec)
    return [action.target.metadata.name.removeprefix("web-n") for action in plan.actions]


# --- without surge -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("states", "most", "removed"),
    [
        pytest.param("ooooo", "25%", "12", id="a-part-of-all-is-rounded-up"),
        pytest.param("Boooo", 3, "23", id="a-new-one-that-is-not-available-costs"),
        pytest.param("bbooo", 1, "12", id="broken-ones-go-and-use-up-the-budget"),
        pytest.param("bbbbb", 1, "12345", id="all-broken-all-go"),
        pytest.param("-oo", 1, "", id="an-empty-node-is-filled-first"),
        pytest.param("too", 1, "", id="a-node-whose-pod-goes-costs"),
        pytest.param("too", 2, "2", id="and-leaves-the-rest"),
        pytest.param("OOO", 1, "", id="done"),
        pytest.param("OOo", 1, "3", id="the-last"),
        pytest.param("boo", 2, "12", id="broken-first-then-sound"),
        pytest.param("ooo", "100%", "123", id="all-at-once"),
        pytest.param("foo", 1, "1", id="a-failed-one-is-not-available"),
    ],
)
def test_within_the_budget(states, most, removed):
    assert "".join(gone(states, most=most)) == removed


@pytest.mark.parametrize(
    ("first", "most", "removed"),
    [("o", "25%", 3), ("B", 3, 2)],
    ids=["all-old-and-available", "one-new-that-is-not-available"],
)
def test_of_ten_nodes(first, most, removed):
    assert len(gone(first + "o" * 9, most=most)) == removed


def test_young_pods_are_not_available():
    assert gone("Yoo", most=1, min_ready_seconds=30) == []
    assert gone("yoo", most=1, min_ready_seconds=30) == ["1"]


@pytest.mark.parametrize(
    "two",
    [
        pytest.param([daemon(v=2), daemon(name="x", v=2)], id="two-new"),
        pytest.param([daemon(), daemon(name="x")], id="two-old"),
        pytest.param([daemon(), daemon(name="x", v=2)], id="one-of-each"),
    ],
)
def test_a_node_with_two_pods_is_left_to_upkeep_and_costs(two):
    assert words(replace(*nodes(2), *two, daemon("n2"))) == ""
    assert words(replace(*nodes(2), *two, daemon("n2"), most=2)) == "delete web-n2"


def test_a_node_that_keeps_its_pod_but_would_get_none_is_renewed_too():
    there = (node("n1", NO_SCHEDULE), node("n2"), daemon("n1"), daemon("n2", v=2))
    assert words(replace(*there)) == "delete web-n1"


def test_the_budget_is_a_part_of_the_wanted_nodes_only():
    there = [*nodes(2), *(node(f"t{n}", NO_SCHEDULE) for n in range(8))]
    plan = replace(*there, daemon("n1"), daemon("n2"), most="50%")
    assert words(plan) == "delete web-n1"


def test_at_most_250_go_at_once():
    many = [node(f"n{n}") for n in range(300)]
    there = [daemon(it.name) for it in many]
    assert len(replace(*many, *there, most="100%").actions) == 250


# --- with surge --------------------------------------------------------------------------------


def surge(*things, most="1", **spec):
    return words(replace(*things, surge=most, most=0, **spec))


def pair(node_name, **new):
    """An old pod and a new one on a node."""
    old = daemon(node_name, name=f"old-{node_name}", age=2 * HOUR)
    return old, daemon(node_name, v=2, **new)


@pytest.mark.parametrize(
    ("states", "most", "done"),
    [
        pytest.param("ooooo", "30%", "create n1 v2, create n2 v2", id="a-part-is-rounded-up"),
        pytest.param("ooo", 1, "create n1 v2", id="one"),
        pytest.param("OOO", 1, "", id="done"),
        pytest.param("obo", 1, "create n2 v2, create n1 v2", id="beside-a-broken-one-at-once"),
        pytest.param("bbb", 1, "create n1 v2, create n2 v2, create n3 v2", id="all-are-broken"),
        pytest.param("-oo", 1, "create n2 v2", id="an-empty-node-costs-nothing"),
    ],
)
def test_new_pods_are_made_beside_old_ones(states, most, done):
    assert surge(*nodes(len(states)), *pods(states), most=most) == done


def test_the_old_one_goes_when_the_new_one_is_available_and_the_next_node_follows():
    there = (*nodes(3), *pair("n1"), *pair("n2", **UNREADY), daemon("n3"))
    assert surge(*there, most=2) == "delete old-n1, create n3 v2"


def test_a_new_one_that_is_not_available_uses_up_the_surge():
    there = (*nodes(2), *pair("n1", **UNREADY), daemon("n2"))
    assert surge(*there, most=1) == ""
    assert surge(*nodes(2), *pair("n1", **YOUNG), daemon("n2"), min_ready_seconds=30, most=1) == ""


def test_a_node_with_two_alike_uses_up_the_surge():
    there = (*nodes(2), daemon("n1"), daemon("n1", name="x"), daemon("n2"))
    assert surge(*there, most=1) == ""


def test_a_broken_old_pod_goes_where_no_new_one_may_be_made():
    there = (node("n1", NO_SCHEDULE), daemon("n1", **UNREADY))
    assert surge(*there, most=1) == "delete web-n1"


def test_sound_pods_go_from_nodes_that_are_left_as_others_become_available():
    """Two nodes are wanted; the daemons of two that are not any more go one for one."""
    left = [node("t1", NO_SCHEDULE), node("t2", NO_SCHEDULE), daemon("t1"), daemon("t2")]
    assert surge(*nodes(2), *left, *pods("BB"), most=1) == ""
    assert surge(*nodes(2), *left, *pods("OB"), most=1) == "delete web-t1"
    assert surge(*nodes(2), *left, *pods("OO"), most=1) == "delete web-t1, delete web-t2"


def test_at_most_250_are_made_at_once():
    many = [node(f"n{n}") for n in range(300)]
    there = [daemon(it.name) for it in many]
    assert len(replace(*many, *there, surge="100%", most=0).actions) == 250


# --- by hand, and what is waited for -----------------------------------------------------------


def test_on_delete_removes_nothing():
    plan = replace(*nodes(2), *pods("oO"), strategy="OnDelete")
    assert plan.steps == ()
    assert plan.waits == (
        Wait("its pods of an old revision to be deleted by hand", remedy="delete them"),
    )
    assert replace(*nodes(2), *pods("OO"), strategy="OnDelete").waits == ()


def test_a_set_whose_pods_are_new_and_available_waits_for_nothing():
    assert replace(*nodes(2), *pods("OO")).waits == ()


@pytest.mark.parametrize(
    ("there", "spec", "until"),
    [
        pytest.param(
            pods("Bo"),
            {},
            "new pods to be available: at most 1 nodes may be without one",
            id="the-budget",
        ),
        pytest.param(
            [*pair("n1", **UNREADY), daemon("n2")],
            {"most": 0, "surge": 1},
            "new pods to be available: at most 1 nodes may have two",
            id="the-surge",
        ),
        pytest.param(pods("TO"), {}, "its old pods to be gone", id="an-old-pod"),
        pytest.param(
            [daemon(v=2), daemon("n2", v=2, bound=False)],
            {},
            "the scheduler to bind its pods",
            id="the-scheduler",
        ),
        pytest.param(pods("OB"), {}, "its pods to be available", id="a-kubelet"),
    ],
)
def test_a_roll_out_says_what_it_waits_for(there, spec, until):
    plan = replace(*nodes(2), *there, **spec)
    assert plan.steps == ()
    assert [wait.until for wait in plan.waits] == [until]


def test_a_roll_out_waits_until_every_node_has_been_seen_to():
    look = seen(daemon_set(v=2), V1, V2, *nodes(3), daemon("n1"), daemon("n2"))
    assert words(decide(look)) == "create n3 v2"
