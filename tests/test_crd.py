"""CustomResourceDefinitions: what comes in from OpenAPI and structs, and what goes out."""

import enum
import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import pytest
import yaml

from podwright import crd, structural
from podwright.kinds.replicaset.crd import REPLICASET_CRD
from podwright.objects import LabelSelector, Manifest, Model
from podwright.plan import Plan
from podwright.workload import Check, Column, Crd, Scale, Served, Workload

CRDS = Path(__file__).parent.parent / "crds"
ANYTHING = {"x-kubernetes-preserve-unknown-fields": True}
INT_OR_STRING = {"x-kubernetes-int-or-string": True}
ALLOWED = {
    *("type", "format", "enum", "pattern", "required", "description", "default", "minimum"),
    *("maximum", "exclusiveMinimum", "minItems", "maxItems", "maxLength", "maxProperties"),
    *("properties", "additionalProperties", "items", *ANYTHING, *INT_OR_STRING),
    *("x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type"),
    "x-kubernetes-validations",
}


class Mood(enum.Enum):
    calm = "calm"
    busy = "busy"


class Room(Model, frozen=True):
    """Where it stands. Inside or outside."""

    name: str
    wide_doors: bool = True


class FleetSpec(Model, frozen=True):
    """How many servers. And where.

    More about it.
    """

    selector: LabelSelector
    template: Manifest
    port: int | str
    replicas: Annotated[int, msgspec.Meta(ge=0, description="How many. Or none.")] = 1
    spare: int = 0
    share: Annotated[float, msgspec.Meta(gt=0)] = 0.5
    mood: Mood = Mood.calm
    size: Literal["small", "large"] | None = None
    room: Room | None = None
    rooms: tuple[Room, ...] = ()
    pair: tuple[str, int] = ("a", 1)
    names: frozenset[str] = frozenset()
    until: datetime | None = None
    secret: bytes = b""
    anything: Any = None
    odd: int | bool | None = None


WIDGET = {
    "components": {
        "schemas": {
            "Widget": {
                "type": "object",
                "description": "A widget. With a second sentence.",
                "x-kubernetes-group-version-kind": [
                    {"group": "toys", "version": "v1", "kind": "Widget"}
                ],
                "properties": {
                    "metadata": {"$ref": "#/components/schemas/Meta"},
                    "spec": {"allOf": [{"$ref": "#/components/schemas/Spec"}], "default": {}},
                    "status": {"type": "object", "properties": {"seen": {"type": "integer"}}},
                },
            },
            "Meta": {"type": "object", "properties": {"name": {"type": "string"}}},
            "Spec": {
                "type": "object",
                "description": "Unseen, because the place says nothing of its own.",
                "x-kubernetes-unions": [{"fields-to-discriminateBy": {}}],
                "required": ["parts"],
                "properties": {
                    "parts": {
                        "type": "array",
                        "x-kubernetes-list-type": "map",
                        "x-kubernetes-list-map-keys": ["port", "protocol"],
                        "x-kubernetes-patch-merge-key": "port",
                        "x-kubernetes-patch-strategy": "merge",
                        "items": {"allOf": [{"$ref": "#/components/schemas/Part"}], "default": {}},
                    },
                    "size": {
                        "allOf": [
                            {
                                "$ref": "#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity"
                            }
                        ],
                        "description": "How big. Very.",
                    },
                    "target": {
                        "$ref": "#/components/schemas/io.k8s.apimachinery.pkg.util.intstr.IntOrString"
                    },
                    "raw": {"type": "object"},
                    "labels": {
                        "type": "object",
                        "additionalProperties": {"type": "string", "default": ""},
                    },
                },
            },
            "Part": {
                "type": "object",
                "required": ["port"],
                "properties": {
                    "port": {"type": "integer", "format": "int32", "default": 0},
                    "protocol": {"type": "string", "default": "TCP"},
                },
            },
        }
    }
}


def served(spec=FleetSpec, group="games.example.com", **how):
    """A kind of which only the outside matters."""
    workload = Workload("Fleet", "fleets", spec, lambda _: Plan(), lambda *_: {}, crd=Crd(**how))
    return Served(workload, group)


