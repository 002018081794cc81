"""Go's durations, which ``@every`` is followed by: ``90s``, ``1h30m``, ``1.5h``, ``-5m``."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from fractions import Fraction

_NANOSECONDS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_MOST = 2**63 - 1
_PART = re.compile(r"(\d+\.?\d*|\.\d+)([^\d.]*)", re.ASCII)


def duration(text: str) -> timedelta:
    """The length of time that a text says, less what is below a microsecond.

    Kubernetes: Go's src/time/format.go, ``ParseDuration``.

    Raises:
        ValueError: in Go's words.
    """
    unsigned = text[1:] if text[:1] in {"-", "+"} else text
    if unsigned == "0":
        return timedelta()
    parts = _PART.findall(unsigned)
    if not parts or "".join(number + unit for number, unit in parts) != unsigned:
        raise ValueError(f"time: invalid duration {quoted(text)}")
    total = sum(_nanoseconds(number, unit, text) for number, unit in parts)
    if total > _MOST:
        raise ValueError(f"time: invalid duration {quoted(text)}")
    return timedelta(microseconds=total // 1000) * (-1 if text.startswith("-") else 1)


def _nanoseconds(number: str, unit: str, text: str) -> int:
    if not unit:
        raise ValueError(f"time: missing unit in duration {quoted(text)}")
    if unit not in _NANOSECONDS:
        raise ValueError(f"time: unknown unit {quoted(unit)} in duration {quoted(text)}")
    return int(Fraction(number.rstrip(".")) * _NANOSECONDS[unit])


def quoted(text: str) -> str:
    """A text in quotes, as error messages show it.

    Kubernetes: Go's src/strconv/quote.go, ``Quote``, as far as people write such texts.
    """
    return json.dumps(text, ensure_ascii=False)
