"""Revisions, and how many old ReplicaSets are kept."""

from conformance.builders import deployment
from conformance.deployment import scenario
from conformance.deployment.hands import AT_ONCE, V1, V2, V3, set_of
from conformance.hands import image

CAUSE = "kubernetes.io/change-cause"


def rolled(side, name, title, **more):
    """Change the image, and wait until it is everywhere."""
    generation = side.get()["metadata"]["generation"]
    image(side, name, **more)
    side.until(lambda: _is_done(side, generation), f"{name} is everywhere")
    side.settle(title, ordered=False)


def _is_done(side, generation):
    owner = side.get()
    status = owner.get("status", {})
    done = (
        status.get("updatedReplicas") == status.get("replicas") == status.get("availableReplicas")
    )
    return done and status["observedGeneration"] == owner["metadata"]["generation"] > generation


@scenario(smoke=True)
def back_to_an_old_template(side):
    """Its ReplicaSet comes back with the next number; the old number is remembered."""
    side.create(deployment(replicas=2, pod=AT_ONCE))
    side.settle("first")
    rolled(side, V2, "second")
    rolled(side, V1, "first again")
    rolled(side, V2, "second again")
    rolled(side, V1, "and again")


@scenario
def a_limit_of_two(side):
    """Of four templates two old ones are kept."""
    side.create(deployment(replicas=1, pod=AT_ONCE, revisionHistoryLimit=2))
    side.settle("first")
    for name in (V2, V3, "nginx:4"):
        rolled(side, name, name)
    side.until(lambda: len(side.sets()) == 3, "two old ones")
    side.settle("cleaned up")


@scenario(smoke=True)
def a_limit_of_none(side):
    """No old one is kept."""
    side.create(deployment(replicas=1, pod=AT_ONCE, revisionHistoryLimit=0))
    side.settle("first")
    rolled(side, V2, "second")
    side.until(lambda: len(side.sets()) == 1, "no old one")
    side.settle("cleaned up")


@scenario
def a_limit_lowered_later(side):
    """The oldest go."""
    side.create(deployment(replicas=1, pod=AT_ONCE))
    side.settle("first")
    for name in (V2, V3, "nginx:4"):
        rolled(side, name, name)
    side.spec(revisionHistoryLimit=1)
    side.until(lambda: len(side.sets()) == 2, "one old one")
    side.settle("cleaned up")


@scenario
def numbers_after_an_old_one_is_gone(side):
    """A revision's number is one more than that of any old one that is left."""
    side.create(deployment(replicas=1, pod=AT_ONCE))
    side.settle("first")
    rolled(side, V2, "second")
    side.delete(set_of(side, V1), "ReplicaSet")
    side.until(lambda: len(side.sets()) == 1, "it is gone")
    side.settle("without the first")
    rolled(side, V1, "first again")


@scenario
def the_cause_of_a_change(side):
    """It goes with the template that it was written for."""
    side.create(deployment(replicas=1, pod=AT_ONCE) | {})
    side.settle("first")
    side.patch({"metadata": {"annotations": {CAUSE: "the first"}}})
    side.until(lambda: CAUSE in side.sets()[0]["metadata"]["annotations"], "it is copied")
    side.settle("told")
    template = {"spec": {"containers": [{"name": "web", "image": V2}]}}
    side.patch({"metadata": {"annotations": {CAUSE: "the second"}}, "spec": {"template": template}})
    side.counts(
        updatedReplicas=1,
        replicas=1,
        availableReplicas=1,
        observedGeneration=2 if side.flavour.suffix else 3,
    )
    side.until(lambda: len(side.sets()) == 2, "two sets")
    side.pause(1)
    side.notes["causes"] = sorted(
        (
            each["spec"]["template"]["spec"]["containers"][0]["image"],
            each["metadata"]["annotations"][CAUSE],
        )
        for each in side.sets()
    )


@scenario
def a_number_that_is_none(side):
    """A revision that cannot be read counts as none."""
    side.create(deployment(replicas=1, pod=AT_ONCE))
    side.settle("first")
    wrong = {"metadata": {"annotations": {"deployment.kubernetes.io/revision": "many"}}}
    side.patch(wrong, set_of(side, V1), "ReplicaSet")
    side.pause(0.7)
    side.settle("wrong")
    rolled(side, V2, "second")
