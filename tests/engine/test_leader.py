"""Taking part in an election: requests, threads, and the end of a leader."""

import asyncio
import logging
import os
import signal
import threading
import time

import msgspec
import pytest

from podwright import client as api
from podwright.engine import leader as leaders
from podwright.engine.leader import Election, Leader, boot_clock, identity
from podwright.engine.lease import Candidate, Timing

PLACE = ("kube-system", "podwright")
PATH = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases"
QUICK = Timing(1, 0.4, 0.05)


class Server:
    """The API server, as far as one Lease goes; every candidate has a connection of its own."""

    def __init__(self):
        self.lease, self.version = None, 0
        self.requests = []
        self.before = lambda _: None
        """May raise or change something before a request is carried out."""
        self.after = lambda _: None
        """May raise after it: the answer is lost."""

    @property
    def holder(self):
        return self.lease["spec"]["holderIdentity"]

    def write(self, body):
        self.version += 1
        version = {"resourceVersion": str(self.version)}
        self.lease = body | {"metadata": body["metadata"] | version}

    async def send(self, method, path, *, body=None):
        self.requests.append(method)
        self.before(method)
        if method == "POST":
            assert path == PATH
            if self.lease is not None:
                raise api.AlreadyExists("it exists", code=409)
            self.write(body)
        else:
            assert path == f"{PATH}/podwright"
            if self.lease is None:
                raise api.NotFound("it does not", code=404)
        if method == "PUT":
            if body["metadata"]["resourceVersion"] != self.lease["metadata"]["resourceVersion"]:
                raise api.Conflict("it has changed", code=409)
            self.write(body)
        self.after(method)
        return msgspec.json.encode(self.lease)

    async def close(self):
        pass


class World:
    """Candidates, each with a clock that the test moves."""

    def __init__(self):
        self.server, self.now = Server(), 1000.0

    def join(self, name):
        me = Candidate(name, Timing(), PLACE)
        return me, Election(self.server, me, lambda: self.now)

    async def step(self, election, seconds=0.0):
        self.now += seconds
        await election.step()


@pytest.fixture
def world():
    return World()


def believes(me, world):
    return world.now < me.until


async def test_the_first_one_makes_the_lease_and_leads(world):
    me, mine = world.join("a")
    await world.step(mine)
    assert believes(me, world)
    assert world.server.holder == "a"
    assert world.server.requests == ["GET", "POST"]


async def test_a_leader_needs_one_request_to_renew(world):
    _, mine = world.join("a")
    await world.step(mine)
    world.server.requests.clear()
    await world.step(mine, 2)
    assert world.server.requests == ["PUT"]


async def test_the_second_one_stands_by_and_writes_nothing(world):
    _, first = world.join("a")
    other, second = world.join("b")
    for _ in range(20):
        await world.step(first, 1)
        await world.step(second, 1)
        assert not believes(other, world)
    assert world.server.holder == "a"


async def test_a_leader_that_is_gone_is_replaced_when_its_time_is_over(world):
    me, first = world.join("a")
    other, second = world.join("b")
    await world.step(first)
    await world.step(second, 1)  # sees it for the first time
    await world.step(second, 14.9)
    assert not believes(other, world)
    await world.step(second, 0.1)
    assert believes(other, world)
    assert not believes(me, world)
    assert world.server.lease["spec"]["leaseTransitions"] == 1


async def test_of_two_that_take_a_free_lease_one_gets_it(world):
    _, first = world.join("a")
    me, late = world.join("b")
    other, fast = world.join("c")
    await world.step(first)
    await world.step(late)
    await world.step(fast)
    world.now += 15

    def overtake(method):
        if method == "PUT":
            world.server.before = lambda _: None
            world.server.write(other.claim(leaders.datetime.now(leaders.UTC)))

    world.server.before = overtake
    await world.step(late)
    assert world.server.holder == "c"
    assert not believes(me, world)
    assert me.wait(world.now) == 15


