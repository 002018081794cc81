"""Which ReplicaSet is the new one."""

import pytest

from builders import HOUR, LABELS, seen
from members import template
from podwright import labels
from podwright.kinds.deployment.sets import Sets, age, unmarked
from rollouts import deployment, owned_set


def dealt(owner, *things):
    sets = Sets.of(seen(owner, *things))
    return sets.new.name if sets.new else None, [each.name for each in sets.old]


def test_the_new_one_has_the_template_and_the_old_ones_have_not():
    there = owned_set(3), owned_set(1), owned_set(2)
    assert dealt(deployment(v=2), *there) == ("web-v2", ["web-v1", "web-v3"])


def test_before_it_is_made_there_is_no_new_one():
    assert dealt(deployment(v=2), owned_set(1)) == (None, ["web-v1"])
    assert dealt(deployment(v=2)) == (None, [])


def test_of_two_with_the_same_template_the_older_is_the_new_one():
    there = owned_set(2, name="late", age=HOUR), owned_set(2, name="early", age=2 * HOUR)
    assert dealt(deployment(v=2), *there) == ("early", ["late"])
    assert dealt(deployment(v=2), *reversed(there)) == ("early", ["late"])


def test_of_two_of_the_same_age_the_name_decides():
    there = owned_set(2, name="b", age=HOUR), owned_set(2, name="a", age=HOUR)
    assert dealt(deployment(v=2), *there) == ("a", ["b"])


def test_one_without_a_creation_time_is_the_oldest():
    assert age(owned_set(1, creation_timestamp=None)) < age(owned_set(1))


def test_names_and_revisions_do_not_matter():
    assert dealt(deployment(v=2), owned_set(2, name="x", revision=7))[0] == "x"


def test_one_that_is_to_be_released_is_none_of_them():
    assert dealt(deployment(v=2), owned_set(2, labels={"app": "db"})) == (None, [])


def test_the_same_template_written_in_another_way_is_the_same():
    wide = template(2, volumes=[], nodeSelector={}, hostname=None)
    assert dealt(deployment(template=wide), owned_set(2))[0] == "web-v2"


@pytest.mark.parametrize(
    "marked", [{"app": "web", labels.TEMPLATE_HASH: "x"}, {"app": "web"}], ids=["marked", "plain"]
)
def test_the_mark_is_no_part_of_a_template(marked):
    assert unmarked({"metadata": {"labels": marked}}) == {"metadata": {"labels": LABELS}}
    assert unmarked({}) == {}


def test_a_mark_in_the_deployments_own_template_does_not_matter():
    own = template(2) | {"metadata": {"labels": LABELS | {labels.TEMPLATE_HASH: "mine"}}}
    assert dealt(deployment(template=own), owned_set(2))[0] == "web-v2"


def test_what_they_have_together():
    sets = Sets.of(
        seen(deployment(v=2), owned_set(1, 4, available=1), owned_set(2, 3), owned_set(3, 0))
    )
    assert [each.name for each in sets.all] == ["web-v1", "web-v3", "web-v2"]
    assert [each.name for each in sets.active] == ["web-v1", "web-v2"]
    assert [each.name for each in sets.active_old] == ["web-v1"]
    assert (sets.wished, sets.count("availableReplicas"), sets.count("nothing")) == (7, 4, 0)
