"""Structural schemas: what the API server accepts in a CRD, made from JSON Schema.

Two sources come through the same door: Kubernetes' own OpenAPI documents, and the JSON Schema that
msgspec writes of a ``Spec`` struct. Both are cut down to the structural subset: references are
inlined, unions become int-or-string or anything, ``null`` is never mentioned (the API server drops
it before it validates), descriptions keep their first sentence.

Defaults need care. In OpenAPI documents most are Go's zero values and say nothing; they go.
List-map keys keep theirs (``protocol: TCP``), because a list-map key must be required or have a
default.

Differs: everything else in a pod template is defaulted when a pod is made; a default baked into a
stored template would change it on an upgrade. Descriptions and names of types are cut, see above.

Kubernetes: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/validation.go,
``ValidateStructural``; docs: Extend the Kubernetes API with CustomResourceDefinitions, "Specifying
a structural schema".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec

from podwright.objects import Manifest

_PREFIX = "#/components/schemas/"
_TEMPLATE = "PodTemplate"

PodTemplate = Annotated[Manifest, msgspec.Meta(extra_json_schema={"$ref": _PREFIX + _TEMPLATE})]
"""What a kind's pods are made of: in a ``Spec`` it brings the whole schema of a pod template."""

_ANYTHING = {"x-kubernetes-preserve-unknown-fields": True}
ANY_OBJECT: Mapping[str, Any] = {"type": "object", **_ANYTHING}
_INT_OR_STRING = {"x-kubernetes-int-or-string": True}
# A string or any number: pods accept `cpu: 0.5`, which int-or-string would refuse. No object and no
# list with anything in it: nested deeply enough, it would end whoever parses JSON by recursion.
_QUANTITY = {
    "pattern": r"^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$",
    "maxProperties": 0,
    "maxItems": 0,
    **_ANYTHING,
}
_WELL_KNOWN: Mapping[str, Manifest] = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": _QUANTITY,
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": _INT_OR_STRING,
}
_SAYS_NOTHING: tuple[Any, ...] = (None, "", [], (), {})  # () is how msgspec says []
_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string"}
_COPIED = (
    *("type", "format", "enum", "pattern", "required"),
    *("minimum", "maximum", "multipleOf", "minLength", "maxLength"),
    *("minItems", "maxItems", "minProperties", "maxProperties"),
    *("x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type"),
    *_INT_OR_STRING,
    *_ANYTHING,
)
_END_OF_SENTENCE = re.compile(r"(?<!e\.g)(?<!i\.e)(?<!etc)(?<!vs)\.(?=\s+[^a-z\s]|$)")


def from_openapi(document: Manifest, group_version: str, kind: str) -> Manifest:
    """The schema of one of Kubernetes' own kinds, without its defaults."""
    components = document["components"]["schemas"]
    group, _, version = group_version.rpartition("/")
    wanted = {"group": group, "version": version, "kind": kind}
    for schema in components.values():
        if wanted in schema.get("x-kubernetes-group-version-kind", ()):
            return _Converter(components, defaults=False).convert(schema)
    raise LookupError(f"the OpenAPI document of {group_version} has no {kind}")


def from_struct(spec: type[msgspec.Struct], template: Mapping[str, Any] = ANY_OBJECT) -> Manifest:
    """The schema of a user's ``Spec``; its defaults become the API server's.

    ``template`` is the schema of every ``PodTemplate`` in it.
    """
    (schema,), components = msgspec.json.schema_components((spec,), ref_template=_PREFIX + "{name}")
    return _Converter(components | {_TEMPLATE: dict(template)}, defaults=True).convert(schema)


def first_sentence(text: str) -> str:
    """The first sentence of a description; a lone "Required." brings the next one along."""
    paragraph = " ".join(text.strip().split("\n\n")[0].split())
    ends = (found.end() for found in _END_OF_SENTENCE.finditer(paragraph))
    return paragraph[: next((end for end in ends if " " in paragraph[:end]), None)]


