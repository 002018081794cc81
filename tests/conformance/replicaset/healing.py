"""What becomes of pods, and what the set does about it."""

import time

from conformance.builders import BY_HAND, UNBOUND, replica_set
from conformance.objects import ago
from conformance.replicaset import scenario

HOLD = {"metadata": {"finalizers": ["example.com/hold"]}}
LET_GO = {"metadata": {"finalizers": None}}

TOLERANCE = 5.0
"""Seconds that a status may come late on a busy machine."""


@scenario(smoke=True)
def a_deleted_pod_is_replaced(side):
    """Another one comes for each pod that a user deletes."""
    side.create(replica_set(replicas=3))
    side.settle("created")
    for pod in side.names()[:2]:
        side.delete(pod, "Pod")
        side.settle("one deleted")


@scenario
def all_pods_are_replaced_at_once(side):
    """A mass deletion is followed by as many creations."""
    side.create(replica_set(replicas=8))
    side.settle("created")
    side.api.delete(side.path("Pod"))
    side.settle("all deleted", ordered=False)


@scenario(smoke=True)
def a_failed_pod_is_replaced_and_stays(side):
    """A failed pod does not count, and is not removed."""
    side.create(replica_set(replicas=2))
    side.settle("created")
    side.pod_status(side.names()[0], phase="Failed", reason="Evicted", message="low on memory")
    side.settle("one failed")
    side.scale(0)
    side.settle("none wished")


@scenario
def a_succeeded_pod_is_replaced_and_stays(side):
    """So it is with a pod that came to a good end."""
    side.create(replica_set(replicas=2))
    side.settle("created")
    side.pod_status(side.names()[0], phase="Succeeded")
    side.settle("one succeeded")


@scenario
def a_failed_pod_that_is_deleted_is_nobodys_business(side):
    """A pod both finished and on its way out is neither active nor terminating."""
    side.create(replica_set(replicas=2))
    side.settle("created")
    pod = side.names()[0]
    side.patch_pod(pod, HOLD)
    side.pod_status(pod, phase="Failed")
    side.settle("one failed, and held")
    side.delete(pod, "Pod")
    side.settle("and deleted")
    side.patch_pod(pod, LET_GO)
    side.settle("and gone")


@scenario
def an_evicted_pod_is_replaced(side):
    """The Eviction API, without a budget."""
    side.create(replica_set(replicas=2))
    side.settle("created")
    side.evict("eviction", side.names()[0])
    side.settle("one evicted")


@scenario(smoke=True)
def a_pod_held_by_a_finalizer_is_replaced_at_once(side):
    """It is counted as terminating until it is gone."""
    side.create(replica_set(replicas=2))
    side.settle("created")
    pod, other = side.names()
    side.annotate(other, **{"controller.kubernetes.io/pod-deletion-cost": "1"})
    side.patch_pod(pod, HOLD)
    side.delete(pod, "Pod")
    side.settle("one deleted, and held")
    side.scale(1)
    side.settle("one wished")
    side.patch_pod(pod, LET_GO)
    side.settle("gone")


@scenario
def a_pod_becomes_unready_and_ready_again(side):
    """Only counts change: nothing is replaced."""
    side.create(replica_set(replicas=2, pod=BY_HAND))
    side.settle("created")
    first, second = side.names()
    since = "2026-01-01T00:00:00Z"
    for step, (one, other) in enumerate(
        [(True, True), (False, True), (False, False), (True, True)]
    ):
        side.pod_status(first, ready=one, since=since, phase="Running")
        side.pod_status(second, ready=other, since=since, phase="Running")
        side.settle(f"ready {step}: {one}, {other}")


@scenario
def unschedulable_pods_wait(side):
    """Pods that no node takes: none is ready, none is replaced."""
    side.create(replica_set(replicas=2, pod={"nodeSelector": {"no": "such"}}))
    side.settle("created")
    side.scale(3)
    side.settle("scaled")