async def test_of_two_that_make_the_lease_one_gets_it(world):
    me, mine = world.join("a")
    other, _ = world.join("b")

    def overtake(method):
        if method == "POST":
            world.server.before = lambda _: None
            world.server.write(other.claim(leaders.datetime.now(leaders.UTC)))

    world.server.before = overtake
    await world.step(mine)
    assert world.server.holder == "b"
    assert not believes(me, world)


async def test_a_renewal_whose_answer_was_lost_is_made_good(world):
    me, mine = world.join("a")
    await world.step(mine)

    def lose(method):
        if method == "PUT":
            world.server.after = lambda _: None
            raise api.Unavailable("no answer")

    world.server.after = lose
    with pytest.raises(api.Unavailable):
        await world.step(mine, 2)
    assert me.until == 1010.0, "not known to have been accepted: it does not count"
    await world.step(mine, 2)
    assert me.until == 1014.0


async def test_a_first_claim_whose_answer_was_lost_is_made_good(world):
    me, mine = world.join("a")

    def lose(method):
        if method == "POST":
            world.server.after = lambda _: None
            raise api.Unavailable("no answer")

    world.server.after = lose
    with pytest.raises(api.Unavailable):
        await world.step(mine)
    assert not believes(me, world)
    await world.step(mine, 2)
    assert believes(me, world)
    assert world.server.lease["spec"]["leaseTransitions"] == 0


async def test_a_label_on_the_lease_costs_the_leader_nothing(world):
    me, mine = world.join("a")
    await world.step(mine)
    labelled = world.server.lease["metadata"] | {"labels": {"theirs": "x"}}
    world.server.write(world.server.lease | {"metadata": labelled})
    await world.step(mine, 2)
    assert me.until == 1012.0
    assert world.server.lease["metadata"]["labels"] == {"theirs": "x"}


async def test_a_lease_that_was_deleted_is_made_anew_by_its_holder(world):
    me, mine = world.join("a")
    other, second = world.join("b")
    await world.step(mine)
    await world.step(second, 1)
    world.server.lease = None
    await world.step(second)
    assert not believes(other, world)
    await world.step(mine, 1)
    assert believes(me, world)
    assert world.server.holder == "a"


async def test_an_api_server_that_is_away_takes_the_time_to_act_away(world):
    me, mine = world.join("a")
    await world.step(mine)

    def away(_):
        raise api.Unavailable("connection refused", unknown=False)

    world.server.before = away
    for _ in range(4):
        with pytest.raises(api.Unavailable):
            await world.step(mine, 2)
        assert believes(me, world)
    world.now += 2
    assert not believes(me, world)


async def test_a_lease_that_was_given_back_is_taken_by_the_next_look(world):
    _, first = world.join("a")
    other, second = world.join("b")
    await world.step(first)
    await world.step(second, 1)
    await first.release()
    await world.step(second, 1)
    assert believes(other, world)


async def test_giving_back_does_not_take_it_from_a_successor(world):
    _, first = world.join("a")
    other, second = world.join("b")
    await world.step(first)
    await world.step(second)
    await world.step(second, 15)
    await first.release()
    assert world.server.holder == "b"
    assert believes(other, world)


async def test_without_its_namespace_there_is_no_lease(world):
    _, mine = world.join("a")

    def missing(_):
        raise api.NotFound('namespaces "kube-system" not found', code=404)

    world.server.before = missing
    with pytest.raises(api.NotFound, match="namespaces"):
        await world.step(mine)


# --- the threads -----------------------------------------------------------------------------


class Replica:
    """A ``Leader`` whose end is noted instead of being the test's."""

    def __init__(self, server, timing=QUICK):
        self.ends, self.late, self.server = [], 0.0, server
        self.leader = Leader(self._connect, PLACE, timing, clock=self._clock, end=self.ends.append)

    async def _connect(self, may_send):
        self.may_send = may_send
        return self.server

    def _clock(self):
        return boot_clock() + self.late


@pytest.fixture
async def join():
    """Starts replicas on one API server."""
    replicas, server = [], Server()

    def join():
        replicas.append(Replica(server))
        replicas[-1].leader.start()
        return replicas[-1]

    yield join
    for each in replicas:
        await each.leader.stop()


async def within(seconds, happened):
    async with asyncio.timeout(seconds):
        while not happened():
            await asyncio.sleep(0.005)


