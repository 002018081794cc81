"""Single writes: preconditions, and what is noted of them."""

import pytest
from msgspec.structs import replace

from builders import LABELS, create, pod, reference, replica_set
from engine.fake_api import PODS, SETS, FakeClient
from podwright.engine.consistency import Consistency, Stale
from podwright.engine.keys import Key
from podwright.engine.writer import Writer
from podwright.objects import OwnerReference
from podwright.plan import Create, Delete
from simulation.cluster import SERVED

WEB = Key("ReplicaSet", "default", "web")
OWNER = replica_set().metadata


@pytest.fixture
def client():
    return FakeClient()


@pytest.fixture
def consistency():
    return Consistency(lambda _: None)


@pytest.fixture
def writer(client, consistency):
    return Writer(client, SERVED, consistency)


async def test_what_is_created_belongs_to_its_owner(writer, client):
    await writer.create(WEB, create(), "web-1", OWNER)
    [request] = client.sent
    assert (request.method, request.path) == ("POST", PODS)
    assert request.body["metadata"] == {
        "name": "web-1",
        "generateName": "web-",
        "namespace": "default",
        "labels": LABELS,
        "ownerReferences": [
            {
                "apiVersion": "apps.podwright.dev/v1",
                "kind": "ReplicaSet",
                "name": "web",
                "uid": "uid-web",
                "controller": True,
                "blockOwnerDeletion": True,
            }
        ],
    }
    assert request.body["spec"] == create().manifest["spec"]


async def test_a_plan_is_not_changed_by_sending_it(writer):
    planned = create()
    await writer.create(WEB, planned, "web-1", OWNER)
    assert planned == create()


@pytest.mark.parametrize(
    ("as_seen", "preconditions"),
    [(True, {"uid": "U", "resourceVersion": "V"}), (False, {"uid": "U"})],
    ids=["as-seen", "whatever-has-changed"],
)
async def test_a_deletion_carries_its_preconditions(writer, client, as_seen, preconditions):
    there = client.cluster.create(pod())
    await writer.delete(WEB, Delete(there, as_seen=as_seen))
    meta = there.metadata
    known = {"U": meta.uid, "V": meta.resource_version}
    [request] = client.sent
    assert (request.method, request.path) == ("DELETE", f"{PODS}/web-0")
    assert request.body["preconditions"] == {k: known[v] for k, v in preconditions.items()}
    assert "gracePeriodSeconds" not in request.body


async def test_adopting_adds_the_controller_and_keeps_other_references(writer, client):
    other = OwnerReference("v1", "ConfigMap", "other", "uid-other")
    orphan = client.cluster.create(pod(owner=other))
    await writer.adopt(WEB, orphan, OWNER)
    adopted = client.cluster.pods[0].metadata
    assert adopted.owner_references == (reference("web"), other)
    [request] = client.sent
    assert request.body["metadata"]["uid"] == orphan.metadata.uid
    assert request.body["metadata"]["resourceVersion"] == orphan.metadata.resource_version


async def test_releasing_takes_off_our_reference_only(writer, client):
    other = OwnerReference("v1", "ConfigMap", "other", "uid-other")
    mine = client.cluster.create(pod())
    owners = (other, reference("web"))
    both = replace(mine, metadata=replace(mine.metadata, owner_references=owners))
    both = client.cluster.put(both)
    await writer.release(WEB, both, OWNER)
    assert client.cluster.pods[0].metadata.owner_references == (other,)


async def test_releasing_the_only_reference_leaves_none(writer, client):
    mine = client.cluster.create(pod())
    await writer.release(WEB, mine, OWNER)
    assert client.cluster.pods[0].metadata.owner_references == ()
    assert client.sent[0].body["metadata"]["ownerReferences"] is None


def marked(it, *finalizers):
    return replace(it, metadata=replace(it.metadata, finalizers=finalizers))


