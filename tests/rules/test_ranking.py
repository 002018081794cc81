"""Which pods go first. The criteria are those of ``ActivePodsWithRanks.Less``, in its order."""

import math
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from builders import HOUR, NOW, SECOND, pod
from podwright.rules import ranking


def first(*candidates, related=()):
    """The one that goes, which must not depend on the order of the question."""
    answers = {
        ranking.first_to_go(order, 1, related=related, now=NOW)[0].name
        for order in permutations(candidates)
    }
    assert len(answers) == 1
    return answers.pop()


# What makes a pod cheap to lose, and dear, by each criterion in turn.
CRITERIA = {
    "no-node": ({"node": ""}, {"node": "lonely"}),
    "early-phase": ({"phase": "Pending"}, {"phase": "Running"}),
    "not-ready": ({"ready": False}, {"ready": True}),
    "low-cost": ({"cost": "-5"}, {"cost": "5"}),
    "crowded-node": ({"node": "crowded"}, {"node": "lonely"}),
    "ready-recently": ({"ready_for": SECOND}, {"ready_for": HOUR}),
    "restarts": ({"restarts": 3}, {"restarts": 1}),
    "created-recently": ({"age": SECOND}, {"age": HOUR}),
}
CROWD = [pod(f"there-{n}", node="crowded") for n in range(3)]


@pytest.mark.parametrize("criterion", CRITERIA)
def test_the_first_difference_decides_against_all_later_ones(criterion):
    names = list(CRITERIA)
    at = names.index(criterion)
    goes, stays = {"ready": True}, {"ready": True}
    for name in [*names[:at], *reversed(names[at + 1 :])]:
        cheap, dear = CRITERIA[name]
        goes |= dear
        stays |= dear if name in names[:at] else cheap
    goes, stays = goes | CRITERIA[criterion][0], stays | CRITERIA[criterion][1]
    assert (
        first(pod("goes", uid="z", **goes), pod("stays", uid="a", **stays), related=CROWD) == "goes"
    )


@pytest.mark.parametrize(
    ("goes", "stays"),
    [
        pytest.param("Pending", "Unknown", id="pending-before-unknown"),
        pytest.param("Unknown", "Running", id="unknown-before-running"),
        pytest.param("", "Unknown", id="no-phase-counts-as-pending"),
        pytest.param("Dreaming", "Running", id="an-unlisted-phase-counts-as-pending"),
    ],
)
def test_phases_are_ordered(goes, stays):
    pods = [pod("goes", phase=goes, ready=True), pod("stays", phase=stays, ready=True)]
    assert first(*pods) == "goes"


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        pytest.param(None, 0, id="absent"),
        pytest.param("7", 7, id="positive"),
        pytest.param("-7", -7, id="negative"),
        pytest.param("-07", -7, id="zeros-after-a-minus"),
        pytest.param("-0", 0, id="minus-zero"),
        pytest.param("+7", 0, id="plus"),
        pytest.param("007", 0, id="leading-zeros"),
        pytest.param("", 0, id="empty"),
        pytest.param("-", 0, id="only-a-minus"),
        pytest.param("7.5", 0, id="fraction"),
        pytest.param(" 7", 0, id="blank"),
        pytest.param("7\n", 0, id="line-end"),
        pytest.param("1_000", 0, id="underscore"),
        pytest.param("٧", 0, id="another-script"),
        pytest.param("2147483647", 2147483647, id="highest"),
        pytest.param("2147483648", 0, id="too-high"),
        pytest.param("-2147483648", -2147483648, id="lowest"),
        pytest.param("-2147483649", 0, id="too-low"),
    ],
)
def test_a_deletion_cost_is_a_32_bit_integer(text, cost):
    assert ranking.deletion_cost(pod(cost=text)) == cost


def test_a_cost_that_is_not_one_counts_as_zero():
    assert first(pod("a", cost="+9"), pod("b", cost="1")) == "a"
    assert first(pod("a", cost="+9"), pod("b", cost="-1")) == "b"


