"""What the live view shows: owners, their pods, and what each of them waits for.

Pure: Kubernetes JSON in, something that rich can print out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

Manifest = dict[str, Any]


def render(
    owners: Sequence[Manifest], pods: Sequence[Manifest], *, now: datetime, rows: int = 20
) -> RenderableType:
    """Two tables; of the pods at most so many rows, the waiting ones first."""
    ours = {owner["metadata"]["uid"] for owner in owners}
    mine = [pod for pod in pods if _controller(pod).get("uid") in ours]
    mine.sort(key=lambda pod: (not pod_waits_for(pod), pod["metadata"]["name"]))
    parts: list[RenderableType] = [_owner_table(owners, now), _pod_table(mine[:rows], now)]
    if len(mine) > rows:
        parts.append(Text(f"... and {len(mine) - rows} more pods", style="dim"))
    return Group(*parts)


def _owner_table(owners: Iterable[Manifest], now: datetime) -> Table:
    table = _table("OWNER", "KIND", "READY", "AGE", "WAITS FOR")
    for owner in owners:
        words = owner.get("status", {}).get("podwright", {})
        table.add_row(
            f"{owner['metadata']['namespace']}/{owner['metadata']['name']}",
            owner["kind"],
            words.get("ready", ""),
            age(owner, now),
            words.get("waitingFor", "") if words else "the operator",
        )
    return table


def _pod_table(pods: Iterable[Manifest], now: datetime) -> Table:
    table = _table("POD", "OWNER", "NODE", "PHASE", "AGE", "WAITS FOR")
    for pod in pods:
        going = "deletionTimestamp" in pod["metadata"]
        phase = "Terminating" if going else pod["status"].get("phase", "")
        table.add_row(
            pod["metadata"]["name"],
            _controller(pod).get("name", ""),
            pod["spec"].get("nodeName", ""),
            phase,
            age(pod, now),
            pod_waits_for(pod),
        )
    return table


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for column in columns:
        table.add_column(column, no_wrap=column != "WAITS FOR")
    return table


def pod_waits_for(pod: Manifest) -> str:
    """What stands between a pod and being ready, or between it and its end; "" for nothing."""
    status = pod["status"]
    if "deletionTimestamp" in pod["metadata"]:
        finalizers = pod["metadata"].get("finalizers", [])
        return f"finalizers {', '.join(finalizers)}" if finalizers else "its containers to end"
    if not pod["spec"].get("nodeName"):
        return _message(status, "PodScheduled") or "the scheduler"
    if status.get("phase") in ("Succeeded", "Failed") or _is_true(status, "Ready"):
        return ""
    for container in status.get("containerStatuses", []):
        reason = container.get("state", {}).get("waiting", {}).get("reason")
        if reason:
            return f"container {container['name']}: {reason}"
    return _message(status, "Ready") or "the kubelet"


def _conditions(status: Manifest) -> dict[str, Manifest]:
    return {condition["type"]: condition for condition in status.get("conditions", [])}


def _is_true(status: Manifest, type_: str) -> bool:
    return _conditions(status).get(type_, {}).get("status") == "True"


def _message(status: Manifest, type_: str) -> str:
    return str(_conditions(status).get(type_, {}).get("message", ""))


def _controller(thing: Manifest) -> Manifest:
    owners = thing["metadata"].get("ownerReferences", [])
    return next((owner for owner in owners if owner.get("controller")), {})


def age(thing: Manifest, now: datetime) -> str:
    """Seconds up to two minutes, then minutes, then hours, as kubectl shows them."""
    created = datetime.fromisoformat(thing["metadata"]["creationTimestamp"]).astimezone(UTC)
    seconds = max(0, int((now - created).total_seconds()))
    if seconds < 120:  # noqa: PLR2004
        return f"{seconds}s"
    return f"{seconds // 60}m" if seconds < 120 * 60 else f"{seconds // 3600}h"
