"""The history of a set's templates."""

from conformance.builders import container, stateful_set
from conformance.hands import image
from conformance.statefulset import scenario


@scenario(smoke=True)
def history_is_limited(side):
    """Of five revisions and a limit of two, four stay: two old ones, the present one."""
    side.create(stateful_set(replicas=1, revisionHistoryLimit=2))
    side.settle("1")
    for number in range(2, 6):
        image(side, f"nginx:{number}")
        side.settle(str(number))


@scenario
def no_history(side):
    """A limit of 0 keeps the present one; a lower limit takes effect at once."""
    side.create(stateful_set(replicas=1))
    side.settle("1")
    for number in (2, 3):
        image(side, f"nginx:{number}")
        side.settle(str(number))
    side.spec(revisionHistoryLimit=0)
    side.until(lambda: len(side.revisions()) == 1, "one revision")
    side.settle("one")


@scenario
def a_revision_in_use_is_kept(side):
    """A pod below the partition keeps its revision, whatever the limit."""
    phases = {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}
    side.create(stateful_set(replicas=2, revisionHistoryLimit=0, updateStrategy=phases))
    side.settle("1")
    for number in (2, 3):
        image(side, f"nginx:{number}")
        side.until(
            lambda number=number: (
                (pod := side.get("Pod", "web-1"))
                and pod["spec"]["containers"][0]["image"] == f"nginx:{number}"
            ),
            "updated",
        )
        side.counts(readyReplicas=2, updatedReplicas=1)
        side.settle(str(number), stuck=True)


@scenario
def annotations_are_copied_when_a_revision_is_made(side):
    """The cause of a change is told by the history, and not changed later."""
    cause = "kubernetes.io/change-cause"
    manifest = stateful_set(replicas=1)
    manifest["metadata"]["annotations"] = {cause: "first"}
    side.create(manifest)
    side.settle("first")
    side.patch({"metadata": {"annotations": {cause: "later"}}})
    image(side, "nginx:2")
    side.settle("second")


@scenario
def a_revision_that_somebody_deletes_is_made_again(side):
    """With the number that comes next."""
    side.create(stateful_set(replicas=1))
    side.settle("first")
    side.delete(side.revisions()[0]["metadata"]["name"], "ControllerRevision")
    side.patch({"metadata": {"labels": {"a": "b"}}})
    side.until(lambda: side.revisions(), "a revision")
    side.settle("made again")


@scenario
def revisions_of_a_set_that_went_are_adopted(side):
    """The same set again finds its history."""
    side.create(stateful_set(replicas=1))
    side.settle("first")
    image(side, "nginx:2")
    side.settle("second")
    side.delete(policy="Orphan")
    side.gone()
    side.settle("orphans")
    side.create(stateful_set(replicas=1))
    side.settle("first again")


@scenario
def template_labels_are_on_revisions_and_pods(side):
    """And annotations and finalizers of the template are on pods."""
    more = {"labels": {"app": "web", "tier": "front"}, "annotations": {"a": "b"}}
    side.create(stateful_set(replicas=1, metadata=more))
    side.settle("created")
    side.spec(template={"metadata": {"labels": {"tier": "back"}}})
    side.settle("changed")


@scenario
def a_revision_holds_odd_characters(side):
    """The API server escapes some when it writes a revision anew, and compares bytes."""
    odd = [{"name": "ODD", "value": "<a> & 'b' \u2028 ü \\ \t\u0001"}]
    containers = [container(env=odd, args=["--ratio=0.5"])]
    manifest = stateful_set(replicas=1, pod={"containers": containers})
    side.create(manifest)
    side.settle("created")
    image(side, "nginx:2")
    side.settle("second")
    side.spec(template={"spec": {"containers": containers}})
    side.settle("first again")
    side.delete(policy="Orphan")
    side.gone()
    side.create(manifest)
    side.settle("adopted")
