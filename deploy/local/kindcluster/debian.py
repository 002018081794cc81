"""Root file systems made of Debian packages, by mmdebstrap."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kindcluster import store
from kindcluster.errors import KindError

SUITE = "trixie"
"""The Debian release: the newest whose systemd (257) still knows cgroup v1."""

_SOURCES = Path("/etc/apt")
_MIRROR = re.compile(
    r"^(?:URIs: |deb (?:\[[^]]*\] )?)(https?://\S+/debian)/?(?:\s|$)", re.MULTILINE
)
_UNWANTED = (
    "/usr/share/doc/*", "/usr/share/man/*", "/usr/share/info/*", "/usr/share/locale/*",
    "/usr/share/lintian/*", "/usr/lib/*/gconv",
)  # fmt: skip
_OF_THIS_MACHINE = (
    "/etc/apt/sources.list*", "/etc/hostname", "/etc/resolv.conf", "/var/lib/apt/lists/*",
)  # fmt: skip
_OPTIONS = (
    "--mode=auto",
    "--format=tar",
    '--aptopt=APT::Install-Recommends "false"',
    "--dpkgopt=force-unsafe-io",
    *(f"--dpkgopt=path-exclude={path}" for path in _UNWANTED),
)
# Extracted packages do not pass dpkg's exclusions.
_LAST = 'cd "$1" && rm -rf ' + " ".join(
    path.removeprefix("/") for path in (*_UNWANTED, *_OF_THIS_MACHINE)
)


@dataclass(frozen=True)
class RootFs:
    """Packages and what to do with them.

    Variants: ``extract`` unpacks exactly these packages and runs nothing of them; ``essential``
    and ``minbase`` install a small system. A hook is a line of shell; ``$1`` is the root.
    """

    name: str
    packages: Sequence[str]
    variant: str = "extract"
    hooks: Sequence[str] = ()

    @property
    def key(self) -> str:
        """Changes with whatever decides the result, but for Debian's own updates."""
        return store.key(SUITE, *_OPTIONS, _LAST, self.variant, *self.packages, *self.hooks)

    @property
    def _moment(self) -> str:
        return "extract" if self.variant == "extract" else "customize"

    def is_made(self) -> bool:
        """Whether ``tar`` takes no time."""
        return store.is_made(f"rootfs-{self.name}", self.key)

    def tar(self) -> Path:
        """The tar file, made first if that has not happened yet: 1 to 25 seconds."""
        return store.product(f"rootfs-{self.name}", self.key, self._make)

    def _make(self, output: Path) -> None:
        if not shutil.which("mmdebstrap"):
            raise KindError("mmdebstrap was not found: install it (apt-get install mmdebstrap).")
        command = [
            "mmdebstrap", f"--variant={self.variant}", f"--include={','.join(self.packages)}",
            *_OPTIONS, *(f"--{self._moment}-hook={hook}" for hook in (*self.hooks, _LAST)),
            SUITE, str(output), *mirror(),
        ]  # fmt: skip
        # Not the umask or the clock of whoever runs this: the same packages give the same file.
        environment = os.environ | {"SOURCE_DATE_EPOCH": "0"}
        with tempfile.TemporaryDirectory() as scratch:
            environment["TMPDIR"] = scratch
            child = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, text=True, umask=0o022,
            )  # fmt: skip
            _running.add(child)
            _, said = child.communicate()
            _running.discard(child)
        if child.returncode:
            raise KindError(explain(said, self.name))


_running: set["subprocess.Popen[str]"] = set()


def stop() -> None:
    """End what other threads are assembling: the command was interrupted."""
    for child in list(_running):
        child.terminate()


def mirror() -> list[str]:
    """This machine's own Debian mirror, if it has one; else mmdebstrap chooses."""
    files = [_SOURCES / "sources.list", *sorted((_SOURCES / "sources.list.d").glob("*"))]
    found = [_MIRROR.search(file.read_text()) for file in files if file.is_file()]
    return [match[1] for match in found if match][:1]


def explain(output: str, name: str) -> str:
    """Say in a line what the output of a failed mmdebstrap means."""
    if "No space left on device" in output:
        return f"The disk is full: no room to assemble {name}. Make room, then run this again."
    if re.search(r"Could not (?:resolve|connect)|Temporary failure resolving", output):
        return f"Debian's packages for {name} could not be fetched: see that the network works."
    lines = [line for line in output.splitlines() if line.startswith(("E:", "W:", "dpkg:"))]
    end = re.sub(r"https?://\S+", "<address>", " ".join(lines[-3:]) or output.strip()[-300:])
    return f"mmdebstrap could not assemble {name}: {end}"
