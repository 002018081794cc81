"""What a Deployment does first."""

import pytest
from msgspec.structs import replace

from builders import HOUR, NOW, SECOND, seen
from podwright import labels
from podwright.kinds.deployment import DEPLOYMENT
from podwright.kinds.deployment.decide import decide, hold, roll_out
from podwright.owners import ReplicaSet
from podwright.plan import Plan, Wait
from rollouts import AT_ONCE, deployment, look, moving, owned_set, sizes, story, words

RESUME = Wait("somebody to resume it", remedy="kubectl podwright rollout resume")
SMALL = owned_set(1, 3, wish=(3, 4))


def done(owner, *sets):
    return words(decide(seen(owner, *sets)))


def test_the_first_thing_is_a_replica_set():
    assert done(deployment(3)) == "new v2=3 > revision 1"


def test_at_the_goal_there_is_nothing_to_do():
    at_rest = deployment(3, annotations={labels.REVISION: "2"})
    assert decide(seen(at_rest, owned_set(1, 0), owned_set(2, 3))) == Plan()


def test_a_deployment_on_its_way_out_does_nothing():
    owner = deployment(3, meta={"deletion_timestamp": NOW}, annotations={labels.ROLLBACK_TO: "1"})
    plan = decide(seen(owner, owned_set(1, 1), owned_set(2, 1)))
    assert plan == Plan.wait("the garbage collector to finish its deletion")


@pytest.mark.parametrize(
    ("owner", "plan"),
    [
        pytest.param(
            deployment(5, v=1, min_ready_seconds=5, paused=True), "keep up v1", id="keeping-up"
        ),
        pytest.param(
            deployment(5, v=1, paused=True, annotations={labels.ROLLBACK_TO: "0"}),
            "v1=5, revision 1",
            id="pause",
        ),
        pytest.param(
            deployment(5, v=1, annotations={labels.ROLLBACK_TO: "1"}),
            f"{labels.ROLLBACK_UNCHANGED}, note on itself",
            id="going-back",
        ),
        pytest.param(deployment(5, v=2), "v1=5", id="another-size"),
        pytest.param(deployment(3, v=2), "new v2=1 > revision 2", id="roll-out"),
    ],
)
def test_of_all_that_is_to_be_done_the_first_is(owner, plan):
    assert done(owner, SMALL) == plan


def test_the_strategy_decides_how_to_roll_out():
    assert words(roll_out(*look(deployment(3), SMALL))) == "new v2=1 > revision 2"
    assert words(roll_out(*look(deployment(3, strategy=AT_ONCE), SMALL))) == "v1=0"


def test_a_roll_out_writes_the_revision_beside():
    middle = owned_set(1, 2, wish=(3, 4)), owned_set(2, 2, wish=(3, 4))
    assert done(deployment(3), *middle) == "v1=1, revision 2"


# --- paused --------------------------------------------------------------------------------------


def test_a_deployment_that_is_not_paused_is_not_held():
    assert hold(*look(deployment(3), SMALL)) is None


def test_paused_it_rolls_nothing_out():
    plan = decide(seen(deployment(3, paused=True), SMALL))
    assert words(plan) == ""
    assert plan.waits == (RESUME,)


def test_made_paused_it_makes_nothing():
    assert decide(seen(deployment(3, paused=True))) == Plan(waits=(RESUME,))


def test_paused_in_the_middle_all_follow_another_size():
    middle = owned_set(1, 8, wish=(10, 13)), owned_set(2, 5, wish=(10, 13))
    assert sizes(decide(seen(deployment(15, surge=3, paused=True), *middle))) == "v1=11, v2=7"


def test_resumed_it_goes_on():
    middle = owned_set(1, 3, wish=(3, 4)), owned_set(2, 1, wish=(3, 4))
    paused = deployment(3, paused=True, known=[moving(HOUR)])
    assert sizes(decide(seen(paused, *middle))) == ""
    assert story(deployment(3), *middle) == ["v1=2", "v2=2", "v1=1", "v2=3", "v1=0"]


def test_resumed_it_has_its_whole_time():
    known = {"type": "Progressing", "status": "Unknown", "reason": labels.PAUSED}
    middle = owned_set(1, 3, wish=(3, 4)), owned_set(2, 1, available=0, wish=(3, 4))
    plan = decide(seen(deployment(3, known=[known]), *middle))
    assert plan.requeue_at == NOW + 601 * SECOND


# --- what it is ----------------------------------------------------------------------------------


def test_it_owns_replica_sets_by_its_selector_and_amends_itself():
    [owns] = DEPLOYMENT.owns
    assert (owns.model, DEPLOYMENT.verbs) == (ReplicaSet, ("patch",))
    assert owns.selector(deployment().spec) == deployment().spec.selector


def test_a_replica_set_without_status_and_annotations_is_no_reason_to_stumble():
    bare = replace(SMALL, status={}, metadata=replace(SMALL.metadata, annotations={}))
    assert done(deployment(3), bare) == "new v2=1 > revision 1"
    assert done(deployment(3, v=1), bare) == "note on v1"


def test_deciding_changes_nothing_it_is_given():
    it = seen(deployment(3), SMALL)
    assert decide(it) == decide(it)
    assert it == seen(deployment(3), SMALL)
