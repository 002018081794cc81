"""Which ReplicaSets are a Deployment's."""

from conformance.builders import deployment, replica_set
from conformance.deployment import scenario
from conformance.deployment.hands import AT_ONCE, V1, V2, set_of
from conformance.hands import image

ORPHANED = "Orphan"


@scenario(smoke=True)
def a_new_deployment_takes_up_orphans(side):
    """Deleted with its ReplicaSets left alone; the same manifest again restarts no pod."""
    side.create(deployment(replicas=2, pod=AT_ONCE))
    side.settle("first")
    side.delete(policy=ORPHANED)
    side.gone()
    side.settle("orphans")
    side.create(deployment(replicas=2, pod=AT_ONCE))
    side.counts(availableReplicas=2)
    side.settle("taken up")


@scenario
def another_template_takes_up_orphans_as_old_ones(side):
    """The orphan's pods are rolled."""
    side.create(deployment(replicas=2, pod=AT_ONCE))
    side.settle("first")
    side.delete(policy=ORPHANED)
    side.gone()
    side.settle("orphans")
    new = deployment(replicas=2, pod=AT_ONCE)
    new["spec"]["template"]["spec"]["containers"] = [{"name": "web", "image": V2}]
    side.create(new)
    side.counts(availableReplicas=2, updatedReplicas=2, replicas=2)
    side.settle("rolled", ordered=False)


@scenario
def a_replica_set_that_nobody_made(side):
    """It matches, and becomes an old one."""
    stray = replica_set("mine", 1, pod=AT_ONCE | {"containers": [{"name": "web", "image": V2}]})
    stray["metadata"]["labels"] = {"app": "web"}
    side.create(stray)
    side.settle("alone")
    side.create(deployment(replicas=1, pod=AT_ONCE))
    side.counts(availableReplicas=1, updatedReplicas=1, replicas=1)
    side.settle("taken up", ordered=False)


@scenario(smoke=True)
def one_that_is_relabelled_is_let_go(side):
    """The name of its successor is taken: it gets another one, and the collision is counted."""
    side.create(deployment(replicas=1, pod=AT_ONCE))
    side.settle("first")
    old = set_of(side, V1)
    side.patch({"metadata": {"labels": {"app": "other"}}}, old, "ReplicaSet")
    side.until(lambda: len(side.sets()) == 2, "another one")
    side.counts(availableReplicas=1)
    side.settle("let go")
    side.notes["collisions"] = side.get()["status"].get("collisionCount")


@scenario
def one_of_somebody_elses_is_left_alone(side):
    """A ReplicaSet of another Deployment with the same labels."""
    side.create(deployment(replicas=1, pod=AT_ONCE))
    side.settle("first")
    other = deployment("api", 1, pod=AT_ONCE)
    side.create(other)
    side.counts("api", availableReplicas=1)
    side.settle("both")


@scenario
def released_and_taken_back(side):
    """Labels changed away and back."""
    side.create(deployment(replicas=1, pod=AT_ONCE))
    side.settle("first")
    image(side, V2)
    side.counts(updatedReplicas=1, replicas=1, availableReplicas=1)
    side.settle("second", ordered=False)
    old = set_of(side, V1)
    side.patch({"metadata": {"labels": {"app": "other"}}}, old, "ReplicaSet")
    side.until(lambda: not side.get("ReplicaSet", old)["metadata"].get("ownerReferences"), "let go")
    side.settle("let go")
    side.patch({"metadata": {"labels": {"app": "web"}}}, old, "ReplicaSet")
    side.until(lambda: side.get("ReplicaSet", old)["metadata"].get("ownerReferences"), "taken back")
    side.settle("taken back")
