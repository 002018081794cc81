"""Probes and metrics over HTTP."""

import aiohttp
import pytest

from podwright.engine.health import HealthServer


class Engine:
    """What the server asks of a runtime."""

    def __init__(self, *, problem=None, is_synced=True):
        self.problem, self.is_synced, self.measured = problem, is_synced, 0

    def health(self):
        return self.problem

    def measure(self):
        self.measured += 1


@pytest.fixture
async def ask():
    """Starts a server for this runtime; asks it."""
    servers = []

    async def ask(runtime, path):
        servers.append(HealthServer(lambda: runtime))
        address = await servers[-1].start("127.0.0.1", 0)
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://{address}{path}") as got,
        ):
            return got.status, await got.text()

    yield ask
    for server in servers:
        await server.stop()


@pytest.mark.parametrize(
    ("runtime", "path", "answer"),
    [
        pytest.param(None, "/livez", (200, "ok"), id="alive-before-it-has-begun"),
        pytest.param(Engine(), "/livez", (200, "ok"), id="alive"),
        pytest.param(Engine(problem="deaf"), "/livez", (503, "deaf"), id="deaf"),
        pytest.param(None, "/readyz", (503, "reading the cluster"), id="not-begun"),
        pytest.param(
            Engine(is_synced=False), "/readyz", (503, "reading the cluster"), id="not-in-sync"
        ),
        pytest.param(Engine(), "/readyz", (200, "ok"), id="ready"),
    ],
)
async def test_a_probe_is_answered(ask, runtime, path, answer):
    assert await ask(runtime, path) == answer


async def test_metrics_are_measured_when_asked_for(ask):
    runtime = Engine()
    code, text = await ask(runtime, "/metrics")
    assert code == 200
    assert "podwright_queue_depth" in text
    assert runtime.measured == 1


async def test_a_taken_port_is_an_error(ask):
    first = HealthServer(lambda: None)
    port = int((await first.start("127.0.0.1", 0)).rpartition(":")[2])
    with pytest.raises(OSError, match="address already in use"):
        await HealthServer(lambda: None).start("127.0.0.1", port)
    await first.stop()
