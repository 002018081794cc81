"""Who may speak to a cluster, and how: its authority, its users, their kubeconfigs."""

import base64
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

import yaml

from controlplane.api import Api
from controlplane.certificates import Authority, signing_key
from controlplane.commands import API_SERVICE_ADDRESS

_ADMINISTRATORS = "system:masters"
_CLIENTS = ("kube-controller-manager", "kube-scheduler", "kwok", "pod-reaper")
_SERVER_NAMES = (
    "localhost",
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
)


class Access:
    """The credentials of one cluster, kept in its folder.

    The administrator has a token, because any HTTP client can send one. Everybody else has a
    certificate, because the API server reads its list of tokens only when it starts.
    """

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        self._authority = Authority()
        self.server = f"https://127.0.0.1:{port}"
        self.ca = folder / "ca.crt"
        self.token = secrets.token_urlsafe(24)
        self.kubeconfig = folder / "kubeconfig"
        self.api = Api(port, self._authority.certificate, self.token)

    def write(self) -> None:
        """Write what the components read when they start."""
        server = self._authority.server(
            names=_SERVER_NAMES, addresses=("127.0.0.1", API_SERVICE_ADDRESS)
        )
        tokens = signing_key()
        files = {
            self.ca.name: self._authority.certificate,
            "apiserver.crt": server.public,
            "apiserver.key": server.private,
            "service-accounts.pub": tokens.public,
            "service-accounts.key": tokens.private,
            "tokens.csv": f"{self.token},admin,admin,{_ADMINISTRATORS}\n",
        }
        for name, text in files.items():
            write_private(self._folder / name, text)
        self._write_kubeconfig(self.kubeconfig, "admin", {"token": self.token})
        for client in _CLIENTS:
            # Each under its own name, so that an audit log tells them apart.
            self._add(client, f"system:{client}", [_ADMINISTRATORS])

    def add_user(self, name: str, groups: Sequence[str] = ()) -> Path:
        """The kubeconfig of a new user, who may do what RBAC allows the name and the groups."""
        return self._add(f"user-{name}", name, groups)

    def _add(self, file: str, user: str, groups: Sequence[str]) -> Path:
        pair = self._authority.client(user, groups)
        path = self._folder / f"{file}.kubeconfig"
        credentials = {
            "client-certificate-data": _base64(pair.public),
            "client-key-data": _base64(pair.private),
        }
        self._write_kubeconfig(path, user, credentials)
        return path

    def _write_kubeconfig(self, path: Path, user: str, credentials: dict[str, str]) -> None:
        cluster = {
            "server": self.server,
            "certificate-authority-data": _base64(self._authority.certificate),
        }
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "local", "cluster": cluster}],
            "users": [{"name": user, "user": credentials}],
            "contexts": [{"name": "local", "context": {"cluster": "local", "user": user}}],
            "current-context": "local",
        }
        write_private(path, yaml.safe_dump(config, sort_keys=False))


def write_private(path: Path, text: str) -> None:
    """Write a file that nobody else may read, not even for the moment before a chmod."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
