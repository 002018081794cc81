"""Lengths of time as kubectl reads them."""

import click
import pytest

from podwright.kubectl.durations import DURATION


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0), ("0s", 0), ("90s", 90), ("1h30m", 5400), ("1.5m", 90), ("500ms", 0.5)],
)
def test_durations_have_units(text, seconds):
    assert DURATION.convert(text, None, None) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["90", "", "s", "5x", "1m-"])
def test_what_is_none(text):
    with pytest.raises(click.BadParameter, match="invalid duration"):
        DURATION.convert(text, None, None)
