"""The operator as it is deployed: two replicas, one of which works, whatever befalls it.

Each test has a set that nobody changes; not one of its pods may be touched.
"""

import threading
import time
from itertools import pairwise

import pytest
from aimed import Aimed
from census import Census
from deprivation import deprived
from installed import SYSTEM, later, now, seconds_between
from operating import eventually
from words import restarts, set_of, shell, uids

LEASE_SECONDS, GRACE = 15, 5
PODS = 60
STAY = shell("exec sleep infinity")


@pytest.fixture
def still(operator, world):
    """A set at rest, and at the end the proof that it was left alone, by an operator that is well."""
    world.create(set_of(STAY, name="still", replicas=3))
    world.settled(3, "still")
    before = uids(world.pods("app=still"))
    yield
    operator.wait()
    after = world.pods("app=still")
    assert uids(after) == before
    assert sum(map(restarts, after)) == 0


def pods_created(operator, world):
    """Times and authors of all pods that were created for the set `web`, from the audit log."""
    path = f"{world.core}/pods"
    every = operator.requests(verbs={"create"})
    return [
        (when, pod) for when, pod, _, uri, code in every if uri.startswith(path) and code == 201
    ]


def writes(operator, world, since):
    """What was written in this world after a moment: times and authors.

    What was on its way at that moment does not count.
    """
    every = operator.requests(later(since, 1))
    return [(when, pod) for when, pod, _, uri, _ in every if f"/{world.namespace}/" in uri]


def first_write(operator, world, since, seconds=LEASE_SECONDS + GRACE + 10):
    """When, and by whom, something was next written after this moment."""
    found = lambda: writes(operator, world, since)  # noqa: E731
    return eventually(found, "somebody works again", seconds, pause=0.2)[0]


def scale_up_and(world, seen, fire):
    """Begin a scale-up to 60 and fire in the middle of it; return when that was."""
    world.create(set_of(STAY, replicas=0))
    world.settled(0)
    world.scale(PODS)
    eventually(lambda: seen.present > 3, "the first pod is there", pause=0)  # 60 take a second
    return fire()


def exactly(world, seen, pods=PODS):
    """So many pods are ready and never were there more: neither at a time, nor one after the other."""
    world.settled(pods, seconds=150)
    assert len(world.pods("app=web")) == pods
    assert seen.most == pods + 3
    assert len(seen.uids) == pods + 3
    assert not world.events("SuccessfulDelete")


def each_was_created_once(operator, world):
    """As the audit log says, which may be behind on a busy machine."""
    created = lambda: len(pods_created(operator, world))  # noqa: E731
    eventually(lambda: created() >= PODS + 3, "the audit log has all of them", pause=0.5)
    assert created() == PODS + 3


def test_two_replicas_run_on_two_nodes_and_one_of_them_leads(operator, world):
    assert len({operator.node_of(pod["metadata"]["name"]) for pod in operator.pods()}) == 2
    world.create(set_of(STAY, replicas=3))
    world.settled(3)
    authors = {pod for _, pod in pods_created(operator, world)}
    assert authors == {operator.leader}


@pytest.mark.alone
def test_a_killed_leader_is_replaced_within_its_lease_and_5_s(operator, world, still, told):
    leader, (node, pid) = operator.leader, operator.process(operator.leader)
    before = operator.restarts(leader)
    with Census(world) as seen:
        killed = scale_up_and(world, seen, Aimed(node, f"kill -9 {pid}").fire)
        made = len(pods_created(operator, world)) - 3
        when, author = first_write(operator, world, killed)
        exactly(world, seen)
    gap = seconds_between(killed, when)
    told(f"leader killed after {made} of {PODS} pods: {author} writes {gap:.1f} s later")
    assert made < PODS, "it was killed in the middle"
    assert gap < LEASE_SECONDS + GRACE
    assert operator.restarts(leader) == before + 1
    each_was_created_once(operator, world)


@pytest.mark.alone
def test_a_leader_frozen_past_its_lease_writes_nothing_more_and_ends(operator, world, still, told):
    leader, (node, pid) = operator.leader, operator.process(operator.leader)
    before = operator.restarts(leader)
    with Census(world) as seen:
        frozen = scale_up_and(world, seen, Aimed(node, f"kill -STOP {pid}").fire)
        made = len(pods_created(operator, world)) - 3
        when, author = first_write(operator, world, frozen)
        world.counted(PODS, "web", seconds=60)
        thawed = Aimed(node, f"kill -CONT {pid}").fire()
        eventually(lambda: operator.restarts(leader) == before + 1, "its container restarts", 60)
        exactly(world, seen)
    gap = seconds_between(frozen, when)
    told(f"leader frozen after {made} of {PODS} pods: {author} writes {gap:.1f} s later")
    assert made < PODS, "it was frozen in the middle"
    assert author != leader
    assert gap < LEASE_SECONDS + GRACE
    assert "could not be renewed for 10 s; ending" in operator.log(leader, previous=True)
    assert [each for each in writes(operator, world, frozen) if each[1] == leader] == []
    each_was_created_once(operator, world)
    ended = operator.pod(leader)["status"]["containerStatuses"][0]["lastState"]["terminated"]
    assert ended["exitCode"] == 1
    # Kubernetes writes whole seconds.
    assert abs(seconds_between(thawed, ended["finishedAt"])) < 2


