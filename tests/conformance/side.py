"""What a scenario can do on one API, and how it waits until everything there has come to rest."""

import os
import re
import subprocess
import time

from conformance.api import Refused, Requests
from conformance.flavours import CHILDREN, WORKLOADS
from conformance.objects import (
    container_status,
    controller_of,
    controller_uid,
    is_active,
    pod_rests,
    version_of,
)
from controlplane import build

_AGE = re.compile(r"(?<![\w-])\d+[smhd](\d+[smhd])?(?![\w-])")
_GAP = re.compile(r" {2,}")

QUIET_SECONDS = 0.4
SILENT_SECONDS = 1.5
PATIENCE = 40.0


class Stuck(AssertionError):  # noqa: N818  # a state
    """Something that was waited for did not come."""


class Side:
    """One namespace on one API, in the words of the scenarios."""

    def __init__(self, cluster, recorder, flavour, namespace, kind="ReplicaSet"):
        self.cluster, self.recorder, self.flavour, self.kind = cluster, recorder, flavour, kind
        self.namespace, self.api = namespace, Requests(cluster)
        self.marks, self.notes = [], {}

    def open(self, labels):
        """Make the namespace and wait until pods can be made there."""
        metadata = {"name": self.namespace, "labels": labels}
        self.api.post("/api/v1/namespaces", {"metadata": metadata})
        self.until(lambda: self.get("ServiceAccount", "default"), "the service account")

    # --- requests ------------------------------------------------------------------------------

    def path(self, kind, name="", subresource=""):
        parts = (self.flavour.path(kind, self.namespace), name, subresource)
        return "/".join(part for part in parts if part)

    def manifest(self, manifest):
        """The same manifest in the words of this API."""
        kind = manifest["kind"]
        if kind not in WORKLOADS:
            return manifest
        return manifest | {"apiVersion": self.flavour.api_version(kind)}

    def create(self, manifest):
        return self.api.post(self.path(manifest["kind"]), self.manifest(manifest))

    def get(self, kind=None, name="web", subresource=""):
        return self.api.get(self.path(kind or self.kind, name, subresource))

    def patch(self, body, name="web", kind=None, subresource="", how="merge-patch"):
        return self.api.patch(self.path(kind or self.kind, name, subresource), body, how)

    def spec(self, name="web", **fields):
        """Change fields of an owner's spec."""
        return self.patch({"spec": fields}, name)

    def scale(self, replicas, name="web"):
        self.patch({"spec": {"replicas": replicas}}, name, subresource="scale")

    def delete(self, name="web", kind=None, policy="Background"):
        self.api.delete(self.path(kind or self.kind, name), {"propagationPolicy": policy})

    def attempt(self, title, act, *arguments, **keywords):
        """Do what may be refused, and note whether it was, and why."""
        try:
            answer = act(*arguments, **keywords)
        except Refused as refused:
            told = {"verdict": "refused", "message": str(refused)}
            self.notes[title] = told | {"fields": refused.fields, "reason": refused.reason}
            return None
        self.notes[title] = {"verdict": "accepted"}
        return answer

    # --- pods ----------------------------------------------------------------------------------

    def pods(self, kind=None, name="web"):
        """Active pods of an owner, by name."""
        found, owner = self.recorder.objects(self.namespace, "Pod"), (kind or self.kind, name)
        return sorted(
            (pod for pod in found if is_active(pod) and controller_of(pod) == owner),
            key=lambda pod: pod["metadata"]["name"],
        )

    def names(self, name="web", kind=None):
        return [pod["metadata"]["name"] for pod in self.pods(kind, name)]

    def sets(self):
        """The ReplicaSets of the namespace."""
        return self.recorder.objects(self.namespace, "ReplicaSet")

    def revisions(self):
        """The revisions of the namespace, oldest first."""
        found = self.recorder.objects(self.namespace, "ControllerRevision")
        return sorted(found, key=lambda each: each["revision"])

    def patch_pod(self, pod, body, subresource="", how="merge-patch"):
        return self.patch(body, pod, "Pod", subresource, how)

    def pod_status(self, pod, ready=None, since=None, restarts=None, **status):
        """Play the kubelet: write a pod's status."""
        if ready is not None:
            word = "True" if ready else "False"
            condition = {"type": "Ready", "status": word, "lastTransitionTime": since}
            status["conditions"] = [condition]
        if restarts is not None:
            status["containerStatuses"] = [container_status("web", restarts)]
        return self.patch_pod(pod, {"status": status}, "status")

    def bind(self, pod, node):
        """Play the scheduler."""
        body = {"metadata": {"name": pod}, "target": {"kind": "Node", "name": node}}
        self.api.post(self.path("Pod", pod, "binding"), body)

    def annotate(self, pod, **annotations):
        self.patch_pod(pod, {"metadata": {"annotations": annotations}})

    def evict(self, title, pod):
        """Ask for an eviction, and note the answer."""
        body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod}}
        self.attempt(title, self.api.post, self.path("Pod", pod, "eviction"), body)

    # --- waiting -------------------------------------------------------------------------------

    def until(self, happened, what, seconds=PATIENCE):
        deadline = time.monotonic() + seconds
        while not (answer := happened()):
            if time.monotonic() > deadline:
                raise Stuck(f"not within {seconds:.0f} s: {what}")
            time.sleep(0.1)
        return answer

    def told(self, reason):
        """Wait until an event has this reason."""
        path = f"/api/v1/namespaces/{self.namespace}/events?fieldSelector=reason={reason}"
        self.until(lambda: self.api.get(path)["items"], f"an event {reason}")

    def hear_out(self):
        """Wait for events that are still on their way; a retry may go on telling for ever."""
        deadline = time.monotonic() + 6
        self.pause(SILENT_SECONDS)
        while time.monotonic() < deadline:
            if self.recorder.silent_for(self.namespace) > SILENT_SECONDS:
                return
            self.pause(0.1)

    def counts(self, name="web", **wanted):
        """Wait until an owner's status has these values."""

        def there():
            status = (self.get(name=name) or {}).get("status", {})
            return all(status.get(field, 0) == value for field, value in wanted.items())

        self.until(there, f"{name} has {wanted}")

    def gone(self, name="web", kind=None):
        self.until(lambda: self.get(kind, name) is None, f"{kind} {name} is gone")

    def settle(self, title, *, stuck=False, ordered=True, seconds=PATIENCE):
        """Wait until everything rests, and end a step of the story with this title.

        `stuck`: owners that cannot have as many pods as they wish for rest, too. Not `ordered`:
        several hands are at work in this step, so it is chance who creates or deletes first.
        """
        self.until(lambda: self._rests(stuck=stuck), f"everything rests after {title!r}", seconds)
        listed = self.api.get(self.path("Pod") + "?limit=1")
        self.marks.append((int(listed["metadata"]["resourceVersion"]), title, ordered))

    def pause(self, seconds):
        """Let time pass, where time is what the scenario is about."""
        time.sleep(seconds)

    def _rests(self, *, stuck):
        """At rest, in what the recorder saw, and the recorder has seen all that there is."""
        return (
            self._seems_to_rest(stuck)
            and all(self._is_seen(kind) for kind in ("Pod", *CHILDREN, *WORKLOADS))
            and self._seems_to_rest(stuck)
        )

    def _seems_to_rest(self, stuck):
        return (
            self.recorder.quiet_for(self.namespace) > QUIET_SECONDS
            and all(pod_rests(pod) for pod in self.recorder.objects(self.namespace, "Pod"))
            and all(self._owners_rest(kind, stuck) for kind in WORKLOADS)
        )

    def _owners_rest(self, kind, stuck):
        pods = self.recorder.objects(self.namespace, "Pod")
        for owner in self.recorder.objects(self.namespace, kind):
            if not self._is_mine(owner):
                continue
            mine = [pod for pod in pods if controller_uid(pod) == owner["metadata"]["uid"]]
            if not WORKLOADS[kind].rests(owner, mine, stuck=stuck):
                return False
        return True

    def _is_mine(self, owner):
        return owner["apiVersion"] == self.flavour.api_version(owner["kind"])

    def _is_seen(self, kind):
        """Whether the recorder has seen what the API server has now."""
        listed = self.api.get(self.path(kind))["items"]
        seen = self.recorder.objects(self.namespace, kind)
        return {version_of(item) for item in listed} == {version_of(item) for item in seen}

    # --- kubectl -------------------------------------------------------------------------------

    def kubectl(self, title, *arguments, stdin=None, **environment):
        """Run kubectl as a user does in this namespace; note what it says, line by line."""
        folder = self.cluster.log_dir.parent
        ended = subprocess.run(
            [build.programs() / "kubectl", *arguments, "-n", self.namespace],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env=os.environ
            | {"KUBECONFIG": str(self.cluster.kubeconfig), "KUBECACHEDIR": str(folder / "kubectl")}
            | environment,
        )
        said = f"exit {ended.returncode}\n{ended.stdout}\n{ended.stderr}"
        if title:
            self.note_lines(f"kubectl {title}", said)
        return ended.stdout

    def note_lines(self, title, text):
        """Note a text line by line, without what depends on the moment and on column widths."""
        lines = [_AGE.sub("<age>", _GAP.sub("  ", line)).rstrip() for line in text.splitlines()]
        self.notes[title] = [line for line in lines if line]

    def resource(self, kind=None):
        """The kind as a user names it to kubectl when there are two of that name."""
        workload = WORKLOADS[kind or self.kind]
        group = workload.group_of(self.flavour.suffix)
        return f"{workload.plural}.{workload.version}.{group}" if group else workload.plural
