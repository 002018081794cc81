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