@scenario
def pods_on_a_node_that_is_not_there(side):
    """They count like others; the set neither replaces nor moves them."""
    side.create(replica_set(replicas=2, pod={"nodeName": "missing"}))
    side.settle("created")
    side.scale(1)
    side.settle("scaled")


@scenario
def a_pod_of_unknown_phase_counts(side):
    """Its node is not heard of: not ready any more, and not replaced."""
    side.create(replica_set(replicas=2, pod=BY_HAND))
    side.settle("created")
    for pod in side.names():
        side.pod_status(pod, ready=True, since="2026-01-01T00:00:00Z", phase="Running")
    side.settle("ready")
    lost = side.names()[0]
    condition = {"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown"}
    side.pod_status(lost, phase="Unknown", conditions=[condition])
    side.settle("unknown")
    side.scale(1)
    side.settle("it goes first")


@scenario
def a_failed_pod_comes_back_to_life(side):
    """It counts again, and is one too many."""
    side.create(replica_set(replicas=1, pod=BY_HAND))
    side.settle("created")
    pod = side.names()[0]
    side.pod_status(pod, phase="Failed")
    side.settle("failed")
    side.annotate(pod, **{"controller.kubernetes.io/pod-deletion-cost": "-1"})
    side.pod_status(pod, phase="Pending")
    side.until(lambda: side.get("Pod", pod) is None, "the surplus is gone")
    side.settle("back")


@scenario
def gated_pods_wait(side):
    """Pods paused by a scheduling gate are counted, and go on when it is lifted."""
    side.create(replica_set(replicas=2, pod={"schedulingGates": [{"name": "example.com/gate"}]}))
    side.settle("created")
    side.patch_pod(side.names()[0], {"spec": {"schedulingGates": []}})
    side.until(lambda: any(p["status"].get("phase") == "Running" for p in side.pods()), "runs")
    side.settle("one gate lifted")


@scenario
def pods_become_available_after_a_while(side):
    """minReadySeconds: available later than ready, without any event."""
    side.create(replica_set(replicas=2, minReadySeconds=4))
    side.counts(readyReplicas=2, availableReplicas=0)
    side.settle("ready")
    side.counts(availableReplicas=2)
    side.settle("available")
    side.scale(3)
    side.counts(readyReplicas=3, availableReplicas=2)
    side.counts(availableReplicas=3)
    side.settle("one more available")


@scenario
def pods_become_available_one_after_another(side):
    """Each is counted when it is due: nobody waits for the last one, or looks again later."""
    side.create(replica_set(replicas=2, pod=BY_HAND, minReadySeconds=3600))
    side.settle("created")
    started, dues = time.time(), (7, 12)
    for pod, due in zip(side.names(), dues, strict=True):
        side.pod_status(pod, ready=True, since=ago(seconds=3600 - due), phase="Running")
    side.settle("ready")
    for number, due in enumerate(dues, 1):
        side.counts(availableReplicas=number)
        late = time.time() - started - due
        side.notes[f"number {number} is in time"] = (
            -1.5 < late < TOLERANCE or late
        )  # times are in whole seconds
        side.settle(f"available: {number}")


@scenario
def min_ready_seconds_may_change(side):
    """It counts for pods that are ready already."""
    side.create(replica_set(replicas=2))
    side.settle("created")
    side.spec(minReadySeconds=3600)
    side.settle("an hour")
    side.spec(minReadySeconds=0)
    side.settle("none")


@scenario
def a_pod_that_was_ready_in_the_future_is_not_available(side):
    """The kubelet's clock is ahead."""
    side.create(replica_set(replicas=1, pod=UNBOUND, minReadySeconds=1))
    side.settle("created")
    side.pod_status(side.names()[0], ready=True, since="2099-01-01T00:00:00Z", phase="Running")
    side.settle("ready in the future")
    side.pod_status(side.names()[0], ready=True, since="2026-01-01T00:00:00Z", phase="Running")
    side.settle("ready long ago")
