"""What to send so that one JSON object becomes another."""

from __future__ import annotations

from podwright.objects import Manifest


def patch(old: Manifest, new: Manifest) -> Manifest:
    """The merge patch from ``old`` to ``new`` (RFC 7396); empty when they are equal."""
    changes: Manifest = {key: None for key in old if key not in new}
    for key, value in new.items():
        before = old.get(key)
        if isinstance(value, dict) and isinstance(before, dict):
            if inner := patch(before, value):
                changes[key] = inner
        elif value != before:
            changes[key] = value
    return changes
