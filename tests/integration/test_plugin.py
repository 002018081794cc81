"""`kubectl podwright` on a real control plane, beside kubectl itself for the built-in kinds."""

import asyncio
import json
import os
import re
import subprocess
import sys

import pytest
import yaml
from operating import APPS, ROOT, Rejected, eventually

from controlplane import build
from kubectl.test_command_line import cheapest
from podwright.kubectl import visiting
from podwright.kubectl.arguments import parse
from podwright.kubectl.errors import Failure
from podwright.kubectl.options import Chosen
from podwright.kubectl.revisions import Past
from podwright.kubectl.rollout_undo import _restore
from podwright.kubectl.server import connect

OURS, BUILT_IN = "apps.podwright.dev", "apps"
PLURALS = {
    "StatefulSet": "statefulsets",
    "DaemonSet": "daemonsets",
    "ReplicaSet": "replicasets",
    "Deployment": "deployments",
    "ReplicationController": "replicationcontrollers",
}
BY_HAND = {"nodeName": "by-hand"}
"""Pods on a node whose kubelet is the test."""


def manifest(kind="StatefulSet", name="web", group=OURS, labels=None, pod=None, **spec):
    labels = labels or {"app": name}
    # Characters that the API server escapes, and compares so.
    containers = [{"name": "web", "image": "web:1", "args": ["a && b > c"]}]
    template = {"metadata": {"labels": labels}, "spec": {"containers": containers} | (pod or {})}
    wish = {"selector": {"matchLabels": labels}, "template": template}
    if kind != "DaemonSet":
        wish["replicas"] = 2
    if kind == "ReplicationController":
        wish["selector"] = labels
        group = "" if group == BUILT_IN else group
    return {
        "apiVersion": f"{group}/v1".removeprefix("/"),
        "kind": kind,
        "metadata": {"name": name},
        "spec": wish | spec,
    }


class Plugin:
    """The plugin and kubectl, on one namespace."""

    def __init__(self, world, folder):
        self.world = world
        plugin = folder / "kubectl-podwright"
        plugin.write_text(f'#!/bin/sh\nexec {sys.executable} -m podwright.kubectl "$@"\n')
        plugin.chmod(0o755)
        self.environment = os.environ | {
            "KUBECONFIG": str(world.cluster.kubeconfig),
            "KUBECACHEDIR": str(folder / "cache"),
            "PATH": f"{folder}:{build.programs()}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT / "operator"),
        }

    def run(self, program, *words, stdin=None, **environment):
        command = [*program.split(), *words, "-n", self.world.namespace]
        return subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            env=self.environment | environment,
            timeout=60,
        )

    def __call__(self, *words, code=0, **options):
        """What the plugin printed."""
        ended = self.run("kubectl-podwright", *words, **options)
        assert ended.returncode == code, ended.stdout + ended.stderr
        return ended.stdout + ended.stderr

    def why(self, what):
        return json.loads(self("why", what, "-o", "json"))

    def waits(self, what, until):
        """The reason that has these words, as soon as there is one."""

        def found():
            reasons = self.why(what)["reasons"]
            return next((each for each in reasons if until in each["until"]), None)

        return eventually(found, f"{what} waits for {until}: {self.why(what)}")

    def create(self, owner):
        group, plural = owner["apiVersion"], PLURALS[owner["kind"]]
        root = "/api/v1" if group == "v1" else f"/apis/{group}"
        return self.world.api.post(f"{root}/namespaces/{self.world.namespace}/{plural}", owner)

    def get(self, kind="StatefulSet", name="web"):
        return self.world.api.get(
            f"{APPS}/namespaces/{self.world.namespace}/{PLURALS[kind]}/{name}"
        )

    def patch(self, body, kind="StatefulSet", name="web"):
        path = f"{APPS}/namespaces/{self.world.namespace}/{PLURALS[kind]}/{name}"
        return self.world.api.patch(path, body)

    def pod(self, name):
        """A pod, as soon as it is there."""
        path = f"{self.world.core}/pods/{name}"
        return eventually(lambda: self.world.api.get(path), f"pod {name}")


@pytest.fixture
def plugin(world, tmp_path):
    return Plugin(world, tmp_path)


# --- beside kubectl -----------------------------------------------------------------------------

