"""Roles of an operator: what its kinds take, and not one right more."""

from pathlib import Path

from podwright.files import load
from podwright.rbac import operator_role

FLEET = Path(__file__).parents[1] / "deploy" / "examples" / "fleet" / "fleet.py"


def rights(**options):
    role = operator_role(load([FLEET]), "fleets", **options)
    return role["kind"], {
        f"{each['resources'][0]}.{each['apiGroups'][0]}".rstrip("."): each["verbs"]
        for each in role["rules"]
    }


def test_a_fleet_takes_its_own_kind_and_pods():
    kind, found = rights(namespaced=True)
    assert kind == "Role"
    assert found == {
        "fleets.games.example.com": ["get", "list", "watch"],
        "fleets/status.games.example.com": ["patch"],
        "fleets/finalizers.games.example.com": ["update"],
        "pods": ["get", "list", "watch", "create", "patch", "delete"],
        "events": ["create", "patch"],
    }


def test_in_a_whole_cluster_definitions_are_followed_too():
    kind, found = rights(namespaced=False)
    assert kind == "ClusterRole"
    assert found["customresourcedefinitions.apiextensions.k8s.io"] == ["list", "watch"]
