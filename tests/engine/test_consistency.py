"""Read your own writes: parked, and woken in time."""

import pytest

from podwright.engine.consistency import Consistency, Stale
from podwright.engine.keys import Key

A, B = (Key("ReplicaSet", "default", name) for name in "ab")
ELSEWHERE = Key("ReplicaSet", "other", "a")
PODS, SETS = ("pods", ""), ("replicasets", "")


@pytest.fixture
def woken():
    return []


@pytest.fixture
def consistency(woken):
    return Consistency(woken.append)


def is_ready(consistency, key):
    try:
        consistency.ensure_ready(key)
    except Stale:
        return False
    return True


def test_who_has_written_nothing_is_ready(consistency):
    assert is_ready(consistency, A)


def test_a_writer_waits_until_its_write_is_seen(consistency, woken):
    consistency.wrote_at(A, "pods", 5)
    assert not is_ready(consistency, A)
    consistency.advanced(PODS, 4)
    assert woken == []
    consistency.advanced(PODS, 5)
    assert woken == [A]
    assert is_ready(consistency, A)


def test_what_was_seen_before_it_was_noted_counts(consistency):
    consistency.advanced(PODS, 9)
    consistency.wrote_at(A, "pods", 5)
    assert is_ready(consistency, A)


def test_a_stream_that_is_further_counts(consistency, woken):
    consistency.wrote_at(A, "pods", 5)
    assert not is_ready(consistency, A)
    consistency.advanced(PODS, 100)  # a bookmark
    assert woken == [A]


def test_versions_are_numbers(consistency):
    consistency.wrote_at(A, "pods", 10)
    consistency.advanced(PODS, 9)
    assert not is_ready(consistency, A)


def test_the_highest_of_several_writes_counts(consistency):
    for version in (7, 9, 8):
        consistency.wrote_at(A, "pods", version)
    consistency.advanced(PODS, 8)
    assert not is_ready(consistency, A)
    consistency.advanced(PODS, 9)
    assert is_ready(consistency, A)


def test_all_streams_must_have_got_there(consistency, woken):
    consistency.wrote_at(A, "pods", 5)
    consistency.wrote_at(A, "replicasets", 6)
    consistency.advanced(PODS, 50)
    assert not is_ready(consistency, A)
    consistency.advanced(SETS, 6)
    assert woken == [A]
    assert is_ready(consistency, A)


def test_one_owners_writes_do_not_hold_up_another(consistency):
    consistency.wrote_at(A, "pods", 5)
    assert is_ready(consistency, B)


def test_the_parked_are_woken_in_the_order_of_their_writes(consistency, woken):
    for key, version in ((B, 7), (A, 5), (ELSEWHERE, 9)):
        consistency.wrote_at(key, "pods", version)
        assert not is_ready(consistency, key)
    consistency.advanced(PODS, 6)
    assert woken == [A]
    consistency.advanced(PODS, 9)
    assert woken == [A, B, ELSEWHERE]


def test_a_stream_never_goes_back(consistency):
    consistency.advanced(PODS, 9)
    consistency.advanced(PODS, 3)
    consistency.wrote_at(A, "pods", 8)
    assert is_ready(consistency, A)


def test_with_streams_per_namespace_each_waits_for_its_own(woken):
    consistency = Consistency(woken.append, namespaced=True)
    consistency.wrote_at(A, "pods", 5)
    assert not is_ready(consistency, A)
    consistency.advanced(("pods", "other"), 9)
    assert not is_ready(consistency, A)
    consistency.advanced(("pods", "default"), 5)
    assert is_ready(consistency, A)


def test_our_own_status_is_no_news_but_awaited(consistency):
    consistency.wrote_status(A, "replicasets", 5)
    assert consistency.is_own_status(A, 5)
    assert not consistency.is_own_status(A, 6)
    assert not consistency.is_own_status(B, 5)
    assert not is_ready(consistency, A)


def test_of_an_owner_that_is_gone_nothing_is_awaited(consistency):
    consistency.wrote_status(A, "replicasets", 5)
    consistency.clear(A)
    assert is_ready(consistency, A)
    assert not consistency.is_own_status(A, 5)
