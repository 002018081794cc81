"""The election by a Lease: who may act until when, by whose clock."""

from datetime import UTC, datetime

import pytest

from podwright.engine.lease import Candidate, Timing

PLACE = ("kube-system", "podwright")
AT = datetime(2026, 11, 25, 10, 0, 0, 123456, tzinfo=UTC)


def candidate(identity="me", timing=None):
    return Candidate(identity, timing or Timing(), PLACE)


def lease(holder="other", renewed="2026-11-25T10:00:00.000000Z", **spec):
    """A Lease as the API server shows it."""
    spec = {
        "holderIdentity": holder,
        "leaseDurationSeconds": 15,
        "renewTime": renewed,
        "acquireTime": "2026-11-25T09:00:00.000000Z",
        "leaseTransitions": 3,
    } | spec
    metadata = {"namespace": PLACE[0], "name": PLACE[1], "resourceVersion": "7"}
    return {"metadata": metadata | {"labels": {"theirs": "x"}}, "spec": spec}


@pytest.mark.parametrize(
    "seconds",
    [(10, 10.0, 2.0), (15, 15.5, 2.0), (15, 2.0, 2.0), (15, 2.3, 2.0), (15, 10.0, 0.0), (0, 0, 0)],
    ids=str,
)
def test_times_that_would_give_two_leaders_or_no_second_try_are_refused(seconds):
    with pytest.raises(ValueError, match="not "):
        Timing(*seconds)


def test_kubernetes_own_times_are_the_default():
    assert Timing() == Timing(15, 10.0, 2.0)


def test_where_there_is_none_the_lease_is_free():
    me = candidate()
    me.saw(None, 100.0)
    assert me.wait(100.0) == 0


def test_a_new_lease_has_no_transition_and_all_times():
    assert candidate().claim(AT) == {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"namespace": "kube-system", "name": "podwright"},
        "spec": {
            "holderIdentity": "me",
            "leaseDurationSeconds": 15,
            "acquireTime": "2026-11-25T10:00:00.123456Z",
            "renewTime": "2026-11-25T10:00:00.123456Z",
            "leaseTransitions": 0,
        },
    }


def test_the_lease_of_another_is_waited_for_from_when_it_was_seen_to_change():
    me = candidate()
    me.saw(lease(), 100.0)
    assert me.wait(100.0) == 15
    me.saw(lease(), 110.0)  # the same record: it does not get younger by being looked at
    assert me.wait(110.0) == 5
    me.saw(lease(renewed="later"), 112.0)
    assert me.wait(112.0) == 15
    assert me.wait(126.9) == pytest.approx(0.1)
    assert me.wait(127.0) == 0


@pytest.mark.parametrize(
    "renewed", ["1999-01-01T00:00:00.000000Z", "2099-01-01T00:00:00.000000Z"], ids=["slow", "fast"]
)
def test_the_holders_wall_clock_does_not_matter(renewed):
    me = candidate()
    me.saw(lease(renewed=renewed), 100.0)
    assert me.wait(100.0) == 15
    assert me.wait(115.0) == 0


def test_what_the_holder_promised_counts_not_our_own_setting():
    me = candidate(timing=Timing(3, 2.0, 0.5))
    me.saw(lease(leaseDurationSeconds=60), 100.0)
    assert me.wait(103.0) == 57


def test_a_record_without_a_duration_lasts_as_long_as_ours_would():
    me = candidate()
    incomplete = lease()
    del incomplete["spec"]["leaseDurationSeconds"]
    me.saw(incomplete, 100.0)
    assert me.wait(100.0) == 15


def test_a_label_on_the_lease_does_not_prolong_it():
    me = candidate()
    me.saw(lease(), 100.0)
    labelled = lease()
    labelled["metadata"] |= {"resourceVersion": "8", "labels": {"new": "label"}}
    me.saw(labelled, 110.0)
    assert me.wait(115.0) == 0


def test_a_deleted_lease_is_free_only_when_the_time_of_its_holder_is_over():
    me = candidate()
    me.saw(lease(), 100.0)
    me.saw(None, 105.0)
    assert me.wait(105.0) == 10
    assert not me.exists


def test_a_released_lease_is_free_at_once():
    me = candidate()
    me.saw(lease(), 100.0)
    me.saw(lease(holder="", leaseDurationSeconds=1), 101.0)
    assert me.wait(101.0) == 0


def test_the_time_to_act_counts_from_when_the_request_was_sent():
    me = candidate()
    me.saw(lease(holder=""), 100.0)
    me.won(me.claim(AT), 100.5)  # the answer may have come at 104
    assert me.until == 110.5


def test_seeing_ones_own_name_gives_no_time_to_act():
    """As when the answer to our claim was lost: only a request that is accepted counts."""
    me = candidate()
    me.saw(lease(holder="me"), 100.0)
    assert me.is_mine
    assert me.wait(100.0) == 0
    assert me.until < 100.0


def test_taking_over_counts_as_a_transition_and_renewing_does_not():
    me = candidate()
    me.saw(lease(), 100.0)
    taken = me.claim(AT)
    assert taken["spec"]["leaseTransitions"] == 4
    assert taken["spec"]["acquireTime"] == "2026-11-25T10:00:00.123456Z"
    me.won(taken, 120.0)
    renewed = me.claim(AT.replace(hour=11))
    assert renewed["spec"]["leaseTransitions"] == 4
    assert renewed["spec"]["acquireTime"] == "2026-11-25T10:00:00.123456Z"
    assert renewed["spec"]["renewTime"] == "2026-11-25T11:00:00.123456Z"


def test_what_others_wrote_on_the_lease_stays_and_its_version_is_the_precondition():
    me = candidate()
    me.saw(lease(strategy="Mine"), 100.0)
    taken = me.claim(AT)
    assert taken["metadata"]["labels"] == {"theirs": "x"}
    assert taken["metadata"]["resourceVersion"] == "7"
    assert taken["spec"]["strategy"] == "Mine"


def test_a_lease_that_is_given_back_is_nobodys_for_a_second_and_keeps_its_count():
    me = candidate()
    me.saw(lease(holder="me"), 100.0)
    spec = me.surrender(AT)["spec"]
    assert spec["holderIdentity"] == ""
    assert spec["leaseDurationSeconds"] == 1  # 0 is not allowed
    assert spec["leaseTransitions"] == 3


def test_two_candidates_never_believe_at_the_same_time():
    """Whatever the moments of the holder's last renewal and of the other's looks."""
    for tenths in range(40):
        holder, other = candidate("a"), candidate("b")
        sent_at, seen_at = 50.0, 50.0 + tenths / 10  # nobody sees a record before it was sent
        record = holder.claim(AT)
        holder.won(record, sent_at)
        other.saw(record, seen_at)
        free_at = seen_at + other.wait(seen_at)
        assert free_at - holder.until >= 5
