"""What a stream looks like on the wire: pages of a list, lines of a watch.

JSON is read by recursion, which ends at Python's limit of about 1,000 levels, while the API server
takes 10,000. One object with a field so deep would make its whole page or line unreadable and stop
the stream for everybody. So what lies too deep is cut off: an object is read without it when no
rule reads that field, and cannot be read when one does.
"""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from podwright import client as api
from podwright.objects import Meta

T = TypeVar("T")

DEEPEST = 500
TOO_DEEP = b"1e999"
"""Valid JSON where it is passed over, out of range for whoever reads it."""

_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)


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


def decode(decoder: msgspec.json.Decoder[T], data: bytes | msgspec.Raw) -> T:
    """Read JSON of any depth.

    Raises:
        msgspec.MsgspecError: it is not what the decoder expects, or too deep where it matters.
    """
    try:
        return decoder.decode(data)
    except RecursionError:
        return decoder.decode(_cut(bytes(data)))


def _cut(data: bytes) -> bytes:
    kept, depth, start = [], 0, 0
    for token in _TOKEN.finditer(data):
        if token[0] in (b"{", b"["):
            depth += 1
            if depth == DEEPEST:
                kept += [data[start : token.start()], TOO_DEEP]
        elif token[0] in (b"}", b"]"):
            if depth == DEEPEST:
                start = token.end()
            depth -= 1
    return b"".join([*kept, data[start:]])


def read(data: bytes | msgspec.Raw, type_: type[T]) -> T:
    """Read a frame, however deep the objects in it are.

    Raises:
        podwright.client.Unavailable: it is none.
    """
    try:
        return decode(msgspec.json.Decoder(type_), data)
    except msgspec.MsgspecError as error:
        message = f"not a {type_.__name__.lower()}: {error}: {bytes(data)[:80]!r}"
        raise api.Unavailable(message, unknown=False) from None


def metadata(raw: msgspec.Raw) -> Meta | None:
    """What can be read of an object that cannot be read; None when that is nothing."""
    try:
        return read(raw, _Any).metadata
    except api.Unavailable:
        return None
