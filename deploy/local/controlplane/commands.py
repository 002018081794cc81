"""The flags of every component, and why they are what they are.

All paths are relative: each component runs in its cluster's folder.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from controlplane.errors import ControlPlaneError

SERVICE_RANGE = "10.0.0.0/24"
API_SERVICE_ADDRESS = "10.0.0.1"  # the first of the range, taken by the `kubernetes` Service
POD_RANGE = "10.64.0.1/10"  # apart from the services; kwok hands out addresses from here

# A socket in the cluster's own folder: no port that another program could have or talk to.
_ETCD = "unix://etcd.sock"

AUDIT_POLICY = """\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
"""


def start_order(
    *,
    port: int,
    stages: Path,
    controllers: str,
    client_qps: int | None,
    audit: bool,
    extra: Mapping[str, Sequence[str]],
) -> dict[str, list[str]]:
    """Every component's flags, in the order of starting; ``extra`` has the last word."""
    order = {
        "etcd": etcd(),
        "kube-apiserver": apiserver(port, audit=audit),
        "kube-controller-manager": controller_manager(controllers, client_qps),
        "kube-scheduler": scheduler(client_qps),
        "kwok": kwok(stages),
        "pod-reaper": pod_reaper(),
    }
    if unknown := extra.keys() - order.keys():
        raise ControlPlaneError(
            f"No component is named {unknown.pop()}; known: {', '.join(order)}."
        )
    return {name: [*flags, *extra.get(name, ())] for name, flags in order.items()}


def etcd() -> list[str]:
    """A single member, which keeps nothing safe from power loss: the cluster is thrown away."""
    return [
        "--name=local",
        "--data-dir=etcd",
        f"--listen-client-urls={_ETCD}",
        "--advertise-client-urls=http://localhost:1",  # asked for, but only members would use it
        "--listen-peer-urls=unix://etcd-peer.sock",
        "--unsafe-no-fsync",
        "--log-level=warn",
    ]


def apiserver(port: int, *, audit: bool) -> list[str]:
    """The API server with Kubernetes' default admission, on a port that the parent keeps for it."""
    flags = [
        f"--etcd-servers={_ETCD}",
        f"--secure-port={port}",
        "--permit-port-sharing",  # see Cluster: the port is bound already, so nobody can take it
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        "--tls-cert-file=apiserver.crt",
        "--tls-private-key-file=apiserver.key",
        "--client-ca-file=ca.crt",
        "--token-auth-file=tokens.csv",
        "--authorization-mode=Node,RBAC",
        "--service-account-issuer=https://kubernetes.default.svc",
        "--service-account-key-file=service-accounts.pub",
        "--service-account-signing-key-file=service-accounts.key",
        f"--service-cluster-ip-range={SERVICE_RANGE}",
        "--endpoint-reconciler-type=none",  # 127.0.0.1 would be refused as an endpoint
        "--allow-privileged=true",
    ]
    if audit:
        flags += ["--audit-policy-file=audit-policy.yaml", "--audit-log-path=audit.log"]
    return flags


def controller_manager(controllers: str, client_qps: int | None) -> list[str]:
    """The controllers named, in the notation of Kubernetes: ``*,-replicaset-controller``."""
    return [
        "--kubeconfig=kube-controller-manager.kubeconfig",
        f"--controllers={controllers}",
        "--service-account-private-key-file=service-accounts.key",
        "--root-ca-file=ca.crt",
        *_alone(),
        *_client_limits(client_qps),
    ]


def scheduler(client_qps: int | None) -> list[str]:
    """The default scheduler."""
    return ["--kubeconfig=kube-scheduler.kubeconfig", *_alone(), *_client_limits(client_qps)]


def kwok(stages: Path) -> list[str]:
    """The player of kubelets, on every node. Its binary has no stages of its own."""
    return [
        "--kubeconfig=kwok.kubeconfig",
        f"--config={stages}",
        "--manage-all-nodes=true",
        "--node-ip=127.0.0.1",
        f"--cidr={POD_RANGE}",
        "--node-lease-duration-seconds=40",
    ]


def pod_reaper() -> list[str]:
    """Our stand-in for a kubelet's last act: kubernetes/reaper.go."""
    return ["--kubeconfig=pod-reaper.kubeconfig"]


def _alone() -> Sequence[str]:
    """One process of its kind needs no election, and nobody asks it for metrics."""
    return ("--leader-elect=false", "--secure-port=0")


def _client_limits(qps: int | None) -> Sequence[str]:
    """None leaves Kubernetes' defaults: 20 requests/s (controllers) and 50 (scheduler)."""
    return () if qps is None else (f"--kube-api-qps={qps}", f"--kube-api-burst={2 * qps}")
