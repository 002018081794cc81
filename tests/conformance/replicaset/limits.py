"""What the API server refuses, and what users write where controllers write."""

from conformance.builders import object_of, replica_set
from conformance.replicaset import scenario

MOST = 2**31 - 1
RESTRICTED = "pod-security.kubernetes.io/enforce"


def quota(side, pods):
    """At most so many pods in the namespace, in force."""
    side.create(object_of("ResourceQuota", "few", spec={"hard": {"pods": str(pods)}}))
    side.until(lambda: side.get("ResourceQuota", "few").get("status", {}).get("hard"), "in force")


def failing(side, name="web"):
    """Wait until the set says that it cannot make pods."""

    def said():
        conditions = (side.get(name=name).get("status") or {}).get("conditions", ())
        return any(c["type"] == "ReplicaFailure" for c in conditions)

    side.until(said, "ReplicaFailure")


@scenario(smoke=True)
def a_quota_is_exhausted_and_lifted(side):
    """A condition and an event while it holds, all pods and neither condition after."""
    quota(side, 3)
    side.create(replica_set(replicas=6))
    failing(side)
    side.settle("refused", stuck=True)
    side.delete("few", "ResourceQuota")
    side.patch({"metadata": {"annotations": {"touched": "yes"}}})
    side.settle("lifted")


@scenario
def more_wished_while_a_quota_holds(side):
    """Scaling down to what is there ends the failure."""
    quota(side, 2)
    side.create(replica_set(replicas=4))
    failing(side)
    side.settle("refused", stuck=True)
    side.scale(2)
    side.settle("enough")


@scenario
def the_most_replicas_there_can_be(side):
    """2^31-1 are wished, a quota holds 4: a handful of requests, then patience."""
    quota(side, 4)
    side.create(replica_set(replicas=MOST))
    failing(side)
    side.settle("refused", stuck=True)
    side.attempt("one more", side.scale, MOST + 1)
    side.scale(4)  # no further events: so many failures may have used up what a set may tell
    side.settle("enough")


@scenario
def a_limit_range_refuses_every_pod(side):
    """No pod at all; the condition has the API server's words."""
    limits = [{"type": "Container", "max": {"cpu": "1"}}]
    side.create(object_of("LimitRange", "small", spec={"limits": limits}))
    side.pause(1)  # admission looks at a cache
    manifest = replica_set(replicas=3)
    resources = {"requests": {"cpu": "2"}, "limits": {"cpu": "2"}}
    manifest["spec"]["template"]["spec"]["containers"][0]["resources"] = resources
    side.create(manifest)
    failing(side)
    side.settle("refused", stuck=True)
    side.delete("small", "LimitRange")
    side.pause(1)
    side.patch({"metadata": {"annotations": {"touched": "yes"}}})
    side.settle("lifted")


@scenario(labels={RESTRICTED: "restricted"})
def pod_security_refuses_every_pod(side):
    """The namespace demands what the template does not keep."""
    side.create(replica_set(replicas=2))
    failing(side)
    side.settle("refused", stuck=True)
    body = {"metadata": {"labels": {RESTRICTED: "privileged"}}}
    side.api.patch(f"/api/v1/namespaces/{side.namespace}", body)
    side.pause(1)
    side.patch({"metadata": {"annotations": {"touched": "yes"}}})
    side.settle("allowed")


@scenario
def a_service_account_is_missing(side):
    """Pods come once it is there."""
    side.create(replica_set(replicas=2, pod={"serviceAccountName": "robot"}))
    failing(side)
    side.settle("missing", stuck=True)
    side.create(object_of("ServiceAccount", "robot"))
    side.pause(1)
    side.patch({"metadata": {"annotations": {"touched": "yes"}}})
    side.settle("there")


@scenario
def users_write_the_status(side):
    """What they write is put right."""
    side.create(replica_set(replicas=2))
    side.settle("created")
    odd = {"replicas": 9, "readyReplicas": 7, "observedGeneration": 99}
    side.attempt("odd counts", side.patch, {"status": odd}, subresource="status")
    side.settle("put right")
    condition = {"type": "Mine", "status": "True", "reason": "Because"}
    condition["lastTransitionTime"] = "2026-01-01T00:00:00Z"
    side.patch({"status": {"conditions": [condition]}}, subresource="status")
    side.settle("a condition of theirs")
    side.scale(3)
    side.settle("scaled")
    side.patch({"status": None}, subresource="status")
    side.settle("no status")


@scenario
def impossible_counts_in_the_status(side):
    """Negative counts, and more ready than there are."""
    side.create(replica_set(replicas=1))
    side.settle("created")
    for title, status in {
        "negative": {"replicas": -1},
        "more ready than there are": {"replicas": 1, "readyReplicas": 2},
        "more available than ready": {"readyReplicas": 0, "availableReplicas": 1},
    }.items():
        side.attempt(title, side.patch, {"status": status}, subresource="status")
        side.settle(title)


@scenario
def changes_of_metadata_change_nothing(side):
    """Labels and annotations of the set: no new generation, no pod."""
    side.create(replica_set(replicas=1))
    side.settle("created")
    side.patch({"metadata": {"labels": {"team": "a"}, "annotations": {"note": "b"}}})
    side.settle("changed")
