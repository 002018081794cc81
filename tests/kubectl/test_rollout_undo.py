"""Which revision is gone back to."""

import pytest

from podwright.kubectl.errors import Failure
from podwright.kubectl.rollout_undo import choose
from podwright.objects import Revision

KNOWN = {number: Revision(revision=number) for number in (2, 5, 7)}


@pytest.mark.parametrize(("asked", "chosen"), [(0, 5), (2, 2), (7, 7)])
def test_the_last_but_one_or_the_one_that_is_named(asked, chosen):
    assert choose(KNOWN, asked).revision == chosen


@pytest.mark.parametrize("number", [9, -1])
def test_a_revision_that_is_not_there(number):
    with pytest.raises(Failure, match=f"unable to find specified revision {number} in history"):
        choose(KNOWN, number)


def test_a_first_template_has_nothing_before_it():
    with pytest.raises(Failure, match="no last revision to roll back to"):
        choose({1: Revision(revision=1)}, 0)