def nodes(schema, path=""):
    """Every part of a schema with its path, as ``Check.at`` spells it."""
    yield path, schema
    for name, value in schema.get("properties", {}).items():
        yield from nodes(value, f"{path}.{name}".lstrip("."))
    if "items" in schema:
        yield from nodes(schema["items"], f"{path}[]")
    if "additionalProperties" in schema:
        yield from nodes(schema["additionalProperties"], f"{path}.*")


def structural_errors(schema):
    """What the API server's ``ValidateStructural`` would refuse in a generated schema."""
    for path, node in nodes(schema):
        if unknown := node.keys() - ALLOWED:
            yield f"{path}: has {sorted(unknown)}"
        if not node.keys() & {"type", *ANYTHING, *INT_OR_STRING}:
            yield f"{path}: has no type"
        if "properties" in node and "additionalProperties" in node:
            yield f"{path}: has both properties and values"
        if (node.get("type") == "array") != ("items" in node):
            yield f"{path}: items belong to an array"
        for key in list_map_keys(node):
            value = node["items"]["properties"][key]
            if key not in node["items"].get("required", ()) and "default" not in value:
                yield f"{path}: list-map key {key} is neither required nor has a default"
            if value["type"] not in ("string", "integer"):
                yield f"{path}: list-map key {key} is no scalar"


def list_map_keys(node):
    return node.get("x-kubernetes-list-map-keys", ())


@pytest.fixture(scope="module", params=sorted(CRDS.glob("*.*.yaml")), ids=lambda path: path.stem)
def generated(request):
    """A definition as it lies in ``crds/``."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(request.param.read_text(), Loader=loader)  # noqa: S506  # both are safe


@pytest.fixture(scope="module")
def schema(generated):
    return generated["spec"]["versions"][0]["schema"]["openAPIV3Schema"]


def template_of(schema):
    """Where a kind has its pods' template."""
    spec = schema["properties"]["spec"]["properties"]
    return "spec.template" if "template" in spec else "spec.jobTemplate.spec.template"


class TestGenerated:
    """The files that users apply."""

    def test_the_schema_is_structural(self, schema):
        assert list(structural_errors(schema)) == []

    def test_the_definition_is_below_200_kB(self, generated):
        # kubectl apply keeps a copy in an annotation, where 256 KiB is all there is.
        assert len(json.dumps(generated, separators=(",", ":"))) < 200_000

    def test_a_pod_template_has_no_defaults_but_list_map_keys(self, schema):
        keys = {
            f"{path}[].{key}"
            for path, node in nodes(structural.node_at(schema, template_of(schema)))
            for key in list_map_keys(node)
        }
        template = nodes(structural.node_at(schema, template_of(schema)))
        assert {path for path, node in template if "default" in node} - keys == set()

    def test_lists_of_a_pod_template_merge_as_those_of_pods(self, schema):
        pod = structural.node_at(schema, f"{template_of(schema)}.spec")
        keys = {
            "containers": ["name"],
            "containers[].env": ["name"],
            "containers[].ports": ["containerPort", "protocol"],
            "containers[].volumeMounts": ["mountPath"],
            "initContainers": ["name"],
            "volumes": ["name"],
            "imagePullSecrets": ["name"],
        }
        assert {path: structural.node_at(pod, path)[LIST_MAP_KEYS] for path in keys} == keys
        assert structural.node_at(pod, "tolerations")["x-kubernetes-list-type"] == "atomic"

    def test_template_metadata_keeps_what_users_write(self, schema):
        metadata = structural.node_at(schema, f"{template_of(schema)}.metadata")["properties"]
        wanted = {"labels", "annotations", "finalizers", "name", "namespace", "creationTimestamp"}
        assert wanted <= metadata.keys()

    def test_the_objects_own_metadata_is_left_to_the_api_server(self, schema):
        assert schema["properties"]["metadata"] == {"type": "object"}

    def test_fields_of_checks_exist(self, schema):
        for _, node in nodes(schema):
            for rule in node.get("x-kubernetes-validations", ()):
                if "fieldPath" in rule:
                    structural.node_at(node, rule["fieldPath"][1:])


LIST_MAP_KEYS = "x-kubernetes-list-map-keys"


