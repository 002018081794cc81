"""How a roll-out gets on, and whether it has got stuck."""

from datetime import timedelta

import pytest

from builders import HOUR, NOW, SECOND, seen
from podwright import labels
from podwright.kinds.deployment import progress
from podwright.kinds.deployment.decide import decide
from podwright.kinds.deployment.spec import UNLIMITED
from podwright.rules import conditions
from rollouts import AT_ONCE, deployment, look, moving, owned_set, told

DEADLINE = 600 * SECOND
MIDDLE = owned_set(1, 2), owned_set(2, 2, available=0)
AVAILABLE = told(labels.NEW_AVAILABLE)
LATE = told(labels.TIMED_OUT, "False")


def status_of(*sets, **spec):
    """The counts that a Deployment with these ReplicaSets has written."""
    return progress.counts(*look(deployment(**spec), *sets))


def judged(owner, *sets, now=NOW):
    """The Progressing condition afterwards."""
    seen_, dealt = look(owner, *sets, now=now)
    known = progress.judge(seen_, dealt, progress.before(seen_, dealt))
    return conditions.find(known, labels.PROGRESSING)


def reason(*args, **more):
    return (judged(*args, **more) or {}).get("reason")


def stuck(*known, **more):
    """Nothing has changed since the status was written."""
    return deployment(status=status_of(*MIDDLE), known=known, **more)


# --- counts --------------------------------------------------------------------------------------


def test_counts_are_sums_of_what_the_replica_sets_tell():
    old = owned_set(1, 4, there=5, available=3, going=1)
    new = owned_set(2, 5, there=2, available=1, going=2)
    assert status_of(old, new, meta={"generation": 7}) == {
        "replicas": 7,
        "updatedReplicas": 2,
        "readyReplicas": 4,
        "availableReplicas": 4,
        "unavailableReplicas": 5,
        "terminatingReplicas": 3,
        "observedGeneration": 7,
    }


def test_without_a_new_replica_set_nothing_is_updated():
    assert status_of(owned_set(1, 3))["updatedReplicas"] == 0


def test_more_available_pods_than_wished_for_leave_none_unavailable():
    assert status_of(owned_set(1, 2, there=5))["unavailableReplicas"] == 0


def test_a_replica_set_that_nobody_has_looked_at_counts_as_nothing():
    fresh = {"replicas": None, "availableReplicas": None, "terminatingReplicas": None}
    counts = status_of(owned_set(2, 3, status=fresh))
    assert (counts["replicas"], counts["terminatingReplicas"]) == (0, 0)
    assert counts["unavailableReplicas"] == 3


# --- complete ------------------------------------------------------------------------------------

WHOLE = {"replicas": 3, "updatedReplicas": 3, "availableReplicas": 3, "observedGeneration": 1}


@pytest.mark.parametrize(
    ("more", "complete"),
    [
        pytest.param({}, True, id="all"),
        pytest.param({"replicas": 4}, False, id="one-too-many"),
        pytest.param({"updatedReplicas": 2}, False, id="one-is-old"),
        pytest.param({"availableReplicas": 2}, False, id="one-is-not-available"),
        pytest.param({"observedGeneration": 0}, False, id="not-seen-yet"),
        pytest.param({"updatedReplicas": None}, False, id="not-counted"),
    ],
)
def test_a_roll_out_is_complete_with(more, complete):
    assert progress.is_complete(seen(deployment(3)), WHOLE | more) is complete


def test_of_nothing_all_is_there_as_soon_as_it_was_seen():
    assert progress.is_complete(seen(deployment(0)), {"observedGeneration": 1})
    assert not progress.is_complete(seen(deployment(0)), {})


def counted(replicas, updated, ready, available):
    names = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")
    return dict(zip(names, (replicas, updated, ready, available), strict=True))


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        pytest.param((10, 4, 4, 4), (10, 6, 4, 4), True, id="more-new-ones"),
        pytest.param((10, 4, 4, 4), (8, 4, 4, 4), True, id="fewer-old-ones"),
        pytest.param((10, 10, 9, 8), (10, 10, 10, 8), True, id="more-ready-ones"),
        pytest.param((10, 10, 10, 8), (10, 10, 10, 9), True, id="more-available-ones"),
        pytest.param((10, 4, 4, 4), (10, 4, 4, 4), False, id="nothing"),
        pytest.param((10, 10, 10, 8), (10, 10, 7, 7), False, id="fewer-good-ones"),
        pytest.param((10, 10, 8, 8), (9, 9, 8, 8), False, id="fewer-new-ones"),
        pytest.param((10, 4, 4, 4), (11, 4, 4, 4), False, id="more-old-ones"),
    ],
)
def test_a_roll_out_has_moved_with(before, after, moved):
    assert progress.has_moved(counted(*before), counted(*after)) is moved


