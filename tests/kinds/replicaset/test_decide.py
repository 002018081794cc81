"""What a ReplicaSet wants: in chosen cases, and in every small world there is."""

from itertools import permutations, product

import pytest

from builders import HOUR, NOW, SECOND, create, delete, pod, replica_set, seen
from podwright.kinds.replicaset.decide import decide
from podwright.objects import Pod
from podwright.plan import Create, Delete, Plan
from podwright.rules import pods

LONGEST = 2**31 - 1


def test_missing_pods_are_created():
    assert decide(seen(replica_set(replicas=3), pod())) == Plan.of(create(), create())


def test_surplus_pods_are_deleted_the_cheapest_first():
    unready = pod("web-1", ready=False)
    assert decide(seen(replica_set(replicas=1), pod("web-0"), unready)) == Plan.of(delete(unready))


def test_with_all_pods_available_there_is_nothing_to_do():
    assert decide(seen(replica_set(replicas=2), pod("web-0"), pod("web-1"))) == Plan()


def test_with_no_pods_wished_and_none_there_is_nothing_to_do():
    assert decide(seen(replica_set(replicas=0))) == Plan()


@pytest.mark.parametrize(
    "gone",
    [{"phase": "Failed"}, {"phase": "Succeeded"}, {"terminating": True}],
    ids=["failed", "succeeded", "terminating"],
)
def test_a_pod_that_is_not_active_is_replaced_at_once_and_left_alone(gone):
    assert decide(seen(replica_set(replicas=1), pod(**gone))) == Plan.of(create())
    assert decide(seen(replica_set(replicas=0), pod(**gone))) == Plan()


@pytest.mark.parametrize("replicas", [0, 1, 5])
def test_a_set_on_its_way_out_does_nothing(replicas):
    plan = decide(seen(replica_set(replicas=replicas, terminating=True), pod()))
    assert plan == Plan.wait("the garbage collector to finish its deletion")


def test_a_changed_template_affects_new_pods_only():
    new = {"metadata": {"labels": {"app": "web", "v": "2"}}, "spec": {"containers": []}}
    assert decide(seen(replica_set(replicas=1, template=new), pod())) == Plan()
    assert decide(seen(replica_set(replicas=2, template=new), pod())) == Plan.of(create(new))


@pytest.mark.parametrize(
    ("it", "until"),
    [
        pytest.param(pod(node="", phase="Pending"), "the scheduler to find nodes", id="node"),
        pytest.param(pod(phase="Pending"), "its pods to be ready", id="start"),
        pytest.param(pod(ready=False), "its pods to be ready", id="readiness"),
        pytest.param(pod(ready_for=SECOND), "its pods to be ready for 30 s", id="availability"),
    ],
)
def test_a_set_says_what_it_waits_for(it, until):
    plan = decide(seen(replica_set(min_ready_seconds=30), it))
    assert plan.actions == ()
    assert plan.waits[0].until.startswith(until)


def test_the_scheduler_is_named_before_the_kubelet():
    unready, homeless = pod("web-0", ready=False), pod("web-1", node="", phase="Pending")
    plan = decide(seen(replica_set(replicas=2), unready, homeless))
    assert plan == Plan.wait("the scheduler to find nodes for its pods")


@pytest.mark.parametrize("replicas", [1, 2, 3], ids=["surplus", "enough", "missing"])
def test_a_set_comes_back_when_its_next_pod_becomes_available(replicas):
    young, younger = pod("web-0", ready_for=20 * SECOND), pod("web-1", ready_for=5 * SECOND)
    plan = decide(seen(replica_set(replicas=replicas, min_ready_seconds=30), young, younger))
    assert plan.requeue_at == NOW + 10 * SECOND


def test_only_active_pods_bring_a_set_back():
    gone = pod(ready_for=SECOND, terminating=True)
    assert decide(seen(replica_set(min_ready_seconds=30), gone)).requeue_at is None


def test_the_largest_numbers_are_taken_in_bites():
    plan = decide(seen(replica_set(replicas=LONGEST, min_ready_seconds=LONGEST), pod()))
    assert plan.actions == (create(),) * 500
    assert plan.requeue_at == NOW - HOUR + LONGEST * SECOND


def test_at_most_500_pods_go_at_once():
    many = [pod(f"web-{n}") for n in range(600)]
    assert len(decide(seen(replica_set(replicas=0), *many)).actions) == 500
    assert len(decide(seen(replica_set(replicas=50), *many)).actions) == 500


def test_orphans_are_none_of_its_business_before_they_are_adopted():
    orphan = pod("web-1", owner=None)
    assert decide(seen(replica_set(replicas=1), pod(), orphans=[orphan])) == Plan()


# --- every small world -------------------------------------------------------------------------

STATES = {
    "homeless": {"phase": "Pending", "node": ""},
    "pending": {"phase": "Pending"},
    "unready": {"ready": False},
    "young": {"ready_for": SECOND},
    "ready": {},
    "failed": {"phase": "Failed"},
    "terminating": {"terminating": True},
}
PODS = [{state: pod(f"web-{n}", **how) for state, how in STATES.items()} for n in range(4)]
WORLDS = [
    [it for it in world if it is not None]
    for world in product(
        *([None, *states.values()] for states in PODS[:1]), *(s.values() for s in PODS[1:])
    )
]


def check(owner, world, plan):
    """A plan never exceeds the wish, always makes progress, and touches active pods only."""
    active = [it for it in world if pods.is_active(it)]
    made = [action for action in plan.actions if isinstance(action, Create)]
    gone = [action.target for action in plan.actions if isinstance(action, Delete)]
    assert len(made) + len(gone) == len(plan.actions)
    assert len(active) + len(made) - len(gone) == owner.spec.replicas
    assert not (made and gone)
    assert all(it in active for it in gone)
    assert len({it.name for it in gone}) == len(gone)
    at_rest = all(pods.is_available(it, 30, NOW) for it in active)
    assert bool(plan.steps or plan.waits) == (len(active) != owner.spec.replicas or not at_rest)
    assert (plan.requeue_at is not None) == any(
        it.status.conditions[0].last_transition_time == NOW - SECOND
        for it in active
        if pods.is_ready(it)
    )


@pytest.mark.parametrize("replicas", range(5))
def test_in_every_small_world_the_plan_is_safe_and_makes_progress(replicas):
    owner = replica_set(replicas=replicas, min_ready_seconds=30)
    for world in WORLDS:
        check(owner, world, decide(seen(owner, *world)))


@pytest.mark.parametrize("replicas", range(5))
def test_the_plan_does_not_depend_on_the_order_of_pods(replicas):
    owner = replica_set(replicas=replicas, min_ready_seconds=30)
    for world in WORLDS[:: len(WORLDS) // 40]:
        plans = [decide(seen(owner, *order)) for order in permutations(world)]
        assert all(plan == plans[0] for plan in plans)


def test_deciding_changes_nothing_it_is_given():
    look = seen(replica_set(replicas=1), pod("web-0"), pod("web-1"))
    assert decide(look) == decide(look)
    assert look == seen(replica_set(replicas=1), pod("web-0"), pod("web-1"))
    assert look.of(Pod) == (pod("web-0"), pod("web-1"))
