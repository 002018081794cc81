"""The API server takes our definitions, and treats manifests as it treats those of apps/v1."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from controlplane import ControlPlaneError
from podwright import crd
from podwright.objects import LabelSelector, Manifest, Model
from podwright.plan import Plan
from podwright.workload import Column, Crd, Scale, Served, Workload

ROOT = Path(__file__).parent.parent.parent
OURS = "apps.podwright.dev/v1"
THEIRS = "apps/v1"
STATUS = "--subresource=status"
A = {"name": "A", "value": "1"}
B = {"name": "B", "value": "2"}
APP = {"name": "app", "image": "app", "env": [A], "ports": [{"containerPort": 80}]}


@pytest.fixture(scope="module", autouse=True)
def crds(cluster):
    """Our definitions, installed and served."""
    cluster.kubectl("apply", "-k", str(ROOT / "crds"))
    wait_until_served(cluster, OURS, "replicasets")


def wait_until_served(cluster, api_version, plural):
    schemas = f"/openapi/v3/apis/{api_version}"
    path = f"/apis/{api_version}/namespaces/default/{plural}"
    cluster.wait_until(
        f"{plural} to be served", lambda: cluster.api.get(path) and cluster.api.get(schemas)
    )


def manifest(api_version=OURS, name="web", **changes):
    """A good ReplicaSet, but for changes by path: ``template__spec__restartPolicy="Never"``."""
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container()]}}
    whole = {
        "apiVersion": api_version,
        "kind": "ReplicaSet",
        "metadata": {"name": name},
        "spec": {"selector": {"matchLabels": labels}, "template": template},
    }
    whole = json.loads(json.dumps(whole))
    for path, value in changes.items():
        *parents, last = path.split("__")
        node = whole["spec"]
        for parent in parents:
            node = node[parent]
        node[last] = value
    return json.dumps(whole)


def container(**changes):
    return {"name": "app", "image": "app"} | changes


def pod(**changes):
    return {f"template__spec__{field}": value for field, value in changes.items()}


def port(**changes):
    return pod(containers=[container(ports=[changes])])


def requirement(**fields):
    return {"selector__matchExpressions": [fields]}


class Bad(NamedTuple):
    """A mistake, and what both API servers say to it."""

    id: str
    changes: dict
    theirs: str
    ours: str = ""


MISMATCH = "`selector` does not match template `labels`"
WRONG_LABEL = "a valid label must be an empty string or consist of alphanumeric characters"
WRONG_KEY = "name part must consist of alphanumeric characters"
LONG = "x" * 64
POD = "spec.template.spec"
FIRST = f"{POD}.containers[0]"
EXPRESSION = "spec.selector.matchExpressions[0]"

REFUSED_BY_BOTH = [
    Bad(
        "negative replicas",
        {"replicas": -1},
        "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
    ),
    Bad(
        "negative minReadySeconds",
        {"minReadySeconds": -1},
        "spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0",
    ),
    Bad("no selector", {"selector": None}, "spec.selector: Required value"),
    Bad(
        "empty selector",
        {"selector": {}},
        "spec.selector: Invalid value: {}: empty selector is invalid for deployment",
        "spec.selector: Invalid value: empty selector is invalid for deployment",
    ),
    *(
        Bad(
            f"selector differs by {name}",
            changes,
            f'spec.template.metadata.labels: Invalid value: {{"app":"web"}}: {MISMATCH}',
            f"spec.template.metadata.labels: Invalid value: {MISMATCH}",
        )
        for name, changes in {
            "a label": {"selector__matchLabels": {"app": "db"}},
            "In": requirement(key="app", operator="In", values=["db"]),
            "NotIn": requirement(key="app", operator="NotIn", values=["web"]),
            "Exists": requirement(key="tier", operator="Exists"),
            "DoesNotExist": requirement(key="app", operator="DoesNotExist"),
        }.items()
    ),
    Bad(
        "no template labels",
        {"template__metadata": {}},
        f"spec.template.metadata.labels: Invalid value: null: {MISMATCH}",
        f"spec.template.metadata.labels: Invalid value: {MISMATCH}",
    ),
    Bad("no template", {"template": None}, f"{POD}.containers: Required value"),
    Bad("no containers", pod(containers=[]), f"{POD}.containers: Required value"),
    Bad(
        "In without values",
        requirement(key="app", operator="In"),
        f"{EXPRESSION}.values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
    ),
    Bad(
        "Exists with values",
        requirement(key="app", operator="Exists", values=["web"]),
        f"{EXPRESSION}.values: Forbidden: may not be specified when `operator` is 'Exists' or",
    ),
    Bad(
        "unknown operator",
        requirement(key="app", operator="Near"),
        f'{EXPRESSION}.operator: Invalid value: "Near": not a valid selector operator',
    ),
    Bad(
        "selector key malformed",
        requirement(key="a b", operator="DoesNotExist"),
        f'{EXPRESSION}.key: Invalid value: "a b": {WRONG_KEY}',
    ),
    Bad(
        "selector value too long",
        requirement(key="tier", operator="NotIn", values=[LONG]),
        f'{EXPRESSION}.values[0]: Invalid value: "{LONG}": must be no more than 63 bytes',
    ),
    Bad(
        "template label malformed",
        {"template__metadata__labels": {"app": "web", "tier": "a b"}},
        f'spec.template.labels: Invalid value: "a b": {WRONG_LABEL}',
        f'spec.template.metadata.labels[tier]: Invalid value: "a b": {WRONG_LABEL}',
    ),
    Bad(
        "template label key malformed",
        {"template__metadata__labels": {"app": "web", "a b": "x"}},
        f'spec.template.labels: Invalid value: "a b": {WRONG_KEY}',
        f'spec.template.metadata.labels: Invalid value: "a b": {WRONG_KEY}',
    ),
    Bad(
        "restartPolicy Never",
        pod(restartPolicy="Never"),
        f'{POD}.restartPolicy: Unsupported value: "Never": supported values: "Always"',
        f'{POD}.restartPolicy: Invalid value: "Never": supported values: "Always"',
    ),
    Bad(
        "activeDeadlineSeconds",
        pod(activeDeadlineSeconds=5),
        f"{POD}.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not",
    ),
    Bad(
        "ephemeral containers",
        pod(ephemeralContainers=[container(name="debug")]),
        f"{POD}.ephemeralContainers: Forbidden: ephemeral containers not allowed in pod template",
    ),
    Bad("no image", pod(containers=[{"name": "app"}]), f"{FIRST}.image: Required value"),
    Bad(
        "no image in an init container",
        pod(initContainers=[{"name": "first"}]),
        f"{POD}.initContainers[0].image: Required value",
    ),
    Bad(
        "container name in capitals",
        pod(containers=[container(name="App")]),
        f'{FIRST}.name: Invalid value: "App": a lowercase RFC 1123 label must consist of',
    ),
    Bad(
        "two containers of one name",
        pod(containers=[container(), container()]),
        f'{POD}.containers[1].name: Duplicate value: "app"',
        f'{POD}.containers[1]: Duplicate value: {{"name":"app"}}',
    ),
    Bad(
        "port out of range",
        port(containerPort=65536),
        f"{FIRST}.ports[0].containerPort: Invalid value: 65536: must be between 1 and 65535",
    ),
    Bad(
        "protocol in small letters",
        port(containerPort=80, protocol="tcp"),
        f'{FIRST}.ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP"',
        f'{FIRST}.ports[0].protocol: Invalid value: "tcp": supported values: "SCTP", "TCP"',
    ),
    Bad(
        "unknown pull policy",
        pod(containers=[container(imagePullPolicy="Maybe")]),
        f'{FIRST}.imagePullPolicy: Unsupported value: "Maybe": supported values: "Always"',
        f'{FIRST}.imagePullPolicy: Invalid value: "Maybe": supported values: "Always"',
    ),
    Bad(
        "quantity in words",
        pod(containers=[container(resources={"limits": {"cpu": "much"}})]),
        "quantities must match the regular expression '^([+-]?[0-9.]+)(",
        f'{FIRST}.resources.limits.cpu: Invalid value: "much": ',
    ),
    Bad("misspelled field", pod(hostnetwork=True), f'unknown field "{POD}.hostnetwork"'),
]

ACCEPTED_BY_BOTH = {
    "all operators": {
        "selector__matchExpressions": [
            {"key": "app", "operator": "In", "values": ["web", "db"]},
            {"key": "tier", "operator": "NotIn", "values": ["web"]},
            {"key": "app", "operator": "Exists"},
            {"key": "tier", "operator": "DoesNotExist"},
        ]
    },
    "fractions of a cpu": pod(containers=[container(resources={"limits": {"cpu": 0.5}})]),
    "empty for not given": pod(restartPolicy="", containers=[container(imagePullPolicy="")]),
    "null for not given": {"template__metadata__creationTimestamp": None} | pod(volumes=None),
    "no replicas": {"replicas": 0},
    "an empty pull secret": pod(imagePullSecrets=[{}]),
}

REFUSED_BY_US_ONLY = {
    "two variables of one name": pod(containers=[container(env=[A, A])]),
    "a port twice": pod(containers=[container(ports=[{"containerPort": 80}] * 2)]),
}

LEFT_TO_THE_FIRST_POD = {
    "mount without a volume": pod(
        containers=[container(volumeMounts=[{"name": "data", "mountPath": "/data"}])]
    ),
    "request above the limit": pod(
        containers=[container(resources={"limits": {"cpu": "1"}, "requests": {"cpu": "2"}})]
    ),
}


def apply(cluster, stdin, *flags, verb="apply", namespace="default"):
    return cluster.kubectl(verb, *flags, "-n", namespace, "-f", "-", stdin=stdin)


def accept(cluster, stdin):
    apply(cluster, stdin, "--dry-run=server", verb="create")


def refusal(cluster, stdin):
    """What the API server says against a manifest."""
    with pytest.raises(ControlPlaneError) as caught:
        accept(cluster, stdin)
    return str(caught.value)


class TestValidation:
    """The same manifest, sent to apps/v1 and to us."""

    @pytest.mark.parametrize("bad", REFUSED_BY_BOTH, ids=lambda bad: bad.id)
    def test_a_mistake_is_refused_in_upstreams_words(self, cluster, bad):
        assert bad.theirs in refusal(cluster, manifest(THEIRS, **bad.changes))
        assert (bad.ours or bad.theirs) in refusal(cluster, manifest(OURS, **bad.changes))

    @pytest.mark.parametrize("changes", ACCEPTED_BY_BOTH.values(), ids=ACCEPTED_BY_BOTH)
    def test_what_upstream_takes_is_taken(self, cluster, changes):
        accept(cluster, manifest(THEIRS, **changes))
        accept(cluster, manifest(OURS, **changes))

    @pytest.mark.parametrize("changes", REFUSED_BY_US_ONLY.values(), ids=REFUSED_BY_US_ONLY)
    def test_no_key_of_a_list_may_appear_twice(self, cluster, changes):
        accept(cluster, manifest(THEIRS, **changes))
        assert "Duplicate value" in refusal(cluster, manifest(OURS, **changes))

    @pytest.mark.parametrize("changes", LEFT_TO_THE_FIRST_POD.values(), ids=LEFT_TO_THE_FIRST_POD)
    def test_other_mistakes_show_with_the_first_pod(self, cluster, changes):
        refusal(cluster, manifest(THEIRS, **changes))
        accept(cluster, manifest(OURS, **changes))

    @pytest.mark.parametrize("api_version", [THEIRS, OURS])
    def test_a_selector_cannot_change(self, cluster, namespace, api_version):
        apply(cluster, manifest(api_version), namespace=namespace)
        labels = {"app": "db"}
        changed = manifest(
            api_version, selector__matchLabels=labels, template__metadata__labels=labels
        )
        with pytest.raises(ControlPlaneError, match=r"spec\.selector: .*: field is immutable$"):
            apply(cluster, changed, namespace=namespace)


class TestObjects:
    """A ReplicaSet of ours, as users and tools see it."""

    @pytest.fixture
    def web(self, cluster, namespace):
        """A ReplicaSet that nobody reconciles."""
        apply(cluster, manifest(template__spec__containers=[APP]), namespace=namespace)

        def read():
            return json.loads(cluster.kubectl("get", "prs", "web", "-n", namespace, "-o", "json"))

        return read

    @pytest.fixture
    def patch(self, cluster, namespace, web):  # noqa: ARG002  # it is there to be patched
        def patch(body, *flags):
            what = ("--type=merge", "-p", json.dumps(body))
            cluster.kubectl("patch", "prs", "web", "-n", namespace, *flags, *what)

        return patch

    def test_the_workloads_own_fields_get_their_defaults(self, web):
        spec = web()["spec"]
        assert (spec["replicas"], spec["minReadySeconds"]) == (1, 0)

    def test_a_template_stays_as_it_was_written_but_for_list_keys(self, web):
        written = APP | {"ports": [{"containerPort": 80, "protocol": "TCP"}]}
        assert web()["spec"]["template"]["spec"] == {"containers": [written]}

    def test_status_is_written_apart_from_spec(self, web, patch):
        both = {"spec": {"replicas": 5}, "status": {"replicas": 3, "readyReplicas": 2}}
        patch(both)
        assert (web()["spec"]["replicas"], web()["status"]["replicas"]) == (5, 0)
        patch(both | {"spec": {"replicas": 7}}, "--subresource=status")
        assert (web()["spec"]["replicas"], web()["status"]["replicas"]) == (5, 3)
        assert web()["metadata"]["generation"] == 2

    def test_columns_are_those_of_apps(self, cluster, namespace, patch):
        get = ("get", "prs", "-n", namespace, "-o")
        assert cluster.kubectl(*get, "wide").splitlines()[1].split()[:4] == ["web", "1", "0", "0"]
        words = {"containers": "app,log", "images": "a:1,b:2"}
        counts = {"replicas": 3, "readyReplicas": 2}
        patch({"status": counts | {"selector": "app=web", "podwright": words}}, STATUS)
        head, row = (line.split() for line in cluster.kubectl(*get, "wide").splitlines())
        assert head == [
            "NAME",
            "DESIRED",
            "CURRENT",
            "READY",
            "AGE",
            "CONTAINERS",
            "IMAGES",
            "SELECTOR",
        ]
        assert [*row[:4], *row[5:]] == ["web", "1", "3", "2", "app,log", "a:1,b:2", "app=web"]

    def test_scale_reads_and_writes_replicas(self, cluster, namespace, web, patch):
        patch({"status": {"replicas": 3, "selector": "app=web"}}, STATUS)
        cluster.kubectl("scale", "prs", "web", "-n", namespace, "--replicas=4")
        scale = cluster.api.get(f"/apis/{OURS}/namespaces/{namespace}/replicasets/web/scale")
        assert scale["spec"] == {"replicas": 4}
        assert scale["status"] == {"replicas": 3, "selector": "app=web"}
        assert web()["spec"]["replicas"] == 4

    def test_get_all_shows_it(self, cluster, namespace, web):  # noqa: ARG002  # shown
        shown = cluster.kubectl("get", "all", "-n", namespace, "-o", "name")
        assert "replicaset.apps.podwright.dev/web" in shown.splitlines()

    @pytest.mark.parametrize("api_version", [THEIRS, OURS])
    def test_two_managers_apply_their_own_parts(self, cluster, namespace, api_version):
        def server_side(manager, *containers):
            stdin = manifest(api_version, template__spec__containers=containers)
            flags = ("--server-side", f"--field-manager={manager}")
            apply(cluster, stdin, *flags, namespace=namespace)

        server_side("team", APP)
        server_side("mesh", {"name": "app", "env": [B]}, {"name": "proxy", "image": "proxy"})
        server_side("team", APP | {"image": "app:2", "resources": {"limits": {"cpu": 0.5}}})

        path = f"/apis/{api_version}/namespaces/{namespace}/replicasets/web"
        app, proxy = cluster.api.get(path)["spec"]["template"]["spec"]["containers"]
        assert (app["image"], app["env"]) == ("app:2", [A, B])
        assert proxy["image"] == "proxy"


def test_explain_knows_the_pod_template(cluster):
    said = cluster.kubectl("explain", "prs.spec.template.spec.containers")
    assert "FIELD: containers <[]Object>" in said
    assert "List of containers belonging to the pod." in said
    assert "readinessProbe\t<Object>\n    Periodic probe of container service readiness." in said


def test_the_files_are_up_to_date():
    """``make generate`` has nothing to write."""
    paths = os.pathsep.join(map(str, (ROOT / "operator", ROOT / "deploy" / "local")))
    subprocess.run(
        [sys.executable, ROOT / "deploy" / "generate.py", "--check"],
        env=os.environ | {"PYTHONPATH": paths},
        check=True,
    )


class FleetSpec(Model, frozen=True):
    """A user's own kind."""

    selector: LabelSelector
    template: Manifest
    port: int | str = "game"
    replicas: int = 2
    regions: tuple[str, ...] = ()
    weight: float | None = None


