"""Objects as kubectl prints them: a name and what became of it, JSON, or YAML.

Kubernetes: k8s.io/cli-runtime pkg/printers/name.go, json.go, yaml.go.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from podwright.objects import Manifest

DRY = {"none": "", "client": " (dry run)", "server": " (server dry run)"}


def name_of(manifest: Manifest) -> str:
    """``statefulset.apps.podwright.dev/web``."""
    group = manifest["apiVersion"].rpartition("/")[0]
    kind = manifest["kind"].lower() + (f".{group}" if group else "")
    return f"{kind}/{manifest['metadata']['name']}"


class Printer:
    """Prints objects one after the other."""

    def __init__(self, output: str | None, dry_run: str = "none") -> None:
        self._output, self._dry = output, DRY[dry_run]
        self._is_first = True

    def show(self, manifest: Manifest, operation: str) -> None:
        """Say what became of an object, or print it, as the user chose."""
        click.echo("".join(self._parts(manifest, operation)))
        self._is_first = False

    def _parts(self, manifest: Manifest, operation: str) -> Iterator[str]:
        if self._output is None:
            yield f"{name_of(manifest)} {operation}{self._dry}"
        elif self._output == "name":
            yield name_of(manifest)
        elif self._output == "json":
            yield json.dumps(_shown(manifest), indent=4, sort_keys=True, ensure_ascii=False)
        else:
            import yaml  # noqa: PLC0415  # only for this

            yield "" if self._is_first else "---\n"
            text = yaml.safe_dump(_shown(manifest), default_flow_style=False, allow_unicode=True)
            yield text.rstrip("\n")


def _shown(manifest: Manifest) -> Manifest:
    """Without the managed fields, as kubectl does."""
    metadata = {key: each for key, each in manifest["metadata"].items() if key != "managedFields"}
    return manifest | {"metadata": metadata}
