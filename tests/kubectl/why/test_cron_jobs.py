"""When a CronJob runs next, and why it did not."""

from datetime import UTC, datetime, timedelta

import pytest

from kubectl.objects import cron_job, job, pod, view, warning
from podwright import labels
from podwright.kubectl.why.explain import explain
from podwright.kubectl.why.telling import as_text


def ago(**past):
    return (datetime.now(UTC) - timedelta(**past)).replace(microsecond=0)


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def looked(owner, last=None, **status):
    """The operator has looked at it; the last run was then."""
    zone = owner["spec"].get("timeZone")
    timetable = f"TZ={zone} " * bool(zone) + owner["spec"]["schedule"]
    owner["status"] = {"podwright": {"timetable": timetable}} | status
    owner["metadata"]["creationTimestamp"] = stamp(ago(minutes=1))
    if last:
        owner["status"]["lastScheduleTime"] = stamp(last)
    return owner


def run(of, at, ended="", **status):
    """The Job of a run."""
    name = f"{of['metadata']['name']}-{int(at.timestamp()) // 60}"
    if ended:
        told = {"type": ended, "status": "True", "message": "too often"}
        status["conditions"] = [told | {"lastTransitionTime": stamp(at)}]
    made = job(name, of=of, status={"startTime": stamp(at), "active": 1} | status)
    made["metadata"]["annotations"] = {labels.SCHEDULED_TIMESTAMP: stamp(at)}
    return made


def texts(report):
    return [each.text for each in report.notes]


def test_the_next_run_by_clocks_of_its_zone():
    report = explain(view(looked(cron_job(schedule="0 0 1 1 *", timeZone="Asia/Kathmandu"))))
    assert report.state.startswith("runs next ")
    assert "-01-01 00:00:00 +0545 (in " in report.state
    assert report.state.endswith("; no Jobs are at work")
    assert not report.reasons
    assert texts(report) == ["It has not run yet."]
    assert as_text(report).startswith("CronJob default/backup runs next ")


def test_a_run_is_held_by_one_that_is_not_over():
    owner = looked(
        cron_job(schedule="@every 1h", concurrencyPolicy="Forbid"), ago(hours=1, minutes=3)
    )
    before = run(owner, ago(hours=1, minutes=3))
    waiting = {"reason": "ErrImagePull", "message": "not found"}
    broken = [{"name": "web", "ready": False, "state": {"waiting": waiting}}]
    stuck = pod(before, "backup-pod", ready=False, containerStatuses=broken)
    (reason,) = explain(view(owner, jobs=[before], pods=[stuck])).reasons
    name = before["metadata"]["name"]
    assert reason.until == "the last run to end"
    assert reason.rule == "kinds/cronjob/decide.py, start"
    assert reason.on == f"Job {name}"
    assert reason.facts[0].endswith("(3 minutes ago) is due.")
    assert reason.facts[1].startswith(f"Job {name} runs since ")
    assert reason.facts[2] == (
        "Pod backup-pod: Container web is not running: ErrImagePull: not found"
    )
    assert reason.remedy == f"kubectl podwright why job/{name}"


def test_a_run_that_came_too_late_was_dropped():
    owner = looked(
        cron_job(schedule="@every 1h", startingDeadlineSeconds=60), ago(hours=1, minutes=3)
    )
    report = explain(view(owner))
    assert not report.reasons
    (dropped,) = [each for each in report.notes if "was dropped" in each.text]
    assert "(3 minutes ago) was dropped: it could not start within 60 s" in dropped.text
    assert dropped.rule == "kinds/cronjob/runs.py, due"


def test_runs_that_were_missed_and_the_one_that_is_made():
    owner = looked(cron_job(schedule="@every 1h"), ago(hours=5, minutes=3))
    report = explain(view(owner))
    assert "About 5 runs were missed; of them only the last is started." in texts(report)
    (reason,) = report.reasons
    assert reason.until.startswith("the operator to have Job backup-")


def test_the_api_server_refuses_its_job():
    owner = looked(cron_job(schedule="@every 1h"), ago(hours=1, minutes=3))
    told = warning("FailedCreate", "Error creating job: exceeded quota", stamp(ago(seconds=3)))
    (reason,) = explain(view(owner, events={"uid-backup": (told,)})).reasons
    assert reason.facts == ("Error creating job: exceeded quota",)


@pytest.mark.parametrize(
    ("spec", "until"),
    [
        ({"suspend": True}, "somebody to resume it"),
        ({"schedule": "5-1 * * * *"}, "a schedule that can be understood: beginning of range"),
        ({"schedule": "0 0 30 2 *"}, "a schedule with a time that comes, not"),
        ({"timeZone": "Europe/Atlantis"}, 'a time zone that exists, not "Europe/Atlantis"'),
    ],
    ids=["suspended", "unreadable", "never", "zone"],
)
def test_nothing_is_started_and_why(spec, until):
    report = explain(view(looked(cron_job(**spec))))
    assert report.state == "starts nothing; no Jobs are at work"
    (reason,) = report.reasons
    assert reason.until.startswith(until)
    assert reason.rule.startswith("kinds/cronjob/decide.py, ")
    assert reason.remedy


def test_jobs_at_work_by_hand_and_of_the_history():
    last = ago(minutes=3)
    owner = looked(cron_job(schedule="@every 1h"), last, lastSuccessfulTime=stamp(ago(minutes=2)))
    at_work = run(owner, last)
    old = run(owner, ago(hours=2), "Complete")
    bad = run(owner, ago(hours=3), "Failed")
    by_hand = job("now", of=owner)
    report = explain(view(owner, jobs=[at_work, old, bad, by_hand]))
    told = "\n".join(texts(report))
    assert report.state.endswith("; 1 Job is at work")
    assert f"Job {at_work['metadata']['name']} runs since" in told
    assert "Job now was made by somebody else" in told
    assert f"Job {old['metadata']['name']} succeeded " in told
    assert f"Job {bad['metadata']['name']} failed " in told
    assert ": too often." in told
    assert f"Job {at_work['metadata']['name']}, runs." in told
    assert "A Job last succeeded " in told


def test_a_schedule_that_the_operator_has_not_seen():
    owner = looked(cron_job(schedule="@every 1h"))
    owner["spec"]["schedule"] = "@every 2h"
    assert "The operator has not looked at this schedule yet." in texts(explain(view(owner)))


def test_a_name_that_somebody_else_has():
    owner = looked(cron_job(schedule="@every 1h"))
    owner["status"]["podwright"]["waitingFor"] = "a name that another object has: backup-1"
    assert texts(explain(view(owner)))[-1] == (
        "It waits for a name that another object has: backup-1."
    )
