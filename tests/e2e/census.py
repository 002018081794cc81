"""An independent look at a namespace's pods: who was ever there, and how many at a time."""

import contextlib
import json
import threading

import requests
from operating import administrator
from words import is_ready


class Census:
    """Counts the pods of a namespace on a watch of its own while the block runs.

    It survives restarts of the API server; what comes and goes meanwhile it cannot see.
    """

    def __init__(self, world):
        self._url = f"{world.cluster.server}{world.core}/pods"
        self._session = administrator(world.cluster)
        self._there, self._known = {}, threading.Event()
        self._over = False
        self.uids = set()
        """Of all pods that were ever seen."""
        self.most = self.most_ready = 0
        """Pods that counted at the same time, and those of them that were ready, at the most."""
        self.fewest_ready = None
        """Since the last `from_now`."""

    def __enter__(self):
        threading.Thread(target=self._follow, daemon=True).start()
        assert self._known.wait(30), "the watch has begun"
        return self

    def __exit__(self, *_):
        self._over = True

    @property
    def present(self):
        """Pods that count at this moment."""
        return len(self._active())

    def from_now(self):
        """Forget what was the most and the fewest before."""
        self.most = self.most_ready = 0
        self.fewest_ready = None
        self._count()

    def _follow(self):
        query = {"watch": "1", "sendInitialEvents": "true", "allowWatchBookmarks": "true"}
        query |= {"resourceVersionMatch": "NotOlderThan", "timeoutSeconds": "600"}
        while not self._over:
            with contextlib.suppress(requests.RequestException):
                answer = self._session.get(self._url, params=query, stream=True, timeout=(2, 60))
                if answer.ok:
                    self._listen(answer.iter_lines(chunk_size=None))

    def _listen(self, lines):
        complete, present = False, {}
        for event in map(json.loads, lines):
            if self._over or event["type"] == "ERROR":
                return
            if event["type"] == "BOOKMARK":  # the first one ends the list
                complete, self._there = True, present
                self._known.set()
                continue
            pod = event["object"]
            present[pod["metadata"]["uid"]] = pod
            if event["type"] == "DELETED":
                del present[pod["metadata"]["uid"]]
            self.uids.add(pod["metadata"]["uid"])
            if complete:
                self._count()

    def _active(self):
        return [
            pod
            for pod in list(self._there.values())
            if "deletionTimestamp" not in pod["metadata"]
            and pod["status"].get("phase") not in ("Succeeded", "Failed")
        ]

    def _count(self):
        active = self._active()
        ready = sum(map(is_ready, active))
        self.most = max(self.most, len(active))
        self.most_ready = max(self.most_ready, ready)
        self.fewest_ready = min(ready if self.fewest_ready is None else self.fewest_ready, ready)
