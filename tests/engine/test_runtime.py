"""The engine in one piece, against the simulated cluster."""

import asyncio
import math
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest

from builders import SECOND, pod, reference, replica_set
from engine.fake_api import FakeClient
from jobs import job, task
from podwright import client as api
from podwright.engine import metrics
from podwright.engine import runtime as runtimes
from podwright.engine.keys import Key
from podwright.engine.runtime import Runtime
from podwright.fence import LostLeadershipError
from podwright.kinds import BATCH
from podwright.kinds.job import JOB
from podwright.objects import Pod
from podwright.owners import Owner
from podwright.plan import Plan
from podwright.workload import Served
from simulation.cluster import SERVED

KIND = SERVED.workload.kind


class World:
    """A running engine, and Kopf's part."""

    def __init__(self, served=SERVED, **options):
        self.served = served
        self.client = FakeClient(served=served)
        self.cluster = self.client.cluster
        self.runtime = Runtime(self.client, [served], **options)
        self._told = 0
        self._kopf = asyncio.create_task(self._tell())

    async def _tell(self):
        """What our Kopf handler does."""
        while True:
            history = self.cluster.history[Owner]
            for _, owner in history[self._told :]:
                meta = owner.metadata
                key = Key(self.served.workload.kind, meta.namespace, meta.name)
                self.runtime.owner_changed(self.served.resource, key, int(meta.resource_version))
            self._told = len(history)
            await asyncio.sleep(0.001)

    async def start(self):
        """As the only operator, which is leader before it reads anything."""
        since = asyncio.get_running_loop().time()
        await self.runtime.start()
        await self.runtime.lead(since)

    async def until(self, happened):
        deadline = asyncio.get_running_loop().time() + 10
        while not happened():
            assert asyncio.get_running_loop().time() < deadline
            await asyncio.sleep(0.001)

    def ready(self, name="web"):
        owner = self.cluster.find(Owner, name)
        return owner and owner.status.get("readyReplicas")

    def grow(self):
        for name in list(self.cluster.things[Pod]):
            while self.cluster.find(Pod, name) and self.cluster.grow(name):
                pass
        return True

    async def end(self):
        self._kopf.cancel()
        await self.runtime.stop()


@pytest.fixture
async def make():
    worlds = []

    def make(*args, **options):
        worlds.append(World(*args, **options))
        return worlds[-1]

    yield make
    for world in worlds:
        await world.end()


async def test_what_is_there_at_the_start_gets_its_pods(make):
    world = make()
    world.cluster.create(replica_set(replicas=3))
    world.cluster.create(pod("web-0", owner=None))
    await world.start()
    await world.until(lambda: world.grow() and world.ready() == 3)
    assert len(world.cluster.pods) == 3


async def test_what_changes_later_is_followed(make):
    world = make()
    await world.start()
    world.cluster.create(replica_set(replicas=1))
    await world.until(lambda: world.grow() and world.ready() == 1)
    world.cluster.edit("web", replicas=4)
    await world.until(lambda: world.grow() and world.ready() == 4)
    world.cluster.delete(Pod, world.cluster.pods[0].name)
    await world.until(lambda: world.grow() and len(world.cluster.pods) == 4 and world.ready() == 4)
    world.cluster.edit("web", replicas=0)
    await world.until(lambda: world.grow() and not world.cluster.pods and world.ready() == 0)


async def test_users_read_what_was_done(make):
    world = make()
    world.cluster.create(replica_set(replicas=1))
    await world.start()
    await world.until(lambda: world.client.events)
    [event] = world.client.events
    assert event["message"] == f"Created pod: {world.cluster.pods[0].name}"


async def test_no_decision_before_all_lists_are_read(make):
    world = make()
    world.cluster.create(replica_set(replicas=1))

    def no_pods(request):
        if request.path == "/api/v1/pods":
            raise api.Refused("forbidden", code=403)

    world.client.on_request = no_pods
    start = asyncio.create_task(world.start())
    await asyncio.sleep(0.02)
    assert not world.runtime.is_synced
    assert not world.client.writes("POST")
    world.client.on_request = lambda _: None
    await asyncio.wait_for(start, 1)
    assert world.runtime.is_synced
    await world.until(lambda: world.cluster.pods)


async def test_at_rest_nothing_is_sent(make):
    world = make()
    world.cluster.create(replica_set(replicas=2))
    await world.start()
    await world.until(lambda: world.grow() and world.ready() == 2)
    await world.runtime.recorder.drain(10)
    sent = -1
    while sent != len(world.client.sent):  # the last status, and what it brings back
        sent = len(world.client.sent)
        await asyncio.sleep(0.02)
    world.client.sent.clear()
    await asyncio.sleep(0.05)
    assert world.client.sent == []


