"""What to send so that one JSON object becomes another."""

from __future__ import annotations

from collections.abc import Iterable

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


def without(item: str, items: Iterable[str]) -> list[str] | None:
    """What is left of a list, finalizers mostly, as a merge patch writes it: None for nothing.

    Kubernetes: pkg/controller/job/job_controller.go, ``removeTrackingFinalizerPatch``.
    """
    return [each for each in items if each != item] or None