@pytest.mark.alone
def test_a_leader_cut_off_from_the_network_is_replaced_and_ends(operator, world, still, told):
    leader, node = operator.leader, operator.node_of(operator.leader)
    before = operator.restarts(leader)
    cut, mend = operator.cut_off(leader)
    mend = Aimed(node, mend)
    try:
        with Census(world) as seen:
            moment = scale_up_and(world, seen, Aimed(node, cut).fire)
            made = len(pods_created(operator, world)) - 3
            when, author = first_write(operator, world, moment)
            exactly(world, seen)
            ended = f"{leader} has ended"
            eventually(lambda: operator.restarts(leader) > before, ended, 30, pause=0.2)
            assert "could not be renewed for 10 s; ending" in operator.log(leader, previous=True)
            world.scale(PODS - 10)
            world.settled(PODS - 10, seconds=60)
    finally:
        mend.fire()
    operator.wait()
    assert operator.leader == author
    gap = seconds_between(moment, when)
    told(f"leader cut off after {made} of {PODS} pods: {author} writes {gap:.1f} s later")
    assert made < PODS, "it was cut off in the middle"
    assert author != leader
    assert gap < LEASE_SECONDS + GRACE
    assert [each for each in writes(operator, world, moment) if each[1] == leader] == []
    each_was_created_once(operator, world)


class Unrest(threading.Thread):
    """Scales a set up and down and deletes pods of it, without waiting for anything."""

    # A kubelet would be the slowest part of it.
    NOWHERE = {"nodeSelector": {"example.com/node": "none"}}  # noqa: RUF012

    def __init__(self, world, sizes=(20, 8, 30, 12)):
        super().__init__(daemon=True)
        self._world, self._sizes = world, sizes
        self._over, self.trouble = threading.Event(), None

    def run(self):
        try:
            for turn in range(10**6):
                self._world.scale(self._sizes[turn % len(self._sizes)])
                for name in sorted(self._world.active())[:2]:
                    if name.startswith("web-"):
                        self._world.api.delete(f"{self._world.core}/pods/{name}")
                if self._over.wait(0.5):
                    return
        except Exception as error:
            self.trouble = error

    def end(self):
        self._over.set()
        self.join()
        assert self.trouble is None


@pytest.mark.alone
def test_an_upgrade_under_load_loses_and_doubles_nothing(operator, world, still, told):
    before = {pod["metadata"]["name"] for pod in operator.pods()}
    started = now()
    world.create(set_of(STAY, replicas=20, pod=Unrest.NOWHERE))
    world.counted(20, "web")
    with Census(world) as seen:
        unrest = Unrest(world)
        unrest.start()
        operator.kind.kubectl("rollout", "restart", "deployment/podwright", "-n", SYSTEM)
        operator.wait()
        time.sleep(3)  # some more unrest, under the new ones
        unrest.end()
        world.scale(25)
        world.counted(25, "web")
        assert seen.most <= 30 + 3
    assert before.isdisjoint(pod["metadata"]["name"] for pod in operator.pods())
    done = writes(operator, world, started)
    hand_overs = [
        (seconds_between(a[0], b[0]), f"{a[1][-5:]} to {b[1][-5:]}")
        for a, b in pairwise(done)
        if a[1] != b[1]
    ]
    told("upgrade under load: " + ", ".join(f"{what} {gap:.1f} s" for gap, what in hand_overs))
    authors = [done[0][1]] + [b[1] for a, b in pairwise(done) if a[1] != b[1]]
    assert len(authors) == len(set(authors)) > 1, "each of them wrote in a time of its own"
    assert max(gap for gap, _ in hand_overs) < LEASE_SECONDS + GRACE


@pytest.mark.alone
def test_a_restart_of_the_api_server_loses_and_doubles_nothing(operator, world, still, told):
    (control_plane,) = set(operator.kind.nodes) - set(operator.kind.workers)
    with Census(world) as seen, deprived(operator.kind):
        killing = Aimed(control_plane, "pkill -9 kube-apiserver")
        killed = scale_up_and(world, seen, killing.fire)
        made = len(pods_created(operator, world)) - 3
        when, author = first_write(operator, world, killed, seconds=90)
        exactly(world, seen)
    gap = seconds_between(killed, when)
    told(f"API server killed after {made} of {PODS} pods: {author} writes {gap:.1f} s later")
    assert made < PODS, "it was killed in the middle"
