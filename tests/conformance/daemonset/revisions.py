"""The history of a set's templates."""

from conformance.daemonset import scenario
from conformance.daemonset.nodes import daemons, nodes
from conformance.hands import image


def changed(side, value):
    image(side, value)
    side.counts(updatedNumberScheduled=1, numberReady=1)
    side.settle(value, ordered=False)


@scenario(smoke=True)
def back_to_the_first_revision(side):
    """It is not made again; its number becomes the highest."""
    nodes(side, 1)
    side.create(daemons(side))
    side.settle("first")
    changed(side, "nginx:2")
    changed(side, "nginx:1")


@scenario
def history_is_limited(side):
    """Two old ones and the present one; a lower limit takes effect at once."""
    nodes(side, 1)
    side.create(daemons(side, revisionHistoryLimit=2))
    side.settle("1")
    for number in range(2, 6):
        changed(side, f"nginx:{number}")
    side.spec(revisionHistoryLimit=0)
    side.until(lambda: len(side.revisions()) == 1, "one revision")
    side.settle("one")


@scenario
def annotations_are_copied_when_a_revision_is_made(side):
    """The cause of a change is told by the history."""
    nodes(side, 1)
    manifest = daemons(side)
    manifest["metadata"]["annotations"] = {"kubernetes.io/change-cause": "first"}
    side.create(manifest)
    side.settle("first")
    side.patch({"metadata": {"annotations": {"kubernetes.io/change-cause": "later"}}})
    changed(side, "nginx:2")


@scenario
def two_revisions_of_one_template(side):
    """The newer one stays, and the pods are marked as its."""
    nodes(side, 1)
    side.create(daemons(side))
    side.settle("first")
    old = side.revisions()[0]
    labels = old["metadata"]["labels"] | {"controller-revision-hash": "twin"}
    metadata = {"name": "web-twin", "labels": labels}
    metadata["ownerReferences"] = old["metadata"]["ownerReferences"]
    side.create(old | {"metadata": metadata, "revision": 7})
    side.patch({"metadata": {"labels": {"wake": "up"}}})
    side.until(lambda: len(side.revisions()) == 1, "one revision")
    side.settle("one")


@scenario
def template_labels_are_on_revisions_and_pods(side):
    """And annotations of the template are on pods."""
    nodes(side, 1)
    more = {"labels": {"app": "web", "tier": "front"}, "annotations": {"a": "b"}}
    side.create(daemons(side, metadata=more))
    side.settle("created")