LATE = {
    "metadata": {"labels": {"a": "b", "c": "d"}, "annotations": {"e": "f", "g": "h"}},
    "spec": {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "fast",
        "resources": {"requests": {"storage": "1"}},
    },
}

RICH = {
    "serviceAccountName": "default",
    "priorityClassName": "system-node-critical",
    "nodeSelector": {"kubernetes.io/os": "linux"},
    "tolerations": [
        {"key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5},
        {"key": "b", "value": "c"},
    ],
    "topologySpreadConstraints": [
        {
            "topologyKey": "zone",
            "whenUnsatisfiable": "ScheduleAnyway",
            "maxSkew": 2,
            "labelSelector": {"matchLabels": {"x": "y"}},
        }
    ],
    "initContainers": [{"name": "init", "image": "tool:1", "command": ["sh", "-c", "a\nb"]}],
    "containers": [
        {
            "name": "web",
            "image": "web:1",
            "args": ["--verbose"],
            "ports": [{"containerPort": 80, "name": "http"}, {"containerPort": 90, "hostPort": 9}],
            "resources": {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m"}},
            "livenessProbe": {"httpGet": {"path": "/live", "port": 80}},
            "readinessProbe": {"exec": {"command": ["a", "b"]}, "periodSeconds": 3},
            "startupProbe": {"tcpSocket": {"port": "http"}, "failureThreshold": 9},
            "envFrom": [
                {"configMapRef": {"name": "settings", "optional": True}},
                {"prefix": "P_", "secretRef": {"name": "keys"}},
            ],
            "env": [
                {"name": "PLAIN", "value": "one\ntwo"},
                {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
                {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "k"}}},
                {"name": "SET", "valueFrom": {"configMapKeyRef": {"name": "s", "key": "k"}}},
            ],
            "volumeMounts": [
                {"name": "tmp", "mountPath": "/tmp", "subPath": "a"},
                {"name": "host", "mountPath": "/host", "readOnly": True},
            ],
        }
    ],
    "volumes": [
        {"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}},
        {"name": "host", "hostPath": {"path": "/var"}},
        {"name": "keys", "secret": {"secretName": "keys", "optional": True}},
        {"name": "settings", "configMap": {"name": "settings"}},
        {"name": "claim", "persistentVolumeClaim": {"claimName": "data", "readOnly": True}},
        {"name": "nfs", "nfs": {"server": "far", "path": "/x"}},
        {"name": "csi", "csi": {"driver": "example.com", "volumeAttributes": {"a": "b", "c": "d"}}},
        {"name": "image", "image": {"reference": "web:1", "pullPolicy": "Always"}},
        {"name": "late", "ephemeral": {"volumeClaimTemplate": LATE}},
        {
            "name": "about",
            "downwardAPI": {
                "items": [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]
            },
        },
        {
            "name": "all",
            "projected": {
                "sources": [
                    {"secret": {"name": "keys"}},
                    {"configMap": {"name": "settings", "optional": True}},
                    {"serviceAccountToken": {"path": "token", "expirationSeconds": 600}},
                ]
            },
        },
    ],
}


PROGRAMS = {BUILT_IN: "kubectl", OURS: "kubectl podwright"}
NAMES = {BUILT_IN: "basis", OURS: "other"}
"""Two sets of one name would fight for the names of their pods."""


class Both:
    """The same command for the built-in kind by kubectl, and for ours by the plugin."""

    def __init__(self, plugin, kind, **spec):
        self.plugin, self.kind = plugin, kind
        for group, name in NAMES.items():
            plugin.create(manifest(kind, name, group, **spec))

    def __call__(self, *words):
        """Compare what they print and how they end; return it."""
        theirs, ours = (
            self.plugin.run(program, *(word.replace("/web", f"/{NAMES[group]}") for word in words))
            for group, program in PROGRAMS.items()
        )
        assert _plain(ours) == _plain(theirs)
        return ours.stdout + ours.stderr

    def printed(self, *words):
        """What each of them printed."""
        for group, program in PROGRAMS.items():
            named = (word.replace("/web", f"/{NAMES[group]}") for word in words)
            yield self.plugin.run(program, *named).stdout

    def settle(self):
        for group, program in PROGRAMS.items():
            what = f"{self.kind}/{NAMES[group]}"
            ended = self.plugin.run(program, "rollout", "status", what, "--timeout=50s")
            assert ended.returncode == 0, ended.stderr

    def until_revision(self, number):
        """Both controllers have written the revision of this number."""
        for group, program in PROGRAMS.items():
            words = program, "rollout", "history", f"{self.kind}/{NAMES[group]}"
            eventually(
                lambda words=words: f"\n{number} " in self.plugin.run(*words).stdout,
                f"{program} shows revision {number}",
            )


def _plain(ended):
    """What was printed, without the names that differ: of the group, and of the set."""
    text = ended.stdout + ended.stderr
    for word in (f".{OURS}", f".{BUILT_IN}"):
        text = text.replace(word, "")
    for name in NAMES.values():
        text = text.replace(name, "web")
    text = re.sub(r"(pod-template-hash=|replicaset/web-)\w+", r"\1<hash>", text)
    return [f"exit code {ended.returncode}", *text.splitlines()]


@pytest.mark.parametrize("kind", ["StatefulSet", "DaemonSet"])
def test_a_rollout_and_back_in_kubectls_words(plugin, kind):
    both = Both(plugin, kind)
    what = f"{kind}/web"
    both.settle()
    both("rollout", "status", what, "--watch=false")
    both("rollout", "history", what)
    assert "no last revision to roll back to" in both("rollout", "undo", what)
    assert "image updated" in both("set", "image", what, "web=web:2")
    both("set", "image", what, "web=web:2")
    both("set", "image", what, "wob=web:2")
    both("set", "image", what, "*=web:3", "--dry-run=client")
    both("set", "image", what, "*=web:3", "--dry-run=server", "-o", "name")
    both.until_revision(2)
    both.settle()
    both("rollout", "history", what)
    both("rollout", "history", what, "--revision=1")
    both("rollout", "history", what, "--revision=9")
    both("rollout", "undo", what, "--dry-run=client")
    both("rollout", "undo", what, "--dry-run=server")
    both("rollout", "undo", what, "--to-revision=9")
    assert "rolled back" in both("rollout", "undo", what, "--to-revision=1")
    both.until_revision(3)
    both.settle()
    assert "2         <none>\n3         <none>" in both("rollout", "history", what)
    assert "already matches revision 3" in both("rollout", "undo", what, "--to-revision=3")
    assert "restarted" in both("rollout", "restart", what)
    assert "pausing is not supported" in both("rollout", "pause", what)
    assert "resuming is not supported" in both("rollout", "resume", what)
    plugin.world.cluster.check()


def test_a_deployments_rollout_and_back_in_kubectls_words(plugin):
    both = Both(plugin, "Deployment")
    what = "deployment/web"
    both.settle()
    both("rollout", "status", what, "--watch=false")
    both("rollout", "status", what, "--revision=1")
    assert "different from the running revision (1)" in both(
        "rollout", "status", what, "--revision=7"
    )
    both("rollout", "history", what)
    assert "no rollout history found for deployment" in both("rollout", "undo", what)
    assert "image updated" in both("set", "image", what, "web=web:2")
    both.until_revision(2)
    both.settle()
    both("rollout", "history", what)
    both("rollout", "history", what, "--revision=1")
    both("rollout", "history", what, "--revision=9")
    both("rollout", "history", what, "--revision=9", "-o", "yaml")
    both("rollout", "history", what, "-o", "name")
    theirs, ours = both.printed("rollout", "history", what, "-o", "json")
    assert shape(ours) == shape(theirs)
    both("rollout", "undo", what, "--dry-run=client")
    both("rollout", "undo", what, "--dry-run=server")
    both("rollout", "undo", what, "--to-revision=9")
    assert "rolled back" in both("rollout", "undo", what)
    both.until_revision(3)
    both.settle()
    assert "2         <none>\n3         <none>" in both("rollout", "history", what)
    assert "already matches revision 3" in both("rollout", "undo", what, "--to-revision=3")
    assert "is not paused" in both("rollout", "resume", what)
    assert both("rollout", "pause", what).endswith("paused\n")
    assert "is already paused" in both("rollout", "pause", what)
    assert "can't restart paused deployment" in both("rollout", "restart", what)
    assert "you cannot rollback a paused deployment" in both("rollout", "undo", what)
    assert "resumed" in both("rollout", "resume", what)
    assert "restarted" in both("rollout", "restart", what)
    both.until_revision(4)
    both.settle()
    plugin.world.cluster.check()


def shape(text):
    """What of ReplicaSets is the same for both: what they are, their notes, their images."""
    documents, rest = [], text
    while rest.strip():
        document, end = json.JSONDecoder().raw_decode(rest := rest.lstrip())
        documents.append(document)
        rest = rest[end:]
    return [
        (
            each["kind"],
            sorted(each["metadata"]),
            each["metadata"]["annotations"],
            each["spec"]["replicas"],
            [it["image"] for it in each["spec"]["template"]["spec"]["containers"]],
        )
        for each in documents
    ]


def test_undo_of_a_deployment_brings_back_its_annotations(plugin):
    owner = manifest("Deployment", replicas=1)
    cause = "kubernetes.io/change-cause"
    owner["metadata"]["annotations"] = {cause: "the first", "kept": "yes"}
    plugin.create(owner)
    plugin("rollout", "status", "deploy/web", "--timeout=50s")
    template = {"spec": {"containers": [{"name": "web", "image": "web:2"}]}}
    annotations = {cause: "the second", "new": "1"}
    plugin.patch(
        {"metadata": {"annotations": annotations}, "spec": {"template": template}}, "Deployment"
    )
    eventually(lambda: "the second" in plugin("rollout", "history", "deploy/web"), "its history")
    plugin("rollout", "status", "deploy/web", "--timeout=50s")
    assert "1         the first\n2         the second" in plugin("rollout", "history", "deploy/web")
    plugin("rollout", "undo", "deploy/web")
    after = plugin.get("Deployment")
    assert after["spec"]["template"] == owner["spec"]["template"]
    told = after["metadata"]["annotations"]
    assert (told[cause], told["kept"], told.get("new")) == ("the first", "yes", None)


def test_why_a_deployment_does_not_get_on(plugin):
    """Its pods, its ReplicaSets and its budgets; a quota; and a pause."""
    plugin.create(manifest("Deployment", pod={"nodeSelector": {"none": "such"}}))
    found = plugin.waits("deploy/web", "its new pods to be available")
    facts = eventually(
        lambda: (said := plugin.waits("deploy/web", "its new pods")["facts"])
        and "scheduler says" in said[0] and said,
        "the scheduler has said something",
    )  # fmt: skip
    assert re.search(r"ReplicaSet web-\w+ \(revision 1\): 2 wished for, 0 available\.", facts[-2])
    assert facts[-1] == "At most 3 pods may be there, and at least 2 have to be available."
    assert found["rule"] == "kinds/deployment/rolling_update.py, _wait"
    plugin("rollout", "pause", "deploy/web")
    paused = eventually(
        lambda: (said := plugin.waits("deploy/web", "somebody to resume it"))["since"] and said,
        "since when it is paused",
    )
    assert "kubectl podwright rollout resume" in paused["remedy"]
    quota = {"metadata": {"name": "few"}, "spec": {"hard": {"pods": "0"}}}
    plugin.world.api.post(f"{plugin.world.core}/resourcequotas", quota)
    eventually(lambda: _is_refused(plugin), "the quota counts")
    plugin.create(manifest("Deployment", "api"))
    refused = eventually(
        lambda: (said := plugin.waits("deploy/api", "its new pods"))["since"] and said, "it is told"
    )
    assert "exceeded quota: few" in refused["facts"][0]
    assert "raise the quota" in refused["remedy"]


@pytest.mark.parametrize(
    "words",
    [
        "rollout status rs/web",
        "rollout history rs/web",
        "rollout undo rs/web",
        "rollout restart rs/web",
        "rollout pause rs/web",
        "set image rs/web web=web:2",
        "set image rs web=web:2",
        "set image rs web=web:2 --all",
        "set image rs web=web:3 -l app=none",
        "rollout restart rs -l app=none",
        "rollout status",
        "rollout status rs/none rs/web",
        "rollout status rs none",
        "rollout status pets/web",
        "rollout status rs/web/web",
        "rollout status rs rs/web",
        "rollout status rs/web --revision=-1",
    ],
)
def test_what_a_replica_set_cannot_do_is_said_in_kubectls_words(plugin, words):
    both = Both(plugin, "ReplicaSet", replicas=0)
    both(*words.split())


@pytest.mark.parametrize("verb", ["status", "history", "undo", "restart", "pause", "resume"])
def test_what_a_replication_controller_cannot_do_is_said_in_kubectls_words(plugin, verb):
    both = Both(plugin, "ReplicationController", replicas=0)
    both("rollout", verb, "rc/web")
    assert "image updated" in both("set", "image", "rc/web", "web=web:2")


def test_a_template_is_described_in_kubectls_words(plugin):
    both = Both(plugin, "StatefulSet", replicas=0, pod=RICH)
    both.until_revision(1)
    said = both("rollout", "history", "sts/web", "--revision=1")
    assert "http-get http://:80/live delay=0s timeout=1s" in said


def test_the_cause_of_a_change_is_in_the_history(plugin):
    owner = manifest(replicas=0)
    owner["metadata"]["annotations"] = {"kubernetes.io/change-cause": "a new image"}
    plugin.create(owner)
    eventually(
        lambda: "1         a new image" in plugin("rollout", "history", "sts/web"), "its history"
    )


# --- what a verb changes ------------------------------------------------------------------------


def revised(plugin, **spec):
    """A set that has had two templates."""
    plugin.create(manifest(**spec))
    plugin("rollout", "status", "sts/web", "--timeout=50s")
    plugin("set", "image", "sts/web", "web=web:2")
    plugin("rollout", "status", "sts/web", "--timeout=50s")
    return plugin.get()


def test_undo_changes_the_template_and_nothing_else(plugin):
    before = revised(plugin, pod={"terminationGracePeriodSeconds": 7})
    plugin.patch({"spec": {"replicas": 1}})
    plugin("rollout", "undo", "sts/web")
    after = plugin.get()
    wanted = before["spec"] | {"replicas": 1}
    wanted["template"]["spec"]["containers"][0]["image"] = "web:1"
    assert after["spec"] == wanted
    assert "kubectl-rollout" in {each["manager"] for each in after["metadata"]["managedFields"]}


def test_undo_overwrites_no_template_but_the_one_that_it_has_seen(plugin):
    old = revised(plugin, replicas=1)
    plugin.patch({"spec": {"template": {"metadata": {"annotations": {"by": "somebody else"}}}}})
    (wish,) = parse(["sts/web"])
    template = old["spec"]["template"]

    async def restore():
        chosen = Chosen(
            kubeconfig=str(plugin.world.cluster.kubeconfig), namespace=plugin.world.namespace
        )
        async with connect(chosen) as server:
            found = type(await anext(visiting._look_up(server, wish)))(wish.served, old)
            await _restore(server, found, Past(1, template, template, {}), "none")

    with pytest.raises(Failure, match="failed restoring revision 1: "):
        asyncio.run(restore())
    assert plugin.get()["spec"]["template"]["metadata"]["annotations"] == {"by": "somebody else"}


def test_restart_replaces_every_pod(plugin):
    plugin.create(manifest())
    plugin("rollout", "status", "sts/web", "--timeout=50s")
    before = {pod["metadata"]["uid"] for pod in plugin.world.pods()}
    assert plugin("rollout", "restart", "sts/web", "-o", "name") == f"statefulset.{OURS}/web\n"
    plugin("rollout", "status", "sts/web", "--timeout=50s")
    after = {pod["metadata"]["uid"] for pod in plugin.world.pods()}
    assert len(after) == 2
    assert not before & after


def test_several_objects_by_labels_files_and_all(plugin):
    for name, tier in (("a", "front"), ("b", "back")):
        owner = manifest(name=name, replicas=0)
        owner["metadata"]["labels"] = {"tier": tier}
        plugin.create(owner)
    plugin.create(manifest("DaemonSet", "c", pod=BY_HAND | {"nodeSelector": {"no": "node"}}))
    assert plugin("rollout", "restart", "sts", "-l", "tier=back").split()[0].endswith("/b")
    said = plugin("set", "image", "sts,ds", "*=web:5", "--all", "-o", "json")
    assert said.count('"image": "web:5"') == 3
    text = yaml.safe_dump_all([manifest(name="a"), manifest(name="b")])
    said = plugin("rollout", "restart", "-f", "-", "-o", "name", stdin=text)
    assert said.split() == [f"statefulset.{OURS}/a", f"statefulset.{OURS}/b"]


# --- rollout status -----------------------------------------------------------------------------


def test_status_waits_until_the_rollout_is_done_or_the_time_is_over(plugin):
    plugin.create(manifest(replicas=1, pod=BY_HAND))
    plugin.pod("web-0")
    said = plugin("rollout", "status", "sts/web", "--timeout=2s", code=1)
    assert said.splitlines() == [
        "Waiting for 1 pods to be ready...",
        "error: timed out waiting for the condition",
    ]
    waiting = subprocess.Popen(
        ["kubectl-podwright", "rollout", "status", "sts/web", "-n", plugin.world.namespace],
        env=plugin.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert waiting.stdout.readline() == "Waiting for 1 pods to be ready...\n"
    ready = {"type": "Ready", "status": "True"}
    plugin.world.patch_pod(
        "web-0", {"status": {"phase": "Running", "conditions": [ready]}}, "/status"
    )
    rest, _ = waiting.communicate(timeout=30)
    assert rest == "partitioned roll out complete: 1 new pods have been updated...\n"
    assert waiting.returncode == 0


def test_status_ends_when_the_object_is_deleted(plugin):
    plugin.create(manifest(replicas=1, pod=BY_HAND))
    plugin.pod("web-0")
    waiting = subprocess.Popen(
        ["kubectl-podwright", "rollout", "status", "sts/web", "-n", plugin.world.namespace],
        env=plugin.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    waiting.stdout.readline()
    plugin.world.api.delete(f"{APPS}/namespaces/{plugin.world.namespace}/statefulsets/web")
    _, errors = waiting.communicate(timeout=30)
    assert errors == "error: object has been deleted\n"
    assert waiting.returncode == 1


# --- which cluster, and who ---------------------------------------------------------------------


def test_the_contexts_namespace_is_meant_when_none_is_named(plugin, tmp_path):
    plugin.create(manifest(replicas=0))
    config = yaml.safe_load(plugin.world.cluster.kubeconfig.read_text())
    config["contexts"][0]["context"]["namespace"] = plugin.world.namespace
    config["contexts"].append(
        {
            "name": "elsewhere",
            "context": config["contexts"][0]["context"] | {"namespace": "default"},
        }
    )
    file = tmp_path / "config"
    file.write_text(yaml.safe_dump(config))
    command = ["kubectl-podwright", "why", "sts/web", "--kubeconfig", str(file)]
    options = {"env": plugin.environment, "capture_output": True, "text": True, "check": False}
    assert "is as wished" in _until_wished(lambda: subprocess.run(command, **options).stdout)
    other = subprocess.run([*command, "--context", "elsewhere"], **options)
    assert other.stderr == f'Error from server (NotFound): statefulsets.{OURS} "web" not found\n'


def _until_wished(say):
    return eventually(lambda: (text := say()) and "as wished" in text and text, "it is as wished")


def test_no_cluster_and_no_kubeconfig_are_said(plugin, tmp_path):
    said = plugin("why", "sts/web", "--kubeconfig", str(tmp_path / "none"), code=1)
    assert said.startswith("error: no usable kubeconfig: ")
    config = yaml.safe_load(plugin.world.cluster.kubeconfig.read_text())
    config["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
    file = tmp_path / "config"
    file.write_text(yaml.safe_dump(config))
    said = plugin("why", "sts/web", "--kubeconfig", str(file), code=1)
    assert said == (
        "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or "
        "port?\n"
    )


def test_one_who_may_not_is_told_in_the_api_servers_words(plugin):
    nobody = plugin.world.cluster.add_user("nobody")
    said = plugin("why", "sts/web", "--kubeconfig", str(nobody), code=1)
    assert said.startswith("Error from server (Forbidden): statefulsets")


def test_a_verb_is_quick(plugin):
    """Half a second of processor goes into imports; whatever else it does may not double that."""
    plugin.create(manifest(replicas=0))
    assert cheapest(lambda: plugin("why", "sts/web")) < 1.0


# --- why ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        ("StatefulSet", 2),
        ("ReplicaSet", 2),
        ("ReplicationController", 2),
        ("Deployment", 2),
        ("DaemonSet", 10),
    ],
)
def test_nothing_is_waited_for(plugin, kind, count):
    plugin.create(manifest(kind))
    said = _until_wished(lambda: plugin("why", f"{kind}/web"))
    namespace = plugin.world.namespace
    assert said == f"{kind} {namespace}/web is as wished: {count} of {count} pods are ready.\n"


def test_a_partition_that_holds_a_rollout(plugin):
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}
    revised(plugin, updateStrategy=rolling)
    found = plugin.waits("sts/web", "partition 1 to be lowered")
    assert found["rule"] == "kinds/statefulset/rolling_update.py, _held_by_partition"
    assert [fact.rpartition(": ")[2] for fact in found["facts"]] == ["web-0.", "web-1."]
    assert found["since"]


def pull_fails(plugin, pod):
    waiting = {"reason": "ImagePullBackOff", "message": 'Back-off pulling image "web:typo"'}
    status = {"name": "web", "image": "web:typo", "imageID": "", "ready": False, "restartCount": 0}
    condition = {"type": "Ready", "status": "False", "lastTransitionTime": "2026-01-01T00:00:00Z"}
    body = {
        "phase": "Pending",
        "conditions": [condition],
        "containerStatuses": [status | {"state": {"waiting": waiting}}],
    }
    plugin.pod(pod)
    plugin.world.patch_pod(pod, {"status": body}, "/status")


def test_a_broken_image_and_then_a_template_that_is_correct_again(plugin):
    plugin.create(manifest(pod=BY_HAND))
    pull_fails(plugin, "web-0")
    found = plugin.waits("sts/web", "pod web-0 to be ready")
    assert found["rule"] == "kinds/statefulset/ordering.py, _until_available"
    assert found["since"] == "2026-01-01T00:00:00Z"
    assert 'ImagePullBackOff: Back-off pulling image "web:typo"' in found["facts"][0]
    assert found["remedy"].startswith("give container web an image that can be had; then delete")
    plugin("set", "image", "sts/web", "web=web:2")
    advice = "delete pod web-0, or set spec.updateStrategy.replaceStuckPods"
    eventually(
        lambda: plugin.waits("sts/web", "pod web-0 to be ready")["remedy"] == advice,
        "the operator has seen the new template",
    )
    plugin.patch({"spec": {"updateStrategy": {"replaceStuckPods": True}}})
    is_new = lambda: plugin.pod("web-0")["spec"]["containers"][0]["image"] == "web:2"  # noqa: E731
    eventually(is_new, "what was advised helps")


def test_a_claim_that_does_not_go(plugin):
    template = {
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    claims = f"{plugin.world.core}/persistentvolumeclaims"
    metadata = {"name": "data-web-0", "finalizers": ["example.com/held"]}
    plugin.world.api.post(claims, {"metadata": metadata, "spec": template["spec"]})
    plugin.world.api.delete(f"{claims}/data-web-0")
    plugin.create(manifest(volumeClaimTemplates=[template]))
    found = plugin.waits("sts/web", "claim data-web-0 to be gone")
    assert found["rule"] == "kinds/statefulset/ordering.py, make"
    assert found["on"] == "claim data-web-0"
    assert "example.com/held" in found["facts"][1]
    assert "example.com/held" in found["remedy"]
    plugin.world.api.patch(f"{claims}/data-web-0", {"metadata": {"finalizers": None}})
    found = plugin.waits("sts/web", "the scheduler to find a node for pod web-0")
    assert "Claim data-web-0 is Pending, and names no storage class." in found["facts"]


def test_a_taint_that_keeps_a_daemon_away(plugin):
    name = f"tainted-{plugin.world.namespace[-6:]}"
    taint = {"key": "dedicated", "value": "db", "effect": "NoSchedule"}
    node = {"metadata": {"name": name}, "spec": {"taints": [taint]}}
    plugin.world.api.post("/api/v1/nodes", node)
    try:
        plugin.create(manifest("DaemonSet"))
        _until_wished(lambda: plugin("why", "ds/web"))
        notes = {note["text"]: note for note in plugin.why("ds/web")["notes"]}
        note = notes[
            f"Node {name} gets no pod: the taint dedicated=db:NoSchedule is not tolerated."
        ]
        assert note["rule"] == "kinds/daemonset/placement.py, fit"
        assert note["remedy"] == "add a toleration to spec.template, or remove the taint"
    finally:
        plugin.world.api.delete(f"/api/v1/nodes/{name}")


@pytest.mark.parametrize(
    "kind", ["StatefulSet", "ReplicaSet", "ReplicationController", "DaemonSet"]
)
def test_a_quota(plugin, kind):
    quota = {"metadata": {"name": "few"}, "spec": {"hard": {"pods": "0"}}}
    plugin.world.api.post(f"{plugin.world.core}/resourcequotas", quota)
    eventually(lambda: _is_refused(plugin), "the quota counts")
    plugin.create(manifest(kind))
    found = plugin.waits(f"{kind}/web", "the API server to let ")
    assert "exceeded quota: few" in found["facts"][0]
    assert "raise the quota" in found["remedy"]
    assert found["since"]


def _is_refused(plugin):
    containers = [{"name": "a", "image": "a"}]
    pod = {"metadata": {"name": "probe"}, "spec": {"containers": containers}}
    try:
        plugin.world.api.post(f"{plugin.world.core}/pods?dryRun=All", pod)
    except Rejected as error:
        return "exceeded quota" in str(error)
    return False


def test_a_pod_that_fits_on_no_node(plugin):
    huge = {"name": "web", "image": "web:1", "resources": {"requests": {"cpu": "9000"}}}
    plugin.create(manifest(pod={"containers": [huge]}))
    found = plugin.waits("sts/web", "the scheduler to find a node for pod web-0")
    eventually(
        lambda: "Insufficient cpu" in plugin.waits("sts/web", "the scheduler")["facts"][0],
        "the scheduler has said why",
    )
    assert found["rule"] == "kinds/statefulset/ordering.py, _until_available"
    plugin.create(manifest("ReplicaSet", pod={"containers": [huge]}))
    found = plugin.waits("rs/web", "the scheduler to find nodes for its pods")
    assert found["on"].startswith("pods web-")


def test_an_operator_that_does_not_work_is_what_is_waited_for(plugin, operator):
    operator.stop()
    plugin.create(manifest())
    found = plugin.waits("sts/web", "the operator to have ")
    assert "whether the operator runs" in found["remedy"]
    assert any(
        "has not looked at the last change" in each["text"]
        for each in plugin.why("sts/web")["notes"]
    )


def test_a_service_that_is_not_there(plugin):
    plugin.create(manifest(serviceName="web"))
    assert "Service web (spec.serviceName) does not exist" in plugin("why", "sts/web")
    service = {"metadata": {"name": "web"}, "spec": {"clusterIP": "None"}}
    plugin.world.api.post(f"{plugin.world.core}/services", service)
    assert "Service web" not in plugin("why", "sts/web")


# --- the README ---------------------------------------------------------------------------------


def test_the_readmes_commands_work_in_their_order(plugin):
    text = (ROOT / "README.md").read_text().split("\n## kubectl podwright\n", 1)[1]
    blocks = re.findall(r"```console\n(.*?)```", text.split("\n## ", 1)[0], re.DOTALL)
    lines = [line[2:] for block in blocks for line in block.splitlines() if line[:2] == "$ "]
    assert {line.split()[2] for line in lines} == {"set", "rollout", "why", "create"}
    pod = {"restartPolicy": "Never", "containers": [{"name": "main", "image": "backup:1"}]}
    daily = {"schedule": "@daily", "jobTemplate": {"spec": {"template": {"spec": pod}}}}
    backup = {"apiVersion": "batch.podwright.dev/v1", "kind": "CronJob", "spec": daily}
    plugin.world.api.post(plugin.world.path("cronjobs"), backup | {"metadata": {"name": "backup"}})
    plugin.create(manifest())
    plugin.create(manifest("DaemonSet", "logs"))
    plugin.create(manifest("Deployment", "shop"))
    plugin("rollout", "status", "sts/web", "--timeout=50s")
    for line in lines:
        ended = plugin.run(line)
        assert ended.returncode == 0, f"{line}: {ended.stderr}"
