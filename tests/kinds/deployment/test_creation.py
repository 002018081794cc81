"""The new ReplicaSet: how it is made and kept up to date."""

import msgspec
import pytest

from builders import LABELS, seen
from members import template
from podwright import labels
from podwright.kinds.deployment.creation import create, new_replica_set, number_owner, refresh
from podwright.kinds.deployment.decide import decide
from podwright.kinds.deployment.sets import Sets
from podwright.objects import LabelSelector, Requirement
from podwright.owners import ReplicaSet
from podwright.plan import Create, Plan
from rollouts import deployment, look, owned_set, words

CAUSE = {labels.CHANGE_CAUSE: "new image"}


def made(owner, size=3, number="1"):
    return new_replica_set(seen(owner), size, number)


# --- what it is made of --------------------------------------------------------------------------


def test_the_whole_of_a_new_replica_set():
    own = {labels.LAST_APPLIED: "{}", labels.REVISION: "1"}
    new = made(deployment(10, annotations=CAUSE | own, min_ready_seconds=5), 3, "2")
    mark = {labels.TEMPLATE_HASH: new["metadata"]["name"].removeprefix("web-")}
    sizes = {labels.DESIRED_REPLICAS: "10", labels.MAX_REPLICAS: "13"}
    assert new == {
        "metadata": {
            "name": f"web-{mark[labels.TEMPLATE_HASH]}",
            "labels": LABELS | mark,
            "annotations": CAUSE | {labels.REVISION: "2"} | sizes,
        },
        "spec": {
            "replicas": 3,
            "minReadySeconds": 5,
            "selector": {"matchLabels": LABELS | mark},
            "template": template(2) | {"metadata": {"labels": LABELS | mark}},
        },
    }


def test_the_new_one_is_found_again_by_its_template_and_selector():
    owner = deployment()
    new = msgspec.convert(made(owner), ReplicaSet)
    assert Sets.of(seen(owner, new)).new == new


def test_other_parts_of_the_template_and_of_the_selector_are_kept():
    rich = template(2) | {"metadata": {"labels": LABELS, "annotations": {"a": "1"}}}
    picky = LabelSelector(LABELS, (Requirement("tier", "In", ("a", "b")),))
    new = made(deployment(template=rich, selector=picky))["spec"]
    assert new["template"]["metadata"]["annotations"] == {"a": "1"}
    sent = msgspec.json.decode(msgspec.json.encode(new["selector"]))
    wish = {"key": "tier", "operator": "In", "values": ["a", "b"]}
    assert sent["matchExpressions"] == [wish]
    only = LabelSelector(match_expressions=picky.match_expressions)
    mark = made(deployment(selector=only))["spec"]["selector"]["matchLabels"]
    assert list(mark) == [labels.TEMPLATE_HASH]


def test_the_name_comes_of_the_template_and_of_collisions():
    names = [
        made(owner)["metadata"]["name"]
        for owner in (
            deployment(),
            deployment(v=1),
            deployment(status={"collisionCount": 0}),
            deployment(status={"collisionCount": 1}),
        )
    ]
    assert len(set(names)) == 4
    assert made(deployment(9, paused=True), 1, "7")["metadata"]["name"] == names[0]


def test_a_long_name_is_cut():
    name = made(deployment(meta={"name": "w" * 253}))["metadata"]["name"]
    assert len(name) == 253
    assert name.startswith("www")
    assert name[-11:].count("-") == 1


# --- how it is made ------------------------------------------------------------------------------


def test_it_is_made_then_its_revision_is_written_on_the_deployment():
    plan = create(*look(deployment(), owned_set(1, revision=6)), 3)
    assert words(plan) == "new v2=3 > revision 7"
    making = plan.actions[0]
    assert isinstance(making, Create)
    assert making.owned
    assert making.manifest["metadata"]["annotations"][labels.REVISION] == "7"


def test_what_goes_on_beside_waits_until_it_is_made():
    seen_, sets = look(deployment(), owned_set(1))
    beside = refresh(*look(deployment(v=1, min_ready_seconds=5), owned_set(1)))
    assert words(create(seen_, sets, 3, beside)) == "new v2=3 > revision 2, keep up v1"


def test_it_is_told_how_large_it_is_and_why_it_cannot_be_made():
    making = create(*look(deployment()), 3).actions[0]
    name = making.manifest["metadata"]["name"]
    assert making.say.done == (
        labels.SCALING_REPLICA_SET,
        f"Scaled up replica set {name} from 0 to 3",
    )
    text = f'Failed to create new replica set "{name}": {{error}}'
    assert making.say.failed == ((labels.CREATE_ERROR, text),)


def test_of_one_without_pods_nothing_is_told():
    assert create(*look(deployment()), 0).actions[0].say.done is None


# --- kept up to date -----------------------------------------------------------------------------


def kept(owner, *sets):
    return refresh(*look(owner, *sets))


def test_before_it_is_made_and_when_it_is_up_to_date_there_is_nothing_to_keep_up():
    assert kept(deployment(), owned_set(1)) is None
    assert kept(deployment(annotations=CAUSE), owned_set(2, annotations=CAUSE)) is None


def test_annotations_and_min_ready_seconds_go_in_one_patch():
    [patch] = kept(deployment(min_ready_seconds=5, annotations=CAUSE), owned_set(2)).actions
    assert patch.body == {
        "metadata": {"annotations": CAUSE},
        "spec": {"minReadySeconds": 5},
    }


def test_old_ones_are_left_as_they_are():
    owner = deployment(min_ready_seconds=5)
    assert kept(owner, owned_set(1), owned_set(2, min_ready_seconds=5)) is None


@pytest.mark.parametrize("spec", [{}, {"paused": True}], ids=["rolling", "paused"])
def test_it_is_kept_up_before_anything_else(spec):
    plan = decide(seen(deployment(min_ready_seconds=5, **spec), owned_set(1), owned_set(2, 1)))
    assert words(plan) == "keep up v2"


# --- the Deployment's own revision ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("has", "done"),
    [({}, "revision 2"), ({labels.REVISION: "1"}, "revision 2"), ({labels.REVISION: "2"}, "")],
    ids=["none", "another", "this"],
)
def test_the_deployment_has_the_revision_of_its_new_replica_set(has, done):
    assert words(number_owner(*look(deployment(annotations=has), owned_set(2)))) == done


def test_without_a_new_replica_set_it_has_the_revision_it_had():
    assert number_owner(*look(deployment(), owned_set(1))) == Plan()
    assert number_owner(*look(deployment(), owned_set(2, revision=""))) == Plan()
