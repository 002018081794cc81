"""From one revision to the next."""

from conformance.builders import stateful_set
from conformance.hands import broken, image, ready
from conformance.objects import ago
from conformance.statefulset import scenario
from conformance.statefulset.hands import all_ready, by_hand, ended, there


def renewed(side, pod):
    """The set removes a pod, its node stops it, and the next one is there."""
    ended(side, pod)
    there(side, pod)


@scenario(smoke=True)
def a_rolling_update(side):
    """From the highest to the lowest, each ready before the next."""
    side.create(stateful_set())
    side.settle("first")
    image(side, "nginx:2")
    side.settle("second", seconds=60)


@scenario
def a_rolling_update_pod_by_pod(side):
    """2, then 1, then 0; the revision is current when all are ready."""
    side.create(by_hand())
    all_ready(side, 3)
    side.settle("first")
    image(side, "nginx:2")
    for pod in ("web-2", "web-1", "web-0"):
        renewed(side, pod)
        side.settle(f"{pod} is new", stuck=True)
        ready(side, pod)
    side.settle("second")


@scenario
def an_update_waits_for_min_ready_seconds(side):
    """A pod that is ready and not available holds it up."""
    side.create(by_hand(replicas=2, minReadySeconds=600))
    all_ready(side, 2)
    side.settle("first")
    image(side, "nginx:2")
    renewed(side, "web-1")
    ready(side, "web-1", since=ago(seconds=1))
    side.counts(readyReplicas=2, availableReplicas=1)
    side.settle("waits", stuck=True)
    ready(side, "web-1")
    renewed(side, "web-0")
    ready(side, "web-0")
    side.settle("second")


@scenario(smoke=True)
def a_canary_and_a_phased_roll_out(side):
    """Partition 3, 2, 1, 0; pods that are lost meanwhile come back at their revision."""
    phases = {"type": "RollingUpdate", "rollingUpdate": {"partition": 3}}
    side.create(stateful_set(updateStrategy=phases))
    side.settle("first")
    image(side, "nginx:2")
    side.until(lambda: _differ(side), "a new revision")
    side.settle("nothing changes", stuck=True)
    _partition(side, 2)
    side.counts(updatedReplicas=1, readyReplicas=3)
    side.settle("one", stuck=True)
    for pod in ("web-0", "web-2"):
        uid = side.get("Pod", pod)["metadata"]["uid"]
        side.delete(pod, "Pod")
        side.until(
            lambda: (side.get("Pod", pod) or {"metadata": {"uid": uid}})["metadata"]["uid"] != uid,
            "back",
        )
        side.counts(readyReplicas=3)
    side.settle("each as it was", stuck=True)
    _partition(side, 1)
    side.counts(updatedReplicas=2, readyReplicas=3)
    side.settle("two", stuck=True)
    _partition(side, 0)
    side.settle("all")


def _differ(side):
    status = side.get()["status"]
    return status["currentRevision"] != status["updateRevision"]


def _partition(side, number):
    side.spec(updateStrategy={"rollingUpdate": {"partition": number}})


@scenario
def a_partition_beyond_all_pods(side):
    """Nothing is updated; new pods are of the current revision."""
    beyond = {"type": "RollingUpdate", "rollingUpdate": {"partition": 5}}
    side.create(stateful_set(replicas=2, updateStrategy=beyond))
    side.settle("first")
    image(side, "nginx:2")
    side.scale(3)
    side.counts(readyReplicas=3)
    side.settle("three of the first", stuck=True)


@scenario
def a_partition_counts_from_the_first_ordinal(side):
    """start 5, partition 1: 6 and 7 change."""
    phases = {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}
    side.create(stateful_set(ordinals={"start": 5}, updateStrategy=phases))
    side.settle("first")
    image(side, "nginx:2")
    side.counts(updatedReplicas=2, readyReplicas=3)
    side.settle("two", stuck=True)


@scenario(smoke=True)
def back_to_the_first_revision(side):
    """It is not made again; its number becomes the highest."""
    side.create(stateful_set(replicas=2))
    side.settle("first")
    image(side, "nginx:2")
    side.settle("second")
    image(side, "nginx:1")
    side.settle("first again")


@scenario
def back_before_the_update_is_done(side):
    """Only pods that were changed change again."""
    side.create(by_hand())
    all_ready(side, 3)
    side.settle("first")
    image(side, "nginx:broken")
    renewed(side, "web-2")
    broken(side, "web-2")
    side.settle("stuck", stuck=True)
    image(side, "nginx:1")
    side.pause(1)
    side.settle("waits for web-2", stuck=True)
    side.delete("web-2", "Pod")
    renewed(side, "web-2")
    ready(side, "web-2")
    side.settle("first again")


