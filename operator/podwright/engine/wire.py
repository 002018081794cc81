"""What a stream looks like on the wire: pages of a list, lines of a watch.

JSON is read by recursion, which ends at Python's limit of 1,000 levels, while the API server takes
10,000. One object with a field so deep would make its whole page or line unreadable and stop the
stream for everybody. So frames are read with a higher limit; the objects in them are not, and one
that is too deep is an unreadable object like any other.
"""

from __future__ import annotations

import sys
from typing import TypeVar

import msgspec

from podwright import client as api
from podwright.objects import Meta

T = TypeVar("T")

DEEPEST = 12_000


class ListMeta(msgspec.Struct):
    """Where a list stands, and how it goes on."""

    resource_version: str = msgspec.field(default="", name="resourceVersion")
    continue_: str = msgspec.field(default="", name="continue")


class Page(msgspec.Struct):
    """A part of a list."""

    metadata: ListMeta
    items: list[msgspec.Raw] = []


class Event(msgspec.Struct):
    """A line of a watch whose object could not be read."""

    type: str
    object: msgspec.Raw


class Status(msgspec.Struct):
    """The object of an ERROR event."""

    code: int = 0
    message: str = ""


class _Any(msgspec.Struct):
    metadata: Meta = Meta()


def read(data: bytes | msgspec.Raw, type_: type[T]) -> T:
    """Read a frame, however deep the objects in it are.

    Raises:
        podwright.client.Unavailable: it is none.
    """
    try:
        try:
            return msgspec.json.decode(data, type=type_)
        except RecursionError:
            return _read_deep(data, type_)
    except (msgspec.MsgspecError, RecursionError) as error:
        message = f"not a {type_.__name__.lower()}: {error}: {bytes(data)[:80]!r}"
        raise api.Unavailable(message, unknown=False) from None


def _read_deep(data: bytes | msgspec.Raw, type_: type[T]) -> T:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(DEEPEST)
    try:
        return msgspec.json.decode(data, type=type_)
    finally:
        sys.setrecursionlimit(limit)


def metadata(raw: msgspec.Raw) -> Meta | None:
    """What can be read of an object that cannot be read; None when that is nothing."""
    try:
        return read(raw, _Any).metadata
    except api.Unavailable:
        return None
