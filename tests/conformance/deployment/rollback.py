"""Going back by the old annotation, which the API of a rollback left behind."""

from conformance.builders import deployment
from conformance.deployment import scenario
from conformance.deployment.hands import AT_ONCE, V2, V3
from conformance.deployment.history import rolled

TO = "deprecated.deployment.rollback.to"


def back(side, number):
    side.patch({"metadata": {"annotations": {TO: str(number)}}})
    side.until(lambda: TO not in side.get()["metadata"]["annotations"], "it was read")


def three(side):
    side.create(deployment(replicas=1, pod=AT_ONCE))
    side.settle("first")
    rolled(side, V2, "second")
    rolled(side, V3, "third")


@scenario
def to_a_revision(side):
    """The template of the first."""
    three(side)
    back(side, 1)
    side.counts(updatedReplicas=1, replicas=1, availableReplicas=1)
    side.until(lambda: _image(side) == "nginx:1", "the first")
    side.pause(1)
    side.settle("back at the first", ordered=False)


@scenario
def to_the_last_but_one(side):
    """Zero means that."""
    three(side)
    back(side, 0)
    side.until(lambda: _image(side) == V2, "the second")
    side.pause(1)
    side.settle("back at the second", ordered=False)


@scenario
def to_one_that_is_not_there(side):
    """Said, and forgotten."""
    three(side)
    back(side, 7)
    side.told("DeploymentRollbackRevisionNotFound")
    side.settle("back at none")


@scenario
def to_the_one_that_is(side):
    """Said, and forgotten."""
    three(side)
    back(side, 3)
    side.told("DeploymentRollbackTemplateUnchanged")
    side.settle("back at none")


@scenario
def with_nothing_to_go_back_to(side):
    """There was no template before."""
    side.create(deployment(replicas=1, pod=AT_ONCE))
    side.settle("first")
    back(side, 0)
    side.told("DeploymentRollbackRevisionNotFound")
    side.settle("back at none")


def _image(side):
    return side.get()["spec"]["template"]["spec"]["containers"][0]["image"]
