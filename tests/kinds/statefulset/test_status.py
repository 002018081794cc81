"""The status of a StatefulSet."""

import pytest

from builders import SECOND, create, seen
from members import ON_DELETE, V1, V2, member, revision, rolling, stateful_set
from podwright.kinds.statefulset.status import status
from podwright.objects import Revision
from podwright.plan import Create, Failure, Outcome, Plan

COUNTS = (
    "replicas",
    "readyReplicas",
    "availableReplicas",
    "currentReplicas",
    "updatedReplicas",
)


def counts(owner, *pods):
    written = status(seen(owner, V1, V2, *pods), Outcome())
    return tuple(written.get(name, 0) for name in COUNTS)


def test_the_whole_status_of_a_set_at_rest():
    owner = stateful_set(2, meta={"generation": 7})
    assert status(seen(owner, V1, member(0), member(1)), Outcome()) == {
        "replicas": 2,
        "readyReplicas": 2,
        "availableReplicas": 2,
        "currentReplicas": 2,
        "updatedReplicas": 2,
        "currentRevision": "web-v1",
        "updateRevision": "web-v1",
        "observedGeneration": 7,
        "collisionCount": 0,
        "selector": "app=web",
        "podwright": {"ready": "2/2", "containers": "app", "images": "web:1"},
    }


def test_counts_of_nothing_are_left_out_but_for_two():
    written = status(seen(stateful_set(0), V1), Outcome())
    told = {name: written[name] for name in COUNTS if name in written}
    assert told == {"replicas": 0, "availableReplicas": 0}


@pytest.mark.parametrize(
    ("how", "counted"),
    [
        pytest.param({}, (1, 1, 1, 1, 0), id="old"),
        pytest.param({"v": 2}, (1, 1, 1, 0, 1), id="new"),
        pytest.param({"v": 3}, (1, 1, 1, 0, 0), id="of-neither"),
        pytest.param({"ready_for": SECOND}, (1, 1, 0, 1, 0), id="young"),
        pytest.param({"ready": False}, (1, 0, 0, 1, 0), id="unready"),
        pytest.param({"phase": "Pending"}, (1, 0, 0, 1, 0), id="pending"),
        pytest.param({"phase": "Failed"}, (1, 0, 0, 1, 0), id="failed"),
        pytest.param({"phase": "Succeeded"}, (1, 0, 0, 1, 0), id="succeeded"),
        pytest.param({"terminating": True}, (1, 1, 1, 0, 0), id="terminating-and-ready"),
        pytest.param({"terminating": True, "ready": False}, (1, 0, 0, 0, 0), id="terminating"),
    ],
)
@pytest.mark.parametrize("ordinal", [0, 9], ids=["wanted", "condemned"])
def test_a_pod_counts_as(how, counted, ordinal):
    owner = stateful_set(3, v=2, was=1, min_ready_seconds=30)
    assert counts(owner, member(ordinal, **how)) == counted


# --- the end of a roll-out ---------------------------------------------------------------------


def current(owner, *pods):
    written = status(seen(owner, V1, V2, *pods), Outcome())
    return written["currentRevision"], written.get("currentReplicas", 0)


NEW = [member(n, v=2) for n in range(3)]


@pytest.mark.parametrize(
    ("owner", "pods", "revision", "replicas"),
    [
        pytest.param(stateful_set(3, v=2, was=1), NEW, "web-v2", 3, id="all-are-new"),
        pytest.param(
            stateful_set(3, v=2, was=1), [member(0), *NEW[1:]], "web-v1", 1, id="one-is-old"
        ),
        pytest.param(stateful_set(3, v=2, was=1), NEW[:2], "web-v1", 0, id="one-is-missing"),
        pytest.param(stateful_set(2, v=2, was=1), NEW, "web-v1", 0, id="one-is-too-many"),
        pytest.param(
            stateful_set(3, v=2, was=1),
            [*NEW[:2], member(2, v=2, ready=False)],
            "web-v1",
            0,
            id="one-is-not-ready",
        ),
        pytest.param(
            stateful_set(3, v=2, was=1),
            [*NEW[:2], member(2, v=2, terminating=True)],
            "web-v1",
            0,
            id="one-is-on-its-way-out",
        ),
        pytest.param(
            stateful_set(3, v=2, was=1, min_ready_seconds=30),
            [*NEW[:2], member(2, v=2, ready_for=SECOND)],
            "web-v2",
            3,
            id="ready-is-enough",
        ),
        pytest.param(
            stateful_set(3, v=2, was=1, update_strategy=ON_DELETE),
            NEW,
            "web-v1",
            0,
            id="never-by-hand",
        ),
        pytest.param(
            stateful_set(3, v=2, was=1, update_strategy=rolling(1)),
            [member(0), *NEW[1:]],
            "web-v1",
            1,
            id="not-while-the-partition-keeps-old-ones",
        ),
        pytest.param(stateful_set(0, v=2, was=1), [], "web-v2", 0, id="with-no-pods-at-once"),
    ],
)
def test_the_new_revision_becomes_the_current_one(owner, pods, revision, replicas):
    assert current(owner, *pods) == (revision, replicas)


def test_without_a_stored_current_revision_it_is_the_new_one():
    assert current(stateful_set(v=2, status={"currentRevision": "gone"}), NEW[0]) == ("web-v2", 1)


def test_a_first_look_names_the_revision_that_is_about_to_be_made():
    owner = stateful_set(3, status={"currentRevision": ""})
    written = status(seen(owner), Outcome())
    assert written["updateRevision"] == written["currentRevision"]
    assert written["updateRevision"].startswith("web-")


# --- the rest ----------------------------------------------------------------------------------


def taken(look):
    """What becomes of a new revision whose name another object has."""
    name = status(look, Outcome())["updateRevision"]
    new = Create(Revision.resource, {"metadata": {"name": name}})
    return Outcome(Plan.of(new), outdated=True, existing={name: {}})


def test_a_revisions_name_that_is_taken_is_counted_and_the_next_one_is_another():
    look = seen(stateful_set(v=2, was=1), V1)
    written = status(look, taken(look))
    assert written["collisionCount"] == 1
    after = status(seen(stateful_set(v=2, was=1, status=written), V1), Outcome())
    assert after["updateRevision"] != written["updateRevision"]
    assert after["collisionCount"] == 1


def test_conditions_of_others_are_kept():
    theirs = [{"type": "Approved", "status": "True"}]
    written = status(seen(stateful_set(status={"conditions": theirs}), V1), Outcome())
    assert written["conditions"] == theirs
    assert "conditions" not in status(seen(stateful_set(), V1), Outcome())


def test_a_set_on_its_way_out_still_counts():
    owner = stateful_set(meta={"deletion_timestamp": member(0).metadata.creation_timestamp})
    assert counts(owner, member(0)) == (1, 1, 1, 1, 1)


def test_a_refusal_is_what_users_are_told_it_waits_for():
    refused = Outcome(failures=(Failure(create(), "exceeded quota"),))
    written = status(seen(stateful_set(), V1), refused)
    assert written["podwright"]["waitingFor"] == "the API server to accept its pods"


def test_counts_are_those_of_before_the_plan():
    assert status(seen(stateful_set(), V1, member(0)), Outcome(Plan.of(create())))["replicas"] == 1


@pytest.mark.parametrize("number", [1, 7], ids=["first", "seventh"])
def test_revisions_are_named_and_not_numbered(number):
    owner = stateful_set(1)
    written = status(seen(owner, revision(1, number), member(0)), Outcome())
    assert written["updateRevision"] == "web-v1"
