"""The web server of the test images, run as it is in a pod."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import kindcluster

SERVER = Path(kindcluster.__file__).with_name("web_server.py")


@pytest.fixture
def server():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-u", SERVER],
        env=os.environ | {"PORT": str(port), "POD_NAME": "web-1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == f"web-1 listens on {port}\n"
    process.address = ("127.0.0.1", port)
    yield process
    process.kill()
    process.communicate()


def ask(server, path, data=None):
    connection = http.client.HTTPConnection(*server.address, timeout=5)
    with contextlib.closing(connection):
        connection.request("GET" if data is None else "POST", path, data)
        answer = connection.getresponse()
        return answer.status, answer.read().decode().strip()


def test_it_says_its_name(server):
    assert ask(server, "/") == (200, "web-1")


def test_its_health_is_switched(server):
    assert ask(server, "/healthz") == (200, "ok")
    assert ask(server, "/health/bad", b"") == (200, "switched")
    assert ask(server, "/healthz") == (503, "bad")
    assert ask(server, "/health/ok", b"") == (200, "switched")
    assert ask(server, "/healthz") == (200, "ok")


def test_it_counts_what_it_was_asked_for(server):
    for _ in range(3):
        ask(server, "/")
    ask(server, "/nowhere")
    assert json.loads(ask(server, "/counts")[1]) == {"/": 3, "/nowhere": 1, "/counts": 1}


def test_it_answers_what_has_arrived_before_it_ends(server):
    with socket.create_connection(server.address, timeout=5) as half:
        half.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        ask(server, "/")  # accepted after ours, so ours has its thread
        server.send_signal(signal.SIGTERM)
        timer = threading.Timer(0.3, half.sendall, [b"\r\n"])
        timer.start()
        assert half.recv(1000).startswith(b"HTTP/1.0 200")
        timer.join()
    assert server.wait(5) == 0
    assert server.stdout.read() == "web-1 ends after 2 requests\n"
