"""One look at one owner: what it sees, does, writes and says about coming back."""

import pytest
from msgspec.structs import replace as changed

from builders import NOW, SECOND, pod, replica_set
from engine.fake_api import FakeClient
from jobs import job
from podwright import client as api
from podwright import labels
from podwright.engine.consistency import Stale
from podwright.engine.keys import Key
from podwright.engine.reconcile import LookAgain
from podwright.kinds import BATCH
from podwright.kinds.job import JOB
from podwright.objects import Condition, OwnerReference, Pod
from podwright.owners import Owner
from podwright.workload import Served
from simulation.cluster import Cluster
from simulation.engine import Engine
from simulation.operators import Referee, Wire

WEB = Key("ReplicaSet", "default", "web")


class World:
    """An engine, driven by hand, with streams that deliver when they are told to."""

    def __init__(self, **spec):
        self.cluster = Cluster()
        self.cluster.create(replica_set(**spec))
        self.wire = Wire(self.cluster, Referee())
        self.client = FakeClient(self.wire)
        self.engine = Engine(self.wire, self.client)

    async def reconcile(self):
        return await self.engine.reconciler.reconcile(WEB)

    def see(self, *streams):
        for stream in streams or ("pods", "owners"):
            self.engine.feed.deliver(stream)

    @property
    def owner(self):
        return self.cluster.find(Owner, "web")


async def until_rest(world):
    """Look as often as the cache has news; the pods get ready meanwhile."""
    for _ in range(10):
        version = world.cluster.version
        await world.reconcile()
        for it in world.cluster.pods:
            while world.cluster.grow(it.name):
                pass
        world.see()
        if world.cluster.version == version:
            return
    pytest.fail("no rest")


async def test_a_set_gets_its_pods_and_a_true_status():
    world = World(replicas=3)
    await until_rest(world)
    assert len(world.cluster.pods) == 3
    assert world.owner.status["readyReplicas"] == 3
    assert world.owner.status["observedGeneration"] == 1


async def test_at_rest_nothing_is_sent():
    world = World(replicas=2)
    await until_rest(world)
    world.client.sent.clear()
    assert await world.reconcile() is None
    assert world.client.sent == []


async def test_with_a_cache_behind_its_own_writes_nothing_is_done():
    world = World(replicas=3)
    await world.reconcile()
    world.see("owners")
    sent = len(world.client.sent)
    with pytest.raises(Stale):
        await world.reconcile()
    assert len(world.client.sent) == sent


async def test_an_owner_that_is_gone_is_forgotten():
    world = World(replicas=1)
    world.wire.fault_after = 0
    with pytest.raises(LookAgain):
        await world.reconcile()
    world.cluster.delete(Owner, "web")
    world.see()
    assert await world.reconcile() is None
    world.cluster.create(replica_set(replicas=0))
    world.see()
    await world.reconcile()
    assert not world.client.writes("GET")  # nothing left to settle


async def test_claims_come_first_and_alone_and_the_owner_comes_back_at_once():
    world = World(replicas=2)
    world.cluster.create(pod("a", owner=None))
    world.see()
    assert await world.reconcile() == NOW
    assert [request.method for request in world.client.sent] == ["GET", "PATCH"]
    with pytest.raises(Stale):
        await world.reconcile()
    world.see()
    await until_rest(world)
    assert len(world.cluster.pods) == 2


async def test_an_orphan_that_is_gone_by_now_brings_the_owner_back():
    world = World(replicas=1)
    world.cluster.create(pod("a", owner=None, node=""))
    world.see()
    world.cluster.delete(type(world.cluster.pods[0]), "a")
    with pytest.raises(LookAgain):
        await world.reconcile()


async def test_a_pod_that_shows_up_while_its_creation_is_settled_is_counted():
    """Its news overtakes the answer: what was seen before must not be decided on."""
    world = World(replicas=1)
    world.wire.fault_after = 0
    with pytest.raises(LookAgain):
        await world.reconcile()
    world.see("owners")
    world.client.on_request = lambda _: world.see("pods")
    await world.reconcile()
    assert len(world.cluster.pods) == 1