def test_a_struct_is_enough_of_a_schema(cluster, namespace):
    workload = Workload(
        *("Fleet", "fleets", FleetSpec, lambda _: Plan(), lambda *_: {}),
        crd=Crd(("fl",), (Column("Port", "string", ".spec.port"),), scale=Scale()),
    )
    definition = crd.definition(Served(workload, "games.example.com"))
    apply(cluster, json.dumps(definition))
    wait_until_served(cluster, "games.example.com/v1", "fleets")
    fleet = {"apiVersion": "games.example.com/v1", "kind": "Fleet", "metadata": {"name": "eu"}}
    spec = {"selector": {"matchLabels": {"app": "game"}}, "template": {"spec": {"any": ["thing"]}}}

    apply(cluster, json.dumps(fleet | {"spec": spec}), namespace=namespace)
    cluster.kubectl("scale", "fleets", "eu", "-n", namespace, "--replicas=3")

    found = cluster.api.get(f"/apis/games.example.com/v1/namespaces/{namespace}/fleets/eu")
    assert found["spec"] == spec | {"port": "game", "replicas": 3}
    with pytest.raises(ControlPlaneError, match="must be of type integer"):
        apply(cluster, json.dumps(fleet | {"spec": spec | {"replicas": "3"}}), namespace=namespace)
