from datetime import timedelta

import pytest

from builders import NOW
from jobs import job, task
from podwright.kinds.job import backoff
from podwright.kinds.job.backoff import Row

S = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [*list(enumerate([0, 10, 20, 40, 80, 160, 320, 600, 600])), (10000, 600)],
)
def test_the_pause_doubles_up_to_ten_minutes(failures, seconds):
    moment = backoff.until(failures, NOW, NOW)
    assert moment == (NOW + seconds * S if seconds else None)


def test_the_third_failure_25_seconds_ago_leaves_15():
    assert backoff.until(3, NOW - 25 * S, NOW) == NOW + 15 * S
    assert backoff.until(3, NOW - 40 * S, NOW) is None


def bad(name, ago):
    return task(name, "Failed", ended=ago * S)


def good(name, ago):
    return task(name, "Succeeded", ended=ago * S)


@pytest.mark.parametrize(
    ("known", "succeeded", "failed", "row"),
    [
        (Row(2, NOW - 50 * S), [], [], Row(2, NOW - 50 * S)),
        (Row(), [], [bad("a", 5), bad("b", 3), bad("c", 4)], Row(3, NOW - 3 * S)),
        (Row(2, NOW - 50 * S), [], [bad("a", 5)], Row(3, NOW - 5 * S)),
        (Row(2, NOW - 50 * S), [good("a", 5)], [], Row()),
        (Row(2, NOW), [good("a", 5)], [bad("b", 7), bad("c", 2)], Row(1, NOW - 2 * S)),
        (Row(2, NOW), [good("a", 5)], [bad("b", 5)], Row()),
    ],
    ids=["nothing", "side-by-side", "one-more", "success", "after-success", "before-success"],
)
def test_failures_in_a_row_begin_anew_after_a_success(known, succeeded, failed, row):
    assert backoff.in_a_row(known, succeeded, failed) == row


def test_the_row_is_remembered_in_the_status():
    row = Row(3, NOW)
    assert Row.of({"podwright": row.words}) == row
    assert Row().words == {}
    assert Row.of({}) == Row.of({"podwright": {"failuresInARow": "x", "lastFailure": "y"}}) == Row()


@pytest.mark.parametrize(
    ("limit", "failed", "restarts", "policy", "exceeded"),
    [
        (2, 2, 0, "Never", False),
        (2, 3, 0, "Never", True),
        (2, 0, 9, "Never", False),
        (2, 0, 1, "OnFailure", False),
        (2, 0, 2, "OnFailure", True),
        (0, 0, 0, "OnFailure", False),
        (0, 0, 1, "OnFailure", True),
        (None, 6, 0, "Never", False),
        (None, 7, 0, "Never", True),
    ],
)
def test_the_limit_is_about_failures_and_with_on_failure_about_restarts(
    limit, failed, restarts, policy, exceeded
):
    spec = job(backoffLimit=limit, template={"spec": {"restartPolicy": policy}}).spec
    assert backoff.is_limit_exceeded(spec, failed, [task(restarts=restarts)]) is exceeded


def per_index(limit=1, *rules):
    policy = {"podFailurePolicy": {"rules": list(rules)}} if rules else {}
    return job(completionMode="Indexed", completions=3, backoffLimitPerIndex=limit, **policy).spec


@pytest.mark.parametrize(
    ("failures", "failed"), [(None, False), (0, False), (1, True), ("x", False), (-1, False)]
)
def test_a_limit_of_one_makes_two_pods_of_an_index(failures, failed):
    pod = task(phase="Failed", index=0, failures=failures)
    assert backoff.is_index_failed(pod, per_index()) is failed


def test_a_rule_may_fail_an_index_or_forgive_it():
    def rule(action):
        return {"action": action, "onExitCodes": {"operator": "In", "values": [1]}}

    first, last = (task(phase="Failed", index=0, failures=n) for n in (0, 1))
    assert backoff.is_index_failed(first, per_index(1, rule("FailIndex")))
    assert not backoff.is_index_failed(last, per_index(1, rule("Ignore")))
    assert backoff.failures_after(last, per_index()) == (2, 0)
    assert backoff.failures_after(last, per_index(1, rule("Ignore"))) == (1, 1)


def test_each_index_waits_by_itself():
    pod = task(phase="Failed", index=0, failures=1, ignored=1, ended=5 * S)
    assert backoff.index_until(pod, NOW) == NOW + 35 * S
    assert backoff.index_until(None, NOW) is None


def test_when_a_pod_ended_is_told_by_its_containers_then_by_ready_then_by_its_deletion():
    assert backoff.finished_at(task(phase="Failed", ended=7 * S)) == NOW - 7 * S
    assert backoff.finished_at(task(ready=False, age=9 * S)) == NOW - 9 * S
    assert backoff.finished_at(task(terminating=True, age=9 * S)) == NOW
    assert backoff.finished_at(task(age=9 * S)) == NOW - 9 * S
