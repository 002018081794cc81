"""An object that a command line means, as the API server holds it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from podwright.objects import Manifest
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
    def path(self) -> str:
        """Where it is served."""
        return self.served.resource.path(self.namespace, self.name)

    @property
    def group_kind(self) -> str:
        """``StatefulSet.apps.podwright.dev``, as kubectl's errors name a kind."""
        return f"{self.served.resource.kind}.{self.served.resource.group}"

    def with_template(self, template: Manifest) -> Found:
        """The same with another template."""
        spec = self.manifest["spec"] | {"template": template}
        return replace(self, manifest=self.manifest | {"spec": spec})
