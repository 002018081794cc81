"""Rules for pod templates: what they say. That they hold is tested on a real API server."""

import pytest

from podwright.rules import template_checks


@pytest.mark.parametrize("kind", ["StatefulSet", "DaemonSet"])
def test_a_template_is_refused_in_the_kinds_own_name(kind):
    texts = [check.message for check in template_checks.template(kind)]
    assert f"activeDeadlineSeconds in {kind} is not Supported" in texts
    assert "`selector` does not match template `labels`" in texts


def test_a_kind_with_another_sort_of_selector_says_when_it_matches():
    first, *_ = template_checks.template("ReplicationController", "self.x == self.y")
    assert first.rule == "self.x == self.y"
    assert first.field == "template.metadata.labels"


def test_a_template_that_is_further_inside_is_checked_there():
    found = template_checks.well_made("spec.jobTemplate.spec")
    assert {each.at.removeprefix("spec.jobTemplate.spec").split(".")[0] for each in found} == {""}
    limits = template_checks.limits("spec.jobTemplate.spec")
    assert all(path.startswith("spec.jobTemplate.spec.template.") for path in limits)
