"""Pods that fail, and how often they may."""

from conformance.hands import HELD
from conformance.job import scenario
from conformance.job.hands import (
    arrived,
    broken,
    by_hand,
    completed,
    ended,
    fail,
    failed,
    let_go,
    on_failure,
    run,
    succeed,
)
from conformance.objects import ago, container_status


def again(side, count=1):
    """So many have failed, and one runs once more."""
    side.counts(failed=count)
    arrived(side, 1)
    side.settle(f"failure {count}")


@scenario(smoke=True)
def no_failure_is_allowed(side):
    """The first one ends the Job."""
    side.create(by_hand(backoffLimit=0))
    side.settle("created")
    fail(side, *side.names())
    failed(side)


@scenario
def two_failures_are_one_too_many(side):
    """One is made up for, the second one is not."""
    side.create(by_hand(backoffLimit=1))
    side.settle("created")
    fail(side, *side.names())
    again(side)
    fail(side, *side.names())
    failed(side)


@scenario
def it_succeeds_after_a_failure(side):
    """Both are counted."""
    side.create(by_hand(completions=2))
    side.settle("created")
    fail(side, *side.names())
    again(side)
    succeed(side, *side.names())
    side.counts(succeeded=1)
    arrived(side, 1)
    side.settle("one has succeeded")
    fail(side, *side.names())
    again(side, 2)
    succeed(side, *side.names())
    completed(side)


@scenario
def a_failure_takes_the_others_along(side):
    """They are removed, and count as failed."""
    side.create(by_hand(parallelism=3, completions=3, backoffLimit=0))
    side.settle("created")
    run(side, *side.names())
    side.settle("they run")
    fail(side, side.names()[1])
    failed(side)


@scenario
def the_others_take_their_time(side):
    """First the verdict; the end comes when the last pod has gone."""
    side.create(by_hand(parallelism=2, completions=2, backoffLimit=0, metadata=HELD))
    side.settle("created")
    run(side, *side.names())
    first, second = side.names()
    fail(side, first)
    side.until(lambda: "deletionTimestamp" in side.get("Pod", second)["metadata"], "it goes")
    side.settle("verdict")
    let_go(side, second)
    failed(side)


@scenario
def a_pause_after_a_failure(side):
    """Ten seconds; what comes after a success has none."""
    side.create(by_hand(completions=2))
    side.settle("created")
    pod = side.names()[0]
    side.pod_status(pod, phase="Failed", containerStatuses=[ended(1, seconds=0)])
    side.counts(failed=1)
    side.pause(4)
    side.settle("nobody yet", stuck=True)
    arrived(side, 1)
    side.settle("the pause is over")
    succeed(side, *side.names())
    arrived(side, 1)
    side.settle("the next one")


@scenario
def started_again_too_often(side):
    """With OnFailure restarts of containers count; the pod that runs is removed."""
    side.create(on_failure(backoffLimit=2))
    side.settle("created")
    (pod,) = side.names()
    side.pod_status(pod, phase="Running", restarts=1)
    side.pause(1.5)
    side.settle("once")
    side.pod_status(pod, phase="Running", restarts=2)
    failed(side)


@scenario
def started_again_and_done(side):
    """Fewer restarts than allowed."""
    side.create(on_failure(backoffLimit=2))
    side.settle("created")
    (pod,) = side.names()
    side.pod_status(pod, phase="Running", restarts=1)
    side.pause(1.5)
    side.settle("once")
    side.pod_status(pod, phase="Succeeded", containerStatuses=[ended(0, restarts=1)])
    completed(side)


@scenario
def started_again_where_nothing_may_fail(side):
    """A limit of 0 allows no restart: the first one ends it."""
    side.create(on_failure(backoffLimit=0, completions=2, parallelism=2))
    side.settle("created")
    run(side, *side.names())
    side.pause(1.5)
    side.settle("they run")
    statuses = [container_status("web", 1)]
    side.pod_status(side.names()[0], phase="Running", containerStatuses=statuses)
    failed(side)


@scenario
def a_pod_that_is_deleted_has_failed(side):
    """By its user: counted, and replaced."""
    side.create(by_hand(backoffLimit=1))
    side.settle("created")
    for count in (1, 2):
        (pod,) = side.names()
        broken(side, pod)
        side.delete(pod, "Pod")
        side.counts(failed=count)
        if count == 1:
            arrived(side, 1)
            side.settle("replaced")
    failed(side)


@scenario
def a_pod_that_is_evicted_has_failed(side):
    """Through the API of evictions."""
    side.create(by_hand())
    side.settle("created")
    (pod,) = side.names()
    broken(side, pod)
    side.evict("evict", pod)
    again(side)


@scenario
def a_pod_whose_node_is_lost(side):
    """Its status tells of the disruption; then its remains are removed."""
    side.create(by_hand())
    side.settle("created")
    (pod,) = side.names()
    run(side, pod)
    side.settle("runs")
    moment = ago(hours=1)
    lost = {"type": "DisruptionTarget", "status": "True", "reason": "DeletionByTaintManager"}
    lost |= {"message": "its node is gone", "lastTransitionTime": moment}
    fail(side, pod, conditions=[lost])
    side.delete(pod, "Pod")
    side.counts(failed=1)
    arrived(side, 1)
    side.settle("replaced", ordered=False)
    succeed(side, *side.names())
    completed(side)


@scenario
def a_pod_nobody_knows_of_stays(side):
    """Phase Unknown is active."""
    side.create(by_hand())
    side.settle("created")
    side.pod_status(side.names()[0], phase="Unknown")
    side.pause(1.5)
    side.settle("unknown")


@scenario
def a_raised_limit_lets_it_go_on(side):
    """Before the failure that it is about."""
    side.create(by_hand(backoffLimit=0))
    side.settle("created")
    side.spec(backoffLimit=1)
    side.settle("raised")
    fail(side, *side.names())
    again(side)
    side.spec(backoffLimit=0)
    failed(side, "lowered")


@scenario
def pods_that_may_not_be_made(side):
    """A quota: told as an event, tried again."""
    quota = {"hard": {"pods": "1"}}
    side.create(
        {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "one"}, "spec": quota}
    )
    side.until(lambda: side.get("ResourceQuota", "one").get("status", {}).get("hard"), "a quota")
    side.create(by_hand(parallelism=2, completions=2))
    arrived(side, 1)
    side.told("FailedCreate")
    side.counts(active=1)
    side.settle("one of two", stuck=True)
    side.api.delete(side.path("ResourceQuota", "one"))
    arrived(side, 2)
    side.settle("two")
