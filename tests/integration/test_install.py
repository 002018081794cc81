"""What users install, on a real API server: rights, admission, and what an uninstall leaves.

The nodes are simulated, so the operator's own pods run nothing; the operator is a process beside
them that has their service account's token. The admission plugin that checks owner references is on.
"""

import base64
import json
import os
import re
import socket
import subprocess
import threading
import time

import pytest
import requests
import yaml
from operating import (
    ROOT,
    Api,
    Operator,
    Rejected,
    World,
    bare_pod,
    eventually,
    replica_set,
    wait_for_garbage_collection,
)

from controlplane import Cluster, ControlPlaneError, build

POD_MAKERS = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: pod-makers}
rules: [{apiGroups: [""], resources: [pods], verbs: [create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: pod-makers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: pod-makers}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: pod-makers}]
"""
POD_MAKER = ("--as=somebody", "--as-group=pod-makers")
ALLOWED = yaml.safe_load((ROOT / "tests" / "integration" / "allowlist.yaml").read_text())
PLUGIN = {"kube-apiserver": ["--enable-admission-plugins=OwnerReferencesPermissionEnforcement"]}
HOME = "podwright-system"
INSTALL, EVERYTHING = str(ROOT / "deploy" / "install"), str(ROOT / "deploy")
REVIEWS = "/apis/authorization.k8s.io/v1"
SETS = "/apis/apps.podwright.dev/v1/replicasets"


@pytest.fixture(scope="module")
def cluster():
    """A cluster with everything installed, that notes who did what."""
    with Cluster.start(nodes=4, audit=True, flags=PLUGIN) as cluster:
        install(cluster)
        yield cluster


@pytest.fixture
def room(cluster, namespace):
    return World(cluster, namespace)


def install(cluster):
    """Install everything, and wait until the API server's parts know of the kinds."""
    cluster.kubectl("apply", "--server-side", "-k", EVERYTHING)
    cluster.wait_until("the kinds to be served", lambda: cluster.api.get(SETS) is not None)
    # Admission looks up an owner's kind in a list of its own, which it reads anew every 10 s.
    cluster.kubectl("apply", "-f", "-", stdin=POD_MAKERS)
    eventually(
        lambda: "cannot find RESTMapping" not in attempt(cluster, *POD_MAKER),
        "admission knows the kind",
        seconds=60,
    )


def attempt(cluster, *arguments):
    """What the API server says about making a pod that blocks its owner's deletion; none is made."""
    owner = {"apiVersion": "apps.podwright.dev/v1", "kind": "ReplicaSet", "name": "x", "uid": "x"}
    blocking = owner | {"controller": True, "blockOwnerDeletion": True}
    pod = json.dumps(bare_pod("probe", {}, ownerReferences=[blocking]))
    command = ("create", "--dry-run=server", "-n", "default", "-f", "-", *arguments)
    try:
        return cluster.kubectl(*command, stdin=pod)
    except ControlPlaneError as error:
        return str(error)


