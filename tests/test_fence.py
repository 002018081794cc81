"""A request asks right before it goes: after every wait, and anew for every try."""

import asyncio

import pytest
from kubernetes.aio.client import Configuration

from podwright import client as api
from podwright.fence import LostLeadershipError


class Wire:
    """A server that keeps every byte it gets, and answers each body with {}."""

    def __init__(self):
        self.got = b""

    async def _talk(self, reader, writer):
        while chunk := await reader.read(65536):
            self.got += chunk
            if self.got.endswith((b"}", b"\r\n\r\n")):
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        writer.close()

    async def start(self):
        self.server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        host, port = self.server.sockets[0].getsockname()
        return f"http://{host}:{port}"


@pytest.fixture
async def connect():
    """Makes a client; returns it with what its server has got."""
    made = []

    async def connect(**options):
        wire = Wire()
        client = api.Client(Configuration(host=await wire.start()), **options)
        made.append((client, wire))
        return client, wire

    yield connect
    for client, wire in made:
        await client.close()
        wire.server.close()


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
async def test_not_a_byte_of_a_write_goes_out_without_permission(connect, method):
    client, wire = await connect(may_send=lambda: False)
    with pytest.raises(LostLeadershipError):
        await client.send(method, "/pods", body={"a": 1})
    await asyncio.sleep(0.05)
    assert wire.got == b""


async def test_reading_needs_no_permission(connect):
    client, wire = await connect(may_send=lambda: False)
    assert await client.send("GET", "/pods") == b"{}"
    assert wire.got.startswith(b"GET /pods")


async def test_with_permission_it_goes_as_it_is(connect):
    client, wire = await connect(may_send=lambda: True)
    assert await client.send("POST", "/pods", body={"a": 1}) == b"{}"
    assert wire.got.endswith(b'\r\n\r\n{"a":1}')


@pytest.mark.parametrize(
    "waits_for",
    [
        pytest.param("in_flight", id="its-turn"),
        pytest.param("bucket", id="the-rate-limit"),
        pytest.param("quiet", id="a-pause-that-was-asked-for"),
    ],
)
async def test_permission_is_asked_after_the_wait(connect, waits_for):
    """As when the process is frozen while a request waits, and thaws too late."""
    may = [True]
    options = {"bucket": api.Bucket(5, 1)} if waits_for == "bucket" else {"in_flight": 1}
    client, wire = await connect(may_send=lambda: may[0], **options)
    if waits_for == "bucket":
        await client.send("POST", "/first", body={})
    elif waits_for == "in_flight":
        await client._turn.acquire()
    else:
        client._quiet_until = asyncio.get_running_loop().time() + 0.2
    second = asyncio.create_task(client.send("POST", "/second", body={}))
    await asyncio.sleep(0.05)
    may[0] = False
    client._turn.release()
    with pytest.raises(LostLeadershipError):
        await second
    assert b"/second" not in wire.got


async def test_a_failed_request_is_not_taken_for_a_refused_one(connect):
    client, wire = await connect(may_send=lambda: True)
    wire.server.close()
    await wire.server.wait_closed()
    with pytest.raises(api.Unavailable):
        await client.send("POST", "/pods", body={})