@scenario
def a_broken_revision_holds_up_its_own_repair(side):
    """The fix does not land before the broken pod is deleted by hand."""
    side.create(by_hand(replicas=2))
    there(side, "web-0")
    broken(side, "web-0")
    side.settle("broken", stuck=True)
    image(side, "nginx:fixed")
    side.pause(1)
    side.settle("still broken", stuck=True)
    side.delete("web-0", "Pod")
    renewed(side, "web-0")
    ready(side, "web-0")
    all_ready(side, 1, first=1)
    side.settle("fixed")


@scenario
def a_broken_revision_is_replaced_in_parallel(side):
    """The broken pod of an old revision goes at once."""
    side.create(by_hand(podManagementPolicy="Parallel"))
    all_ready(side, 3)
    side.settle("first")
    image(side, "nginx:broken")
    renewed(side, "web-2")
    broken(side, "web-2")
    side.settle("stuck", stuck=True)
    image(side, "nginx:fixed")
    for pod in ("web-2", "web-1", "web-0"):
        renewed(side, pod)
        ready(side, pod)
    side.settle("fixed")


@scenario
def a_pod_that_breaks_stops_the_update(side):
    """web-0 is not ready: nothing is replaced, in order or at once."""
    for name in ("OrderedReady", "Parallel"):
        one = name.lower()
        side.create(by_hand(2, name=one, labels={"app": one}, podManagementPolicy=name))
        for ordinal in (0, 1):
            there(side, f"{one}-{ordinal}")
            ready(side, f"{one}-{ordinal}")
    side.settle("first")
    broken(side, "orderedready-0", "parallel-1")
    side.settle("broken", stuck=True)
    template = {"spec": {"containers": [{"name": "web", "image": "nginx:2"}]}}
    side.spec("orderedready", template=template)
    side.spec("parallel", template=template)
    side.pause(1)
    ended(side, "parallel-1")
    there(side, "parallel-1")
    side.settle("one of them goes on", stuck=True)


@scenario(smoke=True)
def on_delete(side):
    """Only pods that somebody deletes come back at the new revision."""
    side.create(stateful_set(updateStrategy={"type": "OnDelete"}))
    side.settle("first")
    image(side, "nginx:2")
    side.until(lambda: _differ(side), "a new revision")
    side.settle("nothing changes", stuck=True)
    side.delete("web-1", "Pod")
    side.counts(updatedReplicas=1, readyReplicas=3)
    side.settle("one", stuck=True)
    side.spec(updateStrategy={"type": "RollingUpdate"})
    side.settle("all")


@scenario
def a_rolling_update_with_a_type_and_nothing_else(side):
    """Without a partition, pods come back as so many are of the current revision."""
    side.create(by_hand(updateStrategy={"type": "RollingUpdate"}))
    all_ready(side, 3)
    side.settle("first")
    image(side, "nginx:2")
    renewed(side, "web-2")
    side.delete("web-0", "Pod")
    ended(side, "web-0")
    there(side, "web-0")
    side.settle("two are back", stuck=True)
    ready(side, "web-0", "web-2")
    for pod in ("web-1", "web-0"):
        renewed(side, pod)
        ready(side, pod)
    side.settle("second")


@scenario
def a_template_and_a_number_at_once(side):
    """New pods are of the new revision, before old ones are replaced."""
    side.create(stateful_set(replicas=2))
    side.settle("first")
    image(side, "nginx:2", replicas=4)
    side.settle("second", seconds=60)


@scenario
def what_is_not_of_the_template_changes_no_pod(side):
    """Labels and annotations of the set, limits, policies."""
    side.create(stateful_set(replicas=2))
    side.settle("created")
    side.patch({"metadata": {"labels": {"a": "b"}, "annotations": {"c": "d"}}})
    side.spec(revisionHistoryLimit=3, minReadySeconds=1)
    side.counts(observedGeneration=2)
    side.settle("the same pods")


@scenario
def two_changes_at_once(side):
    """A revision that no pod was made of stays in the history."""
    side.create(by_hand(replicas=2))
    all_ready(side, 2)
    side.settle("first")
    image(side, "nginx:2")
    side.until(lambda: _differ(side), "a new revision")
    renewed(side, "web-1")
    image(side, "nginx:3")
    side.counts(updatedReplicas=0)
    side.settle("waits", stuck=True)
    ready(side, "web-1")
    renewed(side, "web-1")
    ready(side, "web-1")
    renewed(side, "web-0")
    ready(side, "web-0")
    side.settle("third")
