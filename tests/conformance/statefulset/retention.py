"""What becomes of claims when pods or the set go: persistentVolumeClaimRetentionPolicy."""

from conformance.builders import claim, object_of
from conformance.statefulset import scenario
from conformance.statefulset.claims import CLAIM, claims
from conformance.statefulset.hands import all_ready, by_hand, ended


def policy(deleted="Retain", scaled="Retain"):
    return {"whenDeleted": deleted, "whenScaled": scaled}


def with_claims(replicas=2, **words):
    return by_hand(replicas, claims=("data",), persistentVolumeClaimRetentionPolicy=policy(**words))


def marked(side, name, count=1):
    """Wait until a claim has so many owners."""
    side.until(
        lambda: len(side.get(CLAIM, name)["metadata"].get("ownerReferences", [])) == count,
        f"{name} has {count} owners",
    )


def _scale_down_and_delete(side):
    side.scale(1)
    ended(side, "web-1")
    side.until(lambda: side.get("Pod", "web-1") is None, "web-1 is gone")
    side.pause(2)
    side.settle("one")
    side.delete()
    side.gone()
    ended(side, "web-0")
    side.pause(2)
    side.settle("none")


@scenario
def claims_go_with_the_set(side):
    """whenDeleted: the set owns them; scaling down keeps them."""
    side.create(with_claims(deleted="Delete"))
    all_ready(side, 2)
    marked(side, "data-web-1")
    side.settle("two")
    _scale_down_and_delete(side)


@scenario
def claims_go_with_their_pod(side):
    """whenScaled: a pod that is one too many owns its claims."""
    side.create(with_claims(scaled="Delete"))
    all_ready(side, 2)
    side.settle("two")
    _scale_down_and_delete(side)


@scenario
def claims_go_with_whatever_goes(side):
    """Both."""
    side.create(with_claims(deleted="Delete", scaled="Delete"))
    all_ready(side, 2)
    marked(side, "data-web-1")
    side.settle("two")
    _scale_down_and_delete(side)


@scenario
def a_lost_pod_keeps_its_claim(side):
    """A pod that is deleted or fails is not one too many."""
    side.create(with_claims(deleted="Delete", scaled="Delete"))
    all_ready(side, 2)
    marked(side, "data-web-1")
    side.settle("two")
    side.delete("web-1", "Pod")
    ended(side, "web-1")
    all_ready(side, 1, first=1)
    side.settle("two again")


@scenario
def another_policy_changes_the_owners(side):
    """On claims that are there."""
    side.create(with_claims())
    all_ready(side, 2)
    side.settle("nobody's")
    for words, owners in (({"deleted": "Delete"}, 1), ({"scaled": "Delete"}, 0), ({}, 0)):
        side.spec(persistentVolumeClaimRetentionPolicy=policy(**words))
        for name in ("data-web-0", "data-web-1"):
            marked(side, name, owners)
        side.pause(1)
        side.settle(f"{words}")


@scenario
def somebody_elses_claim_is_left_alone(side):
    """A claim with another controller is nobody's business, and that is told."""
    side.create(object_of("ConfigMap", "manager"))
    uid = side.get("ConfigMap", "manager")["metadata"]["uid"]
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "manager", "uid": uid}
    owned = {"ownerReferences": [reference | {"controller": True}]}
    side.create(claim("data-web-0", **owned))
    side.create(claim("data-web-1", **owned))
    side.create(with_claims(deleted="Delete", scaled="Delete"))
    all_ready(side, 2)
    side.settle("two")
    side.scale(1)
    ended(side, "web-1")
    side.pause(1)
    side.settle("both are kept")


@scenario
def other_owners_of_a_claim_stay(side):
    """Ours is added to one that is no controller."""
    side.create(object_of("ConfigMap", "friend"))
    uid = side.get("ConfigMap", "friend")["metadata"]["uid"]
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "friend", "uid": uid}
    side.create(claim("data-web-0", ownerReferences=[reference]))
    side.create(with_claims(1, deleted="Delete"))
    all_ready(side, 1)
    marked(side, "data-web-0", 2)
    side.settle("two owners")
    side.notes["claims"] = claims(side)
