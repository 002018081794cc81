"""Pages of lists and lines of watches, however deep the objects in them."""

import sys

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


@pytest.mark.parametrize("levels", [10, 1500, 9900])
def test_one_deep_object_does_not_make_a_frame_unreadable(levels):
    page = wire.read(b'{"metadata":{},"items":[%s]}' % deep(levels), wire.Page)
    event = wire.read(b'{"type":"ADDED","object":%s}' % deep(levels), wire.Event)
    assert wire.metadata(page.items[0]).name == wire.metadata(event.object).name == "x"


def test_the_recursion_limit_is_put_back():
    before = sys.getrecursionlimit()
    wire.read(b'{"metadata":{},"items":[%s]}' % deep(1500), wire.Page)
    assert sys.getrecursionlimit() == before


@pytest.mark.parametrize(
    "data",
    [b"", b"<html>", b'{"items":', b"[]", b'{"items":[]}', deep(20_000)],
    ids=["nothing", "html", "half", "a-list", "no-metadata", "deeper-than-the-api-server-takes"],
)
def test_what_is_no_page_is_told_and_tried_again(data):
    with pytest.raises(api.Unavailable, match="not a page") as error:
        wire.read(data, wire.Page)
    assert not error.value.unknown


@pytest.mark.parametrize("data", [b'{"metadata":[]}', b'{"metadata":{"labels":1}}', b"1"])
def test_of_some_objects_nothing_can_be_read(data):
    assert wire.metadata(msgspec.Raw(data)) is None
