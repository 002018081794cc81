"""Active, terminating, ready, available."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from builders import NOW, SECOND, pod
from podwright.objects import Condition, Pod, PodStatus
from podwright.rules import pods

LONGEST = 2**31 - 1


@pytest.mark.parametrize(
    ("phase", "terminating", "is_what"),
    [
        pytest.param("Pending", False, "active", id="pending"),
        pytest.param("Running", False, "active", id="running"),
        pytest.param("Unknown", False, "active", id="unknown"),
        pytest.param("", False, "active", id="no-phase-yet"),
        pytest.param("Succeeded", False, "finished", id="succeeded"),
        pytest.param("Failed", False, "finished", id="failed"),
        pytest.param("Running", True, "terminating", id="on-its-way-out"),
        pytest.param("Pending", True, "terminating", id="never-started-and-on-its-way-out"),
        pytest.param("Failed", True, "finished", id="failed-and-on-its-way-out"),
    ],
)
def test_a_pod_is_either_active_or_terminating_or_finished(phase, terminating, is_what):
    it = pod(phase=phase, terminating=terminating)
    assert (pods.is_active(it), pods.is_terminating(it), pods.is_finished(it)) == (
        is_what == "active",
        is_what == "terminating",
        is_what == "finished",
    )


def with_conditions(*conditions):
    return Pod(status=PodStatus(conditions=conditions))


@pytest.mark.parametrize(
    ("conditions", "ready"),
    [
        pytest.param([], False, id="nothing-said-yet"),
        pytest.param([Condition("Ready", "True")], True, id="true"),
        pytest.param([Condition("Ready", "False")], False, id="false"),
        pytest.param([Condition("Ready", "Unknown")], False, id="node-not-heard-of"),
        pytest.param([Condition("ContainersReady", "True")], False, id="another-condition"),
        pytest.param(
            [Condition("Initialized", "True"), Condition("Ready", "True")], True, id="among-others"
        ),
    ],
)
def test_ready_is_what_the_kubelet_says(conditions, ready):
    assert pods.is_ready(with_conditions(*conditions)) == ready


@pytest.mark.parametrize(
    ("ready_for", "min_ready_seconds", "available"),
    [
        pytest.param(0 * SECOND, 0, True, id="at-once-when-nothing-is-asked"),
        pytest.param(None, 0, True, id="at-once-even-without-a-time"),
        pytest.param(29 * SECOND, 30, False, id="a-second-too-early"),
        pytest.param(30 * SECOND, 30, True, id="to-the-second"),
        pytest.param(31 * SECOND, 30, True, id="later"),
        pytest.param(None, 30, False, id="never-without-a-time"),
        pytest.param(-5 * SECOND, 1, False, id="ready-in-the-future"),
        pytest.param(timedelta(days=365), LONGEST, False, id="the-longest-wait"),
    ],
)
def test_available_means_ready_for_long_enough(ready_for, min_ready_seconds, available):
    assert pods.is_available(pod(ready_for=ready_for), min_ready_seconds, NOW) == available


@pytest.mark.parametrize("min_ready_seconds", [0, 30], ids=["at-once", "later"])
def test_a_pod_that_is_not_ready_is_not_available(min_ready_seconds):
    assert not pods.is_available(pod(ready=False), min_ready_seconds, NOW)


def test_the_next_pod_to_become_available_says_when_to_look_again():
    waiting = [pod(ready_for=5 * SECOND), pod(ready_for=20 * SECOND), pod(ready_for=40 * SECOND)]
    assert pods.next_available_at(waiting, 30, NOW) == NOW + 10 * SECOND


@pytest.mark.parametrize(
    ("waiting", "min_ready_seconds"),
    [
        pytest.param([pod(ready_for=5 * SECOND)], 0, id="nothing-is-asked"),
        pytest.param([pod(ready=False)], 30, id="not-ready"),
        pytest.param([pod(ready_for=30 * SECOND)], 30, id="available-this-second"),
        pytest.param([pod(ready_for=None)], 30, id="no-time"),
        pytest.param([], 30, id="no-pods"),
    ],
)
def test_there_is_no_moment_to_wait_for_when(waiting, min_ready_seconds):
    assert pods.next_available_at(waiting, min_ready_seconds, NOW) is None


def test_the_longest_wait_ends_in_68_years():
    assert pods.next_available_at([pod()], LONGEST, NOW).year == 2098


def test_a_wait_beyond_the_calendar_never_ends():
    last = Condition("Ready", "True", last_transition_time=datetime(9999, 12, 31, tzinfo=UTC))
    late = with_conditions(last)
    assert not pods.is_available(late, LONGEST, NOW)
    assert pods.next_available_at([late], LONGEST, NOW) is None


def test_a_pod_of_the_api_server_is_read():
    ready = b'{"type":"Ready","status":"True","lastTransitionTime":"2030-01-01T11:59:30Z"}'
    read = msgspec.json.decode(
        b'{"status":{"phase":"Running","conditions":[%s]}}' % ready, type=Pod
    )
    assert pods.available_at(read, 60) == NOW + 30 * SECOND
