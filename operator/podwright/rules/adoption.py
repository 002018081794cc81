"""Claiming: which objects become ours, stay ours, or are let go.

An object belongs to at most one controller, named by uid in its owner references. An owner adopts
orphans of its namespace that match its selector and releases what no longer matches; it never
touches what another controller holds. An owner that is being deleted claims nothing: with
``--cascade=orphan`` its pods must stay orphans.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from podwright.labels import INVALID_SELECTOR
from podwright.objects import LabelSelector, Object
from podwright.plan import Action, Adopt, Plan, Record, Release
from podwright.rules import selectors
from podwright.workload import Observed, Owns


def claim(seen: Observed[Any], owns: Sequence[Owns[Any]]) -> Plan | None:
    """Adopt orphans that match and release what does not; None when nothing is to be done.

    Kubernetes: pkg/controller/controller_ref_manager.go, ``ClaimObject``.
    """
    if seen.meta.deletion_timestamp is not None:
        return None
    actions: list[Action] = []
    for kind in owns:
        selector = kind.selects(seen.meta, seen.spec)
        if selector is None:
            continue
        wrong = selectors.problem(selector)
        if wrong:
            # Nothing may be released because of a selector that cannot be understood.
            return Plan.of(Record(INVALID_SELECTOR, wrong, "Warning")).beside(
                Plan.wait("a valid selector", remedy=wrong)
            )
        actions += _claims(seen, kind, selector)
    return Plan.of(*actions) if actions else None


def _claims(seen: Observed[Any], owns: Owns[Any], selector: LabelSelector) -> list[Action]:
    def matches(candidate: Object) -> bool:
        labels = candidate.metadata.labels
        return selectors.matches(selector, labels) and owns.fits(seen.meta, candidate)

    mine = seen.of(owns.model) if owns.releases else ()
    strangers = [each for each in mine if owns.claims(each) and not matches(each)]
    orphans = [o for o in seen.orphans.get(owns.model, ()) if _adoptable(o, owns) and matches(o)]
    released = [Release(each, owns.finalizer) for each in strangers]
    return [*released, *(Adopt(each, owns.finalizer) for each in orphans)]


def _adoptable(orphan: Object, owns: Owns[Any]) -> bool:
    return orphan.metadata.deletion_timestamp is None and bool(owns.claims(orphan))