@pytest.mark.parametrize(
    ("before", "sent"),
    [
        pytest.param((), ["ours"], id="none"),
        pytest.param(("x/y",), ["x/y", "ours"], id="others-stay"),
        pytest.param(("ours",), None, id="there-already"),
    ],
)
async def test_adopting_puts_a_finalizer_on(writer, client, before, sent):
    orphan = client.cluster.create(marked(pod(owner=None), *before))
    await writer.adopt(WEB, orphan, OWNER, "ours")
    assert client.sent[0].body["metadata"].get("finalizers") == sent
    assert "ours" in client.cluster.pods[0].metadata.finalizers


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(("ours",), (), id="the-only-one"),
        pytest.param(("x/y", "ours"), ("x/y",), id="others-stay"),
        pytest.param(("x/y",), ("x/y",), id="not-there"),
    ],
)
async def test_releasing_takes_the_finalizer_off(writer, client, before, after):
    mine = client.cluster.create(marked(pod(), *before))
    await writer.release(WEB, mine, OWNER, "ours")
    assert client.cluster.pods[0].metadata.finalizers == after
    assert ("finalizers" in client.sent[0].body["metadata"]) == (before != after)


async def test_without_a_finalizer_none_is_spoken_of(writer, client):
    orphan = client.cluster.create(pod(owner=None))
    await writer.adopt(WEB, orphan, OWNER)
    await writer.release(WEB, client.cluster.pods[0], OWNER)
    assert not any("finalizers" in each.body["metadata"] for each in client.sent)


async def test_a_prefix_of_its_own_is_what_users_see(writer, client):
    own = create().manifest["metadata"] | {"generateName": "web-3-"}
    manifest = create().manifest | {"metadata": own}
    await writer.create(WEB, Create(create().resource, manifest), "web-3-x", OWNER)
    assert client.sent[0].body["metadata"]["generateName"] == "web-3-"
    assert client.cluster.pods[0].name == "web-3-x"


@pytest.mark.parametrize(
    ("foreground", "policy"), [(True, "Foreground"), (False, None)], ids=["foreground", "as-usual"]
)
async def test_a_deletion_may_wait_for_what_is_owned(writer, client, foreground, policy):
    there = client.cluster.create(pod())
    await writer.delete(WEB, Delete(there, foreground=foreground))
    assert client.sent[0].body.get("propagationPolicy") == policy


async def test_an_owner_is_there_if_it_is_that_very_one(writer, client):
    uid = client.cluster.create(replica_set()).metadata.uid
    assert await writer.is_there("default", replace(reference("web"), uid=uid))
    assert not await writer.is_there("default", reference("web"))
    assert not await writer.is_there("default", reference("api"))
    assert {each.path for each in client.sent} == {f"{SETS}/web", f"{SETS}/api"}


async def test_a_status_is_written_as_a_difference_to_what_was_seen(writer, client):
    owner = client.cluster.create(replica_set(status={"replicas": 1, "x": 1}))
    assert await writer.write_status(
        WEB, owner.metadata.resource_version, owner.status, {"replicas": 2, "x": 1}
    )
    [request] = client.sent
    assert (request.method, request.path) == ("PATCH", f"{SETS}/web/status")
    assert request.body == {
        "metadata": {"resourceVersion": owner.metadata.resource_version},
        "status": {"replicas": 2},
    }


async def test_a_status_that_is_as_it_was_is_not_written(writer, client):
    assert not await writer.write_status(
        WEB, OWNER.resource_version, {"replicas": 2}, {"replicas": 2}
    )
    assert client.sent == []


async def test_every_write_is_awaited_in_the_cache(writer, consistency, client):
    await writer.create(WEB, create(), "web-1", OWNER)
    with pytest.raises(Stale):
        consistency.ensure_ready(WEB)
    consistency.advanced(("pods", ""), client.cluster.version)
    consistency.ensure_ready(WEB)
