"""CustomResourceDefinitions: how the API server learns of a kind.

A built-in kind's schema is Kubernetes' own (``Crd.upstream``), so that a manifest keeps every line
but its ``apiVersion``; a user's kind gets the schema of its ``Spec`` struct. Both then receive what
``Crd`` says - defaults, further keywords, checks - and the two things that Podwright adds to every
status: ``selector`` for ``/scale``, and ``podwright``, strings for columns that no JSON path finds.

Differs: what Kubernetes and kubectl have compiled in for their own kinds, custom resources do not
get: strategic merge patches and keys of lists on the client, ``kubectl set`` and its like,
``describe``, pruning unasked, warnings, checks of finalizers, PUT without a resource version,
metadata through ``/status``, readiness for Helm, the scheduler's spreading by default.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podwright import structural
from podwright.objects import Manifest
from podwright.workload import Check, Column, Crd, Scale, Served

CATEGORIES = ("all", "podwright")
"""``kubectl get all`` shows the kinds, ``kubectl get podwright`` shows nothing else."""

_NO_DOCUMENTS: Mapping[str, Manifest] = {}


def definition(
    served: Served,
    documents: Mapping[str, Manifest] = _NO_DOCUMENTS,
    template: Mapping[str, Any] = structural.ANY_OBJECT,
) -> Manifest:
    """The CustomResourceDefinition of a kind under its API group.

    ``documents`` are Kubernetes' OpenAPI v3 documents by group and version, ``{"apps/v1": ...}``;
    only kinds that name an ``upstream`` need one. ``template`` is the schema of each
    ``PodTemplate`` in a user's ``Spec``.
    """
    resource = served.resource
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": resource.name},
        "spec": {
            "group": resource.group,
            "names": _names(served),
            "scope": "Namespaced" if resource.namespaced else "Cluster",
            "versions": [_version(served, schema(served, documents, template))],
        },
    }


def _names(served: Served) -> Manifest:
    kind, crd = served.workload.kind, served.workload.crd
    return {
        "kind": kind,
        "listKind": f"{kind}List",
        "plural": served.workload.plural,
        "singular": kind.lower(),
        "shortNames": list(crd.short_names),
        "categories": list(CATEGORIES),
    }


def _version(served: Served, whole: Manifest) -> Manifest:
    crd = served.workload.crd
    return {
        "name": served.version,
        "served": True,
        "storage": True,
        "additionalPrinterColumns": [_column(column) for column in crd.columns],
        "subresources": {"status": {}} | ({"scale": _scale(crd.scale)} if crd.scale else {}),
        "schema": {"openAPIV3Schema": whole},
    }


def _column(column: Column) -> Manifest:
    described = {"description": column.description} if column.description else {}
    wide = {"priority": 1} if column.wide else {}
    return {"name": column.name, "type": column.type, **described, "jsonPath": column.path, **wide}


def _scale(scale: Scale) -> Manifest:
    return {
        "specReplicasPath": scale.spec,
        "statusReplicasPath": scale.status,
        "labelSelectorPath": scale.selector,
    }


def schema(
    served: Served,
    documents: Mapping[str, Manifest] = _NO_DOCUMENTS,
    template: Mapping[str, Any] = structural.ANY_OBJECT,
) -> Manifest:
    """The structural schema of a kind: its source, and what its ``Crd`` adds."""
    crd = served.workload.crd
    whole = _upstream(crd.upstream, documents) if crd.upstream else _own(served, template)
    whole["properties"]["metadata"] = {"type": "object"}  # the API server knows ObjectMeta itself
    whole["properties"]["status"]["properties"] |= _added_status()
    whole["required"] = ["spec"]
    return _extended(whole, crd)


def _added_status() -> Manifest:
    """What Podwright adds to the status of every kind."""
    return {
        "selector": {
            "description": "The label selector in one line, for autoscalers and kubectl scale.",
            "type": "string",
        },
        "podwright": {
            "description": "What Podwright says about the object, for columns and people.",
            "type": "object",
            "additionalProperties": {"type": "string"},
        },
    }


def _upstream(name: str, documents: Mapping[str, Manifest]) -> Manifest:
    group_version, _, kind = name.rpartition("/")
    return structural.from_openapi(documents[group_version], group_version, kind)


def _own(served: Served, template: Mapping[str, Any]) -> Manifest:
    """The schema around a user's ``Spec``; its status may hold anything."""
    spec = structural.from_struct(served.workload.spec, template)
    status = {"type": "object", "x-kubernetes-preserve-unknown-fields": True, "properties": {}}
    return {
        "description": spec.get("description", served.workload.kind),
        "type": "object",
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {},
            "spec": spec,
            "status": status,
        },
    }


def _extended(whole: Manifest, crd: Crd) -> Manifest:
    """Write the fields, defaults, keywords and checks of a ``Crd`` where their paths say."""
    for path, schema in crd.fields.items():
        parent, _, name = path.rpartition(".")
        structural.node_at(whole, parent)["properties"][name] = dict(schema)
    for path, value in crd.defaults.items():
        structural.node_at(whole, path)["default"] = value
    for path, keywords in crd.keywords.items():
        structural.node_at(whole, path).update(keywords)
    for check in crd.checks:
        node = structural.node_at(whole, check.at)
        node.setdefault("x-kubernetes-validations", []).append(_validation(check))
    return whole


def _validation(check: Check) -> Manifest:
    rule: dict[str, Any] = {"rule": check.rule, "message": check.message, "reason": check.reason}
    if check.message_expression:
        rule["messageExpression"] = check.message_expression
    if check.field:
        rule["fieldPath"] = f".{check.field}"
    return rule
