"""What a scenario has to know of a pod, read from its JSON."""

from datetime import UTC, datetime, timedelta


def is_active(pod):
    phase = pod.get("status", {}).get("phase")
    return "deletionTimestamp" not in pod["metadata"] and phase not in ("Succeeded", "Failed")


def is_ready(pod):
    conditions = pod.get("status", {}).get("conditions", [])
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def is_tracked(pod):
    """A Job counts it before it may go."""
    finalizers = pod["metadata"].get("finalizers", ())
    return any(each.endswith("/job-tracking") for each in finalizers)


def conditions_of(owner):
    """Type -> status."""
    return {c["type"]: c["status"] for c in owner.get("status", {}).get("conditions", [])}


def container_status(name, restarts):
    status = {"name": name, "ready": True, "restartCount": restarts, "image": "nginx:1"}
    return status | {"imageID": "", "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}}


def ago(**span):
    """A moment in the past, as statuses tell it."""
    return (datetime.now(UTC) - timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def controller_of(pod):
    references = pod["metadata"].get("ownerReferences", ())
    return next(((r["kind"], r["name"]) for r in references if r.get("controller")), None)


def controller_uid(pod):
    references = pod["metadata"].get("ownerReferences", ())
    return next((r["uid"] for r in references if r.get("controller")), None)


def version_of(item):
    return item["metadata"]["uid"], item["metadata"]["resourceVersion"]


def pod_rests(pod):
    """Neither on its way out, unless something holds it, nor on its way in, where kwok runs it."""
    if "deletionTimestamp" in pod["metadata"]:
        return bool(pod["metadata"].get("finalizers"))
    on_its_way_in = pod["spec"].get("nodeName", "").startswith("node-") and not is_ready(pod)
    return not (on_its_way_in and pod["status"].get("phase") == "Pending")
