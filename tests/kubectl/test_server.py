"""Following an object over watches that end, and an API server that goes away for a while."""

from contextlib import asynccontextmanager

import msgspec
import pytest

from kubectl.objects import found, owner
from podwright import client as api
from podwright.kubectl import server as module
from podwright.kubectl.errors import Failure
from podwright.kubectl.server import Server


class Script:
    """A client that answers from a list: for a watch the lines, else an object or an error."""

    server = "https://127.0.0.1:1"

    def __init__(self, *answers):
        self.answers = list(answers)
        self.watched_from = []

    async def send(self, _method, _path, **_):
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return msgspec.json.encode(answer)

    @asynccontextmanager
    async def watch(self, _path, query):
        self.watched_from.append(query["resourceVersion"])
        lines = b"".join(msgspec.json.encode(event) + b"\n" for event in self.answers.pop(0))
        yield self._chunks(lines)

    @staticmethod
    async def _chunks(data):
        for start in range(0, len(data), 100):  # lines do not end where chunks do
            yield data[start : start + 100]


def version(number, **metadata):
    manifest = owner()
    manifest["metadata"] |= {"resourceVersion": str(number)} | metadata
    return manifest


def event(kind, number):
    return {"type": kind, "object": version(number)}


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch):
    monkeypatch.setattr(module, "_PAUSE", 0)


async def follow(*answers):
    """The versions that are seen, what ended it, and from where it was watched."""
    script, seen = Script(*answers), []
    with pytest.raises(Failure) as ended:
        async for manifest in Server(script, "default").follow(found(version(1))):
            seen += [manifest["metadata"]["resourceVersion"]]
    return seen, ended.value.line, script.watched_from


DELETED = "error: object has been deleted"


async def test_every_change_until_it_is_deleted():
    events = [event("MODIFIED", 2), event("BOOKMARK", 3), event("MODIFIED", 4), event("DELETED", 5)]
    assert await follow(events) == (["1", "2", "4"], DELETED, ["1"])


async def test_a_watch_that_ends_is_opened_again_where_the_object_is_now():
    again = [event("DELETED", 9)]
    first = [event("MODIFIED", 2)]
    assert await follow(first, version(7), again) == (["1", "2", "7"], DELETED, ["1", "7"])


@pytest.mark.parametrize(
    "error",
    [api.Unavailable("Connect call failed"), api.Unavailable("starting", code=503)],
    ids=["away", "starting"],
)
async def test_an_api_server_that_is_away_is_waited_for(error):
    answers = ([event("ERROR", 1)], error, error, version(7), [event("DELETED", 8)])
    assert await follow(*answers) == (["1", "7"], DELETED, ["1", "7"])


@pytest.mark.parametrize(
    "answer",
    [api.NotFound("gone", code=404), version(8, uid="another")],
    ids=["gone", "of the same name"],
)
async def test_what_was_deleted_while_nobody_watched(answer):
    assert await follow([], answer) == (["1"], DELETED, ["1"])


async def test_what_may_not_be_seen_any_more_ends_it():
    _, line, _ = await follow([], api.Refused("not yours", code=403))
    assert line == "Error from server (Forbidden): not yours"
