"""Carrying out plans: what each answer of the API server means for each action."""

import dataclasses
import itertools
import re

import pytest
from msgspec.structs import replace

from builders import NOW, POD_SPEC, create, delete, pod, replica_set, seen
from engine.fake_api import PODS, SETS, FakeClient
from podwright import client as api
from podwright.engine import names
from podwright.engine.consistency import Consistency, Stale
from podwright.engine.executor import Executor
from podwright.engine.keys import Key
from podwright.engine.writer import Writer
from podwright.objects import Pod
from podwright.owners import Myself, Owner
from podwright.plan import Adopt, Create, Delete, Patch, Plan, Record, Release, Say
from podwright.workload import Strike
from simulation.cluster import SERVED

WEB = Key("ReplicaSet", "default", "web")
QUOTA = api.Refused("exceeded quota: pods", code=403)
LOST = api.Unavailable("connection reset")


class Run:
    """An executor, the cluster it works on, and what it said."""

    def __init__(self):
        self.client = FakeClient()
        self.cluster = self.client.cluster
        self.owner = self.cluster.create(replica_set())
        self.consistency = Consistency(lambda _: None)
        self.said = []
        writer = Writer(self.client, SERVED, self.consistency)
        self.executor = Executor(writer, lambda _seen, *said: self.said.append(said))

    def pod(self, name, **how):
        """A pod that the API server has; ours unless it is said whose else."""
        it = self.cluster.create(pod(name, **how))
        if "owner" in how:
            return it
        [owner] = it.metadata.owner_references
        mine = replace(owner, uid=self.owner.metadata.uid)
        return self.cluster.put(
            replace(it, metadata=replace(it.metadata, owner_references=(mine,)))
        )

    def look(self):
        mine = self.cluster.owned_by(self.owner.metadata.uid)
        return seen(self.cluster.find(Owner, "web") or self.owner, *mine)

    async def __call__(self, plan, look=None):
        return await self.executor.execute(WEB, plan, look or self.look())

    async def settle(self):
        return await self.executor.settle(WEB, self.look())

    def fail(self, method, error, *, at=0, times=1, applied=False):
        """Let the API server answer so, from the ``at``th such request on."""
        counter = itertools.count()
        wire, write = self.client.wire, self.client.wire.write

        def answer(request):
            wire.write = write
            if request.method == method and at <= next(counter) < at + times:
                if not applied:
                    raise error
                wire.write = lose

        def lose(request):
            write(request)
            raise error

        self.client.on_request = answer

    def posts(self):
        return [request.name for request in self.client.writes("POST")]


@pytest.fixture
def run():
    return Run()


@pytest.fixture
def named(monkeypatch):
    """Names in order: web-1, web-2, ..."""
    numbers = itertools.count(1)
    monkeypatch.setattr(names, "generate", lambda owner: f"{owner}-{next(numbers)}")


def creations(n):
    return Plan.of(*[create()] * n)


# --- creating ----------------------------------------------------------------------------------


async def test_pods_are_created_with_names_of_their_own(run):
    outcome = await run(creations(3))
    assert outcome.failures == ()
    assert {name: made.uid for name, made in outcome.made.items()} == {
        each.name: each.metadata.uid for each in run.cluster.owned_by(run.owner.metadata.uid)
    }
    assert all(re.fullmatch(r"web-[a-z0-9]{5}", name) for name in run.posts())
    assert len(run.cluster.owned_by(run.owner.metadata.uid)) == 3


@pytest.mark.parametrize(
    ("quota", "tried"),
    [(0, 1), (1, 3), (2, 3), (3, 7), (4, 7), (10, 15)],
    ids=lambda n: str(n),
)
async def test_creations_start_slowly_so_that_a_quota_costs_few_requests(run, quota, tried):
    run.cluster.pod_quota = quota
    outcome = await run(creations(100))
    assert len(run.posts()) == tried  # 1, 2, 4, 8: the batch with a failure is finished
    assert len(outcome.failures) == tried - quota
    assert outcome.first_error == "exceeded quota: pods"


async def test_a_template_that_was_accepted_is_not_slowed_down_again(run):
    await run(creations(1))
    run.cluster.pod_quota = 1
    await run(creations(10))
    assert len(run.posts()) == 11
    await run(creations(10))
    assert len(run.posts()) == 12  # refused meanwhile: slowly again


