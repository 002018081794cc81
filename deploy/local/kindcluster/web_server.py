"""A web server whose health can be switched, for tests.

GET / says the pod's name, GET /healthz is 200 or 503, POST /health/ok and /health/bad switch it,
GET /counts says how often each path was asked for. On TERM it answers what has arrived, then ends.
"""

import json
import os
import signal
import socket
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NAME = os.environ.get("POD_NAME") or socket.gethostname()
PORT = int(os.environ.get("PORT", "8080"))
SWITCHES = {"/health/ok": True, "/health/bad": False}


class Server(ThreadingHTTPServer):
    """Its threads are waited for at the end, so that no answer is cut."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("", PORT), Handler)
        self.healthy = os.environ.get("HEALTH", "ok") == "ok"
        self.counts: Counter[str] = Counter()


class Handler(BaseHTTPRequestHandler):
    """One request per connection, so that a Service chooses anew each time."""

    server: Server

    def do_GET(self) -> None:
        """Name, health or counts."""
        self.server.counts[self.path] += 1
        match self.path:
            case "/":
                self._answer(200, NAME)
            case "/healthz" if self.server.healthy:
                self._answer(200, "ok")
            case "/healthz":
                self._answer(503, "bad")
            case "/counts":
                self._answer(200, json.dumps(self.server.counts))
            case _:
                self._answer(404, "not here")

    def do_POST(self) -> None:
        """Switch health."""
        if self.path not in SWITCHES:
            self._answer(404, "not here")
            return
        self.server.healthy = SWITCHES[self.path]
        self._answer(200, "switched")

    def _answer(self, code: int, text: str) -> None:
        body = f"{text}\n".encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name upstream
        """Probes would drown everything else."""


def main() -> None:
    """Serve until TERM."""
    server = Server()
    # From another thread: shutdown waits for the loop that this one runs.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"{NAME} listens on {PORT}", flush=True)
    server.serve_forever(poll_interval=0.05)
    server.server_close()
    print(f"{NAME} ends after {server.counts.total()} requests", flush=True)


if __name__ == "__main__":
    main()
