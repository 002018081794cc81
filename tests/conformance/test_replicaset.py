"""ReplicaSet tells the same stories on both APIs."""

import pytest

from conformance.compare import read_list
from conformance.replicaset import BOOK


@pytest.mark.cluster
@pytest.mark.parametrize("scenario", BOOK.parameters())
def test_the_story_is_the_built_in_ones(scenario, compare):
    compare(scenario)


@pytest.mark.cluster
def test_every_listed_difference_was_seen(pytestconfig):
    """A rule of the list that nothing needs any more would hide what it is not meant for."""
    if len(pytestconfig.verdicts) < len(BOOK):
        pytest.skip("only a part was played")
    used = {rule for *_, pairs in pytestconfig.verdicts for _, rule in pairs}
    assert [rule for entry in read_list() for rule in entry.rules if rule not in used] == []
