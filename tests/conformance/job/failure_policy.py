"""What a failure means: by exit codes and by conditions of the pod."""

from conformance.builders import BY_HAND, container
from conformance.job import scenario
from conformance.job.hands import (
    AT_ONCE,
    arrived,
    by_hand,
    completed,
    ended,
    fail,
    failed,
    indexed,
    pod_of,
    run,
    succeed,
)
from conformance.objects import ago

DISRUPTED = {"type": "DisruptionTarget", "status": "True"}


def codes(action, operator, *values, **more):
    return {"action": action, "onExitCodes": {"operator": operator, "values": [*values]} | more}


def when(action, **condition):
    return {"action": action, "onPodConditions": [DISRUPTED | condition]}


def with_rules(*rules, **more):
    return by_hand(podFailurePolicy={"rules": [*rules]}, **more)


def condition(type_="DisruptionTarget", status="True"):
    return {"type": type_, "status": status, "lastTransitionTime": ago(hours=1)}


def again(side, title, **counts):
    side.counts(**counts)
    arrived(side, 1)
    side.settle(title)


@scenario(smoke=True)
def an_exit_code_fails_the_job(side):
    """The rest of the pods goes; the message names container, pod and rule."""
    side.create(with_rules(codes("FailJob", "In", 40, 42), parallelism=2, completions=2))
    side.settle("created")
    run(side, *side.names())
    side.settle("they run")
    fail(side, side.names()[0], code=42)
    failed(side)


@scenario
def another_exit_code_does_not(side):
    """It counts, as if there were no policy."""
    side.create(with_rules(codes("FailJob", "In", 42)))
    side.settle("created")
    fail(side, *side.names(), code=1)
    again(side, "replaced", failed=1)


@scenario
def all_exit_codes_but_some(side):
    """NotIn: and 0 is none of them."""
    side.create(with_rules(codes("FailJob", "NotIn", 40, 41)))
    side.settle("created")
    fail(side, *side.names(), code=41)
    again(side, "one of them", failed=1)
    fail(side, *side.names(), code=1)
    failed(side)


@scenario
def exit_codes_of_one_container(side):
    """Those of the other do not matter."""
    pod = BY_HAND | AT_ONCE | {"containers": [container(), container(name="other")]}
    side.create(with_rules(codes("FailJob", "In", 42, containerName="web"), pod=pod))
    side.settle("created")
    ends = [ended(1), ended(42, "other")]
    fail(side, *side.names(), containerStatuses=ends)
    again(side, "the other's", failed=1)
    fail(side, *side.names(), containerStatuses=[ended(42), ended(0, "other")])
    failed(side)


@scenario
def exit_codes_of_what_comes_first(side):
    """An init container counts as well."""
    pod = BY_HAND | AT_ONCE | {"initContainers": [container(name="first")]}
    side.create(with_rules(codes("Ignore", "In", 1), codes("FailJob", "In", 42), pod=pod))
    side.settle("created")
    fail(
        side,
        *side.names(),
        initContainerStatuses=[ended(42, "first")],
        containerStatuses=[],
    )
    failed(side)


@scenario
def a_disruption_is_not_counted(side):
    """Ignored, and made up for, although nothing may fail."""
    side.create(with_rules(when("Ignore"), backoffLimit=0))
    side.settle("created")
    pod = side.names()[0]
    fail(side, pod, conditions=[condition()])
    side.until(lambda: side.names() not in ([], [pod]), "the next one")
    side.settle("ignored")
    succeed(side, *side.names())
    completed(side)


@scenario
def an_eviction_is_not_counted(side):
    """The API of evictions says so in the pod."""
    side.create(with_rules(when("Ignore"), backoffLimit=0, metadata={"finalizers": ["a.io/b"]}))
    side.settle("created")
    (pod,) = side.names()
    run(side, pod)
    side.evict("evict", pod)
    side.counts(terminating=1)
    side.settle("it goes", stuck=True)
    found = side.get("Pod", pod)
    fail(side, pod, conditions=found["status"]["conditions"])
    side.until(lambda: side.names() not in ([], [pod]), "the next one")
    side.settle("replaced")


@scenario
def a_condition_fails_the_job(side):
    """The message names condition, pod and rule."""
    rules = [codes("Ignore", "In", 1), when("FailJob", type="ConfigIssue")]
    side.create(with_rules(*rules))
    side.settle("created")
    fail(side, *side.names(), code=2, conditions=[condition("ConfigIssue")])
    failed(side)


@scenario
def a_condition_with_another_status(side):
    """It has to be the one that is asked for."""
    side.create(with_rules(when("FailJob", status="False")))
    side.settle("created")
    fail(side, *side.names(), conditions=[condition()])
    again(side, "True", failed=1)
    fail(side, *side.names(), conditions=[condition(status="False")])
    failed(side, "False")


@scenario
def a_condition_of_any_status_that_is_true(side):
    """A pattern without a status asks for True."""
    pattern = {"action": "FailJob", "onPodConditions": [{"type": "ConfigIssue"}]}
    side.create(with_rules(pattern))
    side.settle("created")
    fail(side, *side.names(), conditions=[condition("ConfigIssue", "Unknown")])
    again(side, "Unknown", failed=1)
    fail(side, *side.names(), conditions=[condition("ConfigIssue")])
    failed(side, "True")


@scenario
def the_first_rule_that_matches_decides(side):
    """Count before FailJob."""
    side.create(with_rules(codes("Count", "In", 1, 42), codes("FailJob", "In", 2, 42)))
    side.settle("created")
    fail(side, *side.names(), code=42)
    again(side, "counted", failed=1)
    fail(side, *side.names(), code=2)
    failed(side)


@scenario
def a_failure_of_an_index_fails_the_job(side):
    """As of any other pod."""
    rules = {"rules": [codes("FailJob", "In", 42)]}
    side.create(indexed(3, podFailurePolicy=rules))
    side.settle("created")
    succeed(side, pod_of(side, 1))
    side.counts(succeeded=1)
    side.settle("one has succeeded")
    fail(side, pod_of(side, 2), code=42)
    failed(side)
