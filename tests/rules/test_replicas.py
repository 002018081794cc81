"""Scaling up and down by itself."""

import pytest

from builders import NOW, SECOND, create, delete, pod, replica_set, seen
from podwright.plan import Plan
from podwright.rules.replicas import BURST, keep, scale_down, scale_up, wait_for_pods


def look(replicas, *pods, **more):
    return seen(replica_set(replicas=replicas), *pods, **more), pods


@pytest.mark.parametrize("scale", [scale_up, scale_down], ids=["up", "down"])
@pytest.mark.parametrize("replicas", [0, 2], ids=["nothing-wished", "two-wished"])
def test_with_as_many_as_wished_there_is_nothing_to_scale(scale, replicas):
    assert scale(*look(replicas, *(pod(f"web-{n}") for n in range(replicas)))) is None


def test_one_direction_does_not_do_the_others_work():
    assert scale_up(*look(0, pod())) is None
    assert scale_down(*look(1)) is None


@pytest.mark.parametrize(
    ("missing", "made"),
    [(1, 1), (499, 499), (500, 500), (501, 500), (2**31 - 1, 500)],
    ids=["one", "below", "all", "above", "the-most-there-can-be"],
)
def test_up_to_500_pods_are_made_at_once(missing, made):
    assert scale_up(*look(missing)) == Plan.of(*[create()] * made)


def test_without_labels_in_the_template_nothing_is_made():
    owner = replica_set(replicas=2, template={"spec": {}})
    wait = Plan.wait("labels in its template", remedy="unable to create pods, no labels")
    assert scale_up(seen(owner), []) == wait
    assert scale_down(seen(owner), [pod("a"), pod("b")]) is None


def test_up_to_500_pods_are_removed_at_once():
    plan = scale_down(*look(0, *(pod(f"web-{n}") for n in range(BURST + 1))))
    assert len(plan.actions) == BURST


def test_when_all_go_none_is_ranked():
    pods = [*(pod(f"web-{n}") for n in range(BURST)), pod("z", uid="z", ready=False)]
    assert delete(pods[-1]) not in scale_down(*look(0, *pods)).actions
    assert delete(pods[-1]) in scale_down(*look(1, *pods)).actions


def test_pods_on_a_node_crowded_by_siblings_go_first():
    mine = [pod("web-0", node="n1"), pod("web-1", node="n2")]
    siblings = [*mine, pod("old-0", node="n2", owner="old")]
    assert scale_down(*look(1, *mine, siblings=siblings)) == Plan.of(delete(mine[1]))


def test_without_a_controller_crowds_do_not_count():
    mine = [pod("a", node="n2"), pod("b", node="n2"), pod("c", uid="uid-0", node="n1")]
    assert scale_down(*look(2, *mine)) == Plan.of(delete(mine[2]))


@pytest.mark.parametrize("replicas", [0, 1], ids=["all-go", "some-go"])
def test_a_pod_goes_only_as_it_was_seen(replicas):
    plan = scale_down(*look(replicas, pod("web-0"), pod("web-1")))
    assert all(action.as_seen for action in plan.actions)


def test_of_a_template_without_labels_nothing_is_made_and_the_reason_is_told():
    look = seen(replica_set(replicas=2, template={"spec": {}}))
    assert scale_up(look, ()) == Plan.wait(
        "labels in its template", remedy="unable to create pods, no labels"
    )


# --- all of it -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("replicas", "plan"),
    [
        (3, Plan.of(create())),
        (1, Plan.of(delete(pod("web-1", ready=False)))),
        (2, Plan.wait("its pods to be ready")),
    ],
    ids=["too-few", "too-many", "enough"],
)
def test_pods_are_made_or_removed_or_waited_for(replicas, plan):
    assert keep(*look(replicas, pod("web-0"), pod("web-1", ready=False))) == plan


@pytest.mark.parametrize("replicas", [0, 1, 5])
def test_an_owner_on_its_way_out_keeps_nothing(replicas):
    it = seen(replica_set(replicas=replicas, min_ready_seconds=30, terminating=True))
    young = pod(ready_for=SECOND)
    assert keep(it, [young]) == Plan.wait("the garbage collector to finish its deletion")


@pytest.mark.parametrize("replicas", [1, 2, 3], ids=["too-many", "enough", "too-few"])
def test_it_looks_again_when_the_next_pod_becomes_available(replicas):
    it = seen(replica_set(replicas=replicas, min_ready_seconds=30))
    there = [pod("web-0", ready_for=20 * SECOND), pod("web-1", ready_for=5 * SECOND)]
    assert keep(it, there).requeue_at == NOW + 10 * SECOND


@pytest.mark.parametrize(
    ("there", "until"),
    [
        pytest.param([], None, id="nothing"),
        pytest.param([{}], None, id="available"),
        pytest.param([{"ready_for": SECOND}], "its pods to be ready for 30 s", id="young"),
        pytest.param([{"ready": False}, {"ready_for": SECOND}], "its pods to be ready", id="unready"),
        pytest.param(
            [{"ready": False}, {"node": "", "phase": "Pending"}],
            "the scheduler to find nodes for its pods",
            id="homeless",
        ),
    ],
)  # fmt: skip
def test_of_all_that_is_missing_the_first_is_waited_for(there, until):
    it = seen(replica_set(min_ready_seconds=30))
    pods = [pod(f"web-{n}", **how) for n, how in enumerate(there)]
    assert wait_for_pods(it, pods) == (Plan.wait(until) if until else Plan())
