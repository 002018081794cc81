"""What was made once and is kept: below ``kind`` in the user's cache folder.

A product's file is named after all that goes into it, so a change makes another file. It appears
complete or not at all.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from controlplane import folders
from kindcluster.errors import KindError

NEEDED_BYTES = 6 * 1024**3
"""Everything cached for this, the node image in Docker, and the volumes of four nodes."""


def key(*parts: str | bytes) -> str:
    """A name for exactly these parts in this order."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        digest.update(f"{len(content)}:".encode() + content)
    return digest.hexdigest()[:16]


def product(name: str, key: str, make: Callable[[Path], None]) -> Path:
    """The file of this name and key, made first if it is not there: ``make`` writes to a path."""
    folder = folders.cache() / "kind" / name
    made = folder / key
    if not made.exists():
        with folders.locked(folder, waiting=f"Another process makes {name}; waiting for it."):
            if not made.exists():
                _make(made, make)
    return made


def is_made(name: str, key: str) -> bool:
    """Whether ``product`` takes no time."""
    return (folders.cache() / "kind" / name / key).exists()


def _make(made: Path, make: Callable[[Path], None]) -> None:
    for remnant in made.parent.glob(".making-*"):  # we hold the lock: its maker was killed
        shutil.rmtree(remnant, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=made.parent, prefix=".making-") as scratch:
        draft = Path(scratch) / made.name
        make(draft)
        draft.rename(made)


def require_space(folder: Path) -> None:
    """Refuse to begin what would fail after a minute for want of space."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if (free := shutil.disk_usage(existing).free) < NEEDED_BYTES:
        raise KindError(
            f"A kind cluster needs {NEEDED_BYTES >> 30} GB on the disk that holds {folder}, and "
            f"{free / 1024**3:.1f} GB are free: make room, then run this again."
        )
