"""The images for tests, assembled here: nothing is pulled from anywhere.

Each is a root file system of Debian packages, a layer of our own files, and how to run it.
"""

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kindcluster import archive, programs, store
from kindcluster.archive import Entries, File, Folder, Link
from kindcluster.debian import RootFs

PREFIX = "localhost/podwright"
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_WEB_SERVER = Path(__file__).with_name("web_server.py")

USERS: Entries = {
    "etc/passwd": File(
        b"root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33:www-data:/var/www:/bin/sh\n"
        b"nobody:x:65534:65534:nobody:/:/bin/sh\n"
    ),
    "etc/group": File(b"root:x:0:\nwww-data:x:33:\nnogroup:x:65534:\n"),
    "etc/nsswitch.conf": File(b"passwd: files\ngroup: files\nhosts: files dns\n"),
    "root": Folder(0o700),
    "tmp": Folder(0o1777),
}
"""What maintainer scripts would have made; they do not run when packages are only unpacked."""

APPLETS = (
    'cd "$1" && for name in $(usr/bin/busybox --list); do '
    "ln -s busybox usr/bin/$name 2> /dev/null || true; done"
)
"""A hook: every busybox command that no package has brought."""

_NGINX = b"""\
worker_processes 1;
error_log /dev/stderr;
pid /run/nginx.pid;
events {}
http {
  access_log off;
  server {
    listen 80;
    location / { default_type text/plain; return 200 "$hostname\\n"; }
  }
}
"""


@dataclass(frozen=True)
class TestImage:
    """An image for tests; ``files`` is called only when it is assembled."""

    what: str
    purpose: str
    root: RootFs
    files: Callable[[], Entries] = dict
    config: Mapping[str, Any] = field(default_factory=dict)
    aliases: Sequence[str] = ()
    key: Callable[[], str] = str
    in_cluster: bool = True

    @property
    def names(self) -> list[str]:
        """Our name first, then those that public manifests use."""
        return [f"{PREFIX}/{self.what}:1", *self.aliases]

    def archive(self) -> Path:
        """The archive, assembled first if that has not happened yet."""
        code = Path(archive.__file__).read_text()
        key = store.key(code, self.root.key, *self.names, json.dumps(self.config), self.key())
        return store.product(f"image-{self.what}", key, self._assemble)

    def _assemble(self, output: Path) -> None:
        with tempfile.TemporaryDirectory(dir=output.parent) as scratch:
            files = Path(scratch) / "files.tar"
            archive.write_layer(self.files(), files)
            config = {"Env": [PATH], **self.config}
            archive.write(archive.Image(self.names, [self.root.tar(), files], config), output)


_BUSYBOX = RootFs("busybox", ["busybox-static"], hooks=[
    'mkdir -p "$1"/usr/sbin && ln -s usr/bin "$1"/bin && ln -s usr/sbin "$1"/sbin', APPLETS,
])  # fmt: skip
_PYTHON = RootFs(
    "python",
    ["base-files", "libc-bin", "python3-minimal", "libpython3-stdlib", "busybox-static"],
    hooks=[APPLETS, 'ln -s python3 "$1"/usr/bin/python'],
)
_NGINX_ROOT = RootFs(
    "nginx", ["base-files", "libc-bin", "nginx-light", "busybox-static"], hooks=[APPLETS]
)
_AGNHOST = RootFs(
    "agnhost",
    [
        "base-files", "libc-bin", "bash", "coreutils", "curl", "netcat-openbsd", "bind9-dnsutils",
        "bind9-host", "iproute2", "ca-certificates", "busybox-static",
    ],
    # Upstream's tests call nc with flags of OpenBSD's, and names with dashes need a real bash.
    hooks=['ln -s bash "$1"/usr/bin/sh && ln -s nc.openbsd "$1"/usr/bin/nc', APPLETS],
)  # fmt: skip
_PYTHON_BASE = RootFs(
    "python-base",
    ["base-files", "python3", "python3-pip", "ca-certificates"],
    variant="essential",
    # pip may install here: the image is the environment.
    hooks=['rm -f "$1"/usr/lib/python3*/EXTERNALLY-MANAGED && ln -s python3 "$1"/usr/bin/python'],
)

IMAGES = (
    TestImage(
        "busybox", "shell and small tools", _BUSYBOX,
        files=lambda: USERS, config={"Cmd": ["sh"]}, key=lambda: repr(USERS),
        aliases=["docker.io/library/busybox:1.37"],
    ),
    TestImage(
        "python", "Python's standard library, getent", _PYTHON,
        files=lambda: USERS, config={"Cmd": ["python3"]}, key=lambda: repr(USERS),
    ),
    TestImage(
        "web", "a web server with switchable health on port 8080", _PYTHON,
        files=lambda: {**USERS, "server.py": File(_WEB_SERVER)},
        config={"Entrypoint": ["python3", "-u", "/server.py"], "User": "65534"},
        key=lambda: repr(USERS) + _WEB_SERVER.read_text(),
    ),
    TestImage(
        "nginx", "a web server that says the pod's name, on port 80", _NGINX_ROOT,
        files=lambda: {**USERS, "etc/nginx/nginx.conf": File(_NGINX), "var/log/nginx": Folder()},
        config={"Cmd": ["nginx", "-g", "daemon off;"], "StopSignal": "SIGQUIT"},
        key=lambda: repr(USERS) + repr(_NGINX),
        aliases=["docker.io/library/nginx:1.29"],
    ),
    TestImage(
        "agnhost", "upstream's test server: gRPC health and much more", _AGNHOST,
        files=lambda: {
            **USERS, "agnhost": File(programs.agnhost(), 0o755), "agnhost-2": Link("agnhost"),
            "uploads": Folder(0o1777),
        },
        config={"Entrypoint": ["/agnhost"], "Cmd": ["pause"]},
        key=lambda: repr(USERS) + programs.agnhost().name,
    ),
    TestImage(
        "metrics-server", "upstream's metrics API, for tests of autoscalers", _BUSYBOX,
        files=lambda: {**USERS, "metrics-server": File(programs.metrics_server(), 0o755)},
        config={"Entrypoint": ["/metrics-server"], "User": "65534"},
        key=lambda: repr(USERS) + programs.metrics_server().name, in_cluster=False,
    ),
    TestImage(
        "python-base", "Python and pip, to build the operator's image on", _PYTHON_BASE,
        config={"Cmd": ["python3"]}, in_cluster=False,
    ),
)  # fmt: skip


def find(name: str) -> TestImage | None:
    """The image of this short or full name."""
    return next((image for image in IMAGES if name in (image.what, *image.names)), None)


def in_cluster() -> list[str]:
    """The short names of the images that every cluster has."""
    return [image.what for image in IMAGES if image.in_cluster]
