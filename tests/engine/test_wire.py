"""Pages of lists and lines of watches, however deep the objects in them."""

from typing import Any

import msgspec
import pytest

from podwright import client as api
from podwright.engine import wire

PAGE = (
    b'{"kind":"PodList","metadata":{"resourceVersion":"9","continue":"more"},"items":[{"a":1},{}]}'
)


def deep(levels):
    """An object with so many levels in an unknown field."""
    return b'{"metadata":{"name":"x"},"y":%s1%s}' % (b'{"a":' * levels, b"}" * levels)


def test_a_page_says_where_the_list_stands_and_how_it_goes_on():
    page = wire.read(PAGE, wire.Page)
    assert (page.metadata.resource_version, page.metadata.continue_) == ("9", "more")
    assert [bytes(item) for item in page.items] == [b'{"a":1}', b"{}"]


@pytest.mark.parametrize("levels", [10, 900, 1500, 10_000, 100_000])
def test_one_deep_object_does_not_make_a_frame_unreadable(levels):
    page = wire.read(b'{"metadata":{},"items":[%s,{}]}' % deep(levels), wire.Page)
    event = wire.read(b'{"type":"ADDED","object":%s}' % deep(levels), wire.Event)
    assert len(page.items) == 2
    assert wire.metadata(page.items[0]).name == wire.metadata(event.object).name == "x"


class Thing(msgspec.Struct):
    """Reads one field as JSON and not another."""

    read: Any = None
    after: int = 0


def test_an_object_is_read_without_a_deep_field_that_nobody_reads():
    data = b'{"x":%s,"y":[%s,[%s]],"after":7}' % ((b"[" * 2000 + b"]" * 2000,) * 3)
    assert wire.decode(msgspec.json.Decoder(Thing), data) == Thing(after=7)


def test_an_object_with_a_deep_field_that_is_read_cannot_be_read():
    with pytest.raises(msgspec.ValidationError, match="out of range"):
        wire.decode(msgspec.json.Decoder(Thing), b'{"read":%s}' % deep(2000))


def test_brackets_in_texts_are_no_levels():
    text = msgspec.json.encode('{[\\"[{' * 1000 + "\\")
    data = b'{"read":[%s,%s],"x":%s}' % (text, text, deep(2000))
    assert wire.decode(msgspec.json.Decoder(Thing), data).read == [msgspec.json.decode(text)] * 2


@pytest.mark.parametrize(
    "data",
    [b"", b"<html>", b'{"items":', b"[]", b'{"items":[]}', b'{"a":' * 5000, b"]" * 5000],
    ids=["nothing", "html", "half", "a-list", "no-metadata", "half-and-deep", "upside-down"],
)
def test_what_is_no_page_is_told_and_tried_again(data):
    with pytest.raises(api.Unavailable, match="not a page") as error:
        wire.read(data, wire.Page)
    assert not error.value.unknown


@pytest.mark.parametrize("data", [b'{"metadata":[]}', b'{"metadata":{"labels":1}}', b"1"])
def test_of_some_objects_nothing_can_be_read(data):
    assert wire.metadata(msgspec.Raw(data)) is None
