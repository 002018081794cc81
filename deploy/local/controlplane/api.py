"""The few requests to the API server that starting a cluster takes.

Everything else is kubectl's, or the client's of whoever uses the cluster.
"""

import contextlib
import http.client
import json
import ssl
from typing import Any

from controlplane.errors import ControlPlaneError

_SECONDS = 10


class Api:
    """Requests as administrator, verifying the server's certificate.

    Each has a connection of its own: 3 ms more, and nothing to mend when the server restarts.
    """

    def __init__(self, port: int, ca: str, token: str) -> None:
        self._port = port
        self._context = ssl.create_default_context(cadata=ca)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def get(self, path: str) -> dict[str, Any] | None:
        """The object or list at this path; None if it, or the server, is not there yet."""
        try:
            status, body = self._send("GET", path, None)
        except (OSError, http.client.HTTPException):
            return None
        return _object(body) if status == http.HTTPStatus.OK else None

    def post(self, path: str, manifest: dict[str, Any]) -> dict[str, Any]:
        """Create an object."""
        return self._write("POST", path, manifest)

    def delete(self, path: str) -> dict[str, Any]:
        """Delete an object without waiting for it to be gone."""
        return self._write("DELETE", path, None)

    def _write(self, method: str, path: str, manifest: dict[str, Any] | None) -> dict[str, Any]:
        status, body = self._send(method, path, manifest)
        answer = _object(body)
        if status >= http.HTTPStatus.BAD_REQUEST:
            raise ControlPlaneError(f"{method} {path}: {answer.get('message', status)}")
        return answer

    def _send(self, method: str, path: str, manifest: dict[str, Any] | None) -> tuple[int, bytes]:
        body = None if manifest is None else json.dumps(manifest)
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self._port, timeout=_SECONDS, context=self._context
        )
        with contextlib.closing(connection):
            connection.request(method, path, body, self._headers)
            answer = connection.getresponse()
            return answer.status, answer.read()


def _object(body: bytes) -> dict[str, Any]:
    """The answer as an object; /readyz answers with a bare word."""
    try:
        answer = json.loads(body)
    except ValueError:
        return {"message": body.decode(errors="replace")}
    return answer if isinstance(answer, dict) else {"message": answer}
