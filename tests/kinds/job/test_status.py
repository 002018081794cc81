import pytest

from jobs import job, task, told
from podwright.kinds.job.status import duration

INDEXED = {"completionMode": "Indexed", "completions": 4, "parallelism": 4}


def test_a_running_job():
    status = told(job(parallelism=3, completions=3), task("a"), task("b", "Pending"))
    assert status == {
        "active": 3,
        "ready": 1,
        "terminating": 0,
        "succeeded": 0,
        "failed": 0,
        "uncountedTerminatedPods": {},
        "startTime": "2030-01-01T12:00:00Z",
        "conditions": [],
        "selector": "batch.kubernetes.io/controller-uid=uid-work",
        "podwright": {
            "containers": "app",
            "images": "work:1",
            "state": "Running",
            "completions": "0/3",
        },
    }


def test_indexes_are_written_as_text():
    pods = [task(f"p{i}", "Succeeded", index=i) for i in (0, 2, 3)]
    status = told(job(**INDEXED), *pods)
    assert (status["completedIndexes"], status["succeeded"]) == ("0,2,3", 3)
    assert "failedIndexes" not in status
    status = told(job(backoffLimitPerIndex=0, **INDEXED), task("a", "Failed", index=1))
    assert (status["failedIndexes"], status["completedIndexes"]) == ("1", "")
    assert told(job(backoffLimitPerIndex=0, **INDEXED))["failedIndexes"] == ""


def test_an_elastic_job_forgets_what_is_beyond_its_end():
    spec = INDEXED | {"completions": 2, "parallelism": 2}
    status = told(job({"completedIndexes": "0,3"}, **spec))
    assert (status["completedIndexes"], status["succeeded"]) == ("0", 1)


@pytest.mark.parametrize(
    ("spec", "text"),
    [({}, "0/1"), ({"parallelism": 3}, "0/1 of 3"), ({"completions": 5}, "0/5")],
)
def test_completions_are_told_as_kubectl_does(spec, text):
    assert told(job(**spec))["podwright"]["completions"] == text


def test_failures_in_a_row_are_remembered_and_not_added_twice():
    first = told(job(), task("a", "Failed"))
    assert first["podwright"]["failuresInARow"] == "1"
    assert told(job(first), task("a", "Failed"))["podwright"]["failuresInARow"] == "1"


@pytest.mark.parametrize(
    ("conditions", "terminating", "state"),
    [
        ([], False, "Running"),
        ([], True, "Terminating"),
        (["SuccessCriteriaMet"], False, "SuccessCriteriaMet"),
        (["FailureTarget"], False, "FailureTarget"),
        (["Suspended"], False, "Suspended"),
        (["Suspended"], True, "Terminating"),
    ],
)
def test_the_state_is_the_first_that_is_true(conditions, terminating, state):
    status = {"conditions": [{"type": type_, "status": "True"} for type_ in conditions]}
    owner = job(status, terminating=terminating, suspend="Suspended" in conditions)
    assert told(owner, task("a"))["podwright"]["state"] == state


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (119, "119s"),
        (120, "2m"),
        (185, "3m5s"),
        (720, "12m"),
        (3 * 3600, "3h"),
        (5 * 3600 + 780, "5h13m"),
        (9 * 3600, "9h"),
        (3 * 86400 + 4 * 3600, "3d4h"),
        (30 * 86400, "30d"),
    ],
)
def test_durations_are_written_as_kubectl_does(seconds, text):
    assert duration(seconds) == text


def test_how_long_it_took_is_told_at_the_end():
    status = {
        "startTime": "2030-01-01T11:56:55Z",
        "succeeded": 1,
        "conditions": [{"type": "SuccessCriteriaMet", "status": "True"}],
    }
    words = told(job(status))["podwright"]
    assert (words["duration"], words["state"]) == ("3m5s", "Complete")
