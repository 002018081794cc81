"""What becomes of pods, and what the set does about it."""

from conformance.builders import bare_pod, object_of, stateful_set
from conformance.hands import broken, ready
from conformance.statefulset import scenario
from conformance.statefulset.hands import all_ready, by_hand, ended, there


@scenario(smoke=True)
def a_deleted_pod_comes_back(side):
    """Under the same name, when it is gone."""
    side.create(stateful_set())
    side.settle("created")
    side.delete("web-1", "Pod")
    side.settle("back")


@scenario
def a_pod_on_its_way_out_holds_its_name(side):
    """Nothing comes in its place before it is gone."""
    side.create(by_hand())
    all_ready(side, 3)
    side.settle("all ready")
    side.delete("web-1", "Pod")
    side.pause(1)
    side.settle("going", stuck=True)
    ended(side, "web-1")
    all_ready(side, 1, first=1)
    side.settle("back")


@scenario
def a_failed_pod_is_replaced(side):
    """It is removed and made again, from the highest to the lowest."""
    side.create(stateful_set())
    side.settle("created")
    for pod in ("web-2", "web-0"):
        side.pod_status(pod, phase="Failed", reason="Evicted", message="low on memory")
        side.until(lambda: side.get("StatefulSet")["status"].get("readyReplicas") == 3, "all ready")
        side.settle(f"{pod} again")


@scenario
def a_succeeded_pod_is_replaced(side):
    """A pod that came to a good end was not meant to."""
    side.create(stateful_set(replicas=2))
    side.settle("created")
    side.pod_status("web-0", phase="Succeeded")
    side.settle("again")


@scenario
def a_failed_pod_that_is_held_stays_until_it_is_let_go(side):
    """Its deletion waits for a finalizer, and everything after it waits, too."""
    side.create(by_hand())
    all_ready(side, 3)
    side.settle("all ready")
    side.pod_status("web-0", phase="Failed")
    side.until(lambda: "deletionTimestamp" in side.get("Pod", "web-0")["metadata"], "it goes")
    side.scale(4)
    side.pause(1)
    side.settle("held", stuck=True)
    ended(side, "web-0")
    all_ready(side, 1)
    all_ready(side, 1, first=3)
    side.settle("all four")


@scenario
def parallel_pods_heal_beside_each_other(side):
    """Failed and lost ones come back whoever else is broken."""
    side.create(by_hand(podManagementPolicy="Parallel"))
    all_ready(side, 3)
    side.settle("all ready")
    broken(side, "web-0")
    side.pod_status("web-1", phase="Failed")
    side.delete("web-2", "Pod")
    ended(side, "web-1", "web-2")
    there(side, "web-1", "web-2")
    side.until(
        lambda: all(
            side.get("Pod", pod)["status"]["phase"] == "Pending" for pod in ("web-1", "web-2")
        ),
        "both are new",
    )
    side.settle("both back", stuck=True)
    ready(side, "web-0", "web-1", "web-2")
    side.settle("all ready again")


@scenario
def an_evicted_pod_comes_back(side):
    """The eviction API takes it, the set makes it again."""
    side.create(stateful_set(replicas=2))
    side.settle("created")
    side.evict("eviction", "web-1")
    side.settle("back")


@scenario
def a_taken_name_stops_the_set(side):
    """Somebody else's pod is called web-1: nothing comes after it until it is gone."""
    side.create(bare_pod("web-1", {"app": "other"}))
    side.create(stateful_set())
    side.counts(readyReplicas=1)
    side.pause(1)
    side.settle("one", stuck=True)
    side.delete("web-1", "Pod")
    side.settle("three", seconds=60)


@scenario
def a_quota_stops_the_set(side):
    """Pods beyond it are refused and told of; more quota lets them come."""
    side.create(object_of("ResourceQuota", "few", spec={"hard": {"pods": "1"}}))
    side.until(
        lambda: side.get("ResourceQuota", "few").get("status", {}).get("used"), "the quota counts"
    )
    side.create(stateful_set(replicas=2))
    side.told("FailedCreate")
    side.settle("refused", stuck=True)
    side.delete("few", "ResourceQuota")
    side.settle("both", seconds=60)


@scenario
def a_status_that_somebody_edited_is_put_right(side):
    """Counts are told anew with the next change."""
    side.create(stateful_set(replicas=2))
    side.settle("created")
    side.patch({"status": {"readyReplicas": 1, "availableReplicas": 1}}, subresource="status")
    side.scale(3)
    side.settle("right again")


@scenario
def deleted_with_its_pods(side):
    """In the background, pods and history go."""
    side.create(stateful_set(replicas=2))
    side.settle("created")
    side.delete(policy="Background")
    side.gone()
    side.until(lambda: not side.pods(), "their pods are gone")
    side.settle("gone", ordered=False)