class TestOpenapi:
    """Kubernetes' own schemas."""

    @pytest.fixture
    def spec(self):
        whole = structural.from_openapi(WIDGET, "toys/v1", "Widget")
        assert whole["description"] == "A widget."
        return whole["properties"]["spec"]

    def test_references_are_inlined_and_foreign_keywords_dropped(self, spec):
        assert list(structural_errors(spec)) == []
        assert spec["required"] == ["parts"]

    def test_only_list_map_keys_that_may_be_left_out_keep_their_default(self, spec):
        assert [path for path, node in nodes(spec) if "default" in node] == ["parts[].protocol"]

    def test_quantities_may_be_any_number(self, spec):
        size = spec["properties"]["size"]
        assert size == ANYTHING | {
            "description": "How big.",
            "pattern": size["pattern"],
            "maxProperties": 0,
            "maxItems": 0,
        }

    def test_a_target_port_is_a_number_or_a_name(self, spec):
        assert spec["properties"]["target"] == INT_OR_STRING

    def test_an_object_without_fields_may_hold_anything(self, spec):
        assert spec["properties"]["raw"] == {"type": "object"} | ANYTHING

    def test_an_unknown_kind_is_named(self):
        with pytest.raises(LookupError, match="toys/v1 has no Gadget"):
            structural.from_openapi(WIDGET, "toys/v1", "Gadget")