class Account:
    """A service account's token, as the pods of our Deployment get it."""

    def __init__(self, cluster, folder, namespace=HOME):
        self.name = f"system:serviceaccount:{namespace}:podwright"
        self.cluster, self._namespace = cluster, namespace
        self._token = cluster.kubectl("create", "token", "podwright", "-n", namespace).strip()
        self._folder = folder
        self.kubeconfig = self.at(cluster.server)

    def at(self, server):
        """A kubeconfig that reaches the API server at this address."""
        authority = base64.b64encode(self.cluster.ca.read_bytes()).decode()
        config = yaml.safe_load(self.cluster.kubeconfig.read_text())
        config["clusters"][0]["cluster"] = {
            "server": server,
            "certificate-authority-data": authority,
        }
        config["users"][0]["user"] = {"token": self._token}
        path = self._folder / f"{self._namespace}-{server.rpartition(':')[2]}.kubeconfig"
        path.write_text(yaml.safe_dump(config))
        return path

    def rules(self, namespace):
        """What it may do there: pairs of verb and resource, with a name where one is asked for."""
        answer = requests.post(
            f"{self.cluster.server}{REVIEWS}/selfsubjectrulesreviews",
            json={"spec": {"namespace": namespace}},
            headers={"Authorization": f"Bearer {self._token}"},
            verify=str(self.cluster.ca),
            timeout=10,
        ).json()
        return {
            (verb, " ".join([spelled(group, resource), *names]))
            for rule in answer["status"]["resourceRules"]
            for group in rule["apiGroups"]
            for resource in rule["resources"]
            for names in ([[name] for name in rule.get("resourceNames", [])] or [[]])
            for verb in rule["verbs"]
            if not resource.startswith("selfsubject")  # everybody may ask who they are
        }

    def requests(self):
        """What it asked of the API server, as the audit log has it."""
        lines = self.cluster.audit_log.read_text().split("\n")[:-1]
        entries = [json.loads(line) for line in lines if self.name in line]
        return [entry for entry in entries if entry["user"]["username"] == self.name]


def spelled(group, resource):
    """``replicasets.apps/status``, as kubectl and our lists spell it."""
    plural, _, subresource = resource.partition("/")
    return (f"{plural}.{group}" if group else plural) + (f"/{subresource}" if subresource else "")


def asked(entry):
    """Verb and resource of an entry of the audit log, or None for what everybody may ask."""
    reference = entry.get("objectRef")
    if not reference or reference["resource"].startswith("selfsubject"):
        return None
    resource = reference["resource"] + "/" * ("subresource" in reference)
    resource += reference.get("subresource", "")
    return entry["verb"], spelled(reference.get("apiGroup", ""), resource)


def allowed(*parts):
    return {
        (verb, name) for part in parts for name, verbs in ALLOWED[part].items() for verb in verbs
    }


@pytest.fixture
def account(cluster, tmp_path):
    return Account(cluster, tmp_path)


def as_installed(cluster):
    """Everything that was applied, without what the cluster notes in its status."""
    objects = {}
    listed = cluster.kubectl("get", "-k", EVERYTHING, "-o", "json", "--show-managed-fields")
    for each in json.loads(listed)["items"]:
        each.pop("status", None)
        metadata = each["metadata"]
        metadata.pop("resourceVersion")
        metadata["managedFields"] = [
            entry for entry in metadata["managedFields"] if entry["manager"] == "kubectl"
        ]
        objects[each["kind"], metadata["name"]] = each
    return objects


# --- installing ------------------------------------------------------------------------------


def test_two_replicas_run_where_pod_security_is_restricted(cluster):
    """Admission and scheduling are real: pods that exist were accepted and placed."""
    cluster.kubectl("rollout", "status", "deployment/podwright", "-n", HOME, "--timeout=60s")
    pods = Api(cluster).get(f"/api/v1/namespaces/{HOME}/pods")["items"]
    assert len({pod["spec"]["nodeName"] for pod in pods}) == 2
    assert {pod["spec"]["priorityClassName"] for pod in pods} == {"system-cluster-critical"}
    with pytest.raises(Rejected, match="violates PodSecurity"):
        Api(cluster).post(f"/api/v1/namespaces/{HOME}/pods", bare_pod("any", {}))


def test_applying_it_again_changes_nothing(cluster):
    cluster.kubectl("rollout", "status", "deployment/podwright", "-n", HOME, "--timeout=60s")
    before = as_installed(cluster)
    rendered = yaml.safe_load_all(cluster.kubectl("kustomize", EVERYTHING))
    assert before.keys() == {(each["kind"], each["metadata"]["name"]) for each in rendered}
    cluster.kubectl("apply", "--server-side", "-k", EVERYTHING)
    assert as_installed(cluster) == before


def test_one_of_two_replicas_may_be_evicted_at_a_time(cluster):
    path = f"/apis/policy/v1/namespaces/{HOME}/poddisruptionbudgets/podwright"
    eventually(
        lambda: Api(cluster).get(path).get("status", {}).get("disruptionsAllowed") == 1,
        "one may go",
    )


