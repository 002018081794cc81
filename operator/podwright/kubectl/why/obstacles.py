"""What keeps one pod, or one claim, from being as it should be: facts, and what would help.

Facts are the words of whoever knows: the scheduler, the kubelet, the API server.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from podwright.objects import Manifest
from podwright.owners import moment

_SPARE = timedelta(seconds=30)
"""So long after its grace period a pod's node is doubted."""

_IMAGE = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull")
_CONFIG = ("CreateContainerConfigError", "CreateContainerError", "RunContainerError")


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What is wrong with an object, since when, and what would help."""

    since: datetime | None = None
    facts: tuple[str, ...] = ()
    remedy: str = ""
    broken: bool = False
    """It will not come right by waiting."""


def of_pod(pod: Manifest, now: datetime, events: Sequence[Manifest] = ()) -> Obstacle:
    """Why a pod does not serve."""
    meta, status = pod.get("metadata") or {}, pod.get("status") or {}
    name = str(meta.get("name", ""))
    if meta.get("deletionTimestamp"):
        return _terminating("Pod", meta, now, _node(pod))
    since = _not_ready_since(pod)
    if not (pod.get("spec") or {}).get("nodeName"):
        return _unscheduled(pod)
    if status.get("phase") in ("Failed", "Succeeded"):
        why = " ".join(str(status[key]) for key in ("reason", "message") if status.get(key))
        return Obstacle(since, (f"Pod {name} has ended: {status['phase']} {why}".rstrip(),))
    containers = list(_containers(pod))
    facts = [fact for fact, _, _ in containers] + list(_gates(pod))
    facts += _told(events)
    if not containers and not status.get("containerStatuses"):
        facts.insert(0, f"Node {_node(pod)} has not started it yet.")
    remedy = next((remedy for _, remedy, _ in containers if remedy), "")
    return Obstacle(since, tuple(facts), remedy, any(broken for _, _, broken in containers))


def of_claim(claim: Manifest, users: Sequence[str], now: datetime) -> Obstacle:
    """Why a claim is still there; ``users`` are the pods that mount it."""
    obstacle = _terminating("Claim", claim.get("metadata") or {}, now, "")
    if not users:
        return obstacle
    pods = ", ".join(users)
    facts = (*obstacle.facts, f"It is in use by pod {pods}.")
    return Obstacle(obstacle.since, facts, f"delete pod {pods}")


def _node(pod: Manifest) -> str:
    return str((pod.get("spec") or {}).get("nodeName") or "")


# --- on its way out -----------------------------------------------------------------------------


def _terminating(kind: str, meta: Manifest, now: datetime, node: str) -> Obstacle:
    """It was deleted, and is still there."""
    name = f"{kind.lower()} {meta.get('name', '')}"
    ends = moment(meta.get("deletionTimestamp"))
    if ends is None:
        return Obstacle(moment(meta.get("creationTimestamp")))
    grace = timedelta(seconds=meta.get("deletionGracePeriodSeconds") or 0)
    facts = [f"{name.capitalize()} is being deleted."]
    if holders := meta.get("finalizers"):
        facts.append(f"It is held by the finalizer {', '.join(holders)}.")
        remedy = f"have its holder finish, or take {', '.join(holders)} off {name} by hand"
    elif node and now > ends + _SPARE:
        facts.append(f"Its grace period is over: node {node} has not confirmed that it ended.")
        remedy = (
            f"see whether node {node} is alive; if it is gone for good, kubectl delete {name} "
            "--force --grace-period=0"
        )
    else:
        facts.append(f"Its grace period is {grace.seconds} s.")
        remedy = ""
    return Obstacle(ends - grace, tuple(facts), remedy)


# --- without a node -----------------------------------------------------------------------------


def _unscheduled(pod: Manifest) -> Obstacle:
    """The scheduler's own words."""
    refusal = _condition(pod, "PodScheduled") or {}
    meta = pod["metadata"]
    since = moment(refusal.get("lastTransitionTime") or meta.get("creationTimestamp"))
    if refusal.get("reason") == "SchedulingGated":
        gates = ", ".join(each["name"] for each in pod["spec"].get("schedulingGates") or [])
        return Obstacle(since, (f"Its scheduling gates keep it back: {gates}.",), "lift the gates")
    if message := refusal.get("message"):
        return Obstacle(since, (f"The scheduler says: {message}",), _room(str(message)))
    who = pod["spec"].get("schedulerName") or "default-scheduler"
    return Obstacle(since, (f"The scheduler {who} has not said anything about it yet.",))


