"""How a set goes, and what it leaves."""

from conformance.builders import object_of, replica_set
from conformance.replicaset import scenario

HOLD = {"metadata": {"finalizers": ["example.com/hold"]}}
LET_GO = {"metadata": {"finalizers": None}}


def no_pods(side):
    side.until(lambda: not side.api.get(side.path("Pod"))["items"], "no pods")


@scenario(smoke=True)
def background_deletion(side):
    """The set goes first, then its pods."""
    side.create(replica_set(replicas=2))
    side.settle("created")
    side.delete(policy="Background")
    no_pods(side)
    side.settle("gone")


@scenario
def deletion_without_a_policy(side):
    """As a raw client does it: the pods go, too."""
    side.create(replica_set(replicas=2))
    side.settle("created")
    side.api.delete(side.path("ReplicaSet", "web"))
    no_pods(side)
    side.settle("gone")


@scenario
def foreground_deletion(side):
    """The pods go first; meanwhile nothing is made anew."""
    side.create(replica_set(replicas=2))
    side.settle("created")
    held = side.names()[0]
    side.patch_pod(held, HOLD)
    side.delete(policy="Foreground")
    side.until(lambda: len(side.api.get(side.path("Pod"))["items"]) == 1, "one is held")
    side.settle("one held", stuck=True)
    side.patch_pod(held, LET_GO)
    side.gone()
    side.settle("gone")


@scenario(smoke=True)
def orphaned_pods_are_adopted_by_a_new_set(side):
    """Cascade orphan, then a set of the same selector."""
    side.create(replica_set(replicas=2))
    side.settle("created")
    side.delete(policy="Orphan")
    side.gone()
    side.settle("orphaned")
    side.create(replica_set("new", replicas=3, labels={"app": "web"}))
    side.settle("adopted")


@scenario
def the_same_name_made_anew(side):
    """Another uid: the old one's pods are collected, not adopted."""
    side.create(replica_set(replicas=2))
    side.settle("created")
    side.delete(policy="Background")
    side.gone()
    side.create(replica_set(replicas=3))
    side.until(lambda: len(side.api.get(side.path("Pod"))["items"]) == 3, "the old ones are gone")
    side.settle("anew", ordered=False)


@scenario
def the_same_name_made_anew_with_its_orphans(side):
    """Orphaned before: then they are adopted."""
    side.create(replica_set(replicas=2))
    side.settle("created")
    side.delete(policy="Orphan")
    side.gone()
    side.create(replica_set(replicas=1))
    side.settle("anew")


@scenario
def a_set_goes_with_its_owner(side):
    """Owners of the set itself: the garbage collector takes the set, and then its pods."""
    boss = side.create(object_of("ConfigMap", "boss"))
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "boss"}
    manifest = replica_set(replicas=2)
    manifest["metadata"]["ownerReferences"] = [reference | {"uid": boss["metadata"]["uid"]}]
    side.create(manifest)
    side.settle("created")
    side.delete("boss", "ConfigMap")
    side.gone()
    no_pods(side)
    side.settle("gone")


@scenario
def a_set_held_by_its_own_finalizer(side):
    """While it is on its way out it makes, removes, adopts and releases nothing."""
    side.create(replica_set(replicas=3))
    side.settle("created")
    side.patch(HOLD)
    side.delete(policy="Background")
    side.settle("deleted, and held", stuck=True)
    first, second, _ = side.names()
    side.delete(first, "Pod")
    side.settle("a pod deleted", stuck=True)
    side.patch_pod(second, {"metadata": {"labels": {"app": "debug"}}})
    side.settle("a pod relabelled", stuck=True)
    side.spec(replicas=0)
    side.settle("none wished", stuck=True)
    side.patch(LET_GO)
    side.gone()
    no_pods(side)
    side.settle("gone")


@scenario
def a_namespace_on_its_way_out(side):
    """Nothing is made in it any more, and nobody complains."""
    side.create(object_of("ConfigMap", "hold") | {"metadata": {"name": "hold"} | HOLD["metadata"]})
    side.create(replica_set(replicas=2))
    side.settle("created")
    side.api.delete(f"/api/v1/namespaces/{side.namespace}")
    side.gone()
    no_pods(side)
    side.settle("empty", ordered=False)
    side.patch(LET_GO, "hold", "ConfigMap")
    namespace = f"/api/v1/namespaces/{side.namespace}"
    side.until(lambda: side.api.get(namespace) is None, "the namespace is gone", 120)


@scenario
def a_set_in_a_namespace_on_its_way_out(side):
    """The set is held, its pods are deleted: replacements are refused without an event."""
    manifest = replica_set(replicas=2)
    manifest["metadata"] |= HOLD["metadata"]
    side.create(manifest)
    side.settle("created")
    side.api.delete(f"/api/v1/namespaces/{side.namespace}")
    no_pods(side)
    side.until(lambda: "deletionTimestamp" in side.get()["metadata"], "the set is on its way out")
    side.settle("held", stuck=True, ordered=False)
    side.patch(LET_GO)
    side.gone()
