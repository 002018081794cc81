"""Events: aggregated, limited, never in the way."""

import asyncio

import pytest

from builders import replica_set
from engine.fake_api import FakeClient
from podwright import client as api
from podwright.engine import recorder as recorders
from podwright.engine.recorder import COMBINED, Recorder
from podwright.fence import LostLeadershipError
from simulation.cluster import SERVED

WEB, API = replica_set("web").metadata, replica_set("api").metadata


class Said:
    """A recorder that runs, and the events that the API server has."""

    def __init__(self):
        self.client = FakeClient()
        self.recorder = Recorder(self.client)
        self.task = asyncio.create_task(self.recorder.run())

    def say(self, message, *, reason="SuccessfulCreate", meta=WEB, type_="Normal"):
        self.recorder.record(
            SERVED.resource,
            meta,
            "replicaset-controller",
            type_=type_,
            reason=reason,
            message=message,
        )

    async def events(self):
        await self.recorder.drain(1)
        return self.client.events

    async def messages(self):
        return [(event["message"], event["count"]) for event in await self.events()]


@pytest.fixture
async def said():
    said = Said()
    yield said
    said.task.cancel()


@pytest.fixture
async def clock(monkeypatch):
    """Moves the loop's clock."""
    loop = asyncio.get_running_loop()
    offset, now = [0.0], loop.time
    monkeypatch.setattr(loop, "time", lambda: now() + offset[0])

    def move(seconds):
        offset[0] += seconds

    return move


async def test_an_event_says_who_saw_what_about_whom(said):
    said.say("Created pod: web-1")
    [event] = await said.events()
    assert event["involvedObject"] == {
        "apiVersion": "apps.podwright.dev/v1",
        "kind": "ReplicaSet",
        "namespace": "default",
        "name": "web",
        "uid": "uid-web",
        "resourceVersion": "1",
    }
    assert event["metadata"]["namespace"] == "default"
    assert event["metadata"]["name"].startswith("web.")
    assert (event["type"], event["reason"]) == ("Normal", "SuccessfulCreate")
    assert event["source"] == {"component": "replicaset-controller"}
    assert event["reportingComponent"] == "replicaset-controller"
    assert event["count"] == 1
    assert event["firstTimestamp"] == event["lastTimestamp"]


async def test_the_same_event_again_raises_the_count(said):
    for _ in range(3):
        said.say("Error creating: quota")
    assert await said.messages() == [("Error creating: quota", 3)]
    assert [request.method for request in said.client.sent] == ["POST", "PATCH", "PATCH"]
    assert said.client.sent[1].content_type == api.STRATEGIC


async def test_events_about_different_things_are_different(said):
    said.say("x")
    said.say("x", meta=API)
    said.say("x", reason="Other")
    said.say("x", type_="Warning")
    assert [count for _, count in await said.messages()] == [1, 1, 1, 1]


async def test_an_event_that_has_expired_is_made_anew(said):
    said.say("x")
    (await said.events()).clear()
    said.say("x")
    assert await said.messages() == [("x", 1)]


async def test_from_the_tenth_similar_event_on_they_are_combined(said):
    for n in range(12):
        said.say(f"Created pod: web-{n}")
    messages = await said.messages()
    assert messages[:9] == [(f"Created pod: web-{n}", 1) for n in range(9)]
    assert messages[9:] == [(f"{COMBINED}Created pod: web-11", 3)]


async def test_after_ten_minutes_without_one_similar_events_are_told_one_by_one(said, clock):
    for n in range(10):
        said.say(f"a {n}")
    clock(601)
    said.say("b")
    assert (await said.messages())[-1] == ("b", 1)


async def test_an_object_has_25_events_in_hand_and_one_more_every_five_minutes(said, clock):
    for n in range(40):
        said.say("x", reason=f"Reason{n}")
    assert len(await said.events()) == 25
    clock(299)
    said.say("x", reason="TooEarly")
    assert len(await said.events()) == 25
    clock(2)
    said.say("x", reason="InTime")
    said.say("x", reason="NotTwo")
    assert [event["reason"] for event in (await said.events())[25:]] == ["InTime"]


async def test_one_object_does_not_use_up_anothers_events(said):
    for n in range(40):
        said.say("x", reason=f"Reason{n}")
    said.say("x", meta=API)
    assert (await said.events())[-1]["involvedObject"]["name"] == "api"


async def test_a_long_message_is_cut(said):
    said.say("x" * 5000)
    [event] = await said.events()
    assert event["message"] == "x" * 1024


async def test_a_long_name_leaves_room_for_the_rest(said):
    said.say("x", meta=replica_set("a" * 253).metadata)
    [event] = await said.events()
    assert len(event["metadata"]["name"]) <= 253


@pytest.mark.parametrize(
    "error",
    [api.Refused("forbidden", code=403), api.Unavailable("gone")],
    ids=["refused", "unavailable"],
)
async def test_an_event_that_cannot_be_sent_is_dropped_and_the_next_one_is_not(said, error):
    def fail(_):
        said.client.on_request = lambda _: None
        raise error

    said.client.on_request = fail
    said.say("lost")
    said.say("sent")
    assert await said.messages() == [("sent", 1)]


async def test_who_may_not_write_any_more_ends(said):
    def refuse(_):
        raise LostLeadershipError

    said.client.on_request = refuse
    said.say("x")
    with pytest.raises(LostLeadershipError):
        await asyncio.wait_for(said.task, 1)


async def test_when_too_many_wait_they_are_dropped_and_nobody_is_held_up(monkeypatch):
    monkeypatch.setattr(recorders, "WAITING", 2)
    said = Said()
    for n in range(5):
        said.say("x", meta=replica_set(f"web-{n}").metadata)
    assert len(await said.events()) == 2
    said.task.cancel()


async def test_waiting_for_events_to_be_sent_has_an_end(said):
    async def hang(*_, **__):
        await asyncio.sleep(60)

    said.client.send = hang
    said.say("x")
    await said.recorder.drain(0.01)