async def test_another_template_starts_slowly_again(run):
    await run(creations(1))
    run.cluster.pod_quota = 1
    other = create({"metadata": {"labels": {}}, "spec": POD_SPEC | {"x": 1}})
    await run(Plan.of(*[other] * 10))
    assert len(run.posts()) == 2


async def test_a_success_and_a_failure_are_told(run):
    run.cluster.pod_quota = 1
    await run(creations(3))
    created, *failed = run.said
    assert created == ("Normal", "SuccessfulCreate", f"Created pod: {run.posts()[0]}")
    assert failed == [("Warning", "FailedCreate", "Error creating: exceeded quota: pods")] * 2


async def test_a_name_that_a_stranger_has_is_chosen_anew(run, named):
    run.pod("web-1", owner=None)
    run.pod("web-2", owner="stranger")
    outcome = await run(creations(1))
    assert run.posts() == ["web-1", "web-2", "web-3"]
    assert outcome.failures == ()


async def test_a_name_that_our_own_pod_has_is_chosen_anew(run, named):
    run.pod("web-1")
    await run(creations(1))
    assert [it.name for it in run.cluster.pods] == ["web-1", "web-2"]


async def test_a_pod_that_the_same_request_made_on_a_detour_is_done(run, named):
    look = run.look()
    run.pod("web-1")  # by a proxy that sent our request twice
    outcome = await run(creations(1), look)
    assert outcome.failures == ()
    assert run.posts() == ["web-1"]
    with pytest.raises(Stale):
        run.consistency.ensure_ready(WEB)


async def test_a_name_is_not_looked_for_for_ever(run, monkeypatch):
    monkeypatch.setattr(names, "generate", lambda _: "web-1")
    run.pod("web-1", owner=None)
    outcome = await run(creations(1))
    assert outcome.first_error == "no free name like web-1 in 8 tries"


async def test_an_object_under_a_decided_name_is_handed_to_the_rule(run):
    there = run.pod("web-0", owner=None)
    decided = Create(Pod.resource, create().manifest | {"metadata": {"name": "web-0"}})
    outcome = await run(Plan.of(decided))
    assert outcome.failures == ()
    assert outcome.existing["web-0"]["metadata"]["uid"] == there.metadata.uid
    assert run.posts() == ["web-0"]


def named_pod(name, **more):
    manifest = create().manifest | {"metadata": {"name": name}}
    return Create(Pod.resource, manifest, **more)


async def test_a_decided_name_that_was_free_by_the_time_we_looked_is_tried_again(run):
    run.pod("web-0", owner=None, node="")
    run.client.on_request = lambda request: (
        run.cluster.delete(Pod, "web-0") if request.method == "GET" else None
    )
    outcome = await run(Plan.of(named_pod("web-0")))
    assert (outcome.failures, outcome.outdated, outcome.existing) == ((), False, {})
    assert run.posts() == ["web-0", "web-0"]


async def test_a_decided_name_that_the_same_request_has_taken_is_done(run):
    look = run.look()
    run.pod("web-0")  # by a proxy that sent our request twice
    outcome = await run(Plan.of(named_pod("web-0")), look)
    assert (outcome.existing, outcome.outdated) == ({}, False)


async def test_a_decided_name_that_is_taken_ends_the_plan_after_its_step(run):
    run.pod("web-0", owner=None)
    outcome = await run(Plan.of(named_pod("web-0"), named_pod("web-1")).then(creations(1)))
    assert outcome.outdated
    assert sorted(run.posts()) == ["web-0", "web-1"]


@pytest.mark.parametrize("owned", [True, False], ids=["owned", "free"])
async def test_what_is_made_belongs_to_its_owner_unless_it_shall_not(run, owned):
    await run(Plan.of(named_pod("web-0", owned=owned)))
    [made] = run.cluster.pods
    uids = [reference.uid for reference in made.metadata.owner_references]
    assert uids == ([run.owner.metadata.uid] if owned else [])


async def test_pods_that_differ_are_alike_when_their_templates_are(run):
    """The API server has to accept a template once, not each pod that is made of it."""
    like = {"spec": "the same"}
    pods = [named_pod(f"web-{n}", like=like) for n in range(10)]
    pods = [replace_spec(each, n) for n, each in enumerate(pods)]
    await run(Plan.of(pods[0]))
    run.cluster.pod_quota = 1
    await run(Plan.of(*pods[1:]))
    assert len(run.posts()) == 10  # all at once


def replace_spec(create, n):
    return dataclasses.replace(create, manifest=create.manifest | {"spec": {"hostname": str(n)}})


