"""Failures by owner and slot."""

from datetime import timedelta

from builders import NOW, SECOND
from podwright.engine.history import History
from podwright.engine.keys import Key
from podwright.rules import backoff
from podwright.workload import Strike

WEB, API = Key("DaemonSet", "default", "web"), Key("DaemonSet", "default", "api")


def test_nothing_has_failed_in_the_beginning():
    assert History().of(WEB) == {}


def test_failures_of_a_slot_are_counted_with_the_time_of_the_last():
    history = History()
    for n in range(3):
        history.note(WEB, "1/n1", NOW + n * SECOND)
    assert history.of(WEB) == {"1/n1": Strike(3, NOW + 2 * SECOND)}


def test_slots_and_owners_are_counted_apart():
    history = History()
    history.note(WEB, "1/n1", NOW)
    history.note(WEB, "1/n2", NOW)
    history.note(API, "1/n1", NOW)
    assert history.of(WEB) == {"1/n1": Strike(1, NOW), "1/n2": Strike(1, NOW)}
    assert history.of(API) == {"1/n1": Strike(1, NOW)}


def test_what_is_long_past_is_forgotten_with_the_next_failure():
    history, later = History(), NOW + 2 * backoff.LONGEST + SECOND
    history.note(WEB, "1/n1", NOW)
    history.note(WEB, "1/n2", NOW)
    history.note(WEB, "1/n1", later)
    assert history.of(WEB) == {"1/n1": Strike(1, later)}


def test_an_owner_that_is_gone_is_forgotten():
    history = History()
    history.note(WEB, "1/n1", NOW)
    history.forget(WEB)
    history.forget(API)
    assert history.of(WEB) == {}


def test_what_was_looked_at_does_not_change_afterwards():
    history = History()
    history.note(WEB, "1/n1", NOW)
    before = history.of(WEB)
    history.note(WEB, "1/n1", NOW + SECOND)
    assert before == {"1/n1": Strike(1, NOW)}


def test_pauses_follow_from_what_was_noted():
    history, now = History(), NOW
    waited = []
    for _ in range(5):
        history.note(WEB, "1/n1", now)
        moment = backoff.until(history.of(WEB)["1/n1"], now)
        waited.append((moment - now) / timedelta(seconds=1))
        now = moment
    assert waited == [1, 2, 4, 8, 16]
