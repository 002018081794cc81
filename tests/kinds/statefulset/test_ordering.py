"""Which pods are made and removed now: the worked passes of the rule, one line each."""

import pytest

from builders import NOW, SECOND, seen
from members import DATA, V1, V2, V3, claim, member, of_pod, rolling, stateful_set, words
from podwright.kinds.statefulset.decide import decide
from podwright.kinds.statefulset.ordering import BURST
from podwright.plan import Record, Say, Wait

PARALLEL = {"pod_management_policy": "Parallel"}
UNREADY, GOING = {"ready": False}, {"terminating": True}
PENDING, FAILED = {"phase": "Pending"}, {"phase": "Failed"}


def look(owner, *things, v=1):
    return decide(seen(owner, *(V1, V2, V3)[:v], *things))


def told(owner, *things, v=1):
    return words(look(owner, *things, v=v))


def pods(*states):
    """Pods 0, 1, ... in these states; None for one that is missing."""
    return [member(n, **how) for n, how in enumerate(states) if how is not None]


# --- one after the other -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("replicas", "there", "done"),
    [
        pytest.param(3, [], "create web-0 v1", id="up-begins-with-0"),
        pytest.param(3, [PENDING], "", id="up-waits-for-0"),
        pytest.param(3, [UNREADY], "", id="up-waits-for-0-to-be-ready"),
        pytest.param(3, [{}], "create web-1 v1", id="up-goes-on-with-1"),
        pytest.param(3, [{}, {}], "create web-2 v1", id="up-ends-with-2"),
        pytest.param(3, [{}, {}, {}], "", id="up-is-done"),
        pytest.param(1, [{}, {}, {}], "delete web-2", id="down-begins-with-the-highest"),
        pytest.param(1, [{}, {}, GOING], "", id="down-waits-until-it-is-gone"),
        pytest.param(1, [{}, {}], "delete web-1", id="down-goes-on-with-the-next"),
        pytest.param(0, [{}], "delete web-0", id="down-to-nothing"),
        pytest.param(1, [{}, UNREADY, {}], "delete web-2", id="down-past-a-broken-one-below"),
        pytest.param(1, [{}, UNREADY], "delete web-1", id="down-with-the-only-broken-one"),
        pytest.param(1, [{}, {}, UNREADY], "delete web-2", id="down-with-the-highest-broken"),
        pytest.param(1, [{}, UNREADY, UNREADY], "", id="down-is-held-by-two-broken-ones"),
        pytest.param(1, [{}, GOING, UNREADY], "", id="down-is-held-by-one-on-its-way-out"),
        pytest.param(1, [UNREADY, {}, {}], "", id="down-waits-for-those-that-stay"),
        pytest.param(1, [None, {}], "create web-0 v1", id="up-comes-before-down"),
        pytest.param(5, [{}, UNREADY, {}], "", id="up-is-held-by-a-broken-one"),
        pytest.param(3, [None, UNREADY, {}], "create web-0 v1", id="lost-0-asks-nobody"),
        pytest.param(3, [{}, FAILED, {}], "delete web-1", id="failed-makes-room"),
        pytest.param(3, [{}, {"phase": "Succeeded"}], "delete web-1", id="succeeded-makes-room"),
        pytest.param(3, [{}, FAILED | GOING, {}], "", id="failed-and-going-is-waited-for"),
        pytest.param(3, [{}, GOING, {}], "", id="going-is-waited-for"),
        pytest.param(3, [UNREADY, FAILED], "", id="failed-behind-a-broken-one-stays"),
        pytest.param(3, [FAILED, FAILED], "delete web-0", id="the-first-failed-one"),
    ],
)
def test_one_after_the_other(replicas, there, done):
    assert told(stateful_set(replicas), *pods(*there)) == done


@pytest.mark.parametrize(
    ("there", "done"),
    [
        pytest.param([0, 1], "create web-2 v1", id="first-2"),
        pytest.param([0, 1, 2], "create web-3 v1", id="then-3"),
        pytest.param([0, 1, 2, 3], "create web-4 v1", id="then-4"),
        pytest.param([0, 1, 2, 3, 4], "delete web-1", id="then-1-goes"),
        pytest.param([0, 2, 3, 4], "delete web-0", id="then-0-goes"),
        pytest.param([2, 3, 4], "", id="done"),
    ],
)
def test_with_start_2_and_three_replicas_the_old_ones_go_last(there, done):
    assert told(stateful_set(3, start=2), *map(member, there)) == done


def test_pods_above_and_below_the_range_go_from_the_highest():
    there = map(member, (0, 2, 3, 4))
    assert told(stateful_set(2, start=2), *there) == "delete web-4"
    assert told(stateful_set(2, start=2), *map(member, (0, 2, 3))) == "delete web-0"


@pytest.mark.parametrize(
    ("age", "done"), [(29, ""), (30, "create web-1 v1")], ids=["young", "old-enough"]
)
def test_the_next_one_waits_until_the_one_before_has_been_ready_for_long_enough(age, done):
    it = member(0, ready_for=age * SECOND)
    plan = look(stateful_set(2, min_ready_seconds=30), it)
    assert words(plan) == done
    assert plan.requeue_at == (None if done else NOW + SECOND)


