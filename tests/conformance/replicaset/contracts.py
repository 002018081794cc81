"""What others rely on: autoscalers and disruption budgets, through /scale and owner references."""

from conformance.builders import object_of, replica_set
from conformance.replicaset import scenario


def autoscaler(side, **spec):
    target = {"kind": "ReplicaSet", "name": "web"}
    target["apiVersion"] = side.flavour.api_version("ReplicaSet")
    whole = {"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 4} | spec
    version = "autoscaling/v2"
    side.create(object_of("HorizontalPodAutoscaler", "web", version, spec=whole))


def budget(side, expected, **spec):
    """A budget, once it knows how many pods there should be."""
    whole = {"selector": {"matchLabels": {"app": "web"}}} | spec
    side.create(object_of("PodDisruptionBudget", "web", "policy/v1", spec=whole))
    side.until(
        lambda: side.get("PodDisruptionBudget").get("status", {}).get("expectedPods") == expected,
        f"{expected} pods are expected",
    )


def note_status(side, kind, title):
    status = side.get(kind)["status"]
    side.notes[f"{kind}: {title}"] = status


@scenario
def an_autoscaler_raises_to_its_minimum(side):
    """No metrics are needed for that."""
    side.create(replica_set(replicas=1))
    side.settle("created")
    autoscaler(side)
    side.until(lambda: side.get()["spec"]["replicas"] == 2, "the minimum")
    side.told("FailedComputeMetricsReplicas")
    side.settle("scaled up")


@scenario
def an_autoscaler_lowers_to_its_maximum(side):
    """It writes through /scale, and the set follows."""
    side.create(replica_set(replicas=6))
    side.settle("created")
    autoscaler(side)
    side.until(lambda: side.get()["spec"]["replicas"] == 4, "the maximum")
    side.told("FailedComputeMetricsReplicas")
    side.settle("scaled down")


@scenario
def an_autoscaler_finds_pods_by_the_selector_of_scale(side):
    """Without metrics it says so, and not that the selector is missing."""
    side.create(replica_set(replicas=3))
    side.settle("created")
    autoscaler(side)

    def judged():
        status = side.get("HorizontalPodAutoscaler").get("status", {})
        return any(c["type"] == "ScalingActive" for c in status.get("conditions", ()))

    side.until(judged, "conditions of the autoscaler")
    side.told("FailedComputeMetricsReplicas")
    note_status(side, "HorizontalPodAutoscaler", "without metrics")
    side.settle("judged")


@scenario
def an_autoscaler_leaves_none_alone(side):
    """replicas 0 turns it off."""
    side.create(replica_set(replicas=0))
    side.settle("created")
    autoscaler(side)
    side.until(lambda: side.get("HorizontalPodAutoscaler").get("status", {}).get("conditions"), "")
    side.pause(3)
    note_status(side, "HorizontalPodAutoscaler", "off")
    side.settle("still none")


@scenario
def a_budget_in_percent_must_stay(side):
    """minAvailable 60 % of 5 is 3: two may be evicted, not the third."""
    side.create(replica_set(replicas=5))
    side.settle("created")
    budget(side, 5, minAvailable="60%")
    side.until(
        lambda: side.get("PodDisruptionBudget")["status"]["disruptionsAllowed"] == 2, "two may go"
    )
    note_status(side, "PodDisruptionBudget", "before")
    for number, pod in enumerate(side.names()[:3], 1):
        side.patch_pod(pod, {"metadata": {"finalizers": ["example.com/hold"]}})
        side.pause(0.5)
        side.evict(f"eviction {number}", pod)
        side.settle(f"eviction {number}")


@scenario
def a_budget_in_percent_may_go(side):
    """maxUnavailable 30 % of 7 is 3, rounded up."""
    side.create(replica_set(replicas=7))
    side.settle("created")
    budget(side, 7, maxUnavailable="30%")
    side.until(
        lambda: side.get("PodDisruptionBudget")["status"]["currentHealthy"] == 7, "all healthy"
    )
    note_status(side, "PodDisruptionBudget", "seven")
    side.scale(3)
    side.settle("three")
    side.until(
        lambda: side.get("PodDisruptionBudget")["status"]["expectedPods"] == 3, "three expected"
    )
    side.until(
        lambda: side.get("PodDisruptionBudget")["status"]["currentHealthy"] == 3, "three healthy"
    )
    note_status(side, "PodDisruptionBudget", "three")


@scenario
def a_budget_over_two_sets(side):
    """The sum of both sets' scales."""
    side.create(replica_set("web", 2))
    side.create(replica_set("other", 3, labels={"app": "web", "of": "other"}))
    side.settle("created")
    budget(side, 5, minAvailable="50%")
    side.until(
        lambda: side.get("PodDisruptionBudget")["status"]["currentHealthy"] == 5, "all healthy"
    )
    note_status(side, "PodDisruptionBudget", "both")
