"""The rule that said so is found by watching, whatever rules there are."""

from kubectl.objects import node, owner, pod, revision, view
from podwright.kubectl.why.rules import Rules
from podwright.plan import Create, Delete, Wait


def decided(it):
    rules = Rules()
    plan = rules.watch(lambda: it.found.served.workload.decide(it.seen))
    return plan, rules


def test_a_wait_is_of_the_function_that_made_it():
    web = owner()
    first = revision(web)
    waiting = pod(web, ready=False, revision=first["metadata"]["name"])
    plan, rules = decided(view(web, pods=[waiting], revisions=[first]))
    (wait,) = plan.waits
    assert wait == Wait("pod web-0 to be ready", "pod web-0")
    assert rules.of(wait) == "kinds/statefulset/ordering.py, _until_available"


def test_an_action_is_of_the_function_that_planned_it_not_of_its_helpers():
    web = owner()
    plan, rules = decided(view(web, revisions=[revision(web)]))
    creates = [action for action in plan.actions if isinstance(action, Create)]
    assert [rules.of(each) for each in creates] == ["kinds/statefulset/ordering.py, make"]


def test_generators_and_helpers_without_a_plan_are_seen_through():
    logs = owner("DaemonSet", "logs")
    first = revision(logs)
    word = first["metadata"]["labels"]["controller-revision-hash"]
    ended = pod(logs, "logs-a", phase="Failed", revision=word)
    it = view(logs, pods=[ended], nodes=[node("n1"), node("n2")], revisions=[first])
    plan, rules = decided(it)
    told = [action for action in plan.actions if isinstance(action, Create | Delete)]
    assert len(told) == 2
    assert {rules.of(each) for each in told} == {"kinds/daemonset/upkeep.py, keep"}


def test_what_nobody_made_has_no_rule():
    _, rules = decided(view(owner()))
    assert not rules.of(Wait("pod web-0 to be ready"))
