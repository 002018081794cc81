"""``status.podwright``: strings for kubectl's columns, and what an owner waits for, in one line."""

from __future__ import annotations

from podwright.objects import Manifest
from podwright.plan import Outcome
from podwright.rules import templates


def words(template: Manifest, ready: str, outcome: Outcome) -> Manifest:
    """What a custom resource's columns cannot compute; empty strings are left out."""
    if outcome.failures:
        waiting = "the API server to accept its pods"
    else:
        waiting = _few(list(dict.fromkeys(wait.until for wait in outcome.plan.waits)))
    texts = {
        "ready": ready,
        "containers": templates.container_names(template),
        "images": templates.container_images(template),
        "waitingFor": waiting,
    }
    return {name: text for name, text in texts.items() if text}


def _few(texts: list[str]) -> str:
    """The first three, and how many more there are."""
    more = [f"and {len(texts) - 3} more"] if len(texts) > 3 else []  # noqa: PLR2004
    return "; ".join(texts[:3] + more)