def node_at(schema: Manifest, path: str) -> Manifest:
    """The part of a schema that describes ``spec.containers[].ports`` or ``spec.labels.*``.

    An empty path is the whole object.
    """
    if not path:
        return schema
    for step in path.replace("[]", ".[]").split("."):
        match step:
            case "[]":
                schema = schema["items"]
            case "*":
                schema = schema["additionalProperties"]
            case _:
                schema = schema["properties"][step]
    return schema


class _Converter:
    """Makes one structural schema of a schema and everything that it refers to."""

    def __init__(self, components: Mapping[str, Manifest], *, defaults: bool) -> None:
        self._components = components
        self._defaults = defaults

    def convert(self, schema: Manifest) -> Manifest:
        """The schema, inlined and cut down."""
        schema = self._resolved(schema)
        node: Manifest = {}
        if "description" in schema:
            node["description"] = first_sentence(schema["description"])
        node |= {key: schema[key] for key in _COPIED if schema.get(key) not in _SAYS_NOTHING}
        node |= _rephrased(schema)
        if self._defaults and schema.get("default") not in _SAYS_NOTHING:
            node["default"] = schema["default"]
        if node.get("type") == "object":
            node |= self._object(schema)
        elif node.get("type") == "array":
            node |= self._array(schema)
        return node

    def _object(self, schema: Manifest) -> Manifest:
        """Its properties or its values; an object that names neither may hold anything."""
        if "properties" in schema:
            properties = schema["properties"].items()
            return {"properties": {name: self.convert(value) for name, value in properties}}
        values = schema.get("additionalProperties")
        return {"additionalProperties": self.convert(values)} if values else dict(_ANYTHING)

    def _array(self, schema: Manifest) -> Manifest:
        """Its items, where keys that may be left out of a list map get their default."""
        items = schema.get("items")
        if not items:
            return {"items": dict(_ANYTHING)}
        node = self.convert(items)
        for key in schema.get("x-kubernetes-list-map-keys", ()):
            if key not in node.get("required", ()):
                source = self._resolved(self._resolved(items)["properties"][key])
                node["properties"][key]["default"] = source["default"]
        return {"items": node}

    def _resolved(self, schema: Manifest) -> Manifest:
        """The schema with its reference or its union replaced by what it stands for."""
        match schema:
            case {"$ref": str(reference)} | {"allOf": [{"$ref": str(reference)}]}:
                name = reference.removeprefix(_PREFIX)
                return self._resolved(
                    (_WELL_KNOWN.get(name) or self._components[name]) | _own(schema)
                )
            case {"anyOf": list(options)} | {"oneOf": list(options)}:
                return self._resolved(_union(options) | _own(schema))
            case _:
                return schema


def _own(schema: Manifest) -> Manifest:
    """What a schema says beside its reference or union."""
    return {key: schema[key] for key in schema if key not in ("$ref", "allOf", "anyOf", "oneOf")}


def _union(options: Sequence[Manifest]) -> Manifest:
    """One schema for several, as far as a structural schema can say it."""
    options = [option for option in options if option.get("type") != "null"]
    if len(options) == 1:
        return options[0]
    types = {option.get("type") for option in options}
    return dict(_INT_OR_STRING if types == {"integer", "string"} else _ANYTHING)


def _rephrased(schema: Manifest) -> Manifest:
    """What OpenAPI 3.0, and so a CRD, spells differently from JSON Schema."""
    node: Manifest = {}
    for ours, theirs in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if theirs in schema:
            node |= {ours: schema[theirs], theirs: True}
    if schema.get("uniqueItems"):
        node["x-kubernetes-list-type"] = "set"
    if schema.get("contentEncoding") == "base64":
        node["format"] = "byte"
    if not schema.keys() & {"type", *_INT_OR_STRING, *_ANYTHING}:
        node |= _untyped(schema.get("enum", ()))
    return node


def _untyped(values: Sequence[Any]) -> Manifest:
    """An enumeration of one type; whatever else has no type may be anything."""
    named = [value for value in values if value is not None]
    types = {_TYPES[type(value)] for value in named}
    return {"type": types.pop(), "enum": named} if len(types) == 1 else dict(_ANYTHING)
