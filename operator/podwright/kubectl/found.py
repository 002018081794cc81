"""An object that a command line means, as the API server holds it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import msgspec

from podwright.kubectl.errors import Failure
from podwright.objects import Manifest
from podwright.owners import Owner
from podwright.workload import Served


@dataclass(frozen=True, slots=True)
class Found:
    """An object of one of our kinds, as the API server holds it."""

    served: Served
    manifest: Manifest

    @property
    def name(self) -> str:
        """``metadata.name``."""
        return str(self.manifest["metadata"]["name"])

    @property
    def namespace(self) -> str:
        """``metadata.namespace``."""
        return str(self.manifest["metadata"]["namespace"])

    @property
    def uid(self) -> str:
        """``metadata.uid``."""
        return str(self.manifest["metadata"]["uid"])

    @property
    def owner(self) -> Owner[Any]:
        """The object as rules read it.

        Raises:
            Failure: it cannot be read.
        """
        try:
            read: Owner[Any] = msgspec.convert(self.manifest, self.served.workload.read_as)
        except msgspec.ValidationError as error:
            said = f"{self.name} cannot be read, and is left alone: {error}"
            raise Failure(said) from error
        return read

    def cannot(self, why: str) -> Failure:
        """What kubectl says when a verb is not for this object."""
        return Failure(f'error: {self.served.resource.name} "{self.name}" {why}')

    @property
    def path(self) -> str:
        """Where it is served."""
        return self.served.resource.path(self.namespace, self.name)

    @property
    def group_kind(self) -> str:
        """``StatefulSet.apps.podwright.dev``, as kubectl's errors name a kind."""
        return f"{self.served.resource.kind}.{self.served.resource.group}"

    @property
    def template(self) -> Manifest:
        """The template of its pods."""
        found = self.manifest
        for key in self.template_at:
            found = found[key]
        return found

    @property
    def template_at(self) -> tuple[str, ...]:
        """The keys that lead to it: a CronJob's is inside that of its Jobs."""
        inside = ("jobTemplate", "spec") if self.served.resource.kind == "CronJob" else ()
        return ("spec", *inside, "template")

    def with_template(self, template: Manifest) -> Found:
        """The same with another template."""
        return replace(self, manifest=_put(self.manifest, self.template_at, template))


def _put(node: Manifest, keys: tuple[str, ...], value: Manifest) -> Manifest:
    first, *rest = keys
    return node | {first: _put(node[first], tuple(rest), value) if rest else value}
