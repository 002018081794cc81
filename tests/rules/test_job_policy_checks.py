import pytest

from podwright.kinds.cronjob.crd import CRONJOB_CRD
from podwright.kinds.job.crd import JOB_CRD
from podwright.rules import job_policy_checks


@pytest.mark.parametrize(
    ("crd", "at"),
    [(JOB_CRD, "spec"), (CRONJOB_CRD, "spec.jobTemplate.spec")],
    ids=["Job", "CronJob"],
)
def test_every_list_that_a_check_runs_through_has_a_bound(crd, at):
    for check in (*job_policy_checks.failure(at), *job_policy_checks.success(at)):
        path = check.at.partition("[]")[0]
        assert check.at.startswith(at)
        assert not path.endswith("rules") or path in crd.keywords
        assert check in crd.checks