# --- rights ----------------------------------------------------------------------------------


def test_the_service_account_may_do_what_the_list_says_and_nothing_else(account):
    assert account.rules("default") == allowed("everywhere")
    assert account.rules(HOME) == allowed("everywhere", "in its own namespace")


class LosingAnswers:
    """A way to the API server on which answers can get lost, though requests arrive."""

    def __init__(self, cluster):
        self._port = int(cluster.server.rpartition(":")[2])
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.server = f"https://127.0.0.1:{self._listener.getsockname()[1]}"
        self._until = 0.0
        threading.Thread(target=self._serve, daemon=True).start()

    def lose(self, seconds):
        """For so long, whoever asks anything on any connection hears nothing more on it."""
        self._until = time.monotonic() + seconds

    def _serve(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._port))
            deaf = threading.Event()
            for way in ((client, server, deaf, True), (server, client, deaf, False)):
                threading.Thread(target=self._carry, args=way, daemon=True).start()

    def _carry(self, source, target, deaf, is_request):
        try:
            while data := source.recv(65536):
                if is_request and time.monotonic() < self._until:
                    deaf.set()
                if is_request or not deaf.is_set():
                    target.sendall(data)
                else:
                    break
        except OSError:
            pass
        for each in (source, target):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self._listener.close()


def live(world, way):
    """Everything that can happen to a set."""
    world.create(bare_pod("orphan", {"app": "web"}))
    world.create(replica_set(replicas=3))
    owner = world.settled(3)
    orphan = world.api.get(f"{world.core}/pods/orphan")
    assert orphan["metadata"]["ownerReferences"][0]["uid"] == owner["metadata"]["uid"]
    world.patch_pod("orphan", {"metadata": {"labels": {"app": "other"}}})
    eventually(
        lambda: not world.api.get(f"{world.core}/pods/orphan")["metadata"].get("ownerReferences"),
        "it was let go",
    )
    world.settled(3)
    world.scale(20)  # so many alike become one event, with a count
    world.settled(20)
    world.scale(2)
    world.settled(2)
    way.lose(1)  # of one answer nobody learns what came of it: its pod is looked up
    world.scale(3)
    world.settled(3, seconds=90)
    assert not {event["count"] for event in world.events("SuccessfulCreate")} <= {1}
    world.delete()
    eventually(lambda: world.get() is None, "it is gone")


def other(kind, name, **spec):
    """A manifest of another kind with the same template as `replica_set`."""
    whole = replica_set(name, labels={"app": name}, **spec)
    if kind == "DaemonSet":
        del whole["spec"]["replicas"]
    return whole | {"kind": kind}


def live_with_claims(room):
    """A StatefulSet adopts a pod and changes its template, also back; another has a claim."""
    room.create(bare_pod("db-0", {"app": "db"}))
    room.create(other("StatefulSet", "db", replicas=1, revisionHistoryLimit=1))
    room.told("statefulsets", "db", readyReplicas=1, currentReplicas=1)
    first = room.api.get(room.path("statefulsets", "db"))["spec"]["template"]
    image = "/spec/template/spec/containers/0/image"
    changes = [{"op": "replace", "path": image, "value": f"db:{each}"} for each in (2, 3)]
    for change in (
        changes[0],
        {"op": "replace", "path": "/spec/template", "value": first},
        *changes,
    ):
        room.api.patch(room.path("statefulsets", "db"), [change], "json-patch")
        room.told("statefulsets", "db", readyReplicas=1, updatedReplicas=1, currentReplicas=1)
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}
    templates = [{"metadata": {"name": "data"}, "spec": claim}]
    room.create(other("StatefulSet", "files", replicas=1, volumeClaimTemplates=templates))
    claim = f"{room.core}/persistentvolumeclaims/data-files-0"
    eventually(lambda: room.api.get(claim), "a claim")


