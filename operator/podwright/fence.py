"""A request that asks whether it may go right before it does.

A process may be frozen at any moment and thaw when another one has long taken over. So asking
before a request waits for its turn, or for a connection, is too early. The question is put when the
bytes are handed to the connection: the headers wait for the body, and the body asks.
"""

from __future__ import annotations

from collections.abc import Callable

import aiohttp
from aiohttp.abc import AbstractStreamWriter


class LostLeadershipError(Exception):
    """This process may not write any more; it has to end."""


class Fenced(aiohttp.BytesPayload):
    """The body of a writing request."""

    def __init__(self, data: bytes, may_send: Callable[[], bool]) -> None:
        super().__init__(data)
        self._may_send = may_send

    async def write_with_length(
        self, writer: AbstractStreamWriter, content_length: int | None
    ) -> None:
        """Send it, or nothing at all; asked anew for every try."""
        if not self._may_send():
            raise LostLeadershipError
        await super().write_with_length(writer, content_length)


def refusal(error: BaseException) -> LostLeadershipError | None:
    """Whether a request failed because it might not go; the client library tells by the cause."""
    return LostLeadershipError() if isinstance(error.__cause__, LostLeadershipError) else None
