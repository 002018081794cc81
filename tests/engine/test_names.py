"""Names, as the API server would choose them."""

import re

import pytest

from builders import create, pod
from podwright.engine import names
from podwright.objects import Pod
from podwright.plan import Create, Delete, Record, Release


def test_a_name_is_the_owners_and_five_characters():
    for _ in range(100):
        assert re.fullmatch(f"web-[{names.ALPHABET}]{{5}}", names.generate("web"))


def test_the_alphabet_has_no_vowels_and_no_look_alikes():
    assert names.ALPHABET == "bcdfghjklmnpqrstvwxz2456789"


def test_two_names_differ():
    assert len({names.generate("web") for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("owner", "base"),
    [
        pytest.param("a" * 57, "a" * 57 + "-", id="as-long-as-it-may-be"),
        pytest.param("a" * 58, "a" * 58, id="without-room-for-the-dash"),
        pytest.param("a" * 252, "a" * 58, id="cut"),
        pytest.param("a" * 253, "a" * 58, id="the-longest"),
    ],
)
def test_a_long_name_is_cut_so_that_the_whole_is_a_dns_label(owner, base):
    name = names.generate(owner)
    assert name[:-5] == base
    assert len(name) <= 63


def test_what_names_begin_with_is_told_too():
    assert names.prefix("web") == "web-"
    assert names.prefix("a" * 253) == "a" * 253 + "-"  # the API server takes it


@pytest.mark.parametrize(
    ("action", "name"),
    [
        pytest.param(Create(Pod.resource, {"metadata": {"name": "web-0"}}), "web-0", id="decided"),
        pytest.param(Delete(pod("web-3")), "web-3", id="delete"),
        pytest.param(Release(pod("web-3")), "web-3", id="release"),
        pytest.param(Record("Looked", "all is well"), "Looked", id="event"),
    ],
)
def test_an_action_is_about_a_name(action, name):
    assert names.of(action, "web") == name


def test_a_creation_without_a_name_gets_one():
    assert names.of(create(), "web").startswith("web-")


@pytest.mark.parametrize(
    ("owners", "uid"),
    [
        pytest.param([], "", id="nobodys"),
        pytest.param([{"uid": "1"}], "", id="no-controller"),
        pytest.param([{"uid": "1"}, {"uid": "2", "controller": True}], "2", id="controlled"),
    ],
)
def test_the_controller_of_an_object_is_found(owners, uid):
    assert names.controller_uid({"metadata": {"ownerReferences": owners}}) == uid
    assert names.controller_uid({"metadata": {}}) == ""
