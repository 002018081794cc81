import pytest

from jobs import job, task
from podwright.kinds.job import indexes


@pytest.mark.parametrize(
    ("some", "text"),
    [
        ([], ""),
        ([0], "0"),
        ([1, 2], "1,2"),
        ([0, 2, 3, 4, 7], "0,2-4,7"),
        ([0, 1, 3, 4, 5], "0,1,3-5"),
        ([0, 1, 2, 3], "0-3"),
    ],
    ids=str,
)
def test_indexes_are_written_as_intervals_and_read_again(some, text):
    known = indexes.merged((), some)
    assert indexes.as_text(known) == text
    assert indexes.parse(text, 10) == known
    assert indexes.total(known) == len(some)
    assert [i for i in range(10) if indexes.has(known, i)] == some


@pytest.mark.parametrize(
    ("text", "count", "known"),
    [
        ("0-7", 4, ((0, 3),)),
        ("0,1-3", 10, ((0, 3),)),
        ("1,x,3", 10, ((1, 1), (3, 3))),
        ("1-y,3", 10, ((3, 3),)),
        ("2,9,3", 5, ((2, 2),)),
        ("", 3, ()),
    ],
    ids=["cut-off", "neighbours", "garbage", "half-garbage", "stops-beyond-the-end", "nothing"],
)
def test_what_a_text_says_is_taken_as_far_as_it_makes_sense(text, count, known):
    assert indexes.parse(text, count) == known


@pytest.mark.parametrize(
    ("known", "count", "most", "found"),
    [
        ((), 3, 5, (0, 1, 2)),
        (((1, 2),), 5, 2, (0, 3)),
        (((0, 4),), 5, 2, ()),
        (((0, 0), (2, 9)), 5, 3, (1,)),
        ((), 5, 0, ()),
    ],
    ids=str,
)
def test_the_lowest_missing_indexes_come_first(known, count, most, found):
    assert indexes.missing(known, count, most) == found


@pytest.mark.parametrize(("text", "index"), [(0, 0), (7, 7), (-1, None), ("x", None), (None, None)])
def test_a_pod_says_which_index_it_has(text, index):
    assert indexes.of(task(index=text)) == index


def test_an_index_beyond_the_completions_is_none():
    spec = job(completionMode="Indexed", completions=3, parallelism=1).spec
    assert [indexes.within(task(index=i), spec) for i in (2, 3)] == [2, None]
