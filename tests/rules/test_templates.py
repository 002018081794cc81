"""From a pod template to a pod."""

import pytest

from builders import POD_SPEC, TEMPLATE, create
from podwright.plan import Say
from podwright.rules import templates


def test_a_pod_is_what_its_template_says():
    assert templates.pod_of(TEMPLATE) == create()


def test_labels_annotations_and_finalizers_are_taken():
    metadata = {"labels": {"a": "1"}, "annotations": {"b": "2"}, "finalizers": ["c/d"]}
    made = templates.pod_of({"metadata": metadata, "spec": POD_SPEC})
    assert made.manifest["metadata"] == metadata


@pytest.mark.parametrize(
    "smuggled",
    [
        {"name": "mine"},
        {"generateName": "mine-"},
        {"namespace": "kube-system"},
        {"uid": "1"},
        {"resourceVersion": "1"},
        {"ownerReferences": [{"uid": "1", "controller": True}]},
        {"managedFields": [{}]},
        {"creationTimestamp": None},
        {"deletionTimestamp": "2030-01-01T12:00:00Z"},
    ],
    ids=lambda smuggled: next(iter(smuggled)),
)
def test_nothing_else_of_the_metadata_is_taken(smuggled):
    metadata = TEMPLATE["metadata"] | smuggled
    assert templates.pod_of(TEMPLATE | {"metadata": metadata}) == create()


@pytest.mark.parametrize("template", [{}, {"metadata": None, "spec": None}], ids=["empty", "nulls"])
def test_a_template_with_nothing_in_it_is_left_to_the_api_server_to_refuse(template):
    manifest = templates.pod_of(template).manifest
    assert manifest == {"apiVersion": "v1", "kind": "Pod", "metadata": {}, "spec": {}}


@pytest.mark.parametrize(
    "metadata",
    [{}, {"labels": {}}, {"labels": None}, None],
    ids=["absent", "none", "null", "no-metadata"],
)
def test_a_template_without_labels_makes_no_pods(metadata):
    assert templates.problem({"metadata": metadata}) == "unable to create pods, no labels"
    assert templates.problem(TEMPLATE) == ""


def test_events_are_told_in_kubernetes_words():
    assert templates.pod_of(TEMPLATE).say == Say(
        done=("SuccessfulCreate", "Created pod: {name}"),
        failed=(("FailedCreate", "Error creating: {error}"),),
    )
    say = templates.SAY_DELETE
    assert say.done == ("SuccessfulDelete", "Deleted pod: {name}")
    assert say.failed == (("FailedDelete", "Error deleting: {error}"),)


def test_columns_name_all_containers_and_images():
    both = [{"name": "app", "image": "web:1"}, {"name": "log", "image": "log:2"}]
    template = {"spec": {"containers": both, "initContainers": [{"name": "setup"}]}}
    assert templates.container_names(template) == "app,log"
    assert templates.container_images(template) == "web:1,log:2"


@pytest.mark.parametrize(
    "template",
    [{}, {"spec": None}, {"spec": {}}, {"spec": {"containers": None}}],
    ids=["empty", "no-spec", "no-containers", "null-containers"],
)
def test_columns_are_empty_without_containers(template):
    assert templates.container_names(template) == templates.container_images(template) == ""


def test_a_container_without_an_image_leaves_a_gap():
    assert templates.container_images(
        {"spec": {"containers": [{"name": "a"}, {"image": "b"}]}}
    ) == (",b")


@pytest.mark.parametrize(
    "template",
    [{}, {"metadata": {}}, {"metadata": None}, {"metadata": {"labels": {}}}],
    ids=["no-metadata", "empty", "null", "no-labels"],
)
def test_a_template_without_labels_makes_no_pod(template):
    assert templates.problem(template) == "unable to create pods, no labels"


def test_a_template_with_labels_has_no_problem():
    assert templates.problem(TEMPLATE) == ""
