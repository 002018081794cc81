"""Columns of ``kubectl get`` that several kinds share.

Kubernetes: pkg/printers/internalversion/printers.go, ``AddHandlers``.
"""

from __future__ import annotations

from podwright.workload import Column

READY = Column("Ready", "string", ".status.podwright.ready")
AGE = Column("Age", "date", ".metadata.creationTimestamp")
CONTAINERS = (
    Column("Containers", "string", ".status.podwright.containers", wide=True),
    Column("Images", "string", ".status.podwright.images", wide=True),
)
SELECTOR = Column("Selector", "string", ".status.selector", wide=True)
