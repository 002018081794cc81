import pytest

from jobs import job, look, planned, task, told, work
from podwright import labels
from podwright.kinds.job import counting, verdict
from podwright.plan import Patch, Plan

INDEXED = {"completionMode": "Indexed", "completions": 3, "parallelism": 3}
IGNORE = {
    "podFailurePolicy": {
        "rules": [{"action": "Ignore", "onExitCodes": {"operator": "In", "values": [1]}}]
    }
}


def noted(owner, *pods):
    it = look(owner, *pods)
    return counting.ledger(it, work(owner, *pods), verdict.standing(it))


def released(owner, *pods):
    plan = counting.release(look(owner, *pods), work(owner, *pods))
    return [each.target.name for each in plan.actions]


def test_three_looks_count_one_pod():
    spec = {"completions": 5, "parallelism": 0}
    first = told(job({}, **spec), task("a", "Succeeded"))
    assert first["uncountedTerminatedPods"] == {"succeeded": ["uid-a"]}
    assert planned(job({}, **spec), task("a", "Succeeded")) == []
    assert planned(job(first, **spec), task("a", "Succeeded")) == ["patch a"]
    second = told(job(first, **spec), task("a", "Succeeded"))
    assert second["uncountedTerminatedPods"] == {"succeeded": ["uid-a"]}
    third = told(job(second, **spec), task("a", "Succeeded", tracked=False))
    assert (third["succeeded"], third["uncountedTerminatedPods"]) == (1, {})
    gone = told(job(second, **spec))
    assert (gone["succeeded"], gone["uncountedTerminatedPods"]) == (1, {})


def test_an_index_needs_no_uid():
    owner = job(**INDEXED)
    status = told(owner, task("a", "Succeeded", index=1))
    assert (status["completedIndexes"], status["uncountedTerminatedPods"]) == ("1", {})
    assert released(owner, task("a", "Succeeded", index=1)) == []
    assert released(job(status, **INDEXED), task("a", "Succeeded", index=1)) == ["a"]


@pytest.mark.parametrize(
    ("spec", "pod"),
    [
        (IGNORE, task("a", "Failed")),
        (INDEXED, task("a", "Failed")),
        (INDEXED, task("a", "Failed", index=3)),
        (INDEXED, task("a", "Succeeded", index=3)),
    ],
    ids=["ignored", "no-index", "failed-beyond", "succeeded-beyond"],
)
def test_what_never_counts_goes_at_once(spec, pod):
    owner = job(**spec)
    assert noted(owner, pod) == counting.Ledger()
    assert released(owner, pod) == ["a"]


def test_a_verdict_of_failure_counts_everything_that_is_left():
    failing = {"conditions": [{"type": "FailureTarget", "status": "True"}]}
    pods = [task("a"), task("b", terminating=True), task("c", "Succeeded")]
    entries = noted(job(failing), *pods)
    assert (entries.failed, entries.succeeded) == (("uid-a", "uid-b"), ("uid-c",))


def test_a_verdict_of_success_counts_only_what_has_ended():
    met = {"conditions": [{"type": "SuccessCriteriaMet", "status": "True"}]}
    pods = [task("a"), task("b", "Failed")]
    assert noted(job(met), *pods).failed == ("uid-b",)
    assert released(job(met), *pods) == ["a"]


def test_what_is_held_is_neither_noted_nor_released():
    owner = job(backoffLimitPerIndex=2, **INDEXED)
    pod = task("a", "Failed", index=0, failures=0)
    assert noted(owner, pod) == counting.Ledger()
    assert released(owner, pod) == []
    both = [pod, task("b", index=0, failures=1)]
    assert noted(owner, *both).failed == ("uid-a",)


def test_a_job_that_goes_lets_go_of_what_runs_and_counts_what_has_ended():
    owner = job(terminating=True, completions=5)
    pods = [task("a"), task("b", "Succeeded")]
    assert released(owner, *pods) == ["a"]
    assert noted(owner, *pods).succeeded == ("uid-b",)


def test_at_most_500_at_a_time():
    owner = job(completions=900, parallelism=900)
    pods = [task(f"p{i:03}", "Succeeded") for i in range(700)]
    entries = noted(owner, *pods)
    assert len(entries.succeeded) == entries.adds == counting.MOST
    status = {"uncountedTerminatedPods": {"succeeded": list(entries.succeeded)}}
    assert noted(job(status, completions=900, parallelism=900), *pods).adds == 0


def test_other_finalizers_stay():
    pod = task("a")
    assert counting.untrack(pod) == Patch(pod, {"metadata": {"finalizers": None}})
    plan = counting.track_again([pod, task("b", tracked=False)])
    assert [each.body for each in plan.actions] == [
        {"metadata": {"finalizers": [labels.JOB_TRACKING]}}
    ]


def test_a_job_that_has_ended_holds_nothing():
    pods = [task("b"), task("a", "Failed"), task("c", tracked=False)]
    assert [each.target.name for each in counting.let_go(pods).actions] == ["a", "b"]
    assert counting.let_go([]) == Plan()
