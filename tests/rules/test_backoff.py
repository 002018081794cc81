"""Growing pauses between attempts."""

from datetime import timedelta

import pytest

from builders import NOW, SECOND
from podwright.rules import backoff
from podwright.workload import Strike

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("count", "seconds"),
    [(1, 1), (2, 2), (3, 4), (4, 8), (9, 256), (10, 512), (11, 900), (12, 900), (10**9, 900)],
)
def test_pauses_double_up_to_15_minutes(count, seconds):
    assert backoff.pause(count) == seconds * SECOND


@pytest.mark.parametrize(
    ("strike", "moment"),
    [
        pytest.param(None, None, id="never-failed"),
        pytest.param(Strike(1, NOW), NOW + SECOND, id="just-failed"),
        pytest.param(Strike(3, NOW - 3 * SECOND), NOW + SECOND, id="a-while-ago"),
        pytest.param(Strike(3, NOW - 4 * SECOND), None, id="just-long-enough-ago"),
        pytest.param(Strike(99, NOW - 14 * MINUTE), NOW + MINUTE, id="often-failed"),
        pytest.param(Strike(99, NOW - 31 * MINUTE), None, id="long-ago"),
    ],
)
def test_the_next_attempt_may_be_made_at(strike, moment):
    assert backoff.until(strike, NOW) == moment


@pytest.mark.parametrize(("minutes", "over"), [(29, False), (30, False), (31, True)])
def test_after_half_an_hour_a_failure_is_forgotten(minutes, over):
    assert backoff.is_over(Strike(1, NOW - minutes * MINUTE), NOW) == over
