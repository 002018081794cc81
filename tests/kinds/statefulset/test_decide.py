"""What a StatefulSet wants, all in all: revisions, pods, and what is left over."""

import pytest

from builders import HOUR, NOW, SECOND, seen
from members import (
    DATA,
    V1,
    V2,
    claim,
    member,
    revision,
    rolling,
    stateful_set,
    template,
    words,
)
from podwright.kinds.statefulset.decide import decide, history_of
from podwright.objects import Pod, Revision
from podwright.plan import Create, Plan

PARALLEL = {"pod_management_policy": "Parallel"}
GOING = {"deletion_timestamp": NOW}


def test_a_new_set_makes_its_revision_then_its_claims_then_its_pod():
    plan = decide(seen(stateful_set(2, volume_claim_templates=(DATA,), status={})))
    kinds = [[action.resource.kind for action in step] for step in plan.steps]
    assert kinds == [["ControllerRevision"], ["PersistentVolumeClaim"], ["Pod"]]
    assert plan.actions[0].manifest["revision"] == 1


def test_the_first_pod_is_labelled_with_the_revision_that_is_made_before_it():
    made, pod = decide(seen(stateful_set(1, status={"currentRevision": ""}))).actions
    name = made.manifest["metadata"]["name"]
    assert pod.manifest["metadata"]["labels"]["controller-revision-hash"] == name


def test_with_everything_in_its_place_there_is_nothing_to_do():
    there = (member(0, mounts=("data",)), claim("data-web-0"))
    owner = stateful_set(1, volume_claim_templates=(DATA,))
    assert decide(seen(owner, V1, *there)) == Plan()


def test_a_changed_template_becomes_a_revision_and_then_takes_the_highest_pod():
    plan = decide(seen(stateful_set(2, v=2, was=1), V1, member(0), member(1)))
    [[made], [gone]] = plan.steps
    assert (made.manifest["revision"], gone.target.name) == (2, "web-1")


def test_going_back_raises_the_old_revision_and_makes_none():
    owner = stateful_set(2, v=1, was=2)
    plan = decide(seen(owner, V1, V2, member(0, v=2), member(1, v=2)))
    assert words(plan) == "patch web-v1 > delete web-1"
    assert plan.actions[0].body == {"revision": 3}


def test_pods_that_already_are_of_the_old_revision_stay_when_it_comes_back():
    owner = stateful_set(2, v=1, was=1)
    there = (V1, revision(2), member(0), member(1, v=2))
    assert words(decide(seen(owner, *there))) == "patch web-v1 > delete web-1"


@pytest.mark.parametrize("policy", [{}, PARALLEL], ids=["one-by-one", "parallel"])
def test_a_set_on_its_way_out_does_nothing(policy):
    owner = stateful_set(3, meta=GOING, **policy)
    wait = Plan.wait("the garbage collector to finish its deletion")
    assert decide(seen(owner, member(0, phase="Failed"))) == wait


def test_without_labels_in_the_template_nothing_is_made():
    plan = decide(seen(stateful_set(template={"spec": {}})))
    assert plan == Plan.wait("labels in its template", remedy="unable to create pods, no labels")


def test_a_set_comes_back_when_its_next_pod_becomes_available():
    young = (member(0, ready_for=20 * SECOND), member(1, ready_for=5 * SECOND))
    plan = decide(seen(stateful_set(2, min_ready_seconds=30), V1, *young))
    assert plan.requeue_at == NOW + 10 * SECOND


def test_the_canary_is_lost_and_comes_back_as_it_was():
    """Three pods, partition 2: web-2 is new, web-0 is deleted by hand and returns old."""
    owner = stateful_set(3, v=2, was=1, update_strategy=rolling(2))
    there = (V1, V2, member(1), member(2, v=2))
    assert words(decide(seen(owner, *there))) == "create web-0 v1"
    there = (V1, V2, member(0), member(1))
    assert words(decide(seen(owner, *there))) == "create web-2 v2"


# --- old revisions -----------------------------------------------------------------------------


def trimmed(limit, *pods, was=6, **more):
    known = [revision(n) for n in range(1, 7)]
    owner = stateful_set(2, v=6, was=was, revision_history_limit=limit, **PARALLEL, **more)
    plan = decide(seen(owner, *known, *pods))
    gone = [action.target.name for action in plan.actions if hasattr(action, "target")]
    return [name.removeprefix("web-") for name in gone if "-v" in name]


@pytest.mark.parametrize(
    ("limit", "gone"),
    [
        (2, ["v1", "v2"]),
        (0, ["v1", "v2", "v3", "v4"]),
        (3, ["v1"]),
        (4, []),
        (10, []),
        (-1, []),
    ],
    ids=lambda it: str(it) if isinstance(it, int) else "",
)
def test_of_six_revisions_with_pods_on_the_last_two_those_beyond_the_limit_go(limit, gone):
    assert trimmed(limit, member(0, v=5), member(1, v=6)) == gone


def test_what_status_says_is_current_is_kept():
    assert trimmed(0, member(0, v=5), was=3) == ["v1", "v2", "v4"]


def test_at_the_end_of_a_roll_out_the_current_revision_has_nobody_left():
    assert trimmed(0, member(0, v=6), member(1, v=6), was=3) == ["v1", "v2", "v3", "v4", "v5"]


def test_a_pod_on_its_way_out_keeps_its_revision():
    assert "v2" not in trimmed(0, member(0, v=2, terminating=True), member(1, v=6))


def test_revisions_that_do_not_match_are_none_of_its_history():
    stray = revision(1, labels={"app": "db"})
    history = history_of(seen(stateful_set(v=2), stray, V2))
    assert [each.name for each in history.known] == ["web-v2"]


def test_a_template_that_is_known_is_not_made_again():
    plan = decide(seen(stateful_set(1, template=template(2)), V2, member(0, v=2)))
    assert not [action for action in plan.actions if isinstance(action, Create)]


def test_deciding_changes_nothing_it_is_given():
    look = seen(stateful_set(2), V1, member(0), now=NOW + HOUR)
    assert decide(look) == decide(look)
    assert look.of(Pod) == (member(0),)
    assert look.of(Revision) == (V1,)
