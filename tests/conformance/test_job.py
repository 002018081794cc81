"""Job tells the same stories on both APIs."""

import pytest

from conformance.job import BOOK


@pytest.mark.cluster
@pytest.mark.parametrize("scenario", BOOK.parameters())
def test_the_story_is_the_built_in_ones(scenario, compare):
    compare(scenario)
