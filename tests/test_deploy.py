"""What users apply, as files: that it renders and works is shown on a real API server."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from podwright.engine.lease import LEASES
from podwright.engine.preflight import needed_rights, servable
from podwright.kinds import BUILT_IN

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
FILES = sorted(
    path
    for folder in (
        DEPLOY,
        *(DEPLOY / name for name in ("kinds", "install", "namespaced", "operator")),
    )
    for path in folder.glob("*.yaml")
)
POWERS = {"*", "escalate", "bind", "impersonate", "deletecollection"}
PRIVATE = {"*", "secrets", "configmaps", "pods/exec", "pods/log", "persistentvolumes"}
LIMITED = {
    "nodes": {"list", "watch"},
    "persistentvolumeclaims": {"get", "list", "watch", "create", "patch"},  # no delete
}


def documents(path):
    return [each for each in yaml.safe_load_all(path.read_text()) if each]


def relative(path):
    return path.relative_to(DEPLOY).as_posix()


def rules(name, kind):
    return [
        rule
        for path in FILES
        for each in documents(path)
        if each["kind"] == kind and each.get("metadata", {}).get("name", "") == name
        for rule in each["rules"]
    ]


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_every_file_says_what_it_is_and_is_applied(path):
    assert all({"apiVersion", "kind"} <= each.keys() for each in documents(path))
    if path.name == "kustomization.yaml":
        (kustomization,) = documents(path)
        assert all((path.parent / each).exists() for each in kustomization["resources"])
    else:
        (kustomization,) = documents(path.with_name("kustomization.yaml"))
        assert path.name in kustomization["resources"]


@pytest.mark.parametrize(("kind", "namespaced"), [("ClusterRole", False), ("Role", True)])
def test_the_operator_may_do_what_it_asks_for(kind, namespaced):
    """And set owners that block their deletion, which no request of its own shows."""
    served = servable(BUILT_IN, ["one"] if namespaced else [])
    granted = {
        (verb, group, resource)
        for rule in rules("podwright", kind)
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }
    needed = {
        (
            right.verb,
            right.resource.group,
            "/".join(filter(None, (right.resource.plural, right.subresource))),
        )
        for right in needed_rights(served, namespaced=namespaced)
    }
    finalizers = {("update", each.group, f"{each.workload.plural}/finalizers") for each in served}
    assert granted == needed | finalizers | {("update", "", "pods/finalizers")}


def test_its_only_lease_is_its_own():
    for rule in rules("podwright-leader-election", "Role"):
        assert (rule["apiGroups"], rule["resources"]) == ([LEASES.group], [LEASES.plural])
        assert rule.get("resourceNames") == ["podwright"] or rule["verbs"] == ["create"]


@pytest.mark.parametrize("kind", ["ClusterRole", "Role"])
def test_it_has_no_power_over_others(kind):
    for rule in rules("podwright", kind):
        assert not POWERS & {*rule["verbs"], *rule["apiGroups"]}
        assert not PRIVATE & set(rule["resources"])
        for resource in LIMITED.keys() & set(rule["resources"]):
            assert set(rule["verbs"]) <= LIMITED[resource]


def test_the_image_is_that_of_this_version_and_names_no_host():
    (kustomization,) = documents(DEPLOY / "operator" / "kustomization.yaml")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert kustomization["images"] == [{"name": "podwright", "newTag": version}]


def test_the_lock_file_has_all_that_podwright_needs_and_no_address():
    locked = (ROOT / "operator" / "requirements.txt").read_text()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = {re.match(r"[\w-]+", each)[0] for each in project["dependencies"]}
    assert needed <= set(re.findall(r"^([\w-]+)==", locked, re.MULTILINE))
    assert "://" not in locked


@pytest.mark.parametrize("path", sorted((ROOT / ".github" / "workflows").glob("*.yml")), ids=str)
def test_a_workflow_may_only_read_and_its_actions_are_pinned(path):
    text = path.read_text()
    assert yaml.safe_load(text)["permissions"] == {"contents": "read"}
    used = re.findall(r"uses: (\S+)", text)
    assert used
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", each) for each in used)


def test_without_docker_the_image_is_refused_in_one_line():
    nowhere = os.environ | {"DOCKER_HOST": "tcp://127.0.0.1:9"}
    for inherited in ("MAKEFLAGS", "MAKELEVEL"):  # `make unit` runs this, and an inner make says so
        nowhere.pop(inherited, None)
    ended = subprocess.run(
        ["make", "image"], cwd=ROOT, env=nowhere, capture_output=True, text=True, check=False
    )
    assert ended.returncode
    assert ended.stdout.splitlines() == [
        "make image needs Docker, and none answers: install or start it (on Debian .ci/docker does), then again."
    ]
