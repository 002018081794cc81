"""Progress, and the end of patience."""

from conformance.builders import BY_HAND, deployment
from conformance.deployment import scenario
from conformance.deployment.hands import (
    AT_ONCE,
    BAD,
    V1,
    V2,
    arrived,
    by_hand,
    counted,
    make_ready,
    pods_with,
    started,
)
from conformance.hands import broken, image


def condition(side, type_):
    conditions = side.get().get("status", {}).get("conditions", [])
    return next((each for each in conditions if each["type"] == type_), {})


def progressing(side, reason):
    side.until(lambda: condition(side, "Progressing").get("reason") == reason, reason)


@scenario(smoke=True, coarse=True)
def stuck_past_the_deadline_and_recovered(side):
    """Told once; more progress makes it good again."""
    started(side, 2, progressDeadlineSeconds=2)
    image(side, BAD)
    counted(side, bad=1)
    progressing(side, "ProgressDeadlineExceeded")
    side.settle("stuck", stuck=True, ordered=False)
    make_ready(side, BAD)
    counted(side, v1=1, bad=2)
    make_ready(side, BAD)
    counted(side, v1=0, bad=2)
    side.counts(availableReplicas=2, replicas=2)
    progressing(side, "NewReplicaSetAvailable")
    side.settle("recovered", ordered=False)


@scenario
def stuck_from_the_beginning(side):
    """A first roll-out that gets nowhere."""
    side.create(by_hand(1, progressDeadlineSeconds=1))
    progressing(side, "ProgressDeadlineExceeded")
    side.settle("stuck", stuck=True)
    make_ready(side, V1)
    progressing(side, "NewReplicaSetAvailable")
    side.settle("at last")


@scenario
def corrected_after_the_deadline(side):
    """The old template again."""
    started(side, 2, progressDeadlineSeconds=2)
    image(side, BAD)
    counted(side, bad=1)
    progressing(side, "ProgressDeadlineExceeded")
    side.settle("stuck", stuck=True, ordered=False)
    image(side, V1)
    counted(side, v1=2, bad=0)
    progressing(side, "NewReplicaSetAvailable")
    side.settle("first again", ordered=False)


@scenario
def without_a_deadline(side):
    """Nothing is told about progress."""
    side.create(deployment(replicas=1, progressDeadlineSeconds=2147483647))
    side.settle("created")
    image(side, V2)
    side.counts(updatedReplicas=1, replicas=1, availableReplicas=1)
    side.settle("second", ordered=False)


@scenario
def a_deadline_taken_away(side):
    """What was told about progress goes."""
    side.create(deployment(replicas=1))
    side.settle("created")
    side.spec(progressDeadlineSeconds=2147483647)
    side.until(lambda: not condition(side, "Progressing"), "nothing is told")
    side.settle("untold")


@scenario
def complete_and_then_less(side):
    """Pods that break after a roll-out are no lack of progress."""
    started(side, 3, progressDeadlineSeconds=4)  # the first roll-out has to be within it
    progressing(side, "NewReplicaSetAvailable")
    broken(side, *pods_with(side, V1)[:2])
    side.counts(availableReplicas=1)
    side.pause(5.5)
    side.settle("less", stuck=True)
    make_ready(side, V1)
    side.counts(availableReplicas=3)
    side.settle("as before")


@scenario
def paused_for_longer_than_the_deadline(side):
    """A pause is no lack of progress; it begins anew when it is resumed."""
    started(side, 1, progressDeadlineSeconds=2)
    side.spec(paused=True)
    progressing(side, "DeploymentPaused")
    image(side, BAD)
    side.pause(3)
    side.settle("paused", stuck=True)
    side.spec(paused=False)
    arrived(side, BAD, 1)
    progressing(side, "ProgressDeadlineExceeded")
    side.settle("stuck", stuck=True)


@scenario
def availability_comes_and_goes(side):
    """Available while as many are available as a roll-out needs."""
    side.create(deployment(replicas=4, pod=BY_HAND | AT_ONCE))
    arrived(side, V1, 4)
    side.settle("none", stuck=True)
    make_ready(side, V1)
    side.counts(availableReplicas=4)
    side.settle("four")
    broken(side, *pods_with(side, V1)[:1])
    side.counts(availableReplicas=3)
    side.settle("three are enough", stuck=True)
    broken(side, *pods_with(side, V1)[:2])
    side.counts(availableReplicas=2)
    side.settle("two are not", stuck=True)
