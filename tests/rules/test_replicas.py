"""Scaling up and down by itself."""

import pytest

from builders import create, delete, pod, replica_set, seen
from podwright.plan import Plan
from podwright.rules.replicas import BURST, scale_down, scale_up


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
