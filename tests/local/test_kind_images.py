"""Image archives: the same bytes from the same input, in the form that every reader wants."""

import hashlib
import json
import tarfile
from pathlib import Path

import pytest
import yaml

from kindcluster import archive, debian, images, store
from kindcluster.archive import File, Folder, Image, Link
from kindcluster.debian import RootFs

ENTRIES = {
    "usr/bin/tool": File(b"#!/bin/sh\n", 0o755),
    "bin": Link("usr/bin"),
    "tmp": Folder(0o1777),
}


@pytest.fixture
def layer(tmp_path):
    archive.write_layer(ENTRIES, tmp_path / "layer.tar")
    return tmp_path / "layer.tar"


def written(tmp_path, layer, names=("localhost/a:1", "example.org/b:2")):
    archive.write(Image(names, [layer], {"Cmd": ["tool"]}), tmp_path / "image.tar")
    with tarfile.open(tmp_path / "image.tar") as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}


def test_a_layer_holds_what_it_was_given_owned_by_root_and_without_times(layer):
    with tarfile.open(layer) as tar:
        members = tar.getmembers()
        assert tar.extractfile("usr/bin/tool").read() == b"#!/bin/sh\n"
    assert [(m.name, oct(m.mode), m.linkname) for m in members] == [
        ("bin", "0o777", "usr/bin"), ("tmp", "0o1777", ""), ("usr/bin/tool", "0o755", ""),
    ]  # fmt: skip
    assert {(m.uid, m.gid, m.mtime) for m in members} == {(0, 0, 0)}


def test_the_same_input_gives_the_same_bytes_in_any_order(tmp_path, layer):
    first = written(tmp_path, layer), (tmp_path / "image.tar").read_bytes()
    archive.write_layer(dict(reversed(ENTRIES.items())), layer)
    assert (written(tmp_path, layer), (tmp_path / "image.tar").read_bytes()) == first


def test_a_files_content_may_be_another_file(tmp_path, layer):
    (tmp_path / "tool").write_bytes(b"#!/bin/sh\n")
    before = layer.read_bytes()
    archive.write_layer({**ENTRIES, "usr/bin/tool": File(tmp_path / "tool", 0o755)}, layer)
    assert layer.read_bytes() == before


def test_every_blob_is_named_by_its_digest_and_every_reference_leads_to_one(tmp_path, layer):
    files = written(tmp_path, layer)
    for name, content in files.items():
        if name.startswith("blobs/"):
            assert name == f"blobs/sha256/{hashlib.sha256(content).hexdigest()}"
    for entry in json.loads(files["index.json"])["manifests"]:
        manifest = json.loads(files[f"blobs/{entry['digest'].replace(':', '/')}"])
        for part in (manifest["config"], *manifest["layers"]):
            assert len(files[f"blobs/{part['digest'].replace(':', '/')}"]) == part["size"]
    (docker,) = json.loads(files["manifest.json"])
    assert {docker["Config"], *docker["Layers"]} <= files.keys()


def test_each_name_is_there_for_containerd_and_for_docker(tmp_path, layer):
    files = written(tmp_path, layer)
    index = json.loads(files["index.json"])["manifests"]
    names = [each["annotations"]["io.containerd.image.name"] for each in index]
    assert names == ["localhost/a:1", "example.org/b:2"]
    assert json.loads(files["manifest.json"])[0]["RepoTags"] == names


def test_every_name_is_full_and_pinned():
    """A short name or :latest would make a node look for it elsewhere."""
    for image in images.IMAGES:
        for name in image.names:
            host, _, rest = name.partition("/")
            assert host == "localhost" or "." in host
            assert rest.rpartition(":")[2] not in ("", "latest")


def test_the_example_finds_its_image():
    assert "docker.io/library/nginx:1.29" in images.find("nginx").names


def test_images_are_found_by_short_and_by_full_name():
    assert images.find("web") is images.find("localhost/podwright/web:1")
    assert images.find("nothing") is None


def test_what_few_need_is_not_brought_into_every_cluster():
    """metrics-server takes minutes to compile: a test that wants it asks for it."""
    assert {"metrics-server", "python-base"} <= {image.what for image in images.IMAGES}
    assert images.in_cluster() == ["busybox", "python", "web", "nginx", "agnhost"]


def test_metrics_server_is_deployed_from_our_image():
    manifest = Path(__file__).parents[1] / "e2e" / "metrics-server.yaml"
    documents = yaml.safe_load_all(manifest.read_text())
    (deployment,) = (each for each in documents if each["kind"] == "Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert container["image"] == images.find("metrics-server").names[0]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(RootFs("a", ["bash", "curl"]), id="packages"),
        pytest.param(RootFs("a", ["bash"], variant="minbase"), id="variant"),
        pytest.param(RootFs("a", ["bash"], hooks=["true"]), id="hooks"),
    ],
)
def test_a_root_file_system_is_made_again_when_its_parts_change(other):
    assert RootFs("a", ["bash"]).key == RootFs("a", ["bash"]).key
    assert RootFs("a", ["bash"]).key != other.key


def test_where_one_part_ends_is_part_of_a_key():
    assert store.key("ab", "c") != store.key("a", "bc")


@pytest.mark.parametrize(
    ("source", "found"),
    [
        pytest.param("URIs: http://a.example/debian\nSuites: x", "http://a.example/debian", id="new"),
        pytest.param("deb http://a.example/debian x main", "http://a.example/debian", id="old"),
        pytest.param("deb [a=b] http://a.example/debian/ x", "http://a.example/debian", id="options"),
        pytest.param("URIs: http://a.example/debian-security", None, id="security"),
        pytest.param("URIs: http://a.example/ubuntu", None, id="other"),
        pytest.param("# deb http://a.example/debian x", None, id="comment"),
    ],
)  # fmt: skip
def test_the_mirror_is_the_machines_own(tmp_path, monkeypatch, source, found):
    monkeypatch.setattr(debian, "_SOURCES", tmp_path)
    (tmp_path / "sources.list").write_text(source)
    assert debian.mirror() == ([found] if found else [])