def test_only_active_pods_crowd_a_node():
    gone = [pod("x", node="n2", phase="Failed"), pod("y", node="n2", terminating=True)]
    there = [pod("z", node="n1")]
    assert first(pod("a", node="n1"), pod("b", node="n2"), related=[*gone, *there]) == "a"


def test_without_related_pods_nodes_do_not_count():
    assert first(pod("a"), pod("b"), pod("c", node="n2", ready_for=SECOND)) == "c"


AGES = [
    # 2^36 ns = 68.7 s and 2^37 ns = 137.4 s
    pytest.param(70, 137, "elder", id="in-one-bucket-the-uid-decides"),
    pytest.param(130, 140, "younger", id="across-a-bucket-the-younger-goes"),
    pytest.param(68, 69, "younger", id="the-lower-edge"),
    pytest.param(-5, 1, "younger", id="in-the-future"),
    pytest.param(-50, -5, "elder", id="both-in-the-future"),
    pytest.param(0, 1, "younger", id="just-now"),
]


@pytest.mark.parametrize(("younger", "elder", "goes"), AGES)
@pytest.mark.parametrize("criterion", ["ready_for", "age"])
def test_ages_are_compared_by_their_power_of_two(younger, elder, goes, criterion):
    a = pod("elder", uid="a", **{criterion: elder * SECOND})
    b = pod("younger", uid="b", **{criterion: younger * SECOND})
    assert first(a, b) == goes


@pytest.mark.parametrize("criterion", ["ready_for", "age"])
def test_a_pod_without_a_time_goes_first(criterion):
    known = pod("known", uid="a", **{criterion: timedelta(0)})
    assert first(known, pod("unknown", uid="b", **{criterion: None})) == "unknown"


def test_a_time_without_readiness_does_not_count():
    a = pod("a", ready=False, ready_for=SECOND, age=2 * HOUR)
    b = pod("b", ready=False, ready_for=None, age=SECOND)
    assert first(a, b) == "b"


def test_restarts_of_sidecars_decide_when_those_of_containers_are_equal():
    a, b = pod("a", restarts=2, sidecar_restarts=1), pod("b", restarts=2, sidecar_restarts=0)
    assert first(a, b) == "a"
    assert first(a, pod("b", restarts=3)) == "b"


def test_restarts_of_init_containers_do_not_count():
    assert first(pod("a", uid="b", init_restarts=9), pod("b", uid="a")) == "b"


def test_between_equals_the_uid_decides():
    assert first(pod("a", uid="2"), pod("b", uid="1"), pod("c", uid="3")) == "b"


def test_all_go_when_all_must():
    both = [pod("b"), pod("a")]
    for count in (2, 3):
        chosen = ranking.first_to_go(both, count, now=NOW)
        assert [each.name for each in chosen] == ["a", "b"]


def test_none_goes_when_none_must():
    assert ranking.first_to_go([pod("a"), pod("b")], 0, now=NOW) == ()


def test_many_go_in_the_order_of_the_criteria():
    dear_to_cheap = [
        pod("old"),
        pod("young", ready_for=SECOND),
        pod("cheap", cost="-1"),
        pod("unready", ready=False),
        pod("pending", phase="Pending"),
        pod("homeless", node="", phase="Pending"),
    ]
    for count in range(1, 6):
        chosen = ranking.first_to_go(dear_to_cheap, count, now=NOW)
        assert list(chosen) == dear_to_cheap[::-1][:count]


def test_criteria_that_run_in_a_circle_still_give_one_answer():
    # a before b (restarts), b before c (uid), c before a (uid): upstream's answer is by chance
    one, other = 70 * SECOND, 100 * SECOND
    a = pod("a", uid="3", ready_for=one, restarts=2)
    b = pod("b", uid="1", ready_for=one)
    c = pod("c", uid="2", ready_for=other)
    assert first(a, b, c)


