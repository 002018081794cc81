"""One stream of one kind, against an HTTP server that speaks LIST and WATCH from a script."""

import asyncio
import math

import msgspec
import pytest
from aiohttp import web
from kubernetes.aio.client import Configuration

from builders import pod, replica_set
from podwright.client import Client
from podwright.engine import reflector as reflectors
from podwright.engine.reflector import Reflector
from podwright.objects import Object, Pod, Resource
from podwright.owners import Owner, ReplicaSet
from simulation.cluster import SERVED


class Server:
    """Answers LISTs and WATCHes one after the other, as told; the last watch stays open."""

    def __init__(self):
        self.lists, self.watches, self.asked = [], [], []
        self.silent = asyncio.Event()

    async def answer(self, request):
        self.asked.append(dict(request.query))
        script = self.watches if "watch" in request.query else self.lists
        if not script:
            self.silent.set()
            response = web.StreamResponse()
            await response.prepare(request)
            await asyncio.sleep(60)
        answer = script.pop(0)
        if isinstance(answer, web.Response):
            return answer
        response = web.StreamResponse()
        await response.prepare(request)
        for chunk in answer:
            await response.write(chunk)
            await asyncio.sleep(0)
        return response

    def starts(self):
        """Where each watch began."""
        return [query["resourceVersion"] for query in self.asked if "watch" in query]

    def listed(self):
        return sum("watch" not in query for query in self.asked)


class Sink:
    """Keeps what it is told."""

    def __init__(self):
        self.told = []

    def changed(self, item):
        self.told.append(("changed", item.name))

    def deleted(self, item):
        self.told.append(("deleted", item.name))

    def listed(self, items):
        self.told.append(("listed", *(item.name for item in items)))

    def advanced(self, version):
        self.told.append(("advanced", version))

    def unreadable(self, meta, why):
        self.told.append(("unreadable", meta.name, why))