async def test_a_rule_with_a_bug_delays_nobody_else(make, caplog):
    def decide(seen):
        if seen.meta.name == "poison":
            raise ZeroDivisionError
        return SERVED.workload.decide(seen)

    world = make(replace(SERVED, workload=replace(SERVED.workload, decide=decide)), workers=1)
    world.cluster.create(replica_set("poison", replicas=1))
    world.cluster.create(replica_set("web", replicas=1))
    await world.start()
    await world.until(lambda: world.grow() and world.ready() == 1)
    assert "default/poison ReplicaSet: cannot be reconciled" in caplog.text
    assert not world.runtime.failed.done()


async def test_a_quota_that_is_lifted_is_noticed(make):
    world = make()
    world.cluster.pod_quota = 1
    world.cluster.create(replica_set(replicas=2))
    await world.start()
    await world.until(lambda: len(world.cluster.pods) == 1)
    world.cluster.pod_quota = None
    await world.until(lambda: len(world.cluster.pods) == 2)


async def test_a_pod_that_becomes_available_is_noticed_without_an_event(make):
    world = make()
    world.cluster.now = datetime.now(UTC) - 0.95 * SECOND
    world.cluster.create(replica_set(replicas=1, min_ready_seconds=1))
    await world.start()
    await world.until(lambda: world.grow() and world.ready() == 1)
    await world.until(lambda: world.cluster.find(Owner, "web").status["availableReplicas"] == 1)


async def test_a_quota_does_not_make_it_late_for_a_pod_that_becomes_available(make):
    world = make()
    world.cluster.pod_quota = 1
    world.cluster.create(replica_set(replicas=2, min_ready_seconds=1))
    await world.start()
    await world.until(lambda: world.cluster.pods)
    world.runtime.queue._failures[Key(KIND, "default", "web")] = 30  # the next one after 1000 s
    world.cluster.now = datetime.now(UTC) - 0.95 * SECOND
    await world.until(lambda: world.grow() and world.ready() == 1)
    await world.until(lambda: world.cluster.find(Owner, "web").status["availableReplicas"] == 1)


async def test_who_may_not_write_any_more_ends(make):
    world = make()
    world.cluster.create(replica_set(replicas=1))

    def refuse(request):
        if request.method == "POST":
            raise LostLeadershipError

    world.client.on_request = refuse
    await world.start()
    with pytest.raises(LostLeadershipError):
        await asyncio.wait_for(world.runtime.failed, 1)
    assert world.cluster.pods == []


async def test_a_standby_writes_nothing_and_nothing_piles_up(make):
    world = make()
    await world.runtime.start()
    for n in range(20):
        world.cluster.create(replica_set(f"web-{n}", replicas=3))
    await world.until(lambda: len(world.runtime.store.owners) == 20)
    await asyncio.sleep(0.02)
    assert len(world.runtime.queue) == 0
    assert not world.client.writes("POST")
    await world.runtime.lead(math.inf)
    await world.until(lambda: len(world.cluster.pods) == 60)


async def test_a_successor_looks_at_nothing_older_than_its_predecessors_last_write(make):
    world = make()
    owner = world.cluster.create(replica_set(replicas=3))
    mine = msgspec.structs.replace(reference("web"), uid=owner.metadata.uid)
    await world.runtime.start()
    world.client.speaks = False  # its watches are late
    for n in range(3):
        world.cluster.create(pod(f"web-{n}", owner=mine))
    leads = asyncio.create_task(world.runtime.lead(math.inf))
    await asyncio.sleep(0.05)
    assert not leads.done()
    assert not world.client.writes("POST")
    world.client.speaks = True
    await asyncio.wait_for(leads, 1)
    await world.until(lambda: world.grow() and world.ready() == 3)
    assert len(world.cluster.pods) == 3
    assert not world.client.writes("DELETE")


async def test_a_stop_waits_for_the_answers_of_what_was_sent(make):
    world = make()
    sent, answered, send = [], [], world.client.send

    async def slowly(method, *arguments, **options):
        if method == "POST":
            sent.append(method)
            await asyncio.sleep(0.1)
        answer = await send(method, *arguments, **options)
        if method == "POST":
            answered.append(method)
        return answer

    world.client.send = slowly
    world.cluster.create(replica_set(replicas=1))
    await world.start()
    await world.until(lambda: sent)
    await world.runtime.stop()
    assert answered == sent
    assert len(world.cluster.pods) == 1


async def test_a_stop_does_not_wait_for_ever(make, monkeypatch):
    monkeypatch.setattr(runtimes, "LAST_WORK_SECONDS", 0.05)
    world = make()
    send, sent = world.client.send, []

    async def never(method, *arguments, **options):
        if method == "POST":
            sent.append(method)
            await asyncio.sleep(60)
        return await send(method, *arguments, **options)

    world.client.send = never
    world.cluster.create(replica_set(replicas=1))
    await world.start()
    await world.until(lambda: sent)
    await asyncio.wait_for(world.runtime.stop(), 2)


