"""Whose pod it is: adoption, release, and what others hold."""

from conformance.builders import BY_HAND, bare_pod, object_of, replica_set
from conformance.replicaset import scenario

COST = "controller.kubernetes.io/pod-deletion-cost"


@scenario(smoke=True)
def orphans_are_adopted_on_creation(side):
    """Two pods are there: one is made."""
    for name in ("lone-a", "lone-b"):
        side.create(bare_pod(name))
    side.create(bare_pod("stranger", {"app": "other"}))
    side.settle("orphans")
    side.create(replica_set(replicas=3))
    side.settle("created")


@scenario
def more_orphans_than_wished(side):
    """All are adopted, then the cheapest go."""
    for name, cost in (("lone-a", "3"), ("lone-b", "1"), ("lone-c", "2")):
        side.create(bare_pod(name, annotations={COST: cost}))
    side.settle("orphans")
    side.create(replica_set(replicas=1))
    side.settle("created")


@scenario
def an_orphan_comes_later(side):
    """A pod that matches a set that has enough is adopted and is one too many."""
    side.create(replica_set(replicas=2))
    side.settle("created")
    side.create(bare_pod("lone", annotations={COST: "-1"}))
    side.until(lambda: side.get("Pod", "lone") is None, "the surplus is gone")
    side.settle("an orphan came")


@scenario
def an_orphan_starts_to_match(side):
    """Labels change: it is adopted then."""
    side.create(bare_pod("lone", {"app": "other"}, annotations={COST: "7"}))
    side.create(replica_set(replicas=0))
    side.settle("created")
    side.scale(2)
    side.settle("two")
    for pod in side.names():
        side.annotate(pod, **{COST: "-1" if pod == side.names()[0] else "5"})
    side.patch_pod("lone", {"metadata": {"labels": {"app": "web"}}})
    side.until(lambda: "lone" in side.names(), "adopted")
    side.settle("matches")


@scenario
def dead_and_dying_orphans_are_left_alone(side):
    """A failed pod and one on its way out are not adopted."""
    held = {"finalizers": ["example.com/hold"]}
    for name in ("failed", "dying"):
        side.create(bare_pod(name, spec=BY_HAND, **held))
    side.pod_status("failed", phase="Failed")
    side.delete("dying", "Pod")
    side.settle("orphans")
    side.create(replica_set(replicas=1))
    side.settle("created")


@scenario
def anothers_pods_are_left_alone(side):
    """A pod with another controller is not adopted; one with a mere owner is."""
    boss = side.create(object_of("ConfigMap", "boss"))
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "boss"}
    reference["uid"] = boss["metadata"]["uid"]
    side.create(bare_pod("controlled", ownerReferences=[reference | {"controller": True}]))
    side.create(bare_pod("owned", ownerReferences=[reference]))
    side.settle("pods")
    side.create(replica_set(replicas=2))
    side.settle("created")


@scenario(smoke=True)
def a_pod_is_relabelled_out_and_in(side):
    """It is let go and replaced; back again, it is one too many."""
    side.create(replica_set(replicas=2))
    side.settle("created")
    pod = side.names()[0]
    side.annotate(pod, **{COST: "-1"})
    side.patch_pod(pod, {"metadata": {"labels": {"app": "debug"}}})
    side.until(lambda: pod not in side.names() and len(side.names()) == 2, "replaced")
    side.settle("out")
    side.patch_pod(pod, {"metadata": {"labels": {"app": "web"}}})
    side.until(lambda: side.get("Pod", pod) is None, "the surplus is gone")
    side.settle("in")


@scenario
def a_pod_is_orphaned_by_hand(side):
    """Its owner reference is taken away: it is adopted again."""
    side.create(replica_set(replicas=2))
    side.settle("created")
    pod = side.names()[0]
    side.patch_pod(pod, {"metadata": {"ownerReferences": None}})
    side.until(lambda: pod in side.names(), "adopted again")
    side.settle("orphaned")


