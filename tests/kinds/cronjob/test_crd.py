"""What the API server takes for a field of a schedule is what the grammar takes."""

import re

import pytest

from podwright.kinds.cronjob import crd, grammar

ITEMS = (
    *map(str, range(-1, 101)),
    *("*", "?", "*/2", "*/0", "*/", "/2", "5/", "5/x", "5/1/1", "1-2", "1-2-3", "1-", "-1", "*-5"),
    *("jan", "DEC", "janu", "sun", "Sat", "mon-fri", "jan-mar/2", "L", "5W", "1#2", "1.5", "007"),
    *("+5", "+05-+6", "1,2", "1,,2", ",", ",1,", "1,*", "1,x", "60,1", "é", "5-+5/+1", "*/+2"),
)


def is_readable(word, number):
    try:
        grammar.numbers(word, grammar.FIELDS[number])
    except grammar.Unreadable:
        return False
    return True


@pytest.mark.parametrize("number", range(5))
def test_both_take_the_same_words(number):
    for word in ITEMS:
        fits = re.search(crd.pattern(number), word) is not None
        assert fits == is_readable(word, number), word


def test_a_range_that_goes_backwards_is_left_to_the_operator():
    assert re.search(crd.pattern(4), "fri-mon")
    assert not is_readable("fri-mon", 4)
