"""How many pods ``25%`` are: budgets of roll-outs, as numbers or parts of a whole."""

from __future__ import annotations


def scaled(budget: int | str, whole: int, *, up: bool) -> int:
    """A number as it is; ``"25%"`` of 10 is 2, or 3 rounded up.

    Kubernetes: apimachinery pkg/util/intstr/intstr.go, ``GetScaledValueFromIntOrPercent``.

    Raises:
        ValueError: neither a number nor a percentage; the API server lets no such value through.
    """
    if isinstance(budget, int):
        return budget
    product = int(budget.removesuffix("%")) * whole
    return -(-product // 100) if up else product // 100
