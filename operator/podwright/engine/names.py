"""Names for new objects, as the API server would choose them.

``web`` -> ``web-`` + five characters without vowels and look-alikes. The base is cut at 58
characters, so that the whole is a DNS label.

Kubernetes: apiserver pkg/storage/names/generate.go, ``SimpleNameGenerator``;
pkg/controller/controller_utils.go, ``getPodsPrefix``.
"""

from __future__ import annotations

import random

from podwright.labels import SAFE_LETTERS as ALPHABET
from podwright.objects import Manifest
from podwright.plan import Action, Create, Record

TRIES = 8
_SUFFIX, _LONGEST_BASE = 5, 58


def prefix(owner: str) -> str:
    """What the names of an owner's objects begin with: their ``generateName``, never cut."""
    return f"{owner}-"


def stem(create: Create, owner: str) -> str:
    """What the name of a new object is made of: its own ``generateName``, or its owner's name."""
    own: str = create.manifest["metadata"].get("generateName", "")
    return own.removesuffix("-") or owner


def generate(owner: str) -> str:
    """A new name for something that belongs to this owner."""
    base = prefix(owner)[:_LONGEST_BASE]
    return base + "".join(random.choices(ALPHABET, k=_SUFFIX))  # noqa: S311


def of(action: Action, owner: str) -> str:
    """The name of the object that an action is about; chosen now when it has none."""
    if isinstance(action, Create):
        name: str = action.manifest["metadata"].get("name") or generate(stem(action, owner))
        return name
    return action.reason if isinstance(action, Record) else action.target.name


def controller_uid(manifest: Manifest) -> str:
    """The uid of the controller of an object, or ""."""
    owners = manifest["metadata"].get("ownerReferences", [])
    return next((str(owner["uid"]) for owner in owners if owner.get("controller")), "")