async def test_a_failure_may_be_told_in_several_ways(run):
    say = Say(failed=(("One", "{name}: {error}"), ("Two", "no {name}")))
    run.cluster.pod_quota = 0
    await run(Plan.of(named_pod("web-0", say=say)))
    assert run.said == [
        ("Warning", "One", "web-0: exceeded quota: pods"),
        ("Warning", "Two", "no web-0"),
    ]


async def test_in_a_namespace_that_is_going_nothing_is_made_and_nothing_said(run):
    going = api.Refused("is being terminated", code=403, causes=("NamespaceTerminating",))
    run.fail("POST", going, times=99)
    outcome = await run(creations(10).then(creations(10)))
    assert (outcome.failures, run.said, len(run.posts())) == ((), [], 1)


@pytest.mark.parametrize(
    "error",
    [api.Conflict("the quota has changed", code=409), api.NotFound("no such namespace", code=404)],
    ids=["conflict", "not-found"],
)
async def test_any_other_answer_to_a_creation_is_a_failure(run, error):
    run.fail("POST", error)
    outcome = await run(creations(5))
    assert outcome.first_error == str(error)
    assert not outcome.outdated
    assert len(run.posts()) == 1


@pytest.mark.parametrize(
    ("prefix", "pattern"),
    [
        pytest.param("web-3-", r"web-3-[a-z0-9]{5}", id="its-own"),
        pytest.param(None, r"web-[a-z0-9]{5}", id="its-owners"),
    ],
)
async def test_a_pod_may_have_a_prefix_of_its_own(run, prefix, pattern):
    own = {"generateName": prefix} if prefix else {}
    metadata = create().manifest["metadata"] | own
    await run(Plan.of(Create(Pod.resource, create().manifest | {"metadata": metadata})))
    [name] = run.posts()
    assert re.fullmatch(pattern, name)
    assert run.client.sent[0].body["metadata"]["generateName"] == (prefix or "web-")


async def test_a_taken_name_is_chosen_anew_with_the_same_prefix(run, named):
    run.pod("web-3-1", owner=None)
    metadata = create().manifest["metadata"] | {"generateName": "web-3-"}
    await run(Plan.of(Create(Pod.resource, create().manifest | {"metadata": metadata})))
    assert run.posts() == ["web-3-1", "web-3-2"]


# --- deleting ----------------------------------------------------------------------------------


async def test_a_pod_is_deleted_as_it_was_seen(run):
    it = run.pod("web-0")
    outcome = await run(Plan.of(delete(it)))
    [request] = run.client.writes("DELETE")
    uid, version = it.metadata.uid, it.metadata.resource_version
    assert request.body["preconditions"] == {"uid": uid, "resourceVersion": version}
    assert run.cluster.pods[0].metadata.deletion_timestamp
    assert run.said == [("Normal", "SuccessfulDelete", "Deleted pod: web-0")]
    assert outcome.failures == ()


async def test_a_pod_that_has_changed_means_look_again(run):
    it = run.pod("web-0")
    run.cluster.say_ready("web-0", ready=False)
    outcome = await run(Plan.of(delete(it)).then(creations(1)))
    assert outcome.outdated
    assert (outcome.failures, run.said, run.posts()) == ((), [], [])


async def test_what_is_right_whatever_has_changed_is_deleted_by_uid_alone(run):
    it = run.pod("web-0")
    run.cluster.say_ready("web-0", ready=False)
    outcome = await run(Plan.of(Delete(it, as_seen=False)))
    assert not outcome.outdated
    assert run.cluster.pods[0].metadata.deletion_timestamp


async def test_a_namesake_is_never_deleted(run):
    it = run.pod("web-0", node="")
    run.cluster.delete(Pod, "web-0")
    run.pod("web-0")
    outcome = await run(Plan.of(Delete(it, as_seen=False)))
    assert outcome.outdated
    assert not run.cluster.pods[0].metadata.deletion_timestamp


async def test_a_pod_that_is_gone_is_deleted(run):
    outcome = await run(Plan.of(delete(pod("web-0"))))
    assert (outcome.failures, outcome.outdated, run.said) == ((), False, [])


async def test_a_deletion_that_is_refused_is_a_failure_and_told(run):
    it = run.pod("web-0")
    run.fail("DELETE", api.Refused("not allowed", code=403))
    outcome = await run(Plan.of(delete(it)))
    assert outcome.first_error == "not allowed"
    assert run.said == [("Warning", "FailedDelete", "Error deleting: not allowed")]