# --- against upstream's comparator, transcribed ------------------------------------------------


def ready_time(it):
    condition = next(c for c in it.status.conditions if c.type == "Ready")
    return condition.last_transition_time if condition.status == "True" else "not ready"


def logarithm(moment):
    nanoseconds = (NOW - moment) / SECOND * 1e9
    return -1 if nanoseconds <= 0 else math.floor(math.log2(nanoseconds))


def by_age(i, j, a, b):
    if i is None or j is None:
        return i is None
    if logarithm(i) != logarithm(j):
        return logarithm(i) < logarithm(j)
    return a.metadata.uid < b.metadata.uid


def less(a, b, rank):  # noqa: PLR0911  # as many returns as upstream's has
    """``ActivePodsWithRanks.Less``: whether ``a`` goes before ``b``."""
    if (a.spec.node_name == "") != (b.spec.node_name == ""):
        return a.spec.node_name == ""
    order = ["Pending", "Unknown", "Running"]
    if a.status.phase != b.status.phase:
        return order.index(a.status.phase) < order.index(b.status.phase)
    i, j = ready_time(a), ready_time(b)
    if (i == "not ready") != (j == "not ready"):
        return i == "not ready"
    cost = [
        int(p.metadata.annotations.get("controller.kubernetes.io/pod-deletion-cost", 0))
        for p in (a, b)
    ]
    if cost[0] != cost[1]:
        return cost[0] < cost[1]
    if rank[a.name] != rank[b.name]:
        return rank[a.name] > rank[b.name]
    if i != j:
        return by_age(i, j, a, b)
    for statuses, names in (
        ("container_statuses", ("app", "log")),
        ("init_container_statuses", ("proxy",)),
    ):
        x, y = (
            max(s.restart_count for s in getattr(p.status, statuses) if s.name in names)
            for p in (a, b)
        )
        if x != y:
            return x > y
    i, j = a.metadata.creation_timestamp, b.metadata.creation_timestamp
    return i != j and by_age(i, j, a, b)


def is_an_order(things, before):
    """Transitive, and so is "neither goes before the other"."""
    for a, b, c in permutations(things, 3):
        if before(a, b) and before(b, c) and not before(a, c):
            return False
        equal = not (before(a, b) or before(b, a) or before(b, c) or before(c, b))
        if equal and (before(a, c) or before(c, a)):
            return False
    return True


TIMES = st.sampled_from([None, *(seconds * SECOND for seconds in (-3, 0, 70, 100, 137, 140, 3600))])
PODS = st.fixed_dictionaries(
    {},
    optional={
        "node": st.sampled_from(["", "n1", "n2"]),
        "phase": st.sampled_from(["Pending", "Unknown", "Running"]),
        "ready": st.booleans(),
        "ready_for": TIMES,
        "age": TIMES,
        "cost": st.sampled_from(["-1", "1"]),
        "restarts": st.integers(0, 2),
        "sidecar_restarts": st.integers(0, 2),
    },
)


@settings(max_examples=120, derandomize=True, deadline=None, database=None)
@given(st.lists(PODS, min_size=2, max_size=5), st.integers(1, 4), st.booleans())
def test_the_choice_is_upstreams(worlds, count, related):
    candidates = [pod(f"p{n}", uid=str((n * 7) % 5), **world) for n, world in enumerate(worlds)]
    assume(count < len(candidates))
    rank = {
        p.name: related * sum(q.spec.node_name == p.spec.node_name for q in candidates)
        for p in candidates
    }

    def before(a, b):
        return less(a, b, rank)

    assume(is_an_order(candidates, before))
    chosen = ranking.first_to_go(candidates, count, related=candidates if related else (), now=NOW)
    stay = [each for each in candidates if each not in chosen]
    assert len(chosen) == count
    assert not any(before(one, other) for one in stay for other in chosen)
