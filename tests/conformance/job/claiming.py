"""Whose pods they are, where users choose the selector."""

from conformance.builders import BY_HAND, bare_pod, object_of
from conformance.hands import HELD
from conformance.job import scenario
from conformance.job.hands import AT_ONCE, INDEX, arrived, by_hand, completed, indexed, run, succeed

MINE = {"manualSelector": True, "selector": {"matchLabels": {"app": "web"}}}
TRACKING = "job-tracking"


def orphan(side, name="lone", labels=None, **metadata):
    side.create(bare_pod(name, labels, spec=BY_HAND | AT_ONCE, **metadata))


@scenario
def a_selector_of_the_users_own(side):
    """Pods have the labels of the template and no others."""
    side.create(by_hand(**MINE))
    side.settle("created")
    succeed(side, *side.names())
    completed(side)


@scenario
def orphans_are_adopted(side):
    """They get the finalizer, and count."""
    orphan(side)
    run(side, "lone")
    side.settle("an orphan")
    side.create(by_hand(completions=2, parallelism=2, **MINE))
    arrived(side, 2)
    side.settle("created")
    succeed(side, *side.names())
    completed(side)


@scenario
def an_orphan_too_many(side):
    """It is adopted, and removed: nothing has happened to it yet."""
    side.create(by_hand(**MINE))
    side.settle("created")
    run(side, *side.names())
    side.settle("runs")
    orphan(side)
    side.until(lambda: side.get("Pod", "lone") is None, "it is gone")
    side.settle("an orphan came")


@scenario
def one_that_is_relabelled_is_let_go(side):
    """It loses owner and finalizer, and another one comes."""
    side.create(by_hand(**MINE))
    side.settle("created")
    (pod,) = side.names()
    side.patch_pod(pod, {"metadata": {"labels": {"app": "other"}}})
    side.until(lambda: not side.get("Pod", pod)["metadata"].get("ownerReferences"), "let go")
    arrived(side, 1)
    side.settle("let go")


@scenario
def a_pod_whose_generated_label_is_taken_off(side):
    """The same without a selector of the user's."""
    side.create(by_hand())
    side.settle("created")
    (pod,) = side.names()
    gone = {"batch.kubernetes.io/controller-uid": None}
    side.patch_pod(pod, {"metadata": {"labels": gone}})
    side.until(lambda: not side.get("Pod", pod)["metadata"].get("ownerReferences"), "let go")
    arrived(side, 1)
    side.settle("let go")


@scenario
def somebody_elses_pods_are_left_alone(side):
    """Those of another controller, and those that are on their way out."""
    boss = side.create(object_of("ConfigMap", "boss"))
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "boss", "controller": True}
    orphan(side, "owned", ownerReferences=[reference | {"uid": boss["metadata"]["uid"]}])
    orphan(side, "going", **HELD)
    side.delete("going", "Pod")
    side.settle("pods")
    side.create(by_hand(**MINE))
    side.settle("created")


@scenario
def two_jobs_with_one_selector(side):
    """Each keeps the pods that it has made."""
    for name in ("one", "two"):
        side.create(by_hand(name, **MINE))
    side.settle("created", ordered=False)
    succeed(side, *side.names("one"))
    completed(side, "one is complete", "one")


@scenario
def an_orphan_without_an_index(side):
    """An Indexed Job has no use for it."""
    side.create(indexed(2, **MINE))
    side.settle("created")
    orphan(side)
    side.until(lambda: side.get("Pod", "lone") is None, "it is gone")
    side.settle("an orphan came")


@scenario
def an_orphan_with_an_index(side):
    """One of two pods of an index has to go: the one that does less."""
    side.create(indexed(2, **MINE))
    side.settle("created")
    run(side, *side.names())
    side.settle("they run")
    number = {"annotations": {INDEX: "1"}}
    orphan(side, labels={"app": "web", INDEX: "1"}, **number)
    side.until(lambda: side.get("Pod", "lone") is None, "it is gone")
    side.settle("an orphan came")


@scenario
def an_orphan_that_has_ended(side):
    """It is adopted and counted."""
    orphan(side)
    succeed(side, "lone")
    side.settle("an orphan")
    side.create(by_hand(completions=2, parallelism=1, **MINE))
    side.pause(3)
    side.settle("an orphan that had ended", stuck=True)
