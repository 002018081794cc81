"""Rules for specs of Jobs: where they stand and what they say. A real API server tests them."""

from podwright.rules import job_checks


def test_a_cron_jobs_template_is_checked_as_a_job_is():
    there, inside = (list(job_checks.spec(at)) for at in ("spec", "spec.jobTemplate.spec"))
    moved = [each.at.replace("spec.jobTemplate.spec", "spec", 1) for each in inside]
    assert moved == [each.at for each in there]
    assert [each.rule for each in inside] == [each.rule for each in there]


def test_its_pods_are_not_started_again_whenever_they_end():
    found = [each for each in job_checks.spec("spec") if each.field.endswith("restartPolicy")]
    assert [each.message for each in found] == [
        'valid values: "OnFailure", "Never"',
        'only "Never" is supported when podFailurePolicy is specified',
    ]


def test_every_word_that_a_check_reads_has_a_bound():
    bounds = job_checks.limits("spec")
    for field in ("completionMode", "podReplacementPolicy", "managedBy"):
        assert f"spec.{field}" in {each.at for each in job_checks.spec("spec")}
        assert "maxLength" in bounds[f"spec.{field}"]