async def test_a_deletion_of_what_has_failed_is_counted_in_its_slot(run):
    it = run.pod("web-0")
    await run(Plan.of(Delete(it, as_seen=False, strike="1/n1"), delete(run.pod("web-1"))))
    assert run.executor.history.of(WEB) == {"1/n1": Strike(1, NOW)}
    run.executor.forget(WEB)
    assert run.executor.history.of(WEB) == {}


async def test_an_attempt_counts_whether_it_succeeds_or_not(run):
    """Else a deletion that is refused would be tried again at once, for ever."""
    it = run.pod("web-0")
    run.fail("DELETE", api.Refused("no", code=403), times=9)
    for _ in range(2):
        await run(Plan.of(Delete(it, as_seen=False, strike="1/n1")))
    assert run.executor.history.of(WEB)["1/n1"].count == 2


async def test_what_it_owns_may_go_first(run):
    await run(Plan.of(Delete(run.pod("a"), foreground=True), Delete(run.pod("b"))))
    told = {each.name: each.body.get("propagationPolicy") for each in run.client.sent}
    assert told == {"a": "Foreground", "b": None}


async def test_an_owner_that_deletes_itself_is_deleted_as_it_was_seen(run):
    myself = Myself(metadata=run.owner.metadata)
    outcome = await run(Plan.of(Delete(myself, foreground=True)))
    assert outcome.failures == ()
    [request] = run.client.sent
    assert (request.method, request.path) == ("DELETE", f"{SETS}/web")
    meta = run.owner.metadata
    assert request.body["preconditions"] == {
        "uid": meta.uid,
        "resourceVersion": meta.resource_version,
    }
    assert run.cluster.find(Owner, "web").metadata.deletion_timestamp


async def test_an_owner_that_has_changed_does_not_delete_itself(run):
    myself = Myself(metadata=run.owner.metadata)
    run.cluster.edit("web", replicas=7)
    outcome = await run(Plan.of(Delete(myself, foreground=True)))
    assert outcome.outdated
    assert not run.cluster.find(Owner, "web").metadata.deletion_timestamp


# --- steps -------------------------------------------------------------------------------------


async def test_a_failed_step_is_finished_and_ends_the_plan(run):
    first, second, later = (run.pod(name) for name in ("a", "b", "c"))
    run.fail("DELETE", api.Refused("no", code=403))
    outcome = await run(Plan.of(delete(first), delete(second)).then(Plan.of(delete(later))))
    assert [request.name for request in run.client.writes("DELETE")] == ["a", "b"]
    assert len(outcome.failures) == 1


async def test_steps_go_in_order(run):
    it = run.pod("a")
    await run(creations(2).then(Plan.of(delete(it))))
    assert [request.method for request in run.client.sent] == ["POST", "POST", "DELETE"]


async def test_a_patch_holds_for_the_object_as_it_was_seen(run):
    it = run.pod("a")
    patch = Patch(it, {"metadata": {"labels": {"app": "other"}}})
    assert not (await run(Plan.of(patch))).outdated
    assert run.cluster.pods[0].metadata.labels == {"app": "other"}
    assert (await run(Plan.of(patch))).outdated


async def test_what_is_gone_needs_no_change_but_another_look(run):
    """It is no failure, which would be told; later steps were planned for what is not so."""
    say = Say(done=("Patched", "{name}"), failed=(("NotPatched", "{error}"),))
    gone = Patch(pod("a"), {"metadata": {"labels": {}}}, say=say)
    outcome = await run(Plan.of(gone).then(creations(1)))
    assert outcome.outdated
    assert (outcome.failures, run.said, run.posts()) == ((), [], [])


@pytest.mark.parametrize(
    ("by_key", "kind"), [(False, api.MERGE), (True, api.STRATEGIC)], ids=["whole", "by-key"]
)
async def test_lists_are_merged_as_a_whole_or_by_key(run, by_key, kind):
    await run(Plan.of(Patch(run.pod("a"), {"metadata": {"labels": {}}}, by_key=by_key)))
    assert [request.content_type for request in run.client.writes("PATCH")] == [kind]


async def test_an_event_of_its_own_is_told(run):
    await run(Plan.of(Record("Looked", "all is well", "Warning")))
    assert run.said == [("Warning", "Looked", "all is well")]
    assert run.client.sent == []


# --- claiming ----------------------------------------------------------------------------------


