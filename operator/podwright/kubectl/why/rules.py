"""Which rule said so: the functions that answered with a plan, while ``decide`` ran.

Nothing in a rule tells where a wait comes from, and nothing has to: whoever makes one is seen here,
and the innermost function around it that answers with a ``Plan`` is the rule.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

from podwright.plan import Create, Delete, Patch, Plan, Wait

_SEEN = {made.__init__.__code__ for made in (Wait, Create, Patch, Delete)}
_PACKAGE = "podwright."


class Rules:
    """Who made which wait and which action."""

    def __init__(self) -> None:
        self._made: list[tuple[object, str]] = []

    def watch(self, decide: Callable[[], Plan]) -> Plan:
        """Run it, and note who says what."""
        before = sys.getprofile()
        sys.setprofile(self._note)
        try:
            return decide()
        finally:
            sys.setprofile(before)

    def of(self, thing: object) -> str:
        """``kinds/statefulset/ordering.py, make``: the rule that made a wait or an action."""
        return next((rule for made, rule in self._made if made is thing), "")

    def _note(self, frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code in _SEEN:
            self._made.append((frame.f_locals["self"], _rule(frame.f_back)))


def _rule(frame: FrameType | None) -> str:
    """The innermost function that answers with a plan, outside ``plan.py``."""
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        function = frame.f_globals.get(frame.f_code.co_name)
        answer = getattr(function, "__annotations__", {}).get("return", "")
        if module != Plan.__module__ and "Plan" in str(answer):
            path = module.removeprefix(_PACKAGE).replace(".", "/")
            return f"{path}.py, {frame.f_code.co_name}"
        frame = frame.f_back
    return ""