class TestStruct:
    """The schemas of users' kinds."""

    @pytest.fixture
    def spec(self):
        return structural.from_struct(FleetSpec)

    def test_the_schema_is_structural(self, spec):
        assert list(structural_errors(spec)) == []

    def test_fields_without_a_default_are_required(self, spec):
        assert spec["required"] == ["selector", "template", "port"]

    def test_names_are_spelled_as_in_json(self, spec):
        assert "wideDoors" in spec["properties"]["room"]["properties"]

    def test_docstrings_describe(self, spec):
        assert spec["description"] == "How many servers."
        assert spec["properties"]["room"]["description"] == "Where it stands."

    @pytest.mark.parametrize(
        ("field", "schema"),
        [
            ("template", {"type": "object"} | ANYTHING),
            ("port", INT_OR_STRING),
            (
                "replicas",
                {"description": "How many.", "type": "integer", "minimum": 0, "default": 1},
            ),
            ("spare", {"type": "integer", "default": 0}),
            ("share", {"type": "number", "minimum": 0, "exclusiveMinimum": True, "default": 0.5}),
            ("mood", {"type": "string", "enum": ["busy", "calm"], "default": "calm"}),
            ("size", {"type": "string", "enum": ["large", "small"]}),
            (
                "names",
                {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
            ),
            ("until", {"type": "string"}),
            ("secret", {"type": "string", "format": "byte"}),
            ("anything", ANYTHING),
            ("odd", ANYTHING),
        ],
    )
    def test_a_type_becomes(self, spec, field, schema):
        assert spec["properties"][field] == schema

    def test_lists_and_nested_structs_are_inlined(self, spec):
        room = spec["properties"]["rooms"]["items"]
        assert room["properties"]["wideDoors"] == {"type": "boolean", "default": True}
        assert spec["properties"]["pair"]["items"] == ANYTHING


class TestDefinition:
    """What a ``Crd`` adds."""

    def version(self, **how):
        return crd.definition(served(**how))["spec"]["versions"][0]

    def test_names_and_group_are_those_under_which_a_kind_is_served(self):
        definition = crd.definition(served(short_names=("fl",)))
        assert definition["metadata"]["name"] == "fleets.games.example.com"
        assert definition["spec"]["names"] == {
            "kind": "Fleet",
            "listKind": "FleetList",
            "plural": "fleets",
            "singular": "fleet",
            "shortNames": ["fl"],
            "categories": ["all", "podwright"],
        }

    def test_wide_columns_have_priority_1(self):
        columns = (Column("Ready", "string", ".a"), Column("Images", "string", ".b", wide=True))
        version = self.version(columns=columns)
        assert version["additionalPrinterColumns"] == [
            {"name": "Ready", "type": "string", "jsonPath": ".a"},
            {"name": "Images", "type": "string", "jsonPath": ".b", "priority": 1},
        ]

    def test_status_is_a_subresource_and_scale_where_it_is_asked_for(self):
        assert self.version()["subresources"] == {"status": {}}
        assert self.version(scale=Scale())["subresources"]["scale"] == {
            "specReplicasPath": ".spec.replicas",
            "statusReplicasPath": ".status.replicas",
            "labelSelectorPath": ".status.selector",
        }

    def test_status_gets_a_selector_and_strings_of_ours(self):
        status = crd.schema(served())["properties"]["status"]["properties"]
        assert status["selector"]["type"] == "string"
        assert status["podwright"]["additionalProperties"] == {"type": "string"}

    def test_upstreams_status_stays_beside_them(self):
        widget = served(upstream="toys/v1/Widget")
        status = crd.schema(widget, {"toys/v1": WIDGET})["properties"]["status"]["properties"]
        assert status.keys() == {"seen", "selector", "podwright"}

    def test_defaults_and_keywords_go_where_their_path_says(self):
        schema = crd.schema(
            served(
                defaults={"spec.size": "small"}, keywords={"spec.rooms[].name": {"maxLength": 5}}
            )
        )
        assert structural.node_at(schema, "spec.size")["default"] == "small"
        assert structural.node_at(schema, "spec.rooms[].name") == {"type": "string", "maxLength": 5}

    def test_fields_are_added_before_anything_is_said_about_them(self):
        more = {"spec.room.lamp": {"type": "boolean"}, "spec.rooms[].lamp": {"type": "string"}}
        schema = crd.schema(served(fields=more, defaults={"spec.room.lamp": True}))
        room = structural.node_at(schema, "spec.room")["properties"]
        assert room["lamp"] == {"type": "boolean", "default": True}
        assert "name" in room
        assert structural.node_at(schema, "spec.rooms[].lamp") == {"type": "string"}
        assert more["spec.room.lamp"] == {"type": "boolean"}

    def test_an_empty_path_is_the_whole_object(self):
        check = Check("", "self.metadata.name.size() < 9", "too long")
        schema = crd.schema(served(checks=(check,)))
        assert structural.node_at(schema, "") is schema
        assert schema["x-kubernetes-validations"][0]["message"] == "too long"

    def test_checks_go_where_they_are_at_in_order(self):
        first = Check("spec", "self.replicas > 0", "none", field="replicas")
        second = Check("spec", "true", "no", message_expression="'why'")
        spec = crd.schema(served(checks=(first, second)))["properties"]["spec"]
        assert spec["x-kubernetes-validations"] == [
            {
                "rule": "self.replicas > 0",
                "message": "none",
                "reason": "FieldValueInvalid",
                "fieldPath": ".replicas",
            },
            {
                "rule": "true",
                "message": "no",
                "reason": "FieldValueInvalid",
                "messageExpression": "'why'",
            },
        ]

    def test_the_same_kind_gives_the_same_definition(self):
        first, second = (json.dumps(crd.definition(served(scale=Scale()))) for _ in range(2))
        assert first == second


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("One. Two.", "One. Two.", id="a lone word is not a sentence"),
        pytest.param("Required. A list of terms. ORed.", "Required. A list of terms.", id="required"),
        pytest.param("Name of it. More info: https://a.b/c", "Name of it.", id="more info"),
        pytest.param("Path (e.g. /tmp or i.e. a folder). Or not.", "Path (e.g. /tmp or i.e. a folder).", id="abbreviations"),
        pytest.param("Needs k8s.io/api v1.30 or later. Yes.", "Needs k8s.io/api v1.30 or later.", id="dots inside words"),
        pytest.param("Spread of pods.  - Hard: never.", "Spread of pods.", id="a list follows"),
        pytest.param("A paragraph\nof two lines\n\nAnd another. Yes.", "A paragraph of two lines", id="paragraphs"),
        pytest.param("", "", id="nothing"),
    ],
)  # fmt: skip
def test_a_description_is_cut_after_its_first_sentence(text, sentence):
    assert structural.first_sentence(text) == sentence


def test_a_replicaset_names_the_group_nowhere():
    assert "podwright.dev" not in repr(REPLICASET_CRD)


def test_an_empty_default_says_nothing():
    """The API server would write `regions: []` into every object."""

    class Spec(Model, frozen=True):
        regions: tuple[str, ...] = ()
        labels: dict[str, str] = {}  # noqa: RUF012  # msgspec copies it
        name: str = ""
        replicas: int = 0

    properties = structural.from_struct(Spec)["properties"]
    assert {name for name, node in properties.items() if "default" in node} == {"replicas"}