@pytest.fixture
async def server(monkeypatch):
    monkeypatch.setattr(reflectors, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(reflectors, "LAST_PAUSE", 0.002)
    server = Server()
    app = web.Application()
    app.router.add_get("/{path:.*}", server.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


@pytest.fixture
async def follow(server):
    """Runs a reflector until the script is over; returns what its sink was told."""
    clients, tasks, made = [], [], []

    async def follow(resource=Pod.resource, model=Pod):
        client = Client(Configuration(host=server.address))
        clients.append(client)
        sink = Sink()
        made.append(Reflector(client, resource, model, sink))
        tasks.append(asyncio.create_task(made[-1].run()))
        silent = asyncio.create_task(server.silent.wait())
        await asyncio.wait([silent, tasks[-1]], timeout=15, return_when=asyncio.FIRST_COMPLETED)
        assert silent.done(), f"the reflector has ended, or hangs: {tasks[-1]} {server.asked}"
        return sink.told

    follow.made = made
    yield follow
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for client in clients:
        await client.close()


def page(version, *items, more=""):
    body = {"metadata": {"resourceVersion": str(version), "continue": more}, "items": items}
    return web.Response(body=msgspec.json.encode(body))


def status(code, message=""):
    return {"kind": "Status", "metadata": {}, "status": "Failure", "code": code, "message": message}


def line(type_, thing):
    return msgspec.json.encode({"type": type_, "object": thing}) + b"\n"


def bookmark(version, **more):
    thing = {"kind": "Pod", "metadata": {"resourceVersion": str(version)}, **more}
    return line("BOOKMARK", thing)


A, B, C = (pod(name, version=version) for name, version in (("a", 11), ("b", 12), ("c", 13)))


async def test_a_list_comes_first_then_a_watch_from_there(server, follow):
    server.lists = [page(10, A, B)]
    server.watches = [[line("ADDED", C), line("MODIFIED", C), line("DELETED", A)]]
    told = await follow()
    assert told[:2] == [("listed", "a", "b"), ("advanced", 10)]
    assert [each for each in told[2:] if each[0] != "advanced"] == [
        ("changed", "c"),
        ("changed", "c"),
        ("deleted", "a"),
    ]
    assert server.asked[0] == {"limit": "500"}  # and no resourceVersion: the newest there is
    assert server.asked[1]["allowWatchBookmarks"] == "true"
    assert server.starts()[0] == "10"


async def test_a_list_is_read_page_by_page_and_told_as_a_whole(server, follow):
    server.lists = [page(10, A, more="x"), page(10, B, more="y"), page(10, C)]
    assert (await follow())[0] == ("listed", "a", "b", "c")
    assert [query.get("continue") for query in server.asked[:3]] == [None, "x", "y"]


async def test_it_is_in_sync_after_the_first_list(server, follow):
    server.lists = [page(10)]
    await follow()
    assert follow.made[0].synced.is_set()
    assert follow.made[0].silence < 5


async def test_a_closed_watch_goes_on_where_it_was_without_a_list(server, follow):
    server.lists = [page(10)]
    server.watches = [[line("ADDED", A)], [], [line("ADDED", B)]]
    await follow()
    assert server.starts() == ["10", "11", "11", "12"]
    assert server.listed() == 1


async def test_a_bookmark_moves_the_position(server, follow):
    server.lists = [page(10)]
    server.watches = [[bookmark(20)]]
    assert (await follow())[-1] == ("advanced", 20)
    assert server.starts() == ["10", "20"]


async def test_a_bookmark_of_a_kind_with_a_required_spec_is_read_too(server, follow):
    server.lists = [page(10)]
    server.watches = [[bookmark(20, spec=None)]]
    told = await follow(SERVED.resource, ReplicaSet)
    assert told == [("listed",), ("advanced", 10), ("advanced", 20)]


@pytest.mark.parametrize("code", [410, 504], ids=["gone", "too-large-a-version"])
@pytest.mark.parametrize(
    ("resource", "model"),
    [
        pytest.param(Pod.resource, Pod, id="pods"),
        pytest.param(SERVED.resource, ReplicaSet, id="owners"),
        pytest.param(Resource("", "v1", "Thing", "things"), Object, id="metadata-only"),
    ],
)
async def test_when_the_history_is_gone_it_lists_again(server, follow, code, resource, model):
    server.lists = [page(10, _any(model, "a")), page(30, _any(model, "b"))]
    server.watches = [[line("ERROR", status(code, "too old"))]]
    told = await follow(resource, model)
    assert told == [("listed", "a"), ("advanced", 10), ("listed", "b"), ("advanced", 30)]
    assert server.starts() == ["10", "30"]


def _any(model, name):
    return replica_set(name, version=5) if model is ReplicaSet else pod(name, version=5)


async def test_a_410_as_an_http_status_means_the_same(server, follow):
    server.lists = [page(10), page(30)]
    server.watches = [web.json_response(status(410), status=410)]
    await follow()
    assert server.starts() == ["10", "30"]


async def test_a_list_whose_continuation_has_expired_starts_over(server, follow):
    gone = web.json_response(status(410), status=410)
    server.lists = [page(10, A, more="x"), gone, page(20, B)]
    assert (await follow())[0] == ("listed", "b")


@pytest.mark.parametrize(
    "trouble",
    [
        web.json_response(status(503), status=503),
        web.json_response(status(429), status=429),
        web.json_response(status(403), status=403),
        web.Response(text="<html>who are you?</html>"),
        web.Response(body=b'{"metadata":{"resourceVersion":"10"},"items":[{"a"'),
    ],
    ids=["unavailable", "too-many", "forbidden", "html", "half"],
)
async def test_a_list_in_trouble_is_tried_again(server, follow, trouble):
    server.lists = [trouble, page(10, A)]
    assert (await follow())[0] == ("listed", "a")


async def test_a_watch_in_trouble_goes_on_where_it_was(server, follow):
    server.lists = [page(10)]
    server.watches = [
        [line("ADDED", A)],
        web.json_response(status(500), status=500),
        [line("ERROR", status(500, "etcd is away"))],
        [line("ADDED", B)],
    ]
    told = await follow()
    assert [each for each in told if each[0] == "changed"] == [("changed", "a"), ("changed", "b")]
    assert server.starts() == ["10", "11", "11", "11", "12"]


async def test_a_list_older_than_what_was_seen_is_refused(server, follow):
    server.lists = [page(10), page(5), page(40)]
    server.watches = [[bookmark(20), line("ERROR", status(410))]]
    told = await follow()
    assert told == [
        ("listed",),
        ("advanced", 10),
        ("advanced", 20),
        ("listed",),
        ("advanced", 40),
    ]


@pytest.mark.parametrize("at", [1, 20, -1], ids=["early", "in-the-middle", "before-the-line-end"])
async def test_lines_may_come_in_pieces(server, follow, at):
    both = line("ADDED", A) + line("ADDED", B)
    at = at if at > 0 else len(line("ADDED", A)) - 1
    server.lists = [page(10)]
    server.watches = [[both[:at], both[at:]]]
    told = await follow()
    assert [each for each in told if each[0] == "changed"] == [("changed", "a"), ("changed", "b")]


async def test_half_a_line_at_the_end_is_asked_for_again(server, follow):
    server.lists = [page(10)]
    server.watches = [[line("ADDED", A), line("ADDED", B)[:30]], [line("ADDED", B)]]
    told = await follow()
    assert [each for each in told if each[0] == "changed"] == [("changed", "a"), ("changed", "b")]
    assert server.starts() == ["10", "11", "12"]


async def test_a_line_of_garbage_ends_the_watch_and_nothing_is_told_twice(server, follow):
    server.lists = [page(10)]
    server.watches = [[line("ADDED", A) + b"garbage\n" + line("ADDED", B)], [line("ADDED", B)]]
    told = await follow()
    assert [each for each in told if each[0] == "changed"] == [("changed", "a"), ("changed", "b")]
    assert server.starts() == ["10", "11", "12"]


BROKEN = {"metadata": {"name": "x", "resourceVersion": "12"}, "status": {"phase": 5}}


def deep(field):
    """An object with 1,500 levels in one of its fields."""
    inside = b'{"a":' * 1500 + b"1" + b"}" * 1500
    meta = b'{"name":"x","resourceVersion":"12"}'
    return msgspec.Raw(b'{"metadata":%s,"%s":%s}' % (meta, field, inside))


async def test_one_object_that_cannot_be_read_does_not_stop_the_others(server, follow):
    server.lists = [page(10, A, BROKEN, C)]
    server.watches = [[line("MODIFIED", A), line("MODIFIED", BROKEN), line("MODIFIED", C)]]
    told = [each[:2] for each in await follow()]
    assert told[:3] == [("unreadable", "x"), ("listed", "a"), ("advanced", 10)]
    assert ("changed", "c") in told
    assert told.count(("unreadable", "x")) == 2
    assert server.starts()[-1] == "13"


async def test_what_no_rule_reads_may_be_as_deep_as_it_likes(server, follow):
    server.lists = [page(10, A, deep(b"whatever"))]
    server.watches = [[line("MODIFIED", deep(b"whatever"))]]
    told = await follow()
    assert told == [("listed", "a", "x"), ("advanced", 10), ("changed", "x"), ("advanced", 12)]


async def test_what_a_rule_reads_may_not(server, follow):
    server.lists = [page(10, deep(b"status"), replica_set("a"))]
    server.watches = [[line("MODIFIED", deep(b"status")), line("MODIFIED", replica_set("b"))]]
    told = [each[:2] for each in await follow(SERVED.resource, ReplicaSet)]
    assert told[:3] == [("unreadable", "x"), ("listed", "a"), ("advanced", 10)]
    assert ("unreadable", "x") in told[3:]
    assert ("changed", "b") in told[3:]


async def test_an_object_that_cannot_be_read_is_deleted_all_the_same(server, follow):
    server.lists = [page(10)]
    server.watches = [[line("DELETED", BROKEN)]]
    assert (await follow())[2:4] == [("deleted", "x"), ("advanced", 12)]


async def test_an_object_without_readable_metadata_is_passed_over(server, follow):
    server.lists = [page(10, {"metadata": 5}, A)]
    server.watches = [[line("ADDED", {"metadata": 5}), line("ADDED", B)]]
    assert await follow() == [("listed", "a"), ("advanced", 10), ("changed", "b"), ("advanced", 12)]


async def test_a_silent_watch_can_be_opened_anew(server, follow):
    server.lists = [page(10)]
    await follow()
    server.silent.clear()
    follow.made[0].reconnect()
    await asyncio.wait_for(server.silent.wait(), 1)
    assert server.starts() == ["10", "10"]


async def test_a_silent_stream_has_caught_up_when_a_short_watch_says_so(server, follow):
    server.lists = [page(10)]
    told = await follow()
    server.lists, server.watches = [page(30)], [[line("ADDED", A), bookmark(30)]]
    await asyncio.wait_for(follow.made[0].catch_up(since=math.inf), 5)
    assert ("changed", "a") in told
    assert told[-1] == ("advanced", 30)
    where, short = server.asked[2], server.asked[3]
    assert where == {"fieldSelector": "metadata.name=none-of-them"}  # consistent, and empty
    assert (short["resourceVersion"], short["timeoutSeconds"]) == ("10", "3")
    server.silent.clear()
    await asyncio.wait_for(server.silent.wait(), 5)
    assert int(server.asked[-1]["timeoutSeconds"]) > 200, "watches are long again"


async def test_a_stream_that_does_not_get_there_lists_again(server, follow):
    server.lists = [page(10)]
    told = await follow()
    server.lists, server.watches = [page(30), page(31, A)], [[bookmark(20)]]
    await asyncio.wait_for(follow.made[0].catch_up(since=math.inf), 5)
    assert told[-2:] == [("listed", "a"), ("advanced", 31)]


async def test_a_stream_that_is_there_already_is_not_opened_anew(server, follow):
    server.lists = [page(10)]
    server.watches = [[bookmark(30)]]
    await follow()
    server.lists = [page(30)]
    before = len(server.starts())
    await asyncio.wait_for(follow.made[0].catch_up(since=math.inf), 5)
    assert len(server.starts()) == before


async def test_a_list_that_began_later_needs_no_catching_up(server, follow):
    since = asyncio.get_running_loop().time()
    server.lists = [page(10)]
    await follow()
    asked = len(server.asked)
    await asyncio.wait_for(follow.made[0].catch_up(since), 1)
    assert len(server.asked) == asked


async def test_where_the_api_server_stands_is_asked_until_it_says(server, follow):
    server.lists = [page(10)]
    await follow()
    server.lists = [web.json_response(status(500), status=500), page(10)]
    await asyncio.wait_for(follow.made[0].catch_up(since=math.inf), 5)
    assert server.lists == []


async def test_a_namespace_has_a_stream_of_its_own(server):
    client = Client(Configuration(host=server.address))
    reflector = Reflector(client, Pod.resource, Pod, Sink(), namespace="a")
    assert reflector._path == "/api/v1/namespaces/a/pods"
    reflector.reconnect()  # nothing is open yet: nothing happens
    await client.close()


async def test_after_a_list_the_store_has_what_the_list_has(server, follow):
    """Deletions that no watch told are made up for."""
    from engine.test_sinks import Known

    known = Known()
    client = Client(Configuration(host=server.address))
    server.lists = [page(10, A, B), page(30, B)]
    server.watches = [[line("ERROR", status(410))]]
    task = asyncio.create_task(Reflector(client, Pod.resource, Pod, known.pods).run())
    await asyncio.wait_for(server.silent.wait(), 5)
    assert [place[1] for place in known.store.objects[Pod]] == ["b"]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await client.close()
    assert Owner not in known.store.objects