def test_scaling_down_waits_for_a_young_pod_that_is_not_the_lowest_broken_one():
    young = {"ready_for": SECOND}
    owner = stateful_set(1, min_ready_seconds=30)
    assert told(owner, *pods({}, young, young)) == ""
    assert told(owner, *pods({}, young, {})) == "delete web-2"
    assert told(owner, *pods({}, {}, young)) == "delete web-2"


@pytest.mark.parametrize(
    ("how", "until", "on"),
    [
        pytest.param(
            PENDING | {"node": ""}, "the scheduler to find a node for pod web-0", 0, id="n"
        ),
        pytest.param(UNREADY, "pod web-0 to be ready", 0, id="readiness"),
        pytest.param({"ready_for": SECOND}, "pod web-0 to be ready for 30 s", 0, id="availability"),
        pytest.param(GOING, "pod web-0 to be gone", 0, id="end"),
        pytest.param(FAILED | GOING, "pod web-0 to be gone", 0, id="end-of-a-failed-one"),
    ],
)
def test_a_set_says_which_pod_it_waits_for(how, until, on):
    plan = look(stateful_set(2, min_ready_seconds=30), member(on, **how), member(1))
    assert plan.waits == (Wait(until, on=f"pod web-{on}"),)


def test_two_broken_pods_on_their_way_out_are_for_a_human_to_resolve():
    plan = look(stateful_set(1), *pods({}, UNREADY, UNREADY))
    [wait] = plan.waits
    assert wait.until == "pod web-2 to be ready before it goes"
    assert wait.remedy == "delete pod web-2 or pod web-1 by hand"


def test_a_pod_goes_only_as_it_was_seen_even_when_it_has_failed():
    """Somebody may have taken it out of the set meanwhile, to look into it."""
    [failed] = look(stateful_set(1), member(0, **FAILED)).actions
    [surplus] = look(stateful_set(1), member(0), member(1)).actions
    assert failed.as_seen
    assert surplus.as_seen


def test_deletions_are_told_in_kubernetes_words():
    [gone] = look(stateful_set(1), member(0), member(1)).actions
    assert gone.say == Say(
        done=("SuccessfulDelete", "Delete Pod {name} in StatefulSet web successful"),
        failed=(("FailedDelete", "Delete Pod {name} in StatefulSet web failed error: {error}"),),
    )


def test_the_longest_range_is_looked_at_only_where_there_are_pods():
    longest = stateful_set(2**31 - 1)
    assert told(longest, member(0)) == "create web-1 v1"
    assert len(look(stateful_set(2**31 - 1, **PARALLEL), member(0)).actions) == BURST


# --- side by side ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("replicas", "there", "done"),
    [
        pytest.param(2, [], "create web-0 v1, create web-1 v1", id="all-at-once"),
        pytest.param(3, [UNREADY], "create web-1 v1, create web-2 v1", id="past-a-broken-one"),
        pytest.param(
            5, [{}, UNREADY, {}], "create web-3 v1, create web-4 v1", id="five-past-a-broken-one"
        ),
        pytest.param(1, [{}, {}, {}], "delete web-2, delete web-1", id="down-at-once"),
        pytest.param(
            1, [{}, UNREADY, UNREADY], "delete web-2, delete web-1", id="down-with-broken-ones"
        ),
        pytest.param(1, [UNREADY, {}], "delete web-1", id="down-past-a-broken-one"),
        pytest.param(1, [{}, {}, GOING], "delete web-1", id="down-past-one-that-goes"),
        pytest.param(1, [None, {}], "delete web-1, create web-0 v1", id="up-and-down"),
        pytest.param(3, [FAILED, GOING], "delete web-0, create web-2 v1", id="failed-makes-room"),
        pytest.param(1, [FAILED | GOING], "", id="failed-and-going-is-left"),
        pytest.param(1, [{}, FAILED], "delete web-1", id="a-failed-one-too-many-goes"),
    ],
)
def test_side_by_side(replicas, there, done):
    assert told(stateful_set(replicas, **PARALLEL), *pods(*there)) == done


def test_a_failed_pod_of_an_old_revision_is_removed_once():
    owner = stateful_set(2, v=2, was=1, **PARALLEL)
    assert told(owner, member(0), member(1, **FAILED), v=2) == "delete web-1"
    budget = stateful_set(2, v=2, was=1, update_strategy=rolling(most=1), **PARALLEL)
    assert told(budget, member(0), member(1, **FAILED), v=2) == "delete web-1"


# --- a broken revision, and its repair ---------------------------------------------------------


def test_a_broken_pod_of_an_old_revision_holds_up_its_own_repair():
    owner = stateful_set(3, v=3, was=1)
    plan = look(owner, member(0), member(1), member(2, v=2, **UNREADY), v=3)
    assert plan.steps == ()
    assert plan.waits[0].remedy == ("delete pod web-2, or set spec.updateStrategy.replaceStuckPods")


