import pytest

from jobs import job, look, task
from podwright.kinds.job import failure_policy
from podwright.objects import Condition


def policy(*rules):
    return job(podFailurePolicy={"rules": list(rules)})


def codes(action, operator, *values, name=None):
    return {
        "action": action,
        "onExitCodes": {"operator": operator, "values": list(values), "containerName": name},
    }


DISRUPTED = {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget"}]}
PREEMPTED = (Condition("DisruptionTarget", "True"),)


@pytest.mark.parametrize(
    ("rules", "pod", "action"),
    [
        ((), task(phase="Failed"), "Count"),
        ((codes("Ignore", "In", 1),), task(phase="Failed"), "Ignore"),
        ((codes("Ignore", "In", 2),), task(phase="Failed"), "Count"),
        ((codes("Ignore", "NotIn", 2),), task(phase="Failed"), "Ignore"),
        ((codes("Ignore", "NotIn", 2),), task(phase="Failed", code=0), "Count"),
        ((codes("Ignore", "In", 1, name="app"),), task(phase="Failed"), "Ignore"),
        ((codes("Ignore", "In", 1, name="log"),), task(phase="Failed"), "Count"),
        ((DISRUPTED,), task(phase="Failed", conditions=PREEMPTED), "Ignore"),
        ((DISRUPTED,), task(phase="Failed"), "Count"),
        ((codes("Count", "In", 1), codes("FailJob", "In", 1)), task(phase="Failed"), "Count"),
        ((codes("FailIndex", "In", 1),), task(phase="Failed"), "FailIndex"),
    ],
)
def test_the_first_rule_that_matches_decides(rules, pod, action):
    assert failure_policy.meaning(pod, policy(*rules).spec).action == action


def test_a_rule_that_fails_the_job_says_why():
    by_code = policy(codes("Ignore", "In", 9), codes("FailJob", "In", 1))
    pod = task("a", "Failed")
    why = "Container app for pod default/a failed with exit code 1 matching FailJob rule at index 1"
    assert failure_policy.fails_the_job(look(by_code, pod), (pod,)) == why
    by_condition = policy(DISRUPTED | {"action": "FailJob"})
    pod = task("a", "Failed", conditions=PREEMPTED)
    why = "Pod default/a has condition DisruptionTarget matching FailJob rule at index 0"
    assert failure_policy.fails_the_job(look(by_condition, pod), (pod,)) == why


def test_only_pods_that_have_failed_are_judged():
    owner = policy(DISRUPTED | {"action": "FailJob"})
    pod = task("a", conditions=PREEMPTED)
    assert failure_policy.fails_the_job(look(owner, pod), (pod,)) == ""
    assert failure_policy.fails_the_job(look(job(), pod), (pod,)) == ""
