"""The spec of a ReplicationController, as far as its rules read it."""

from __future__ import annotations

from podwright.objects import LabelSelector, Manifest, Model


class ReplicationControllerSpec(Model, frozen=True):
    """How many pods of which template; labels say which pods count, by default the template's."""

    template: Manifest
    selector: dict[str, str] = {}  # noqa: RUF012  # msgspec copies it
    replicas: int = 1
    min_ready_seconds: int = 0

    @property
    def chosen(self) -> LabelSelector:
        """Which pods count.

        Kubernetes: pkg/apis/core/v1/defaults.go, ``SetDefaults_ReplicationController``.
        """
        labels = (self.template.get("metadata") or {}).get("labels") or {}
        return LabelSelector(match_labels=self.selector or labels)
