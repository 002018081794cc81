"""Growing pauses between attempts in one slot: 1 s, 2 s, 4 s, ... up to 15 minutes.

A slot is where something fails again and again, a DaemonSet's node for one. After half an hour
without a failure it begins anew.

Kubernetes: client-go util/flowcontrol/backoff.go, ``Backoff.Next``, ``IsInBackOffSinceUpdate``;
cmd/kube-controller-manager/app/apps.go, ``newDaemonSetController``.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from podwright.workload import Strike

FIRST, LONGEST = timedelta(seconds=1), timedelta(minutes=15)


def pause(count: int) -> timedelta:
    """How long to wait after so many failures.

    Kubernetes: client-go util/flowcontrol/backoff.go, ``Next``.
    """
    doublings = min(count - 1, 10)  # 2^10 s is more than the longest pause
    return min(FIRST * int(2**doublings), LONGEST)


def is_over(strike: Strike, now: datetime) -> bool:
    """So long ago that it does not count any more.

    Kubernetes: client-go util/flowcontrol/backoff.go, ``hasExpired``.
    """
    return now - strike.at > 2 * LONGEST


def until(strike: Strike | None, now: datetime) -> datetime | None:
    """When the next attempt may be made; None when it may be made now.

    Kubernetes: client-go util/flowcontrol/backoff.go, ``IsInBackOffSinceUpdate``.
    """
    if strike is None or is_over(strike, now):
        return None
    moment = strike.at + pause(strike.count)
    return moment if moment > now else None