async def test_a_refusal_is_told_in_the_status_and_tried_again():
    world = World(replicas=2)
    world.cluster.pod_quota = 1
    with pytest.raises(LookAgain, match="exceeded quota"):
        await world.reconcile()
    [condition] = world.owner.status["conditions"]
    assert (condition["type"], condition["reason"]) == ("ReplicaFailure", "FailedCreate")


async def test_a_failure_does_not_make_the_clock_forgotten():
    """A pod becomes available in 10 s, whatever the growing delay of retries is by then."""
    world = World(replicas=2, min_ready_seconds=10)
    world.cluster.pod_quota = 1
    with pytest.raises(LookAgain):
        await world.reconcile()
    [it] = world.cluster.pods
    ready = Condition("Ready", "True", last_transition_time=NOW)
    running = changed(it.status, phase="Running", conditions=(ready,))
    world.cluster.put(changed(it, status=running, spec=changed(it.spec, node_name="n1")))
    world.see()
    with pytest.raises(LookAgain) as again:
        await world.reconcile()
    assert again.value.at == NOW + 10 * SECOND


async def test_an_owner_that_has_changed_meanwhile_is_looked_at_again():
    world = World(replicas=0)
    world.cluster.edit("web", replicas=1)
    with pytest.raises(LookAgain, match="the owner has changed"):
        await world.reconcile()
    assert world.owner.status == {}


async def test_an_owner_that_was_deleted_meanwhile_needs_no_status():
    world = World(replicas=0)
    world.cluster.delete(Owner, "web")
    assert await world.reconcile() is None


async def test_an_api_server_that_is_away_is_no_news_about_the_owner():
    world = World(replicas=0)

    def away(_):
        raise api.Unavailable("connection refused", unknown=False)

    world.client.on_request = away
    with pytest.raises(api.Unavailable):
        await world.reconcile()


async def test_what_is_done_and_waited_for_is_logged_once(caplog):
    caplog.set_level("INFO", "podwright.reconcile")
    world = World(replicas=2)
    await world.reconcile()
    world.see()
    await world.reconcile()
    world.see()
    await world.reconcile()
    assert [record.message for record in caplog.records] == [
        "default/web ReplicaSet: create 2",
        "default/web ReplicaSet waits for the scheduler to find nodes for its pods",
    ]


# --- what Jobs leave behind ----------------------------------------------------------------------

NOBODY = Key("Job", "default", "")
JOBS = "/apis/batch.podwright.dev/v1/namespaces/default/jobs"


class JobEngine(Engine):
    served = Served(JOB, BATCH)


class Leftovers:
    """Pods with our finalizer, and an engine that has not seen their Jobs."""

    def __init__(self):
        self.cluster = Cluster(served=JobEngine.served)
        self.wire = Wire(self.cluster, Referee())
        self.client = FakeClient(self.wire)
        self.engine = JobEngine(self.wire, self.client)

    def pod(self, name, uid="gone", owner="work", finalizers=(labels.JOB_TRACKING,)):
        owners = (OwnerReference("batch.podwright.dev/v1", "Job", owner, uid, True, True),)
        meta = pod(name, owner=None).metadata
        meta = changed(meta, finalizers=finalizers, owner_references=owners if uid else ())
        return self.cluster.create(changed(pod(name), metadata=meta))

    async def reconcile(self):
        self.engine.feed.deliver("pods")
        self.client.sent.clear()
        return await self.engine.reconciler.reconcile(NOBODY)

    def held(self):
        return sorted(it.name for it in self.cluster.pods if it.metadata.finalizers)

    def requests(self):
        return [f"{each.method} {each.path.rpartition('/')[2]}" for each in self.client.sent]


@pytest.fixture
def leftovers():
    return Leftovers()