async def test_a_free_lease_is_held_after_the_first_try(join):
    only = join()
    await asyncio.wait_for(only.leader.tried.wait(), 1)
    assert only.leader.leading.is_set()
    assert only.leader.may_write()


async def test_a_standby_knows_after_the_first_try_that_it_is_one(join, caplog):
    caplog.set_level(logging.INFO)
    first = join()
    await asyncio.wait_for(first.leader.leading.wait(), 1)
    second = join()
    await asyncio.wait_for(second.leader.tried.wait(), 1)
    assert not second.leader.leading.is_set()
    assert not second.leader.may_write()
    waiting = [m for m in caplog.messages if m.startswith("standing by")]
    assert waiting == [
        f"standing by: the lease kube-system/podwright is held by {first.leader._me.identity}"
    ]


async def test_a_leader_goes_on_for_longer_than_its_lease(join):
    first, second = join(), None
    await asyncio.wait_for(first.leader.leading.wait(), 1)
    second = join()
    await asyncio.sleep(1.3)
    assert first.leader.may_write()
    assert not second.leader.leading.is_set()
    assert first.ends == second.ends == []


async def test_a_clean_stop_hands_over_at_once(join):
    first = join()
    await asyncio.wait_for(first.leader.leading.wait(), 1)
    second = join()
    await asyncio.wait_for(second.leader.tried.wait(), 1)
    await first.leader.stop()
    assert not first.leader.may_write()
    await asyncio.wait_for(second.leader.leading.wait(), 0.3)
    assert first.ends == []


async def test_a_leader_ends_though_its_own_loop_is_blocked(join):
    first = join()
    await asyncio.wait_for(first.leader.leading.wait(), 1)
    first.server.before = lambda _: time.sleep(1)  # the election's own thread hangs
    time.sleep(0.6)  # and so does the operator's loop
    assert not first.leader.may_write()
    assert first.ends[0] == "the lease kube-system/podwright could not be renewed for 0.4 s"
    first.server.before = lambda _: None


async def test_a_leader_that_was_asleep_may_not_write_and_ends_before_it_asks(join):
    first = join()
    await asyncio.wait_for(first.leader.leading.wait(), 1)
    assert first.may_send()
    first.late = 60.0
    assert not first.leader.may_write()
    assert not first.may_send(), "nor may a renewal go that was on its way"
    before = len(first.server.requests)
    os.kill(os.getpid(), signal.SIGCONT)
    assert first.ends, "before anything else"
    assert first.server.requests[before:].count("GET") <= 1  # one may have been on its way


async def test_a_leader_whose_lease_is_anothers_ends(join):
    first = join()
    await asyncio.wait_for(first.leader.leading.wait(), 1)
    spec = first.server.lease["spec"] | {"holderIdentity": "usurper"}
    first.server.write(first.server.lease | {"spec": spec})
    await within(0.5, lambda: first.ends)
    assert first.ends[0] == "the lease kube-system/podwright was taken by usurper"


async def test_a_bug_in_the_election_ends_the_process(join, caplog):
    only = join()
    await asyncio.wait_for(only.leader.leading.wait(), 1)

    def bug(_):
        raise ZeroDivisionError

    only.server.before = bug
    await within(0.5, lambda: only.ends)
    assert "the election has failed" in caplog.text


def test_two_processes_on_one_machine_are_not_the_same():
    assert identity() != identity()


def test_the_clock_is_not_one_that_can_be_set():
    assert leaders._CLOCK not in (time.CLOCK_REALTIME, time.CLOCK_MONOTONIC)
    assert abs(boot_clock() - time.clock_gettime(time.CLOCK_BOOTTIME)) < 1


def test_a_log_that_nobody_reads_does_not_keep_a_process_alive(monkeypatch):
    ended, blocked = [], threading.Event()
    monkeypatch.setattr(leaders.os, "_exit", ended.append)
    monkeypatch.setattr(leaders.log, "critical", lambda *_: blocked.wait(10))
    started = time.monotonic()
    leaders.end_process("lost")
    assert ended == [1]
    assert time.monotonic() - started < 3
    blocked.set()
