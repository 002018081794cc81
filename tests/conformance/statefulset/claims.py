"""Storage of each ordinal."""

from conformance.builders import BY_HAND, claim, claim_template, object_of
from conformance.hands import ready
from conformance.statefulset import scenario
from conformance.statefulset.hands import all_ready, by_hand, ended, there

CLAIM = "PersistentVolumeClaim"
HOLD = {"metadata": {"finalizers": ["example.com/hold"]}}
LET_GO = {"metadata": {"finalizers": None}}


def claims(side):
    return sorted(each["metadata"]["name"] for each in side.recorder.objects(side.namespace, CLAIM))


@scenario(smoke=True)
def each_pod_has_its_claims(side):
    """Made with the pod, kept when it goes, used again when it comes back."""
    side.create(by_hand(replicas=2, claims=("data",)))
    all_ready(side, 2)
    side.settle("two")
    side.scale(1)
    ended(side, "web-1")
    side.settle("one, and two claims")
    side.scale(2)
    all_ready(side, 1, first=1)
    side.settle("two again")
    side.delete()
    side.gone()
    ended(side, "web-0", "web-1")
    side.settle("no pods, and two claims")


@scenario
def claims_are_made_like_their_template(side):
    """Labels of the selector are added, annotations are kept."""
    manifest = by_hand(replicas=1)
    template = claim_template("data", labels={"a": "b"}, annotations={"c": "d"})
    manifest["spec"]["volumeClaimTemplates"] = [template]
    side.create(manifest)
    all_ready(side, 1)
    side.settle("one")


@scenario
def a_claim_takes_the_place_of_a_volume_of_its_name(side):
    """The template's other volumes stay."""
    volumes = [{"name": "data", "emptyDir": {}}, {"name": "tmp", "emptyDir": {}}]
    side.create(by_hand(1, claims=("data",), pod=BY_HAND | {"volumes": volumes}))
    all_ready(side, 1)
    side.settle("one")


@scenario
def a_claim_that_is_there_is_used(side):
    """Whoever made it, and whatever its labels are."""
    side.create(claim("data-web-0"))
    side.create(by_hand(replicas=1, claims=("data",)))
    all_ready(side, 1)
    side.settle("one")


@scenario
def a_lost_claim_of_a_pending_pod_is_made_again(side):
    """Its pod waits for it."""
    side.create(by_hand(replicas=1, claims=("data",)))
    there(side, "web-0")
    side.settle("pending", stuck=True)
    old = side.get(CLAIM, "data-web-0")["metadata"]["uid"]
    side.delete("data-web-0", CLAIM)
    side.patch(LET_GO, "data-web-0", CLAIM)
    side.pause(1)  # upstream does not look at claims by itself, only at what it knows of them
    side.patch_pod("web-0", {"metadata": {"annotations": {"wake": "up"}}})
    side.until(
        lambda: (found := side.get(CLAIM, "data-web-0")) and found["metadata"]["uid"] != old,
        "the claim is back",
    )
    ready(side, "web-0")
    side.settle("ready")


@scenario
def no_pod_is_made_on_a_claim_that_goes(side):
    """It waits until the claim is gone, and makes another."""
    held = claim("data-web-0", finalizers=HOLD["metadata"]["finalizers"])
    side.create(held)
    side.delete("data-web-0", CLAIM)
    side.create(by_hand(replicas=1, claims=("data",)))
    side.told("FailedCreate")
    side.settle("waits", stuck=True)
    side.patch(LET_GO, "data-web-0", CLAIM)
    side.until(lambda: side.get("Pod", "web-0"), "a pod", seconds=60)
    ready(side, "web-0")
    side.settle("ready")


@scenario
def a_quota_of_claims(side):
    """A claim that is refused is told of, and its pod is not made."""
    hard = {"hard": {"persistentvolumeclaims": "1"}}
    side.create(object_of("ResourceQuota", "few", spec=hard))
    side.until(lambda: side.get("ResourceQuota", "few").get("status", {}).get("used"), "it counts")
    side.create(by_hand(replicas=2, claims=("data",)))
    all_ready(side, 1)
    side.told("FailedCreate")
    side.settle("one", stuck=True)
    side.delete("few", "ResourceQuota")
    side.until(lambda: side.get("Pod", "web-1"), "the second pod", seconds=60)
    ready(side, "web-1")
    side.settle("two")


@scenario
def parallel_pods_have_claims_as_well(side):
    """All at once."""
    side.create(by_hand(claims=("data",), podManagementPolicy="Parallel"))
    there(side, "web-0", "web-1", "web-2")
    side.settle("all there", stuck=True)
    ready(side, "web-0", "web-1", "web-2")
    side.settle("all ready")


@scenario
def an_adopted_pod_without_its_claim_cannot_be_mended(side):
    """Volumes of a pod cannot be changed: that is told, again and again."""
    side.create(by_hand(replicas=1))
    all_ready(side, 1)
    side.settle("without a claim")
    side.delete(policy="Orphan")
    side.gone()
    side.create(by_hand(replicas=1, claims=("data",)))
    side.told("FailedUpdate")
    side.settle("cannot be mended", stuck=True)
