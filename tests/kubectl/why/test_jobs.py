"""What a Job waits for, in words."""

from datetime import UTC, datetime, timedelta

from kubectl.objects import job, pod, view, warning
from podwright import labels
from podwright.kubectl.why.explain import explain
from podwright.kubectl.why.telling import as_text


def stamp(**past):
    moment = datetime.now(UTC) - timedelta(**past)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def condition(type_, reason="", message="", **past):
    told = {"type": type_, "status": "True", "reason": reason, "message": message}
    return told | {"lastTransitionTime": stamp(**past or {"hours": 1})}


def its_pod(of, name="web-a", **more):
    tracked = {"finalizers": [labels.JOB_TRACKING]}
    mine = {labels.CONTROLLER_UID: of["metadata"]["uid"]}
    made = pod(of, name, labels=mine, **more)
    made["metadata"] |= tracked
    return made


def at_work(**spec):
    return job(status={"startTime": stamp(hours=1), "active": 1}, **spec)


def test_pods_are_at_work():
    web = at_work(completions=3, parallelism=1)
    report = explain(view(web, pods=[its_pod(web)]))
    assert report.state == "waits: 0 of 3 pods succeeded, 1 at work"
    (reason,) = report.reasons
    assert (reason.until, reason.rule) == (
        "its pods to end",
        "kinds/job/parallelism.py, make",
    )
    assert as_text(report).startswith("Job default/web waits: 0 of 3 pods succeeded, 1 at work.")


def test_a_pod_that_fits_nowhere():
    web = at_work()
    refusal = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
    condition_ = refusal | {"message": "0/3 nodes are available", "lastTransitionTime": stamp()}
    pending = its_pod(web, ready=False, node="")
    pending["status"] = {"phase": "Pending", "conditions": [condition_]}
    (reason,) = explain(view(web, pods=[pending])).reasons
    assert any("0/3 nodes are available" in fact for fact in reason.facts)
    assert reason.on == "pod web-a"


def test_an_image_that_is_not_there():
    web = at_work()
    waiting = {"reason": "ErrImagePull", "message": "not found"}
    broken = [{"name": "web", "ready": False, "state": {"waiting": waiting}}]
    (reason,) = explain(
        view(web, pods=[its_pod(web, ready=False, containerStatuses=broken)])
    ).reasons
    assert reason.facts == ("Pod web-a: Container web is not running: ErrImagePull: not found",)
    assert reason.remedy == "give container web an image that can be had"


def test_pods_that_have_ended_are_not_waited_for():
    web = at_work(completions=2, parallelism=2)
    done = its_pod(web, "web-b", ready=False, phase="Succeeded")
    report = explain(view(web, pods=[its_pod(web), done]))
    assert report.state == "waits: 1 of 2 pods succeeded, 1 at work"
    assert not any("web-b" in fact for each in report.reasons for fact in each.facts)


def test_a_quota():
    web = job(status={"startTime": stamp(hours=1)})
    told = warning("FailedCreate", "Error creating: exceeded quota", stamp(seconds=5))
    (reason,) = explain(view(web, events={"uid-web": (told,)})).reasons
    assert reason.until == "the API server to let a pod be made"
    assert reason.facts == ("Error creating: exceeded quota",)
    assert "raise the quota" in reason.remedy


def test_the_pause_after_failures_and_when_it_ends():
    told = {"failuresInARow": "3", "lastFailure": stamp(seconds=5)}
    web = job(status={"startTime": stamp(hours=1), "failed": 3, "podwright": told}, backoffLimit=6)
    report = explain(view(web))
    (reason,) = report.reasons
    assert reason.until == "the pause after a failure"
    assert reason.facts[0] == "Its pods have failed 3 times in a row."
    assert reason.facts[1].startswith("The next pod comes ")
    assert reason.facts[1].endswith(" seconds).")
    assert reason.since is not None
    (note,) = report.notes
    assert note.text == "3 of 6 failures that it may have are used up (spec.backoffLimit)."


def test_an_index_that_pauses():
    web = job(
        status={"startTime": stamp(hours=1)},
        completionMode="Indexed",
        completions=1,
        backoffLimitPerIndex=2,
    )
    ended = {"terminated": {"exitCode": 1, "finishedAt": stamp(seconds=2)}}
    failed = its_pod(
        web, phase="Failed", ready=False, containerStatuses=[{"name": "web", "state": ended}]
    )
    failed["metadata"]["annotations"] = {labels.COMPLETION_INDEX: "0"}
    failed["metadata"]["labels"][labels.COMPLETION_INDEX] = "0"
    reasons = explain(view(web, pods=[failed])).reasons
    facts = [fact for each in reasons for fact in each.facts]
    assert any(fact.startswith("Index 0 has failed once: it goes on ") for fact in facts)


def test_suspended_since_when():
    status = {"conditions": [condition("Suspended", minutes=5)]}
    (reason,) = explain(view(job(status=status, suspend=True))).reasons
    assert reason.until == "somebody to resume it"
    assert reason.remedy == "set spec.suspend to false"
    assert datetime.now(UTC) - reason.since < timedelta(minutes=6)


def test_a_deadline_is_told():
    web = at_work(activeDeadlineSeconds=7200)
    (note,) = explain(view(web, pods=[its_pod(web)])).notes
    assert "(in 59 minutes), it fails (spec.activeDeadlineSeconds)" in note.text
    assert note.rule == "kinds/job/deadline.py, is_past"


def test_a_verdict_waits_for_pods_that_go():
    verdict = condition("FailureTarget", "DeadlineExceeded", "too slow")
    web = job(status={"startTime": stamp(hours=1), "conditions": [verdict]})
    gone = its_pod(web)
    gone["metadata"]["deletionTimestamp"] = stamp(seconds=1)
    report = explain(view(web, pods=[gone]))
    assert report.state.startswith("ends: ")
    assert any(each.until == "its pods to end" for each in report.reasons)
    assert report.notes[0].text == (
        "It fails: DeadlineExceeded: too slow. What is left of its pods goes first."
    )


def test_complete_and_when_it_is_deleted():
    status = {"succeeded": 2, "conditions": [condition("Complete", minutes=1)]}
    report = explain(view(job(status=status, ttlSecondsAfterFinished=600)))
    assert report.state.startswith("is complete since ")
    assert report.state.endswith("(1 minute ago): 2 pods succeeded")
    assert not report.reasons
    assert "It is deleted " in report.notes[0].text
    assert "(in 8 minutes)" in report.notes[0].text


def test_failed_and_why():
    failed = condition("Failed", "BackoffLimitExceeded", "has reached the limit")
    report = explain(view(job(status={"failed": 7, "conditions": [failed]})))
    assert ": has reached the limit; 0 pods succeeded, 7 failed" in report.state
    assert not report.reasons


def test_somebody_else_runs_it():
    report = explain(view(job(managedBy="a.io/b")))
    assert report.state == "is run by a.io/b"
    (reason,) = report.reasons
    assert reason.until == "a.io/b, which runs it"
    assert reason.rule == "kinds/job/decide.py, decide"
