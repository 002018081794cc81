"""L1: how fast this API server takes pods when nobody has to decide about them."""

import asyncio
import json
import ssl
import time

import aiohttp
import uvloop
from operating import bare_pod

from bench.arena import PODS, bare_cluster
from bench.figures import CONNECTIONS, bare


def bare_posts(pods, tell):
    """Pods per second at each number of connections, on one fresh cluster."""
    values = {}
    with bare_cluster() as cluster:
        for connections in CONNECTIONS:
            tell(f"posting {pods:,} pods, {connections} at a time")
            seconds = uvloop.run(_post(cluster, pods, connections))
            values[bare(connections)] = [pods / seconds]
    return values


async def _post(cluster, pods, connections):
    """Seconds from the first request to the last reply; each connection is opened before."""
    context = ssl.create_default_context(cafile=str(cluster.ca))
    headers = {"Authorization": f"Bearer {cluster.token}", "Content-Type": "application/json"}
    prefix = f"l1-{connections}"
    bodies = iter([json.dumps(bare_pod(f"{prefix}-{n}", {"app": "l1"})) for n in range(pods)])
    connector = aiohttp.TCPConnector(ssl=context, limit=connections)
    async with aiohttp.ClientSession(
        cluster.server, connector=connector, headers=headers
    ) as session:
        await asyncio.gather(*(_open(session) for _ in range(connections)))
        started = time.monotonic()
        await asyncio.gather(*(_post_each(session, bodies) for _ in range(connections)))
        return time.monotonic() - started


async def _open(session):
    async with session.get("/readyz") as answer:
        await answer.read()


async def _post_each(session, bodies):
    """One connection's share of what all take from the same pile."""
    for body in bodies:
        async with session.post(PODS, data=body) as answer:
            answer.raise_for_status()
            await answer.read()
