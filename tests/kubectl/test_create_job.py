"""A Job of a CronJob, made by hand: what it has, and what is no command line."""

import pytest
from click.testing import CliRunner

from kubectl.objects import cron_job, template
from podwright.kubectl.create_job import job, of_cron_job


def test_the_job_is_what_the_template_says_and_the_cron_jobs():
    metadata = {"labels": {"a": "b"}, "annotations": {"c": "d"}}
    owner = cron_job(jobTemplate={"metadata": metadata, "spec": {"template": template()}})
    assert of_cron_job(owner, "now") == {
        "apiVersion": "batch.podwright.dev/v1",
        "kind": "Job",
        "metadata": {
            "name": "now",
            "labels": {"a": "b"},
            "annotations": {"cronjob.kubernetes.io/instantiate": "manual", "c": "d"},
            "ownerReferences": [
                {
                    "apiVersion": "batch.podwright.dev/v1",
                    "kind": "CronJob",
                    "name": "backup",
                    "uid": "uid-backup",
                    "controller": True,
                }
            ],
        },
        "spec": {"template": template()},
        "status": {},
    }


def test_the_templates_annotation_wins():
    notes = {"cronjob.kubernetes.io/instantiate": "other"}
    owner = cron_job(jobTemplate={"metadata": {"annotations": notes}, "spec": {}})
    assert of_cron_job(owner, "now")["metadata"]["annotations"] == notes


def test_a_namespace_is_named_when_the_user_has_named_it():
    assert "namespace" not in of_cron_job(cron_job(), "now")["metadata"]
    assert of_cron_job(cron_job(), "now", "there")["metadata"]["namespace"] == "there"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "exactly one NAME is required, got 0\nSee 'kubectl podwright create job -h'"),
        (["a", "b", "--from=cj/x"], "exactly one NAME is required, got 2"),
        (["a"], "--from must be specified"),
        (["a", "--from=cj"], "resource(s) were provided, but no name was specified"),
        (["a", "--from=x/y"], 'the server doesn\'t have a resource type "x"'),
    ],
)
def test_a_command_line_without_sense_is_refused(words, said):
    result = CliRunner().invoke(job, words)
    assert result.exit_code == 1
    assert f"error: {said}" in result.output


def test_it_chooses_no_objects():
    result = CliRunner().invoke(job, ["a", "-l", "b=c"])
    assert (result.exit_code, "No such option" in result.output) == (2, True)