async def test_pods_of_a_job_that_is_gone_are_let_go_after_one_live_look_at_it(leftovers):
    for name in "abc":
        leftovers.pod(name)
    assert await leftovers.reconcile() is None
    assert leftovers.held() == []
    assert leftovers.requests() == ["GET work", "PATCH a", "PATCH b", "PATCH c"]
    assert leftovers.client.sent[0].path == f"{JOBS}/work"


async def test_a_finalizer_is_taken_off_an_object_as_it_was_seen_and_others_stay(leftovers):
    it = leftovers.pod("a", finalizers=("x/y", labels.JOB_TRACKING))
    await leftovers.reconcile()
    assert leftovers.client.sent[-1].body == {
        "metadata": {
            "uid": it.metadata.uid,
            "resourceVersion": it.metadata.resource_version,
            "finalizers": ["x/y"],
        }
    }


async def test_each_job_is_asked_for_once(leftovers):
    for name, owner in (("a", "one"), ("b", "two"), ("c", "one")):
        leftovers.pod(name, f"uid-of-{owner}", owner)
    await leftovers.reconcile()
    assert sorted(each.path for each in leftovers.client.writes("GET")) == [
        f"{JOBS}/one",
        f"{JOBS}/two",
    ]


async def test_a_pod_of_nobody_is_let_go_without_a_question(leftovers):
    leftovers.pod("a", uid="")
    await leftovers.reconcile()
    assert leftovers.held() == []
    assert leftovers.requests() == ["PATCH a"]


async def test_a_job_that_is_there_keeps_its_pods_though_we_have_not_seen_it_yet(leftovers):
    alive = leftovers.cluster.create(job(parallelism=0)).metadata.uid
    leftovers.pod("a", alive)
    leftovers.pod("b", "of-its-namesake")
    await leftovers.reconcile()
    assert leftovers.held() == ["a"]
    assert leftovers.requests() == ["GET work", "GET work", "PATCH b"]


async def test_a_pod_that_has_changed_is_let_go_when_that_is_told(leftovers):
    leftovers.pod("a")
    leftovers.engine.feed.deliver("pods")
    leftovers.engine.due.keys.clear()
    leftovers.cluster.relabel("a", {"app": "other"})
    await leftovers.engine.reconciler.reconcile(NOBODY)
    assert leftovers.held() == ["a"]
    leftovers.engine.feed.deliver("pods")
    assert list(leftovers.engine.due.keys) == [NOBODY]
    await leftovers.reconcile()
    assert leftovers.held() == []


async def test_a_pod_that_is_gone_by_now_is_no_failure(leftovers):
    leftovers.pod("a")
    leftovers.pod("b")
    leftovers.engine.feed.deliver("pods")
    bare = changed(leftovers.cluster.find(Pod, "a").metadata, finalizers=())
    leftovers.cluster.put(changed(leftovers.cluster.find(Pod, "a"), metadata=bare))
    leftovers.cluster.delete(Pod, "a")
    leftovers.cluster.grow("a")
    assert await leftovers.engine.reconciler.reconcile(NOBODY) is None
    assert leftovers.held() == []


async def test_an_api_server_that_does_not_tell_of_the_job_has_nothing_let_go(leftovers):
    leftovers.pod("a")

    def away(request):
        if request.method == "GET":
            raise api.Unavailable("timeout")

    leftovers.client.on_request = away
    with pytest.raises(api.Unavailable):
        await leftovers.reconcile()
    assert leftovers.held() == ["a"]


async def test_what_was_let_go_is_not_looked_at_before_the_cache_shows_it(leftovers):
    leftovers.pod("a")
    await leftovers.reconcile()
    with pytest.raises(Stale):
        await leftovers.engine.reconciler.reconcile(NOBODY)
    assert await leftovers.reconcile() is None
    assert leftovers.client.sent == []


async def test_only_what_is_let_go_is_logged(leftovers, caplog):
    caplog.set_level("INFO", "podwright.reconcile")
    leftovers.pod("a")
    await leftovers.reconcile()
    await leftovers.reconcile()
    assert [each.message for each in caplog.records] == [
        "default: 1 let go that belonged to no Job any more"
    ]