def _room(message: str) -> str:
    """What would help, by what the scheduler complains about most."""
    if "persistentvolumeclaim" in message.lower() or "volume" in message.lower():
        return "see its claims: kubectl get pvc"
    if "Insufficient" in message or "Too many pods" in message:
        return "let it ask for less in spec.template, or add nodes"
    if "taint" in message:
        return "add a toleration to spec.template, or remove the taint"
    return "see nodeSelector, affinity and tolerations in spec.template"


def _condition(pod: Manifest, type_: str) -> Manifest | None:
    conditions = (pod.get("status") or {}).get("conditions") or []
    found: Manifest | None = next((each for each in conditions if each["type"] == type_), None)
    return found


# --- on a node ----------------------------------------------------------------------------------


def _not_ready_since(pod: Manifest) -> datetime | None:
    ready = _condition(pod, "Ready") or {}
    return moment(ready.get("lastTransitionTime") or pod["metadata"].get("creationTimestamp"))


def _containers(pod: Manifest) -> Iterator[tuple[str, str, bool]]:
    """What containers lack: (fact, remedy, whether waiting will not help)."""
    status = pod.get("status") or {}
    statuses = [*(status.get("initContainerStatuses") or [])]
    statuses += status.get("containerStatuses") or []
    for each in statuses:
        state = each.get("state") or {}
        name, restarts = each["name"], each.get("restartCount", 0)
        often = f" It has been restarted {restarts} times." if restarts else ""
        if waiting := state.get("waiting"):
            reason, message = waiting.get("reason", ""), waiting.get("message", "")
            text = f"Container {name} is not running: {reason}{': ' if message else ''}{message}"
            yield f"{text}{_last(each)}{often}", *_cure(pod, name, reason)
        elif (ended := state.get("terminated")) and ended.get("exitCode"):
            how = f"{ended.get('reason', 'Error')}, exit code {ended['exitCode']}"
            logs = f"kubectl logs {pod['metadata']['name']} -c {name}"
            yield f"Container {name} has ended: {how}.{often}", f"see {logs}", True
        elif state.get("running") and not each.get("ready"):
            remedy = f"see its probes: kubectl describe pod {pod['metadata']['name']}"
            yield f"Container {name} runs and is not ready.{often}", remedy, False


def _last(status: Manifest) -> str:
    ended = (status.get("lastState") or {}).get("terminated")
    if not ended:
        return ""
    return f" It ended with {ended.get('reason', 'Error')}, exit code {ended.get('exitCode')}."


def _cure(pod: Manifest, container: str, reason: str) -> tuple[str, bool]:
    name = pod["metadata"]["name"]
    if reason in _IMAGE:
        return f"give container {container} an image that can be had", True
    if reason in _CONFIG:
        return f"make what container {container} refers to, or correct spec.template", True
    if reason == "CrashLoopBackOff":
        return f"see kubectl logs {name} -c {container} --previous", True
    return "", False


def _gates(pod: Manifest) -> Iterator[str]:
    for gate in (pod.get("spec") or {}).get("readinessGates") or []:
        condition: dict[str, Any] = _condition(pod, gate["conditionType"]) or {}
        if condition.get("status") != "True":
            yield f"Its readiness gate {gate['conditionType']} is not met."


def _told(events: Sequence[Manifest]) -> list[str]:
    """The newest warning, if there is one: probes and mounts are told nowhere else."""
    told = [each for each in events if each.get("reason") not in ("BackOff", "Failed")]
    return [f"Last warning: {told[-1]['reason']}: {told[-1]['message'].strip()}"] if told else []
