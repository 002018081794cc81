"""What a controller asked of the API server, told by the API server's audit log."""

import json
from datetime import datetime
from typing import NamedTuple

OPERATOR = "podwright"
"""The user that the operator runs as, so that the log tells it from the scenarios."""

CONTROLLERS = (OPERATOR, "system:kube-controller-manager")

REFUSED = 400


class Request(NamedTuple):
    """One request of a controller, answered."""

    at: datetime
    verb: str
    resource: str
    code: int

    @property
    def is_refused_pod(self):
        return (self.verb, self.resource) == ("create", "pods") and self.code >= REFUSED


def requests(log, namespace):
    """What controllers asked for in a namespace, in order."""
    lines = [line for line in log.read_text().splitlines() if namespace in line]
    entries = [json.loads(line) for line in lines if line.endswith("}")]
    return [_request(entry) for entry in entries if _is_of_controller(entry, namespace)]


def _is_of_controller(entry, namespace):
    return (
        entry["stage"] == "ResponseComplete"
        and entry["user"]["username"] in CONTROLLERS
        and entry.get("objectRef", {}).get("namespace") == namespace
    )


def _request(entry):
    target = entry["objectRef"]
    parts = (target["resource"], target.get("subresource"))
    resource = "/".join(part for part in parts if part)
    at = datetime.fromisoformat(entry["requestReceivedTimestamp"])
    return Request(at, entry["verb"], resource, entry["responseStatus"]["code"])
