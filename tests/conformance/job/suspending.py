"""Suspended and resumed; what may change in between."""

from conformance.hands import HELD, image
from conformance.job import scenario
from conformance.job.hands import (
    arrived,
    broken,
    by_hand,
    completed,
    fail,
    has,
    indexed,
    let_go,
    pod_of,
    run,
    succeed,
)


@scenario(smoke=True)
def suspended_and_resumed(side):
    """Its pods are removed and do not count; its start is forgotten."""
    side.create(by_hand(parallelism=2, completions=2))
    side.settle("created")
    run(side, *side.names())
    side.settle("they run")
    side.spec(suspend=True)
    has(side, "Suspended")
    side.settle("suspended")
    side.spec(suspend=False)
    arrived(side, 2)
    side.settle("resumed")
    succeed(side, *side.names())
    completed(side)


@scenario
def created_suspended(side):
    """It has neither pods nor a start."""
    side.create(by_hand(suspend=True))
    side.settle("created")
    side.spec(suspend=False)
    arrived(side, 1)
    side.settle("resumed")


@scenario
def what_was_done_stays_done(side):
    """Successes and failures are kept; the index that was interrupted begins again."""
    side.create(indexed(3))
    side.settle("created")
    succeed(side, pod_of(side, 1))
    side.counts(succeeded=1)
    fail(side, pod_of(side, 2))
    side.counts(failed=1)
    arrived(side, 2)
    side.settle("one has succeeded")
    side.spec(suspend=True)
    has(side, "Suspended")
    side.settle("suspended")
    side.spec(suspend=False)
    arrived(side, 2)
    side.settle("resumed")


@scenario
def suspended_with_pods_that_take_their_time(side):
    """They are terminating, and do not count in the end."""
    side.create(by_hand(metadata=HELD))
    side.settle("created")
    (pod,) = side.names()
    run(side, pod)
    side.spec(suspend=True)
    has(side, "Suspended")
    side.settle("suspended")
    let_go(side, pod)
    side.counts(terminating=0)
    side.settle("gone")


@scenario
def resumed_while_pods_go(side):
    """The next one comes at once, or waits."""
    for name, policy in (("web", "TerminatingOrFailed"), ("late", "Failed")):
        side.create(by_hand(name, metadata=HELD, podReplacementPolicy=policy))
    side.settle("created", ordered=False)
    old = [*side.names("web"), *side.names("late")]
    broken(side, *old)
    for name in ("web", "late"):
        side.spec(name, suspend=True)
        has(side, "Suspended", name=name)
    side.settle("suspended", ordered=False)
    for name in ("web", "late"):
        side.spec(name, suspend=False)
        has(side, "Suspended", "False", name)
    arrived(side, 1, "web")
    side.pause(1.5)
    side.settle("resumed", stuck=True, ordered=False)
    let_go(side, *old)
    arrived(side, 1, "late")
    side.settle("the old ones have gone", ordered=False)


@scenario
def suspended_twice(side):
    """The condition turns each time."""
    side.create(by_hand(suspend=True))
    side.settle("created")
    for word, value in (("resumed", False), ("suspended", True), ("resumed again", False)):
        side.spec(suspend=value)
        has(side, "Suspended", str(value))
        side.settle(word)


@scenario
def a_template_that_is_changed_while_suspended(side):
    """Where pods may go, what they need, what they are called."""
    side.create(by_hand(suspend=True))
    side.settle("created")
    resources = {"requests": {"cpu": "10m", "memory": "1Mi"}, "limits": {"memory": "1Mi"}}
    containers = [{"name": "web", "image": "nginx:1", "resources": resources}]
    side.attempt("resources", template, side, containers=containers)
    side.attempt("node selector", template, side, nodeSelector={"by-hand": "yes"})
    key = {"key": "example.com/t", "operator": "Exists"}
    side.attempt("tolerations", template, side, tolerations=[key])
    metadata = {"labels": {"tier": "batch"}, "annotations": {"example.com/note": "new"}}
    side.attempt("metadata", side.spec, template={"metadata": metadata})
    side.settle("changed")
    side.spec(suspend=False)
    arrived(side, 1)
    side.settle("resumed")


def template(side, **spec):
    side.spec(template={"spec": spec})


@scenario
def changed_and_resumed_at_once(side):
    """In one request."""
    side.create(by_hand(suspend=True))
    side.settle("created")
    labels = {"metadata": {"labels": {"tier": "batch"}}}
    side.spec(suspend=False, template=labels)
    arrived(side, 1)
    side.settle("resumed")


@scenario
def changed_after_it_was_suspended_again(side):
    """When it runs no more, its template may change again."""
    side.create(by_hand())
    side.settle("created")
    labels = {"metadata": {"labels": {"tier": "batch"}}}
    side.attempt("while it runs", side.spec, template=labels)
    side.spec(suspend=True)
    has(side, "Suspended")
    side.settle("suspended")
    side.attempt("while it is suspended", side.spec, template=labels)
    side.settle("changed")
    side.spec(suspend=False)
    arrived(side, 1)
    side.settle("resumed")
    side.attempt("while it runs again", side.spec, template={"metadata": {"labels": {"a": "b"}}})


@scenario
def what_may_not_change_while_suspended(side):
    """What the pods are."""
    side.create(by_hand(suspend=True))
    side.settle("created")
    side.attempt("template: image", image, side, "nginx:2")
    side.attempt("template: restarts", template, side, restartPolicy="OnFailure")
    side.attempt("template: grace", template, side, terminationGracePeriodSeconds=5)
    side.attempt("template: account", template, side, serviceAccountName="other")
