"""Which revision is gone back to."""

import pytest

from kubectl.objects import found, owner
from podwright.kubectl.errors import Failure
from podwright.kubectl.revisions import Past
from podwright.kubectl.rollout_undo import choose


def past(number):
    return Past(number, {}, {}, {})


KNOWN = {number: past(number) for number in (2, 5, 7)}
WEB = found(owner("StatefulSet"))


@pytest.mark.parametrize(("asked", "chosen"), [(0, 5), (2, 2), (7, 7)])
def test_the_last_but_one_or_the_one_that_is_named(asked, chosen):
    assert choose(KNOWN, asked, WEB).number == chosen


@pytest.mark.parametrize("number", [9, -1])
def test_a_revision_that_is_not_there(number):
    with pytest.raises(Failure, match=f"unable to find specified revision {number} in history"):
        choose(KNOWN, number, WEB)


def test_a_first_template_has_nothing_before_it():
    with pytest.raises(Failure, match="no last revision to roll back to"):
        choose({1: past(1)}, 0, WEB)


def test_a_deployment_says_so_in_words_of_its_own():
    with pytest.raises(Failure, match='no rollout history found for deployment "web"'):
        choose({1: past(1)}, 0, found(owner("Deployment")))