def test_the_first_pod_is_a_move():
    assert progress.has_moved({}, counted(1, 1, 0, 0))
    assert not progress.has_moved({}, counted(0, 0, 0, 0))


# --- what is said --------------------------------------------------------------------------------


def test_at_the_end_it_says_so():
    end = judged(deployment(3, known=[moving(HOUR)]), owned_set(1, 0), owned_set(2, 3))
    assert end == told(
        labels.NEW_AVAILABLE,
        ago=0 * SECOND,
        since=HOUR,
        message='ReplicaSet "web-v2" has successfully progressed.',
    )


def test_at_the_end_after_a_time_out_it_has_changed_just_now():
    end = judged(deployment(3, known=[LATE]), owned_set(2, 3))
    assert end["lastTransitionTime"] == conditions.timestamp(NOW)


def test_while_it_moves_it_says_so_each_time_anew():
    owner = deployment(status=status_of(owned_set(1, 3)), known=[moving(HOUR)])
    assert judged(owner, *MIDDLE) == told(
        labels.NEW_UPDATED,
        ago=0 * SECOND,
        since=HOUR,
        message='ReplicaSet "web-v2" is progressing.',
    )


def test_while_nothing_moves_it_says_what_it_said():
    assert judged(stuck(moving(599 * SECOND)), *MIDDLE) == moving(599 * SECOND)


@pytest.mark.parametrize(
    ("seconds", "late"), [(599, False), (600, False), (601, True)], ids=["before", "at", "after"]
)
def test_it_is_stuck_when_the_deadline_has_passed(seconds, late):
    owner = stuck(moving(seconds * SECOND))
    assert progress.has_timed_out(*look(owner, *MIDDLE)) is late


def test_stuck_it_says_so_and_since_when():
    assert judged(stuck(moving(HOUR)), *MIDDLE) == told(
        labels.TIMED_OUT,
        "False",
        ago=0 * SECOND,
        message='ReplicaSet "web-v2" has timed out progressing.',
    )
    assert judged(stuck(LATE), *MIDDLE) == LATE


def test_without_a_new_replica_set_the_deployment_is_named():
    sets = [owned_set(1, 0, there=1)]
    owner = deployment(status=status_of(*sets), known=[moving(HOUR)], strategy=AT_ONCE)
    assert judged(owner, *sets)["message"] == 'Deployment "web" has timed out progressing.'


def test_one_more_move_ends_a_time_out():
    owner = deployment(status=status_of(owned_set(1, 3)), known=[LATE])
    again = judged(owner, *MIDDLE)
    assert (again["status"], again["reason"]) == ("True", labels.NEW_UPDATED)
    assert again["lastTransitionTime"] == conditions.timestamp(NOW)


def test_what_was_complete_is_not_late_when_pods_are_lost():
    lost = owned_set(2, 3, available=1)
    owner = deployment(status=status_of(owned_set(2, 3)), known=[AVAILABLE])
    assert judged(owner, lost, now=NOW + HOUR) == AVAILABLE


def test_what_was_complete_is_not_late_before_a_new_roll_out_has_begun():
    assert judged(stuck(AVAILABLE), *MIDDLE, now=NOW + HOUR) == AVAILABLE


def test_without_a_deadline_nothing_is_said():
    owner = stuck(moving(), progress_deadline_seconds=UNLIMITED)
    assert judged(owner, *MIDDLE) is None


def test_a_condition_that_somebody_else_has_written_is_no_reason_to_stumble():
    theirs = {"type": labels.PROGRESSING, "status": "True", "reason": "Ours"}
    assert reason(stuck(theirs), *MIDDLE) == labels.TIMED_OUT
    assert decide(seen(stuck(theirs), *MIDDLE)).requeue_at is None


# --- before anything else is said ----------------------------------------------------------------


def test_a_replica_set_that_was_there_already_is_told_of():
    found = judged(deployment(status=status_of(*MIDDLE)), *MIDDLE)
    assert found == told(labels.NEW_FOUND, ago=0 * SECOND, message='Found new replica set "web-v2"')


@pytest.mark.parametrize(
    ("paused", "known", "after"),
    [
        pytest.param(True, [], labels.PAUSED, id="pause"),
        pytest.param(True, [moving()], labels.PAUSED, id="pause-in-the-middle"),
        pytest.param(True, [AVAILABLE], labels.PAUSED, id="pause-at-the-end"),
        pytest.param(True, [told(labels.PAUSED, "Unknown")], labels.PAUSED, id="paused"),
        pytest.param(True, [LATE], labels.TIMED_OUT, id="pause-when-stuck"),
        pytest.param(False, [told(labels.PAUSED, "Unknown")], labels.RESUMED, id="resume"),
        pytest.param(False, [told(labels.RESUMED, "Unknown")], labels.RESUMED, id="resumed"),
        pytest.param(False, [moving()], labels.NEW_UPDATED, id="neither"),
    ],
)
def test_a_pause_and_its_end_are_told(paused, known, after):
    seen_, sets = look(deployment(paused=paused, known=known), *MIDDLE)
    now = conditions.find(progress.before(seen_, sets), labels.PROGRESSING)
    assert now["reason"] == after
    if after in {labels.PAUSED, labels.RESUMED}:
        assert now["status"] == "Unknown"


