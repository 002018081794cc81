"""Everything that happens to pods, owners and events, as the API server tells it: LIST, then WATCH.

One watch per resource serves all scenarios. Resource versions are revisions of one etcd, so they
order what the watches tell, across resources.
"""

import json
import threading
import time
from collections import defaultdict
from typing import NamedTuple

import requests

from conformance.flavours import CHILDREN, OTHERS, SUFFIX, WORKLOADS, Kind

EVENTS = Kind("", "v1", "events")


class Record(NamedTuple):
    """One change: ADDED, MODIFIED or DELETED, at a revision."""

    revision: int
    verb: str
    object: dict


class Recorder:
    """Watches the whole cluster, and keeps what was seen by namespace."""

    def __init__(self, cluster):
        self._cluster = cluster
        self._records = defaultdict(list)
        self._now = defaultdict(dict)
        self._changed, self._told = defaultdict(float), defaultdict(float)
        self._lock = threading.Lock()
        self.failure = None
        workloads = [kind.path(suffix) for kind in WORKLOADS.values() for suffix in ("", SUFFIX)]
        children = [OTHERS[kind].path() for kind in ("Pod", *CHILDREN)]
        self._paths = [*children, EVENTS.path(), *workloads]

    def start(self):
        for path in self._paths:
            session = self._session()
            listed = session.get(self._cluster.server + path, timeout=30).json()
            since = listed["metadata"]["resourceVersion"]
            arguments = (session, path, since)
            threading.Thread(target=self._watch, args=arguments, daemon=True).start()
        return self

    def _session(self):
        session = requests.Session()
        session.trust_env = False
        session.verify = str(self._cluster.ca)
        session.headers["Authorization"] = f"Bearer {self._cluster.token}"
        return session

    def _watch(self, session, path, since):
        query = {"watch": "1", "resourceVersion": since, "timeoutSeconds": "7200"}
        try:
            url = self._cluster.server + path
            with session.get(url, params=query, stream=True, timeout=7200) as answer:
                for line in answer.iter_lines(chunk_size=None):
                    self._take(json.loads(line))
        except Exception as error:
            self.failure = error
        else:
            self.failure = RuntimeError("the watch ended")

    def _take(self, change):
        if change["type"] == "ERROR":
            raise RuntimeError(change["object"].get("message"))
        item = change["object"]
        meta = item["metadata"]
        record = Record(int(meta["resourceVersion"]), change["type"], item)
        with self._lock:
            self._records[meta["namespace"]].append(record)
            if item["kind"] == "Event":
                self._told[meta["namespace"]] = time.monotonic()
                return
            self._changed[meta["namespace"]] = time.monotonic()
            if record.verb == "DELETED":
                self._now[meta["namespace"]].pop(meta["uid"], None)
            else:
                self._now[meta["namespace"]][meta["uid"]] = item

    def records(self, namespace):
        """All changes in a namespace, in the order in which they happened."""
        with self._lock:
            return sorted(self._records[namespace], key=lambda record: record.revision)

    def objects(self, namespace, kind):
        """The objects of a kind that are there now."""
        if self.failure is not None:
            raise RuntimeError("the recorder lost its watch") from self.failure
        with self._lock:
            return [item for item in self._now[namespace].values() if item["kind"] == kind]

    def silent_for(self, namespace):
        """Seconds since the last event: they are written behind what they tell of."""
        with self._lock:
            return time.monotonic() - self._told[namespace]

    def quiet_for(self, namespace):
        """Seconds since something changed, events aside."""
        with self._lock:
            return time.monotonic() - self._changed[namespace]
