"""What the API server's answers mean."""

import asyncio

import pytest
from aiohttp import web
from kubernetes.aio.client import Configuration

from podwright import client as api

QUOTA = b'{"kind":"Status","message":"exceeded quota","reason":"Forbidden","code":403}'
GONE = (
    b"""{"message":"being terminated","details":{"causes":[{"reason":"NamespaceTerminating"}]}}"""
)
SLOWLY = b'{"message":"slow down","details":{"retryAfterSeconds":7}}'


@pytest.mark.parametrize(
    ("code", "body", "kind"),
    [
        pytest.param(404, b"{}", api.NotFound, id="not-found"),
        pytest.param(409, b'{"reason":"AlreadyExists"}', api.AlreadyExists, id="name-taken"),
        pytest.param(409, b'{"reason":"Conflict"}', api.Conflict, id="conflict"),
        pytest.param(409, b"{}", api.Conflict, id="conflict-without-a-reason"),
        pytest.param(410, b"{}", api.Expired, id="expired"),
        pytest.param(400, b"{}", api.Refused, id="bad-request"),
        pytest.param(403, QUOTA, api.Refused, id="forbidden"),
        pytest.param(405, b"{}", api.Refused, id="method-not-allowed"),
        pytest.param(413, b"{}", api.Refused, id="too-large"),
        pytest.param(422, b"{}", api.Refused, id="invalid"),
        pytest.param(401, b"{}", api.Unavailable, id="not-logged-in-any-more"),
        pytest.param(429, SLOWLY, api.Unavailable, id="too-many"),
        pytest.param(500, b"{}", api.Unavailable, id="internal"),
        pytest.param(503, b"{}", api.Unavailable, id="unavailable"),
        pytest.param(504, b"{}", api.Unavailable, id="timeout"),
    ],
)
def test_an_answer_means(code, body, kind):
    error = api.as_error(code, body)
    assert type(error) is kind
    assert error.code == code


@pytest.mark.parametrize(
    ("code", "unknown"),
    [(401, False), (429, False), (500, True), (503, True), (504, True)],
    ids=["not-logged-in", "too-many", "internal", "unavailable", "timeout"],
)
def test_whether_a_request_may_have_been_carried_out_all_the_same(code, unknown):
    assert api.as_error(code, b"{}").unknown == unknown


def test_the_api_servers_words_are_kept():
    assert str(api.as_error(403, QUOTA)) == "exceeded quota"
    assert api.as_error(403, GONE).causes == ("NamespaceTerminating",)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("3", 3.0), (None, 7.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 7.0)],
    ids=["in-the-header", "in-the-body", "as-a-date"],
)
def test_how_long_to_wait_is_told(header, seconds):
    assert api.as_error(429, SLOWLY, header).retry_after == seconds


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param(b"<html>Bad Gateway</html>", "<html>Bad Gateway</html>", id="html"),
        pytest.param(b"", "HTTP status 502", id="nothing"),
        pytest.param(b"[1]", "[1]", id="no-object"),
        pytest.param(b"\xff\xfe", "\ufffd\ufffd", id="no-text"),
        pytest.param(b"x" * 1000, "x" * 200, id="too-much"),
    ],
)
def test_an_answer_that_is_none_of_the_api_servers_is_quoted(body, message):
    assert str(api.as_error(502, body)) == message


async def test_a_bucket_lets_a_burst_through_and_then_so_many_a_second(monkeypatch):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    monkeypatch.setattr(api.asyncio, "sleep", sleep)
    bucket = api.Bucket(qps=10, burst=5)
    for _ in range(8):
        await bucket.take()
    assert len(slept) == 3
    assert slept == pytest.approx([0.1, 0.2, 0.3], abs=0.02)


class Server:
    """Answers with what it is told to, and notes when it was asked."""

    def __init__(self, *answers):
        self.asked = []
        self._answers = list(answers)

    async def _answer(self, _):
        self.asked.append(asyncio.get_running_loop().time())
        return self._answers.pop(0) if self._answers else web.json_response({})

    async def __aenter__(self):
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0]
        self.client = api.Client(Configuration(host=f"http://{host}:{port}"))
        return self

    async def __aexit__(self, *_):
        await self.client.close()
        await self._runner.cleanup()


async def test_a_pause_that_the_api_server_asks_for_is_kept_by_all_requests(monkeypatch):
    monkeypatch.setattr(api, "LONGEST_QUIET", 0.2)  # it asks for 7 s
    slowly = web.Response(status=429, body=SLOWLY)
    async with Server(slowly) as server:
        with pytest.raises(api.Unavailable):
            await server.client.send("POST", "/api/v1/pods", body={})
        await asyncio.gather(*(server.client.send("GET", f"/{n}") for n in range(3)))
    first, *others = server.asked
    assert len(others) == 3
    assert all(0.15 < at - first < 1.0 for at in others)


async def test_without_such_a_wish_nobody_waits():
    async with Server(web.Response(status=500, body=b"{}")) as server:
        with pytest.raises(api.Unavailable):
            await server.client.send("GET", "/first")
        await server.client.send("GET", "/second")
    assert server.asked[1] - server.asked[0] < 0.15