def live_on_nodes(room):
    """A DaemonSet adopts a pod, and has one on each node."""
    room.create(bare_pod("agent-orphan", {"app": "agent"}))
    room.create(other("DaemonSet", "agent"))
    room.told("daemonsets", "agent", numberReady=4)


def live_with_roll_outs(room):
    """A Deployment takes up a ReplicaSet, changes its template, and forgets the old one."""
    stray = replica_set("stray", 0, labels={"app": "shop"})
    stray["metadata"]["labels"] = {"app": "shop"}
    room.create(stray)
    room.create(other("Deployment", "shop", replicas=1, revisionHistoryLimit=0))
    room.told("deployments", "shop", availableReplicas=1)
    image = {"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "shop:2"}
    room.api.patch(room.path("deployments", "shop"), [image], "json-patch")
    room.told("deployments", "shop", availableReplicas=1, updatedReplicas=1, replicas=1)
    mine = lambda: room.api.get(f"{room.path('replicasets')}?labelSelector=app=shop")["items"]  # noqa: E731
    eventually(lambda: len(mine()) == 1, "the old one is removed")
    room.create(bare_pod("old-orphan", {"app": "old"}))
    plain = other("ReplicationController", "old", replicas=1)
    plain["spec"]["selector"] = {"app": "old"}
    room.create(plain)
    room.told("replicationcontrollers", "old", readyReplicas=1)


def live_to_an_end(room):
    """A CronJob's Job ends, and goes when its time is over; one that runs is removed."""
    pod = {"restartPolicy": "Never", "containers": [{"name": "main", "image": "work:1"}]}
    job = {"template": {"spec": pod}}
    batch = {"apiVersion": "batch.podwright.dev/v1"}
    every = {"schedule": "@every 1s", "jobTemplate": {"spec": job | {"ttlSecondsAfterFinished": 1}}}
    room.create(batch | {"kind": "CronJob", "metadata": {"name": "clock"}, "spec": every})
    found = lambda: {each["metadata"]["uid"] for each in room.api.get(room.path("jobs"))["items"]}  # noqa: E731
    (first,) = eventually(found, "it has a Job")
    eventually(lambda: first not in found(), "its time is over", 60)
    room.api.patch(room.path("cronjobs", "clock"), {"spec": {"suspend": True}})
    pod["nodeSelector"] = {"there": "is-none"}  # where there are no containers it would end at once
    room.create(batch | {"kind": "Job", "metadata": {"name": "work"}, "spec": job})
    mine = "batch.kubernetes.io/job-name=work"
    eventually(lambda: room.pods(mine), "it has a pod")
    room.api.delete(room.path("jobs", "work"), {"propagationPolicy": "Background"})
    eventually(lambda: not room.pods(mine), "its pod is gone, though it was not counted", 60)


def test_the_life_of_a_set_takes_every_right_that_was_granted(cluster, account, room):
    """No answer is 403; each verb on each resource is used, but for those with a reason."""
    way = LosingAnswers(cluster)
    place = ("--lease-namespace", HOME)  # in a pod it is the pod's own
    try:
        with Operator(account.at(way.server), *place) as operator:
            live(room, way)
            live_with_claims(room)
            live_on_nodes(room)
            live_with_roll_outs(room)
            live_to_an_end(room)
        assert "Traceback" not in operator.log
    finally:
        way.close()
    seen = account.requests()
    refused = [entry["requestURI"] for entry in seen if entry["responseStatus"]["code"] == 403]
    assert not refused
    used = {asked(entry) for entry in seen} - {None}
    granted = {
        (verb, name.partition(" ")[0])
        for verb, name in allowed("everywhere", "in its own namespace")
    }
    excused = {tuple(reversed(each.split())) for each in ALLOWED["without a request"]}
    assert used == granted - excused


def test_owners_that_block_their_deletion_take_a_right_of_their_own(cluster, account):
    """The plugin lets our service account make such pods, and nobody else who may make pods."""
    assert "created" in attempt(cluster, f"--as={account.name}")
    assert "cannot set blockOwnerDeletion" in attempt(cluster, *POD_MAKER)


VERBS = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "bind"]