async def test_before_adopting_the_owner_is_looked_at_live_once(run):
    orphans = [run.pod(name, owner=None) for name in "abc"]
    outcome = await run(Plan.of(*map(Adopt, orphans)))
    assert outcome.failures == ()
    assert [request.path for request in run.client.writes("GET")] == [f"{SETS}/web"]
    assert len(run.cluster.owned_by(run.owner.metadata.uid)) == 3


async def test_an_owner_that_is_on_its_way_out_adopts_nothing(run):
    orphan, look = run.pod("a", owner=None), run.look()
    run.cluster.delete(Owner, "web", "orphan")
    outcome = await run(Plan.of(Adopt(orphan)), look)
    assert "default/web has just been deleted at 2030-01-01T12:00:00Z" in outcome.first_error
    assert run.client.writes("PATCH") == []


async def test_an_owner_that_was_made_anew_adopts_nothing(run):
    orphan, look = run.pod("a", owner=None), run.look()
    run.cluster.delete(Owner, "web")
    new = run.cluster.create(replica_set()).metadata.uid
    outcome = await run(Plan.of(Adopt(orphan), Adopt(orphan)), look)
    old = run.owner.metadata.uid
    assert outcome.first_error == (
        f"original ReplicaSet default/web is gone: got uid {new}, wanted {old}"
    )
    assert len(outcome.failures) == 2


async def test_an_orphan_that_has_changed_is_looked_at_again(run):
    orphan = run.pod("a", owner=None)
    run.cluster.relabel("a", {"app": "other"})
    outcome = await run(Plan.of(Adopt(orphan)))
    assert outcome.outdated
    assert outcome.failures == ()


async def test_an_orphan_that_is_gone_means_look_again_because_no_event_will(run):
    outcome = await run(Plan.of(Adopt(pod("a", owner=None))))
    assert outcome.outdated
    assert outcome.failures == ()


@pytest.mark.parametrize(
    "error",
    [api.NotFound("gone", code=404), api.Refused("another uid", code=422)],
    ids=["gone", "made-anew"],
)
async def test_a_pod_to_be_released_that_is_gone_is_released(run, error):
    it = run.pod("a")
    run.fail("PATCH", error)
    outcome = await run(Plan.of(Release(it)))
    assert (outcome.failures, outcome.outdated) == ((), False)


async def test_a_release_that_is_refused_is_a_failure(run):
    it = run.pod("a")
    run.fail("PATCH", api.Refused("forbidden", code=403))
    assert (await run(Plan.of(Release(it)))).first_error == "forbidden"


async def test_a_release_takes_effect(run):
    it = run.pod("a")
    await run(Plan.of(Release(it)))
    assert run.cluster.pods[0].metadata.controller is None


async def test_what_is_kept_account_of_is_marked_when_it_comes_and_not_when_it_goes(run):
    orphan, mine = run.pod("a", owner=None), run.pod("b")
    marked = replace(mine.metadata, finalizers=("x/y", "ours"))
    mine = run.cluster.put(replace(mine, metadata=marked))
    outcome = await run(Plan.of(Adopt(orphan, "ours"), Release(mine, "ours")))
    assert outcome.failures == ()
    assert {it.name: it.metadata.finalizers for it in run.cluster.pods} == {
        "a": ("ours",),
        "b": ("x/y",),
    }
    assert len(run.client.writes("PATCH")) == 2


# --- lost answers ------------------------------------------------------------------------------


@pytest.mark.parametrize("applied", [True, False], ids=["carried-out", "not-carried-out"])
async def test_a_creation_without_an_answer_makes_one_pod_in_the_end(run, named, applied):
    run.fail("POST", LOST, applied=applied)
    outcome = await run(creations(3))
    assert outcome.first_error == "connection reset"
    assert await run.settle()
    assert [it.name for it in run.cluster.pods] == ["web-1"]
    with pytest.raises(Stale):
        run.consistency.ensure_ready(WEB)
    assert run.said[-1] == ("Normal", "SuccessfulCreate", "Created pod: web-1")
    assert not await run.settle()


@pytest.mark.parametrize("applied", [True, False], ids=["carried-out", "not-carried-out"])
async def test_a_creation_under_a_decided_name_is_looked_up_and_not_repeated(run, applied):
    """The name lets no second one be made; whether one is still wanted is for the rule to say."""
    run.fail("POST", LOST, applied=applied)
    await run(Plan.of(named_pod("web-0")))
    assert await run.settle()
    assert run.posts() == ["web-0"]
    assert [it.name for it in run.cluster.pods] == ["web-0"] * applied
    assert not await run.settle()


