"""Plain requests to the API server; a refusal tells which fields it is about."""

import json
import re

import requests
from operating import administrator

_CAUSE = re.compile(
    r"(?:^|[\[ ])\.?([a-z][\w.\[\]/-]*): "
    r"(?:Invalid|Required|Unsupported|Duplicate) value|"
    r"(?:^|[\[ ])\.?([a-z][\w.\[\]/-]*): (?:Forbidden|Too long|Too many)"
)


_SLIP = re.compile(r"\btemplate\.(labels|annotations)$")
"""What Kubernetes calls ``template.metadata.labels`` now and then."""


class Refused(Exception):  # noqa: N818  # what the API server did
    """The API server said no; `fields` are those that it complained about."""

    def __init__(self, status):
        message = status.get("message", "")
        super().__init__(message)
        self.code, self.reason = status.get("code"), status.get("reason", "")
        causes = status.get("details", {}).get("causes", [])
        fields = [cause["field"] for cause in causes if cause.get("field")]
        self.fields = _essential(fields) if fields else fields_of(message)


def fields_of(message):
    """The fields that a refusal's message complains about."""
    return _essential(one or other for one, other in _CAUSE.findall(message))


def _essential(fields):
    """The innermost fields, without keys of labels, and by the right name."""
    plain = {re.sub(r"\[[^]\d][^]]*\]$", "", field.lstrip(".")) for field in fields}
    named = {_SLIP.sub(r"template.metadata.\1", field) for field in plain if field != "<nil>"}
    return sorted(f for f in named if not any(o.startswith((f"{f}.", f"{f}[")) for o in named))


class Requests:
    """As administrator."""

    def __init__(self, cluster):
        self._server = cluster.server
        self._session = administrator(cluster)

    def get(self, path):
        """The object at this path, or None."""
        try:
            return self._send("GET", path)
        except Refused as refused:
            if refused.code == requests.codes.not_found:
                return None
            raise

    def post(self, path, body):
        return self._send("POST", path, body)

    def put(self, path, body):
        return self._send("PUT", path, body)

    def patch(self, path, body, kind="merge-patch"):
        return self._send("PATCH", path, body, f"application/{kind}+json")

    def delete(self, path, options=None):
        return self._send("DELETE", path, options)

    def watch(self, path):
        """All changes that a watch tells until it ends."""
        answer = self._session.get(self._server + path, timeout=30)
        return [json.loads(line) for line in answer.text.splitlines()]

    def _send(self, method, path, body=None, kind="application/json"):
        # As the API server writes it, which compares revisions by bytes.
        data = None if body is None else json.dumps(body, separators=(",", ":"), sort_keys=True)
        headers = {"Content-Type": kind} if data else {}
        url = self._server + path
        answer = self._session.request(method, url, data=data, headers=headers, timeout=30)
        if not answer.ok:
            raise Refused(answer.json())
        return answer.json()