@pytest.mark.parametrize("plural", ["replicasets", "statefulsets", "daemonsets", "deployments"])
@pytest.mark.parametrize("role", ["view", "edit", "admin"])
def test_users_may_do_with_our_kinds_what_they_may_do_with_built_in_ones(
    cluster, namespace, role, plural
):
    user = f"{role}-{namespace}"
    cluster.kubectl(
        "create", "rolebinding", role, f"--clusterrole={role}", f"--user={user}", "-n", namespace
    )

    def may(group, verb, subresource):
        attributes = {"group": group, "resource": plural, "subresource": subresource}
        attributes |= {"namespace": namespace, "verb": verb}
        body = {"spec": {"user": user, "resourceAttributes": attributes}}
        return Api(cluster).post(f"{REVIEWS}/subjectaccessreviews", body)["status"]["allowed"]

    def rights(group):
        parts = ("", "status", "scale", "finalizers")
        return {f"{verb} {part}" for verb in VERBS for part in parts if may(group, verb, part)}

    theirs = rights("apps")
    assert {"get ", "get status"} <= theirs
    assert ("deletecollection " in theirs) == (role != "view")
    eventually(lambda: rights("apps.podwright.dev") == theirs, "the roles are put together")


# --- one namespace ---------------------------------------------------------------------------


def test_an_operator_for_one_namespace_asks_nothing_outside_of_it(cluster, tmp_path, room):
    """Installed as the README says: by an overlay that names the namespace."""
    mine = room.namespace
    base = os.path.relpath(ROOT / "deploy" / "namespaced", tmp_path)
    overlay = {"namespace": mine, "resources": [base]}
    (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump(overlay))
    restricted = "pod-security.kubernetes.io/enforce=restricted"
    cluster.kubectl("label", "namespace", mine, restricted)
    cluster.kubectl("apply", "--server-side", "-k", str(tmp_path))
    cluster.kubectl("rollout", "status", "deployment/podwright", "-n", mine, "--timeout=60s")
    (container,) = room.pods("app.kubernetes.io/name=podwright")[0]["spec"]["containers"]
    assert container["args"] == ["run", "--namespace", "$(NAMESPACE)"]
    cluster.kubectl("label", "namespace", mine, f"{restricted.partition('=')[0]}-")
    account = Account(cluster, tmp_path, mine)
    elsewhere = World(cluster, "default")
    elsewhere.create(replica_set("elsewhere", replicas=1))
    try:
        arguments = ("--namespace", mine, "--lease-namespace", mine)
        with Operator(account.kubeconfig, *arguments) as operator:
            room.create(replica_set(replicas=2))
            room.settled(2)
            assert not elsewhere.get("elsewhere").get("status", {}).get("replicas")
        assert "Traceback" not in operator.log
    finally:
        elsewhere.delete("elsewhere")
    seen = account.requests()
    assert {entry["responseStatus"]["code"] for entry in seen} <= {200, 201, 404}
    assert {entry["objectRef"].get("namespace") for entry in seen if asked(entry)} == {mine}


# --- uninstalling ----------------------------------------------------------------------------


@pytest.fixture
def alone():
    """A cluster to take things away from."""
    with Cluster.start(nodes=2) as cluster:
        install(cluster)
        yield cluster


def identities(world):
    return {pod["metadata"]["uid"] for pod in world.pods()}


def test_an_uninstall_leaves_pods_and_a_new_install_takes_them_up(alone, tmp_path):
    world, place = World(alone, "default"), ("--lease-namespace", HOME)
    with Operator(Account(alone, tmp_path).kubeconfig, *place):
        world.create(replica_set(replicas=3))
        world.settled(3)
    before = identities(world)

    alone.kubectl("delete", "-k", INSTALL)
    assert alone.api.get(f"/api/v1/namespaces/{HOME}") is None
    time.sleep(5)  # for a garbage collector that might be about to collect
    assert identities(world) == before
    assert world.get()["spec"]["replicas"] == 3

    install(alone)
    with Operator(Account(alone, tmp_path).kubeconfig, *place) as operator:
        world.settled(3)
        assert identities(world) == before
        assert "ReplicaSet: " not in operator.log, "nothing was planned"
        world.scale(4)
        world.settled(4)
        assert before < identities(world)


