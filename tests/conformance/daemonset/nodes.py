"""Nodes of a scenario's own, and daemons that run on no others.

They are cordoned, so that nobody else's pods come; daemons do. All are alike to a story: which of
them is updated first is chance. `by_hand` ones have no kubelet but the scenario.
"""

from conformance.builders import daemon_set
from conformance.hands import HELD
from conformance.objects import ago

ROOM = {"cpu": "8", "memory": "8Gi", "pods": "110"}


def name(side, number):
    return f"{side.namespace}-node-{number}"


def node(side, number, *, by_hand=False, taints=(), **labels):
    """Make a node, and wait until pods may go there."""
    mine = {"scenario": side.namespace, "kubernetes.io/hostname": name(side, number)}
    mine |= {"by-hand": "yes"} if by_hand else {}
    spec = {"unschedulable": True, "taints": list(taints)}
    metadata = {"name": name(side, number), "labels": mine | labels}
    path = f"/api/v1/nodes/{name(side, number)}"
    side.api.post("/api/v1/nodes", {"metadata": metadata, "spec": spec})
    if by_hand:
        ready = {"type": "Ready", "status": "True", "lastHeartbeatTime": ago(seconds=0)}
        ready |= {"lastTransitionTime": ago(seconds=0), "reason": "ByHand", "message": ""}
        status = {"capacity": ROOM, "allocatable": ROOM, "conditions": [ready]}
        side.api.patch(f"{path}/status", {"status": status})
    side.until(lambda: _is_open(side.api.get(path)), f"node {number}")


def _is_open(found):
    taints = {taint["key"] for taint in found["spec"].get("taints", ())}
    ready = any(
        each["type"] == "Ready" and each["status"] == "True"
        for each in found.get("status", {}).get("conditions", ())
    )
    # The node controller has noticed that it is cordoned, and that it is ready.
    return (
        ready
        and not any("not-ready" in key for key in taints)
        and any("unschedulable" in key for key in taints)
    )


def nodes(side, count, **more):
    for number in range(count):
        node(side, number, **more)


def label(side, number, **labels):
    """Change a node's labels; None takes one away."""
    side.api.patch(f"/api/v1/nodes/{name(side, number)}", {"metadata": {"labels": labels}})


def taint(side, number, *taints):
    """Taint a node, beside what it has for being cordoned."""
    cordon = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
    body = {"spec": {"taints": [cordon, *taints]}}
    side.api.patch(f"/api/v1/nodes/{name(side, number)}", body)


def daemons(side, name_="web", *, pod=None, selector=None, **more):
    """A DaemonSet for this scenario's nodes."""
    mine = {"nodeSelector": {"scenario": side.namespace} | (selector or {})}
    return daemon_set(name_, pod=mine | (pod or {}), **more)


def by_hand(side, **more):
    """The same with pods that become what the scenario makes of them, and go when it lets them."""
    return daemons(side, **{"metadata": HELD} | more)


def bound(side):
    """Pods of the set that are on a node and not on their way out, by name."""
    return {pod["metadata"]["name"]: pod for pod in side.pods() if pod["spec"].get("nodeName")}


def new(side, image):
    """Bound pods with this image."""
    return [
        pod for pod, found in bound(side).items()
        if found["spec"]["containers"][0]["image"] == image
    ]  # fmt: skip


def going(side):
    """Pods on their way out."""
    return [
        pod["metadata"]["name"]
        for pod in side.recorder.objects(side.namespace, "Pod")
        if "deletionTimestamp" in pod["metadata"]
    ]


def let_go(side, count):
    """So many pods were told to go; let them."""
    side.until(lambda: len(going(side)) == count, f"{count} pods go")
    side.pause(0.3)
    pods = going(side)
    if len(pods) != count:
        raise AssertionError(f"{len(pods)} pods go, not {count}")
    for pod in pods:
        side.patch_pod(pod, {"metadata": {"finalizers": None}})
    side.until(lambda: not set(pods) & set(going(side)), "they are gone")
