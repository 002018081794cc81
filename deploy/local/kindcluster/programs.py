"""What is compiled for a cluster beside Kubernetes itself: kind, CoreDNS, pause, and for tests.

agnhost is in every cluster; metrics-server is compiled when somebody asks for it.
"""

from pathlib import Path

from controlplane import build
from controlplane.versions import (
    COREDNS_SOURCES,
    COREDNS_VERSION,
    KIND_SOURCES,
    KIND_VERSION,
    KUBERNETES_SOURCES,
    KUBERNETES_VERSION,
    METRICS_SERVER_SOURCES,
    METRICS_SERVER_VERSION,
)
from kindcluster import store

_STRIP = "-s -w"


def kind() -> Path:
    """The kind command."""
    return _compiled(
        f"kind {KIND_VERSION}", "10 s", "sigs.k8s.io/kind", KIND_SOURCES,
    )  # fmt: skip


def pause() -> Path:
    """The process that holds a pod's namespaces."""
    return _compiled("pause", "1 s", "./pause", KIND_SOURCES)


def coredns() -> Path:
    """CoreDNS with the plugins that kubeadm configures."""
    return _compiled(f"CoreDNS {COREDNS_VERSION}", "1 minute", ".", COREDNS_SOURCES)


def agnhost() -> Path:
    """The server that Kubernetes' own tests use."""
    return _compiled(
        f"agnhost of Kubernetes {KUBERNETES_VERSION}", "20 s",
        "k8s.io/kubernetes/test/images/agnhost", KUBERNETES_SOURCES,
    )  # fmt: skip


def metrics_server() -> Path:
    """What tells autoscalers how much the pods use."""
    return _compiled(
        f"metrics-server {METRICS_SERVER_VERSION}", "3 minutes",
        "sigs.k8s.io/metrics-server/cmd/metrics-server", METRICS_SERVER_SOURCES,
    )  # fmt: skip


def _compiled(what: str, usual: str, package: str, sources: Path) -> Path:
    files = [*sources.glob("go.*"), *(sources / package).glob("*.go")]
    contents = [file.read_bytes() for file in sorted(set(files))]
    name = what.partition(" ")[0].lower()

    def make(output: Path) -> None:
        build.compile_program(
            what, usual, package, _STRIP, source=sources, output=output, scratch=output.parent
        )

    return store.product(f"program-{name}", store.key(package, _STRIP, *contents), make)