def test_the_texts_of_a_pause_and_its_end():
    paused = progress.before(*look(deployment(paused=True)))
    resumed = progress.before(*look(deployment(known=paused)))
    assert [each["message"] for each in paused + resumed] == [
        "Deployment is paused",
        "Deployment is resumed",
    ]


@pytest.mark.parametrize(
    "more",
    [
        {"paused": True, "progress_deadline_seconds": UNLIMITED},
        {"paused": True, "meta": {"deletion_timestamp": NOW}},
    ],
    ids=["no-deadline", "on-its-way-out"],
)
def test_a_pause_is_not_told(more):
    assert progress.before(*look(deployment(**more), *MIDDLE)) == []


def test_after_a_pause_the_deadline_begins_anew():
    paused = told(labels.PAUSED, "Unknown", ago=HOUR)
    assert reason(stuck(paused), *MIDDLE) == labels.RESUMED
    assert not progress.has_timed_out(*look(stuck(paused), *MIDDLE))


@pytest.mark.parametrize(
    ("more", "judges"),
    [
        ({}, True),
        ({"paused": True}, False),
        ({"meta": {"deletion_timestamp": NOW}}, False),
        ({"replicas": 5}, False),
    ],
    ids=["rolling", "paused", "on-its-way-out", "resized"],
)
def test_a_look_judges_progress(more, judges):
    there = owned_set(2, 3, wish=(3, 4))
    assert progress.is_rolling_out(*look(deployment(**more), there)) is judges


# --- when to look again --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "left"),
    [
        pytest.param(moving(180 * SECOND), 421 * SECOND, id="3-min-of-10"),
        pytest.param(moving(600 * SECOND), 1 * SECOND, id="just-now"),
        pytest.param(moving(601 * SECOND), None, id="late"),
        pytest.param(LATE, None, id="told"),
        pytest.param(told(labels.NEW_CREATED, ago=SECOND), 600 * SECOND, id="begun"),
        pytest.param(told(labels.RESUMED, "Unknown", ago=HOUR / 60), 541 * SECOND, id="resumed"),
        pytest.param(AVAILABLE, None, id="was-complete"),
    ],
)
def test_it_looks_again_a_second_after_the_deadline(known, left):
    again = progress.deadline_at(*look(stuck(known), *MIDDLE))
    assert again == (None if left is None else NOW + left)
    assert decide(seen(stuck(known), *MIDDLE)).requeue_at == again


@pytest.mark.parametrize(
    "owner",
    [
        stuck(moving(), progress_deadline_seconds=UNLIMITED),
        stuck(moving(), paused=True),
        stuck(moving(), meta={"deletion_timestamp": NOW}),
    ],
    ids=["no-deadline", "paused", "on-its-way-out"],
)
def test_there_is_nothing_to_look_again_for(owner):
    assert decide(seen(owner, *MIDDLE)).requeue_at is None


def test_a_complete_roll_out_has_no_deadline():
    assert decide(seen(deployment(3), owned_set(2, 3))).requeue_at is None


def test_pods_lost_after_the_end_keep_nobody_busy():
    """Upstream looks again at once, and again, as fast as its queue lets it."""
    lost = owned_set(2, 3, available=1)
    for now in (NOW, NOW + HOUR, NOW + timedelta(days=99)):
        owner = deployment(status=status_of(lost), known=[AVAILABLE])
        assert decide(seen(owner, lost, now=now)).requeue_at is None


def test_a_new_roll_out_has_its_whole_time():
    for known in ([], [AVAILABLE], [LATE], [moving(HOUR)]):
        owner = deployment(known=known)
        assert decide(seen(owner, owned_set(1, 3))).requeue_at == NOW + DEADLINE + SECOND


def test_old_pods_that_do_not_end_are_late_too():
    """The moment does not move with every look."""
    left = owned_set(1, 0, there=1)
    owner = deployment(status=status_of(left), known=[moving(180 * SECOND)], strategy=AT_ONCE)
    assert decide(seen(owner, left)).requeue_at == NOW + 421 * SECOND
    later = NOW + 200 * SECOND
    assert decide(seen(owner, left, now=later)).requeue_at == NOW + 421 * SECOND
