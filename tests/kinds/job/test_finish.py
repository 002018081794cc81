from jobs import job, kinds, planned, task, told
from podwright.plan import Failure, Outcome

FAILING = {"activeDeadlineSeconds": 0, "parallelism": 2, "completions": 2}


def test_a_success_in_two_steps():
    pod = task("a", "Succeeded")
    first = told(job(), pod)
    assert kinds(first) == [("SuccessCriteriaMet", "True", "CompletionsReached")]
    assert planned(job(first), pod) == ["patch a"]
    again = told(job(first), pod)
    assert kinds(again) == kinds(first)
    done = task("a", "Succeeded", tracked=False)
    assert planned(job(again), done) == ["record Completed"]
    last = told(job(again), done)
    assert kinds(last)[1] == ("Complete", "True", "CompletionsReached")
    assert (last["succeeded"], last["completionTime"]) == (1, "2030-01-01T12:00:00Z")
    assert planned(job(last), done) == []
    assert told(job(last), done) == last


def test_a_deadline_removes_and_counts_what_runs():
    pods = [task("a"), task("b")]
    assert planned(job(**FAILING), *pods) == ["delete a", "delete b"]
    first = told(job(**FAILING), *pods)
    assert (first["active"], first["terminating"]) == (0, 2)
    assert first["uncountedTerminatedPods"] == {"failed": ["uid-a", "uid-b"]}
    assert kinds(first) == [("FailureTarget", "True", "DeadlineExceeded")]
    going = [task("a", terminating=True), task("b", terminating=True)]
    assert planned(job(first, **FAILING), *going) == ["patch a", "patch b"]
    last = told(job(first, **FAILING))
    assert kinds(last)[1] == ("Failed", "True", "DeadlineExceeded")
    assert last["failed"] == 2
    assert "completionTime" not in last
    assert planned(job(first, **FAILING)) == ["record DeadlineExceeded"]


def test_it_has_not_ended_while_a_pod_is_on_its_way_out():
    met = {"conditions": [{"type": "SuccessCriteriaMet", "status": "True", "reason": "x"}]}
    pod = task("a", terminating=True, tracked=False)
    assert planned(job(met), pod) == []
    assert kinds(told(job(met), pod)) == [("SuccessCriteriaMet", "True", "x")]


def test_a_verdict_whose_removals_failed_is_not_written():
    owner = job(**FAILING)
    outcome = Outcome(failures=(Failure(None, "forbidden"),))
    assert kinds(told(owner, task("a"), outcome=outcome)) == []
    assert kinds(told(owner, task("a"), outcome=Outcome(outdated=True))) == []


def test_a_success_policy_removes_the_rest_uncounted():
    owner = job(
        completionMode="Indexed",
        completions=2,
        parallelism=2,
        successPolicy={"rules": [{"succeededIndexes": "0"}]},
    )
    pods = [task("a", "Succeeded", index=0), task("b", index=1)]
    assert planned(owner, *pods) == ["patch b", "delete b"]
    status = told(owner, *pods)
    assert kinds(status) == [("SuccessCriteriaMet", "True", "SuccessPolicy")]
    assert status["uncountedTerminatedPods"] == {}


def test_more_than_enough_is_told():
    met = {"succeeded": 2, "conditions": [{"type": "SuccessCriteriaMet", "status": "True"}]}
    assert planned(job(met)) == ["record TooManySucceededPods", "record Completed"]


def test_no_verdict_and_no_end_at_once():
    status = told(job(completions=0))
    assert kinds(status) == [("SuccessCriteriaMet", "True", "CompletionsReached")]
    assert kinds(told(job(status, completions=0)))[1][0] == "Complete"
