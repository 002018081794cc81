"""Lengths of time as kubectl reads them: ``90s``, ``1h30m``, ``0``."""

from __future__ import annotations

import re

import click

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)")


class Duration(click.ParamType[float]):
    """Go's durations, in seconds."""

    name = "duration"

    def convert(
        self, value: str | float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Seconds; a number needs a unit, unless it is 0."""
        if isinstance(value, float):
            return value
        if value.strip("+-") == "0":
            return 0.0
        parts = _PART.findall(value)
        if not parts or "".join(number + unit for number, unit in parts) != value:
            self.fail(f'invalid duration "{value}": write 90s, 5m or 1h30m', param, ctx)
        return sum(float(number) * _UNITS[unit] for number, unit in parts)


DURATION = Duration()