def test_with_replace_stuck_pods_the_repair_lands():
    owner = stateful_set(3, v=3, was=1, update_strategy=rolling(replace_stuck_pods=True))
    there = (member(0), member(1), member(2, v=2, **UNREADY))
    assert told(owner, *there, v=3) == "delete web-2"


@pytest.mark.parametrize(
    "it",
    [
        pytest.param(member(2, v=3, **UNREADY), id="of-the-new-revision"),
        pytest.param(member(2, v=2, **UNREADY | GOING), id="on-its-way-out"),
    ],
)
def test_replace_stuck_pods_leaves_alone(it):
    owner = stateful_set(3, v=3, was=1, update_strategy=rolling(replace_stuck_pods=True))
    assert told(owner, member(0), member(1), it, v=3) == ""


def test_replace_stuck_pods_respects_the_partition():
    stuck = rolling(2, replace_stuck_pods=True)
    owner = stateful_set(3, v=2, was=1, update_strategy=stuck)
    plan = look(owner, member(0, **UNREADY), member(1), member(2), v=2)
    assert plan.steps == ()
    assert plan.waits[0].remedy == ""


def test_parallel_replaces_a_broken_pod_of_another_revision_by_itself():
    owner = stateful_set(3, v=3, was=1, **PARALLEL)
    there = (member(0), member(1), member(2, v=2, **UNREADY))
    assert told(owner, *there, v=3) == "delete web-2"


# --- claims before pods ------------------------------------------------------------------------

WITH_DATA = {"volume_claim_templates": (DATA,)}
MOUNTED = {"mounts": ("data",)}


def test_claims_are_made_before_their_pod():
    assert told(stateful_set(1, **WITH_DATA)) == "create data-web-0 > create web-0 v1"


def test_a_claim_that_is_there_is_used():
    assert told(stateful_set(1, **WITH_DATA), claim()) == "create web-0 v1"


def test_no_pod_is_made_on_a_claim_that_is_going():
    plan = look(stateful_set(1, **WITH_DATA), claim(terminating=True))
    assert plan.actions == (
        Record(
            "FailedCreate",
            "Create Pod web-0 in StatefulSet web failed error: pvc data-web-0 is being deleted",
            "Warning",
        ),
    )
    assert plan.waits == (Wait("claim data-web-0 to be gone", on="claim data-web-0"),)


def test_a_claim_that_goes_with_the_pod_before_is_waited_for():
    """2 -> 1 -> 2 in a hurry: the claim still belongs to the pod that was condemned."""
    stale = claim("data-web-1", of_pod("web-1", "uid-before"))
    there = (member(0, **MOUNTED), claim("data-web-0"), stale)
    plan = look(stateful_set(2, retain=("Retain", "Delete"), **WITH_DATA), *there)
    assert plan.steps == ()
    assert plan.waits == (
        Wait("claim data-web-1 to go with the pod before", on="claim data-web-1"),
    )


def test_where_claims_are_retained_none_is_stale():
    stale = claim("data-web-1", of_pod("web-1", "uid-before"))
    there = (member(0, **MOUNTED), claim("data-web-0"), stale)
    assert told(stateful_set(2, **WITH_DATA), *there) == "create web-1 v1"


def test_a_pending_pod_gets_back_a_claim_that_somebody_removed():
    for policy in ({}, PARALLEL):
        owner = stateful_set(1, **WITH_DATA, **policy)
        assert told(owner, member(0, **MOUNTED, **PENDING)) == "create data-web-0"
        assert told(owner, member(0, **MOUNTED, **UNREADY)) == ""


def test_a_pod_that_lost_its_labels_gets_them_back():
    stripped = member(0, labels={"app": "web", "controller-revision-hash": "web-v1"})
    for policy in ({}, PARALLEL):
        assert told(stateful_set(1, **policy), stripped) == "patch web-0"


def test_only_an_available_pod_is_mended_when_one_comes_after_the_other():
    stripped = member(0, labels={"app": "web", "controller-revision-hash": "web-v1"}, **UNREADY)
    assert told(stateful_set(1), stripped) == ""
    assert told(stateful_set(1, **PARALLEL), stripped) == "patch web-0"


@pytest.mark.parametrize("policy", [{}, PARALLEL], ids=["one-by-one", "parallel"])
def test_claims_of_condemned_pods_learn_of_their_fate_before_their_pods_go(policy):
    owner = stateful_set(1, retain=("Retain", "Delete"), **WITH_DATA, **policy)
    there = [member(n, **MOUNTED) for n in range(3)]
    claims = [claim(f"data-web-{n}") for n in range(3)]
    plan = look(owner, *there, *claims)
    assert words(plan).startswith("patch data-web-2, patch data-web-1 > delete web-2")


def test_parallel_takes_a_claim_back_from_a_pod_that_is_wanted_again():
    """2 -> 1 -> 2: the pod goes anyway, but not its data."""
    owner = stateful_set(2, retain=("Retain", "Delete"), **WITH_DATA, **PARALLEL)
    doomed = claim("data-web-1", of_pod("web-1"))
    there = (member(0, **MOUNTED), member(1, **MOUNTED, **GOING), claim("data-web-0"), doomed)
    assert told(owner, *there) == "patch data-web-1"
