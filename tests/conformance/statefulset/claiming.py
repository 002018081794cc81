"""Which pods belong to a set: by labels and by name."""

from conformance.builders import bare_pod, stateful_set
from conformance.statefulset import scenario

AWAY = {"metadata": {"labels": {"app": "elsewhere"}}}
BACK = {"metadata": {"labels": {"app": "web"}}}


@scenario(smoke=True)
def pods_of_a_set_that_went_are_adopted(side):
    """Deleted with its pods orphaned, made again: the same pods, not restarted."""
    side.create(stateful_set())
    side.settle("created")
    side.delete(policy="Orphan")
    side.gone()
    side.settle("orphans")
    side.create(stateful_set())
    side.settle("adopted")


@scenario
def an_orphan_of_another_name_is_left_alone(side):
    """Labels that match are not enough."""
    side.create(bare_pod("stranger"))
    side.create(bare_pod("web-x"))
    side.create(bare_pod("web"))
    side.create(stateful_set(replicas=1))
    side.settle("one")


@scenario
def an_orphan_of_the_right_name_is_adopted_and_marked(side):
    """It gets the labels of its ordinal; being of no revision, it is replaced."""
    side.create(bare_pod("web-0"))
    side.create(bare_pod("web-1"))
    side.create(stateful_set(replicas=2))
    side.settle("replaced")


@scenario
def an_orphan_beyond_the_range_is_adopted_and_goes(side):
    """It is one too many."""
    side.create(bare_pod("web-7"))
    side.create(stateful_set(replicas=1))
    side.settle("one")


@scenario
def a_relabelled_pod_is_let_go_and_blocks_its_name(side):
    """It is nobody's, and keeps its name; relabelled back, it is adopted again."""
    side.create(stateful_set())
    side.settle("created")
    side.patch_pod("web-1", AWAY)
    side.until(lambda: not side.get("Pod", "web-1")["metadata"].get("ownerReferences"), "let go")
    side.pause(1)
    side.settle("let go", stuck=True)
    side.patch_pod("web-1", BACK)
    side.settle("taken back", seconds=60)


@scenario
def labels_of_identity_are_put_back(side):
    """Of the pod's name; its index comes along."""
    side.create(stateful_set(replicas=2))
    side.settle("created")
    gone = {"statefulset.kubernetes.io/pod-name": None, "apps.kubernetes.io/pod-index": None}
    side.patch_pod("web-1", {"metadata": {"labels": gone}})
    side.until(
        lambda: "apps.kubernetes.io/pod-index" in side.get("Pod", "web-1")["metadata"]["labels"],
        "marked again",
    )
    side.settle("marked again")


@scenario
def two_sets_of_one_selector(side):
    """Names tell them apart."""
    side.create(stateful_set(replicas=2))
    side.create(stateful_set("api", replicas=2))
    side.settle("both")
    side.scale(1)
    side.settle("one and two")


@scenario
def the_same_name_again(side):
    """Deleted and made again at once, it waits for the names of its pods."""
    side.create(stateful_set(replicas=2))
    side.settle("created")
    side.delete()
    side.gone()
    side.create(stateful_set(replicas=2))
    side.settle("new pods", ordered=False, seconds=60)
