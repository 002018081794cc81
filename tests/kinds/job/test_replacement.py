import pytest

from jobs import job, task
from podwright.kinds.job import replacement

POLICY = {"podFailurePolicy": {"rules": []}}


@pytest.mark.parametrize(
    ("spec", "pod", "failed"),
    [
        ({}, task(), False),
        ({}, task(phase="Failed"), True),
        ({}, task(terminating=True), True),
        ({}, task(phase="Succeeded", terminating=True), False),
        ({"podReplacementPolicy": "Failed"}, task(terminating=True), False),
        ({"podReplacementPolicy": "Failed"}, task(phase="Failed", terminating=True), True),
        (POLICY, task(terminating=True), False),
    ],
)
def test_a_pod_on_its_way_out_has_failed_unless_its_end_is_waited_for(spec, pod, failed):
    assert replacement.is_failed(pod, job(**spec).spec) is failed


def test_a_failure_policy_waits_for_the_end():
    assert replacement.waits_for_the_end(job(**POLICY).spec)
    assert not replacement.waits_for_the_end(job().spec)
