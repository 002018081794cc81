"""Writing container images without a container engine.

The archive is an OCI image layout and a ``docker save`` archive at once, so ``docker load``,
``ctr images import`` and ``kind load image-archive`` all read it. The same input gives the
same bytes.
"""

import hashlib
import io
import json
import platform
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar"


@dataclass(frozen=True)
class File:
    """A file of a layer: its content, or the path of a file that has it."""

    content: bytes | Path
    mode: int = 0o644


@dataclass(frozen=True)
class Link:
    """A symbolic link of a layer."""

    target: str


@dataclass(frozen=True)
class Folder:
    """A folder of a layer."""

    mode: int = 0o755


Entries = Mapping[str, File | Link | Folder]
"""Paths without a leading slash, and what is there."""


@dataclass(frozen=True)
class Image:
    """An image: fully qualified names with tags, layers from the lowest up, and how to run it."""

    names: Sequence[str]
    layers: Sequence[Path]
    config: Mapping[str, Any] = field(default_factory=dict)


def write_layer(entries: Entries, output: Path) -> None:
    """Write a layer: sorted, owned by root, without times."""
    with tarfile.open(output, "w", format=tarfile.PAX_FORMAT) as tar:
        for path in sorted(entries):
            _add(tar, path, entries[path])


def write(image: Image, output: Path) -> None:
    """Write the archive of one image."""
    layers = [(layer, _sha256(layer), layer.stat().st_size) for layer in image.layers]
    config = _json(
        {
            "architecture": _MACHINES.get(platform.machine(), platform.machine()),
            "os": "linux",
            "created": "1970-01-01T00:00:00Z",
            "config": dict(image.config),
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{name}" for _, name, _ in layers]},
        }
    )
    manifest = _json(
        {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": _descriptor(_CONFIG, _digest(config), len(config)),
            "layers": [_descriptor(_LAYER, name, size) for _, name, size in layers],
        }
    )
    entries: dict[str, File] = {
        "oci-layout": File(_json({"imageLayoutVersion": "1.0.0"})),
        "index.json": File(_index(image.names, manifest)),
        "manifest.json": File(
            _docker_manifest(image.names, config, [name for _, name, _ in layers])
        ),
        _blob(_digest(config)): File(config),
        _blob(_digest(manifest)): File(manifest),
    } | {_blob(name): File(layer) for layer, name, _ in layers}
    write_layer(entries, output)


def _index(names: Sequence[str], manifest: bytes) -> bytes:
    descriptor = _descriptor(_MANIFEST, _digest(manifest), len(manifest))
    return _json(
        {
            "schemaVersion": 2,
            "manifests": [
                descriptor | {"annotations": {"io.containerd.image.name": name}} for name in names
            ],
        }
    )


def _docker_manifest(names: Sequence[str], config: bytes, layers: Sequence[str]) -> bytes:
    return _json(
        [
            {
                "Config": _blob(_digest(config)),
                "RepoTags": list(names),
                "Layers": [_blob(layer) for layer in layers],
            }
        ]
    )


def _add(tar: tarfile.TarFile, path: str, entry: File | Link | Folder) -> None:
    info = tarfile.TarInfo(path)  # of root, at the beginning of time
    match entry:
        case Link(target):
            info.type, info.linkname, info.mode = tarfile.SYMTYPE, target, 0o777
            tar.addfile(info)
        case Folder(mode):
            info.type, info.mode = tarfile.DIRTYPE, mode
            tar.addfile(info)
        case File(bytes() as content, mode):
            info.size, info.mode = len(content), mode
            tar.addfile(info, io.BytesIO(content))
        case File(Path() as source, mode):
            info.size, info.mode = source.stat().st_size, mode
            with source.open("rb") as opened:
                tar.addfile(info, opened)


def _descriptor(kind: str, digest: str, size: int) -> dict[str, Any]:
    return {"mediaType": kind, "digest": f"sha256:{digest}", "size": size}


def _blob(digest: str) -> str:
    return f"blobs/sha256/{digest}"


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True).encode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
