"""Roles: what the operator may do, made of what it asks for before it starts."""

from __future__ import annotations

from collections.abc import Sequence

from podwright.engine.preflight import Right, needed_rights, servable
from podwright.objects import Claim, Manifest, Pod
from podwright.workload import Served

GROUP = "rbac.authorization.k8s.io"


def operator_role(
    served: Sequence[Served], name: str = "podwright", *, namespaced: bool
) -> Manifest:
    """What these kinds take, everywhere (ClusterRole) or in one namespace (Role); but the Lease."""
    served = servable(served, ["one"] if namespaced else [])
    rights = list(needed_rights(served, namespaced=namespaced))
    owners = [each.resource for each in served]
    if any(reads.model is Claim for each in served for reads in each.workload.reads):
        owners.append(Pod.resource)  # a claim may go with its pod
    rights += [Right("update", owner, "finalizers") for owner in owners]
    verbs: dict[tuple[str, str], list[str]] = {}
    for verb, resource, subresource in rights:
        plural = f"{resource.plural}/{subresource}" if subresource else resource.plural
        verbs.setdefault((resource.group, plural), []).append(verb)
    rules = [rule(group, [plural], verbs[group, plural]) for group, plural in verbs]
    return role("Role" if namespaced else "ClusterRole", name, rules)


def role(kind: str, name: str, rules: list[Manifest], **labels: str) -> Manifest:
    """A Role or ClusterRole."""
    metadata = {"name": name} | ({"labels": labels} if labels else {})
    return {"apiVersion": f"{GROUP}/v1", "kind": kind, "metadata": metadata, "rules": rules}


def rule(group: str, resources: list[str], verbs: list[str]) -> Manifest:
    """These verbs on these resources."""
    return {"apiGroups": [group], "resources": resources, "verbs": verbs}
