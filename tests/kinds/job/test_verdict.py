import pytest

from builders import NOW
from jobs import job, look, task
from podwright.kinds.job import verdict
from podwright.kinds.job.work import Work
from podwright.rules.conditions import timestamp

INDEXED = {"completionMode": "Indexed", "completions": 3, "parallelism": 3}
LONG_AGO = {"startTime": "2029-01-01T00:00:00Z"}
FAIL_JOB = {
    "podFailurePolicy": {
        "rules": [{"action": "FailJob", "onExitCodes": {"operator": "In", "values": [1]}}]
    }
}


def judge(owner, *pods):
    it = look(owner, *pods)
    found = verdict.of(it, Work.of(it))
    return found and (found.type, found.reason)


def condition(type_):
    told = {"type": type_, "status": "True", "reason": "r", "message": "m"}
    return {"conditions": [told | {"lastTransitionTime": timestamp(NOW)}]}


GOOD, BAD = task("a", "Succeeded"), task("b", "Failed")


def index(i, phase="Succeeded", **kinds):
    return task(f"{phase}{i}", phase, index=i, **kinds)


@pytest.mark.parametrize(
    ("owner", "pods", "found"),
    [
        (job(), [], None),
        (job(), [GOOD], ("SuccessCriteriaMet", "CompletionsReached")),
        (job(), [GOOD, task("c")], None),
        (job(completions=2), [GOOD], None),
        (job(completions=0, suspend=True), [], ("SuccessCriteriaMet", "CompletionsReached")),
        (job(parallelism=3), [GOOD], ("SuccessCriteriaMet", "CompletionsReached")),
        (job(parallelism=3), [GOOD, task("c")], None),
        (job(condition("SuccessCriteriaMet")), [BAD], ("SuccessCriteriaMet", "r")),
        (job(condition("FailureTarget")), [GOOD], ("FailureTarget", "r")),
        (job(backoffLimit=0, **FAIL_JOB), [BAD], ("FailureTarget", "PodFailurePolicy")),
        (job(backoffLimit=0), [BAD], ("FailureTarget", "BackoffLimitExceeded")),
        (job(backoffLimit=1), [BAD], None),
        (job(LONG_AGO, activeDeadlineSeconds=1), [], ("FailureTarget", "DeadlineExceeded")),
        (
            job(backoffLimitPerIndex=0, maxFailedIndexes=0, **INDEXED),
            [index(0, "Failed")],
            ("FailureTarget", "MaxFailedIndexesExceeded"),
        ),
        (
            job(backoffLimitPerIndex=0, **INDEXED),
            [index(0, "Failed"), index(1), index(2)],
            ("FailureTarget", "FailedIndexes"),
        ),
        (job(backoffLimitPerIndex=0, **INDEXED), [index(0, "Failed"), index(1)], None),
        (
            job(successPolicy={"rules": [{"succeededCount": 1}]}, **INDEXED),
            [index(1), task("c", index=0)],
            ("SuccessCriteriaMet", "SuccessPolicy"),
        ),
    ],
)
def test_the_first_that_holds_decides(owner, pods, found):
    assert judge(owner, *pods) == found


def test_a_condition_that_is_not_true_is_no_verdict():
    status = condition("FailureTarget")
    status["conditions"][0]["status"] = "False"
    assert verdict.standing(look(job(status))) is None
