"""Objects that are named by files."""

import io

import pytest

from kubectl.objects import owner
from podwright.kubectl.arguments import Named
from podwright.kubectl.errors import Failure
from podwright.kubectl.kinds import named
from podwright.kubectl.options import Chosen
from podwright.kubectl.visiting import wishes

WEB = Named(named("sts"), "web")
TEXT = """
apiVersion: apps.podwright.dev/v1
kind: StatefulSet
metadata: {name: web}
---
apiVersion: v1
kind: List
items:
  - {apiVersion: apps.podwright.dev/v1, kind: DaemonSet, metadata: {name: logs, namespace: far}}
---
"""


def test_every_object_of_a_file_and_of_its_lists(tmp_path):
    file = tmp_path / "all.yaml"
    file.write_text(TEXT)
    assert wishes(Chosen(files=(str(file),))) == [WEB, Named(named("ds"), "logs", "far")]


def test_a_dash_is_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(TEXT.split("---", maxsplit=1)[0]))
    assert wishes(Chosen(files=("-",))) == [WEB]


def test_json_is_read_too(tmp_path):
    import json

    file = tmp_path / "web.json"
    file.write_text(json.dumps(owner()))
    assert wishes(Chosen(files=(str(file),))) == [Named(named("sts"), "web", "default")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}}", "no kind of Podwright"),
        ("just text", "not an object"),
        ("a: [", "error reading"),
        (TEXT, 'namespace from the provided object "far" does not match the namespace "near"'),
    ],
    ids=["built-in", "text", "broken", "another namespace"],
)
def test_what_a_file_may_not_hold(text, said, tmp_path):
    file = tmp_path / "wrong.yaml"
    file.write_text(text)
    with pytest.raises(Failure, match=said):
        wishes(Chosen(files=(str(file),), namespace="near"))


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (Chosen(), "required resource not specified"),
        (Chosen(files=("no-such-file",)), 'the path "no-such-file" does not exist'),
        (Chosen(files=("x",), arguments=("sts/web",)), "you may not specify resource arguments"),
    ],
    ids=["nothing", "no file", "file and arguments"],
)
def test_what_means_nothing(chosen, said):
    with pytest.raises(Failure, match=said):
        wishes(chosen)