@scenario
def a_failed_pod_is_not_let_go(side):
    """A finished pod whose labels change keeps its owner."""
    side.create(replica_set(replicas=1))
    side.settle("created")
    pod = side.names()[0]
    side.pod_status(pod, phase="Failed")
    side.settle("failed")
    side.patch_pod(pod, {"metadata": {"labels": {"app": "debug"}}})
    side.settle("relabelled")


@scenario
def other_owners_of_a_pod_stay(side):
    """Release takes away one reference, and leaves those that others wrote."""
    side.create(replica_set(replicas=1))
    side.settle("created")
    boss = side.create(object_of("ConfigMap", "boss"))
    pod = side.names()[0]
    mine = side.get("Pod", pod)["metadata"]["ownerReferences"]
    other = {"apiVersion": "v1", "kind": "ConfigMap", "name": "boss"}
    references = [*mine, other | {"uid": boss["metadata"]["uid"]}]
    side.patch_pod(pod, {"metadata": {"ownerReferences": references}})
    side.settle("two owners")
    side.patch_pod(pod, {"metadata": {"labels": {"app": "debug"}}})
    side.until(lambda: side.names() and pod not in side.names(), "replaced")
    side.settle("released")


@scenario(smoke=True)
def two_sets_with_one_selector(side):
    """Each keeps its own pods, and makes its own."""
    side.create(replica_set("web", 2))
    side.settle("first")
    side.create(replica_set("other", 3, labels={"app": "web"}))
    side.settle("second")
    side.scale(1)
    side.settle("the first shrinks")
    side.delete(side.names("other")[0], "Pod")
    side.settle("the second heals")


@scenario
def a_set_inherits_from_one_with_its_selector(side):
    """Orphans of a deleted set are adopted by the other, which has enough already."""
    side.create(replica_set("web", 2))
    side.settle("first")
    for pod in side.names():
        side.annotate(pod, **{COST: "-1"})
    side.create(replica_set("other", 1, labels={"app": "web"}))
    side.settle("second")
    side.delete(policy="Orphan")
    side.gone()
    side.until(lambda: len(side.api.get(side.path("Pod"))["items"]) == 1, "the surplus is gone")
    side.settle("inherited", ordered=False)


@scenario
def pods_that_users_made_for_the_set(side):
    """Their owner is written by hand: the one that matches is one too many, the other is let go."""
    uid = side.create(replica_set(replicas=1))["metadata"]["uid"]
    side.settle("created")
    reference = {"kind": "ReplicaSet", "name": "web", "uid": uid, "controller": True}
    reference["apiVersion"] = side.flavour.api_version("ReplicaSet")
    owned = {"ownerReferences": [reference]}
    side.create(bare_pod("stranger", {"app": "other"}, **owned))
    side.until(lambda: "stranger" not in side.names(), "it is let go")
    side.settle("one that does not match")
    side.create(bare_pod("twin", annotations={COST: "-1"}, **owned))
    side.until(lambda: side.get("Pod", "twin") is None, "the surplus is gone")
    side.settle("one that matches")


@scenario
def a_selector_of_expressions(side):
    """In, NotIn, Exists, DoesNotExist: who matches is adopted."""
    expressions = [
        {"key": "app", "operator": "In", "values": ["web", "api"]},
        {"key": "tier", "operator": "NotIn", "values": ["db"]},
        {"key": "app", "operator": "Exists"},
        {"key": "canary", "operator": "DoesNotExist"},
    ]
    for name, labels in {
        "yes": {"app": "api"},
        "tier-db": {"app": "web", "tier": "db"},
        "canary": {"app": "web", "canary": ""},
        "without": {"tier": "web"},
    }.items():
        side.create(bare_pod(name, labels))
    side.settle("pods")
    side.create(replica_set(replicas=2, selector={"matchExpressions": expressions}))
    side.settle("created")