def test_pods_that_nobody_counts_any_more_are_let_go_as_the_readme_says(alone, tmp_path):
    world, place = World(alone, "default"), ("--lease-namespace", HOME)
    pod = {"restartPolicy": "Never", "containers": [{"name": "main", "image": "work:1"}]}
    pod["nodeSelector"] = {"there": "is-none"}
    job = {"apiVersion": "batch.podwright.dev/v1", "kind": "Job", "metadata": {"name": "work"}}
    with Operator(Account(alone, tmp_path).kubeconfig, *place):
        world.create(job | {"spec": {"parallelism": 2, "template": {"spec": pod}}})
        world.create(bare_pod("other", {}) | {"kind": "Pod"})
        eventually(lambda: len(world.pods()) == 3, "it has pods")
    wait_for_garbage_collection(alone)
    world.api.delete(world.path("jobs", "work"), {"propagationPolicy": "Background"})
    gone = lambda: [p for p in world.pods() if "deletionTimestamp" in p["metadata"]]  # noqa: E731
    eventually(lambda: len(gone()) == 2, "they are on their way out", seconds=60)
    time.sleep(3)
    assert len(gone()) == 2, "and they stay"
    readme = (ROOT / "README.md").read_text()
    script = re.search(
        r"^\$ (kubectl get pods --all-namespaces -o go-template.*?done)$",
        readme,
        re.MULTILINE | re.DOTALL,
    )
    path = f"{build.programs()}:{os.environ['PATH']}"
    environment = os.environ | {"KUBECONFIG": str(alone.kubeconfig), "PATH": path}
    subprocess.run(["bash", "-ec", script[1]], env=environment, check=True)
    eventually(lambda: [p["metadata"]["name"] for p in world.pods()] == ["other"], "they are gone")


def test_the_kinds_do_not_go_by_accident(alone, tmp_path):
    """Not even with what they came with; by what the refusal says to do, they do."""
    world = World(alone, "default")
    with Operator(Account(alone, tmp_path).kubeconfig, "--lease-namespace", HOME):
        world.create(replica_set(replicas=2))
        world.settled(2)
    before, definition = identities(world), "crd/replicasets.apps.podwright.dev"
    with pytest.raises(ControlPlaneError, match="this would delete every ReplicaSet") as refused:
        alone.kubectl("delete", definition)
    binding = "validatingadmissionpolicybinding podwright-keeps-its-kinds"
    assert f"kubectl delete {binding}" in str(refused.value)
    with pytest.raises(ControlPlaneError, match="this would delete every ReplicaSet"):
        alone.kubectl("delete", "-k", EVERYTHING)
    home = f"/api/v1/namespaces/{HOME}"
    eventually(lambda: alone.api.get(home) is None, "the operator went", seconds=60)
    assert identities(world) == before
    assert world.get()

    install(alone)  # and now as the README says
    wait_for_garbage_collection(alone)
    alone.kubectl("delete", "pcj,pjob,pdeploy,prs,psts,pds,prc", "--all", "--all-namespaces")
    eventually(lambda: not world.pods(), "its pods are gone", seconds=60)
    alone.kubectl("delete", *binding.split())
    eventually(lambda: goes(alone, "-k", EVERYTHING), "the guard is gone", pause=1)
    assert alone.api.get(SETS) is None


def goes(cluster, *what):
    """Delete it, unless the guard still stands: admission forgets it within seconds."""
    try:
        cluster.kubectl("delete", "--ignore-not-found", *what)
    except ControlPlaneError as error:
        assert "this would delete" in str(error)  # noqa: PT017
        return False
    return True
