"""An independent look at the cluster: when was which pod seen, on a watch of nobody's but ours.

Pods are watched as metadata only, or, when it matters whether they run, as kubectl's table. The API
server encodes each event once per format, so a watcher that spoke a contestant's own format would
be served from its work, and spare it some.
"""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec

METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
TABLE = "application/json;as=Table;g=meta.k8s.io;v=v1"
JSON = "application/json"


class Meta(msgspec.Struct, rename="camel"):
    """Which object it is, at which version."""

    name: str = ""
    uid: str = ""
    resource_version: str = ""


class Row(msgspec.Struct):
    """What kubectl would show of an object."""

    cells: list[Any]
    object: "Seen"

    @property
    def is_running(self):
        """READY and STATUS of a pod with one container."""
        return self.cells[1:3] == ["1/1", "Running"]


class Seen(msgspec.Struct):
    """The little that is read of an object, or of a table with one."""

    metadata: Meta
    status: dict[str, Any] = {}
    rows: list[Row] = []


class Event(msgspec.Struct):
    """One line of a watch."""

    type: str
    object: Seen


class Watch:
    """One stream, read by a thread of its own; subclasses say what is kept of it.

    The API server ends the watch of a reader that falls behind; it goes on from the last version.
    """

    def __init__(self, cluster, path, accept=JSON):
        self._address, self._path = urlsplit(cluster.server), path
        self._context = ssl.create_default_context(cafile=str(cluster.ca))
        self._headers = {"Authorization": f"Bearer {cluster.token}", "Accept": accept}
        self._decode = msgspec.json.Decoder(Event).decode
        self._changed = threading.Condition()
        self._version = self._ended = ""
        self._open()
        threading.Thread(target=self._follow, daemon=True).start()

    def wait(self, happened, what, seconds):
        """Return once it is so; `what` names it when it never is."""
        with self._changed:
            in_time = self._changed.wait_for(lambda: self._ended or happened(), seconds)
            if not happened():
                why = self._ended if in_time else f"not within {seconds:.0f} s"
                raise TimeoutError(f"{what}: {why}")

    def close(self):
        """The thread ends with its connection."""
        self._ended = "closed"
        with contextlib.suppress(OSError):
            self._connection.sock.shutdown(socket.SHUT_RDWR)

    def keep(self, event, now):
        """Take in one event, while nobody else looks."""
        raise NotImplementedError

    def _open(self):
        query = {"watch": "1", "timeoutSeconds": "7200", "resourceVersion": self._version}
        self._connection = http.client.HTTPSConnection(
            self._address.hostname, self._address.port, context=self._context
        )
        self._connection.request("GET", f"{self._path}?{urlencode(query)}", headers=self._headers)
        self._answer = self._connection.getresponse()
        if self._answer.status != http.HTTPStatus.OK:
            raise OSError(f"watching {self._path}: {self._answer.read().decode()}")

    def _follow(self):
        try:
            while not self._ended:
                self._read()
                self._open()
        except (OSError, ValueError, AttributeError, http.client.HTTPException) as error:
            with self._changed:
                self._ended = self._ended or f"the watch broke: {error}"
                self._changed.notify_all()

    def _read(self):
        rest = b""
        while chunk := self._answer.read1(1 << 18):
            now = time.monotonic()
            *lines, rest = (rest + chunk).split(b"\n")
            with self._changed:
                for event in map(self._decode, lines):
                    self.keep(event, now)
                    self._version = event.object.metadata.resource_version
                self._changed.notify_all()


class Pods(Watch):
    """The moments at which pods came and went, and which ones are there."""

    def __init__(self, cluster, namespace="default"):
        self.came, self.went, self.there = [], [], {}
        super().__init__(cluster, f"/api/v1/namespaces/{namespace}/pods", METADATA)

    def keep(self, event, now):
        name = event.object.metadata.name
        if event.type == "ADDED":
            self.came.append(now)
            self.there[name] = None
        elif event.type == "DELETED":
            self.went.append(now)
            self.there.pop(name, None)

    def nth(self, moments, number, what, seconds):
        """When the list of moments got its n-th entry."""
        self.wait(lambda: len(moments) >= number, f"{number:,} pods {what}", seconds)
        return moments[number - 1]

    def names(self):
        """The pods that are there, the oldest first."""
        with self._changed:
            return list(self.there)


class Running:
    """Pods, and since when each of them runs; a pod that is renewed is another one.

    running.take("ADDED", one_row, now=1.0)
    """

    def __init__(self):
        self._pods, self._since = {}, {}

    def take(self, kind, row, now):
        """Take in one event."""
        meta = row.object.metadata
        if kind == "DELETED":
            self._pods.pop(meta.name, None)
            return
        self._pods[meta.name] = meta.uid
        if row.is_running:
            self._since.setdefault(meta.uid, now)
        else:
            self._since.pop(meta.uid, None)

    def uids(self):
        """Which pods are there."""
        return frozenset(self._pods.values())

    def are(self, number, other_than=frozenset()):
        """Whether there are so many pods, all of them run, and none is one of those."""
        there = self._pods.values()
        return len(there) == number and all(
            uid in self._since and uid not in other_than for uid in there
        )

    def since(self):
        """When the last of them began."""
        return max(self._since[uid] for uid in self._pods.values())


class RunningPods(Watch):
    """The moments at which pods began to run."""

    def __init__(self, cluster, namespace="default"):
        self._running = Running()
        super().__init__(cluster, f"/api/v1/namespaces/{namespace}/pods", TABLE)

    def keep(self, event, now):
        for row in event.object.rows:
            self._running.take(event.type, row, now)

    def uids(self):
        """Which pods are there."""
        with self._changed:
            return self._running.uids()

    def all_run(self, number, seconds, other_than=frozenset()):
        """When the last of so many pods began to run, none of which is one of those."""
        running = self._running
        self.wait(lambda: running.are(number, other_than), f"{number:,} pods run", seconds)
        with self._changed:
            return running.since()

    def none(self, seconds):
        """Wait until there is no pod."""
        self.wait(lambda: not self._running.uids(), "no pod is left", seconds)


class Owners(Watch):
    """What each owner's status tells."""

    def __init__(self, cluster, path):
        self._told = {}
        super().__init__(cluster, path)

    def keep(self, event, _now):
        self._told[event.object.metadata.name] = event.object.status

    def told(self, name, counts, seconds):
        """Wait until the status of this owner has these counts; one that is left out is 0."""

        def happened():
            told = self._told.get(name)
            return told is not None and all(told.get(each, 0) == counts[each] for each in counts)

        self.wait(happened, f"{name} tells of {counts}", seconds)
