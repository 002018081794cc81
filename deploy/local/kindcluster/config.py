"""kind's configuration for this machine: kind-config.yaml, and what has to be added to it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

CONFIG = Path(__file__).resolve().parents[3] / "kind-config.yaml"
OPERATOR = "system:serviceaccount:podwright-system:podwright"

AUDIT_POLICY = f"""\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: Metadata
    users: ["{OPERATOR}"]
  - level: None
"""

_NODE_POLICY = "/etc/kubernetes/audit"
_NODE_LOG = "/var/log/kubernetes-audit"


@dataclass(frozen=True)
class Options:
    """How a cluster comes up.

    ``fast_failure``: a lost node is noticed after 20 s (not 50) and its pods go 10 s later (not
    300), and autoscalers look every 2 s (not 15). ``audit``: the API server logs each request of
    the operator's service account.
    """

    fast_failure: bool = False
    audit: bool = False

    def missing(self, wanted: "Options") -> list[str]:
        """The flags that are wanted and that a cluster with these options does not have."""
        have = asdict(self)
        return [
            f"--{name.replace('_', '-')}"
            for name, value in asdict(wanted).items()
            if value and not have[name]
        ]


def render(
    config: Mapping[str, Any],
    *,
    name: str,
    options: Options,
    cgroup_version: int,
    audit_folder: Path,
) -> dict[str, Any]:
    """The configuration for ``kind create cluster``; the folder is on the daemon's machine."""
    patches = list(config.get("kubeadmConfigPatches", ()))
    if cgroup_version == 1:
        patches.append(yaml.safe_dump(_KUBELET_ON_CGROUP_V1))
    if options.fast_failure or options.audit:
        patches.append(yaml.safe_dump(_cluster_patch(options), sort_keys=False))
    nodes = [dict(node) for node in config["nodes"]]
    if options.audit:
        for node in nodes:
            if node["role"] == "control-plane":
                node["extraMounts"] = [*node.get("extraMounts", ()), *_audit_mounts(audit_folder)]
    return {**config, "name": name, "nodes": nodes, "kubeadmConfigPatches": patches}


_KUBELET_ON_CGROUP_V1 = {
    "apiVersion": "kubelet.config.k8s.io/v1beta1",
    "kind": "KubeletConfiguration",
    "failCgroupV1": False,
}


def _cluster_patch(options: Options) -> dict[str, Any]:
    """A patch replaces whole lists, so kind's own arguments are repeated in it."""
    server = {"runtime-config": ""}
    manager = {"enable-hostpath-provisioner": "true"}
    if options.fast_failure:
        # A kubelet renews its lease every 10 s: less than 20 would take slow nodes for lost ones.
        manager["node-monitor-grace-period"] = "20s"
        manager["horizontal-pod-autoscaler-sync-period"] = "2s"
        server["default-unreachable-toleration-seconds"] = "10"
        server["default-not-ready-toleration-seconds"] = "10"
    api_server: dict[str, Any] = {}
    if options.audit:
        server["audit-policy-file"] = f"{_NODE_POLICY}/policy.yaml"
        server["audit-log-path"] = f"{_NODE_LOG}/audit.log"
        api_server["extraVolumes"] = [
            _volume("audit-policy", _NODE_POLICY, read_only=True),
            _volume("audit-log", _NODE_LOG, read_only=False),
        ]
    return {
        "apiVersion": "kubeadm.k8s.io/v1beta4",
        "kind": "ClusterConfiguration",
        "apiServer": {"extraArgs": _arguments(server), **api_server},
        "controllerManager": {"extraArgs": _arguments(manager)},
    }


def _arguments(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def _volume(name: str, path: str, *, read_only: bool) -> dict[str, Any]:
    return {
        "name": name, "hostPath": path, "mountPath": path, "readOnly": read_only,
        "pathType": "Directory",
    }  # fmt: skip


def _audit_mounts(folder: Path) -> list[dict[str, Any]]:
    return [
        {"hostPath": str(folder / "policy"), "containerPath": _NODE_POLICY, "readOnly": True},
        {"hostPath": str(folder / "log"), "containerPath": _NODE_LOG},
    ]