async def test_a_creation_under_a_second_name_is_repeated_under_that_name(run, named):
    run.pod("web-1", owner=None)
    run.fail("POST", LOST, at=1, applied=True)
    await run(creations(1))
    assert await run.settle()
    assert [it.name for it in run.cluster.pods] == ["web-1", "web-2"]


@pytest.mark.parametrize(
    "error",
    [
        api.Unavailable("connection refused", unknown=False),
        api.Unavailable("slow down", code=429, unknown=False),
        LOST,
    ],
    ids=["not-reached", "too-many-requests", "lost-again"],
)
async def test_until_there_is_an_answer_nothing_is_settled(run, named, error):
    run.fail("POST", LOST)
    await run(creations(1))
    for _ in range(3):
        run.fail("GET", error)
        with pytest.raises(api.Unavailable):
            await run.settle()
    for _ in range(3):
        run.fail("POST", error)
        with pytest.raises(api.Unavailable):
            await run.settle()
    run.client.on_request = lambda _: None
    assert await run.settle()
    assert [it.name for it in run.cluster.pods] == ["web-1"]


async def test_a_pod_that_used_up_the_quota_is_found_although_it_could_not_be_made_again(
    run, named
):
    run.cluster.pod_quota = 1
    run.fail("POST", LOST, applied=True)
    await run(creations(1))
    assert await run.settle()
    assert run.posts() == ["web-1"]
    with pytest.raises(Stale):
        run.consistency.ensure_ready(WEB)


async def test_a_repetition_that_is_refused_is_settled(run):
    run.fail("POST", LOST)
    await run(creations(1))
    run.cluster.pod_quota = 0
    assert await run.settle()
    assert not await run.settle()


async def test_a_stranger_under_the_lost_name_is_left_alone(run, named):
    run.fail("POST", LOST)
    await run(creations(1))
    run.pod("web-1", owner="stranger")
    assert await run.settle()
    assert len(run.cluster.pods) == 1


@pytest.mark.parametrize("applied", [True, False], ids=["carried-out", "not-carried-out"])
async def test_a_deletion_without_an_answer_is_repeated(run, applied):
    it = run.pod("web-0")
    run.fail("DELETE", LOST, applied=applied)
    await run(Plan.of(delete(it)))
    assert await run.settle()
    assert run.cluster.pods[0].metadata.deletion_timestamp
    with pytest.raises(Stale):
        run.consistency.ensure_ready(WEB)
    run.consistency.advanced(("pods", ""), run.cluster.version)
    run.consistency.ensure_ready(WEB)


async def test_a_deletion_without_an_answer_of_a_pod_that_is_gone_is_settled(run):
    it = run.pod("web-0", node="")
    run.fail("DELETE", LOST, applied=True)
    await run(Plan.of(delete(it)))
    assert run.cluster.pods == []
    assert await run.settle()


@pytest.mark.parametrize("applied", [True, False], ids=["carried-out", "not-carried-out"])
@pytest.mark.parametrize("claim", [Adopt, Release], ids=["adoption", "release"])
async def test_of_a_claim_without_an_answer_the_object_is_read(run, claim, applied):
    it = run.pod("a", owner=None) if claim is Adopt else run.pod("a")
    run.fail("PATCH", LOST, applied=applied)
    await run(Plan.of(claim(it)))
    assert await run.settle()
    run.consistency.advanced(("pods", ""), int(run.cluster.pods[0].metadata.resource_version) - 1)
    with pytest.raises(Stale):
        run.consistency.ensure_ready(WEB)


async def test_for_an_owner_that_was_made_anew_nothing_is_repeated(run):
    run.fail("POST", LOST)
    await run(creations(1))
    run.cluster.delete(Owner, "web")
    run.cluster.create(replica_set())
    assert not await run.settle()
    assert run.cluster.pods == []


async def test_for_an_owner_on_its_way_out_nothing_is_repeated(run):
    run.fail("POST", LOST)
    await run(creations(1))
    run.cluster.delete(Owner, "web", "foreground")
    assert not await run.settle()
    assert run.cluster.pods == []


async def test_of_an_owner_that_is_gone_nothing_is_remembered(run):
    run.fail("POST", LOST)
    await run(creations(1))
    run.executor.forget(WEB)
    assert not await run.settle()
    assert PODS in run.client.sent[0].path