async def test_a_stream_that_shows_no_writes_is_opened_anew(make, monkeypatch):
    monkeypatch.setattr(runtimes, "STALE_SECONDS", 0.02)
    world = make()
    world.cluster.create(replica_set(replicas=1))
    await world.start()
    await world.until(lambda: len(world.client.writes("WATCH")) == 2)
    world.client.speaks = False  # as when a firewall has forgotten the connections
    world.client.on_request = lambda request: setattr(
        world.client, "speaks", world.client.speaks or request.method == "WATCH"
    )
    world.cluster.edit("web", replicas=2)
    await world.until(lambda: len(world.cluster.pods) == 2)
    assert len(world.client.writes("WATCH")) > 2


async def test_an_owner_that_is_gone_is_forgotten(make):
    world = make()
    world.cluster.create(replica_set(replicas=1))
    await world.start()
    await world.until(lambda: world.cluster.pods)
    world.cluster.delete(Owner, "web")
    while world.cluster.collect():
        pass
    await world.until(lambda: not world.runtime.store.owners)
    await world.until(lambda: not world.runtime.queue.delayed)


STRAY = Key("Job", "default", "")
JOBS = Served(JOB, BATCH)


async def test_what_a_job_left_while_nobody_worked_is_let_go_when_leadership_begins(make):
    world = make(JOBS)
    world.cluster.create(task())
    await world.runtime.start()
    await asyncio.sleep(0.02)
    assert world.cluster.pods[0].metadata.finalizers  # a standby takes nothing off
    await world.runtime.lead(math.inf)
    await world.until(lambda: not world.cluster.pods[0].metadata.finalizers)
    await world.until(lambda: STRAY not in world.runtime.store.strays)


async def test_what_a_job_leaves_is_let_go_at_once(make):
    world = make(JOBS)
    await world.start()
    world.cluster.create(job())
    await world.until(lambda: world.cluster.pods)
    assert world.cluster.pods[0].metadata.finalizers
    world.cluster.delete(Owner, "work")
    await world.until(lambda: not any(it.metadata.finalizers for it in world.cluster.pods))
    await world.until(lambda: not world.runtime.queue.delayed)


@pytest.mark.parametrize(
    ("left", "delay"),
    [(10, 10), (299, 299), (301, 300), (10**6, 300)],
    ids=["soon", "just-before", "just-after", "in-many-days"],
)
async def test_no_wait_is_longer_than_five_minutes_at_a_time(make, left, delay):
    """The clock on the wall may be put right meanwhile, and the machine may sleep."""
    world = make()
    now = asyncio.get_running_loop().time()
    world.runtime._return_at(Key(KIND, "default", "web"), datetime.now(UTC) + left * SECOND)
    [at] = world.runtime.queue._later_at.values()
    assert at - now == pytest.approx(delay, abs=0.5)
    assert runtimes.LONGEST_WAIT_SECONDS == 300


async def test_a_rule_that_waits_for_long_is_asked_again_meanwhile(make, monkeypatch):
    monkeypatch.setattr(runtimes, "LONGEST_WAIT_SECONDS", 0.02)
    looks = []

    def decide(seen):
        looks.append(seen.now)
        return Plan().again_at(seen.now + 10**6 * SECOND)

    world = make(replace(SERVED, workload=replace(SERVED.workload, decide=decide)))
    world.cluster.create(replica_set(replicas=0))
    await world.start()
    await world.until(lambda: len(looks) > 5)


async def test_health_looks_at_what_the_streams_have_brought(make):
    world = make()
    await world.start()
    assert world.runtime.health() is None
    world.runtime.reflectors[1].last_heard -= 2 * api.WATCH_SILENCE + 5
    assert world.runtime.health() == "nothing heard about pods for 155 s"


async def test_a_stream_each_for_every_namespace(make):
    world = make(namespaces=["a", "b"])
    paths = {reflector._path for reflector in world.runtime.reflectors}
    owners = "/apis/apps.podwright.dev/v1/namespaces"
    pods = "/api/v1/namespaces"
    assert paths == {f"{where}/replicasets" for where in (f"{owners}/a", f"{owners}/b")} | {
        f"{pods}/a/pods",
        f"{pods}/b/pods",
    }


async def test_it_measures_itself(make):
    world = make()
    world.cluster.create(replica_set(replicas=2))
    await world.start()
    await world.until(lambda: world.grow() and world.ready() == 2)
    world.runtime.measure()
    assert metrics.CACHED.labels("pods")._value.get() == 2
    assert metrics.CACHED.labels("owners")._value.get() == 1
    assert metrics.QUEUE_DEPTH._value.get() == 0
    assert metrics.WATCH_AGE.labels("pods")._value.get() < 5
