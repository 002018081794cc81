"""StatefulSet and DaemonSet at apply: what apps/v1 says to a mistake, and what ours says."""

import copy
import json

import pytest
from operating import install_kinds

THEIRS, OURS = "apps/v1", "apps.podwright.dev/v1"
LABELS = {"app": "web"}
CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}
FIXED = (
    "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', "
    "'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' "
    "and 'minReadySeconds' are forbidden"
)
ROLLING = "spec.updateStrategy.rollingUpdate"


@pytest.fixture(scope="module", autouse=True)
def kinds(cluster):
    install_kinds(cluster)
    for plural in ("statefulsets", "daemonsets"):
        path = f"/apis/{OURS}/{plural}"
        cluster.wait_until(plural, lambda path=path: cluster.api.get(path) is not None)


def manifest(kind="StatefulSet", name="web", **spec):
    template = {
        "metadata": {"labels": LABELS},
        "spec": {"containers": [{"name": "app", "image": "app"}]},
    }
    wish = {"selector": {"matchLabels": LABELS}, "template": template} | spec
    return {"kind": kind, "metadata": {"name": name}, "spec": wish}


def templates(*names):
    return [{"metadata": {"name": name}, "spec": CLAIM} for name in names]


def rolling(**fields):
    return {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": fields}}


SAME = {
    "replicas": (manifest(replicas=-1), "spec.replicas: Invalid value: -1: must be greater than or equal to 0"),
    "policy": (
        manifest(podManagementPolicy="Random"),
        "must be 'OrderedReady' or 'Parallel'",
    ),
    "strategy": (
        manifest(updateStrategy={"type": "Recreate"}),
        "must be 'RollingUpdate' or 'OnDelete'",
    ),
    "a roll-out where there is none": (
        manifest(updateStrategy={"type": "OnDelete", "rollingUpdate": {"partition": 1}}),
        "only allowed for updateStrategy 'RollingUpdate'",
    ),
    "partition": (
        manifest(**rolling(partition=-1)),
        f"{ROLLING}.partition: Invalid value: -1: must be greater than or equal to 0",
    ),
    "selector": (manifest(selector={}), "empty selector is invalid for statefulset"),
    "deadline": (
        manifest(template=manifest()["spec"]["template"] | {"spec": {"containers": [{"name": "a", "image": "a"}], "activeDeadlineSeconds": 5}}),
        "spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in StatefulSet is not Supported",
    ),
    "both budgets": (
        manifest("DaemonSet", **rolling(maxUnavailable=1, maxSurge=1)),
        "may not be set when maxUnavailable is non-zero",
    ),
    "no budget": (
        manifest("DaemonSet", **rolling(maxUnavailable=0, maxSurge=0)),
        f"{ROLLING}.maxUnavailable: Required value: cannot be 0 when maxSurge is 0",
    ),
    "too large a part": (
        manifest("DaemonSet", **rolling(maxUnavailable="101%")),
        "must not be greater than 100%",
    ),
    "no part": (
        manifest("DaemonSet", **rolling(maxUnavailable="many")),
        "a valid percent string must be a numeric string followed by an ending '%'",
    ),
    "history": (
        manifest("DaemonSet", revisionHistoryLimit=-1),
        "spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0",
    ),
    "a daemon's selector": (
        manifest("DaemonSet", selector={}),
        "empty selector is invalid for daemonset",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("whole", "words"), SAME.values(), ids=SAME)
def test_both_refuse_it_in_the_same_words(offered, whole, words):
    assert words in offered.refusal(THEIRS, whole)
    assert words in offered.refusal(OURS, whole)


FOREVER = {
    "selector": {"selector": {"matchLabels": LABELS | {"a": "b"}}},
    "service": {"serviceName": "other"},
    "claims": {"volumeClaimTemplates": templates("data")},
    "policy": {"podManagementPolicy": "Parallel"},
}


@pytest.mark.parametrize("change", FOREVER.values(), ids=FOREVER)
def test_what_may_not_change_is_refused_in_the_same_words(offered, change):
    whole = manifest(replicas=0)
    assert FIXED in offered.change(THEIRS, whole, **change)
    assert FIXED in offered.change(OURS, whole, **change)


def test_a_daemons_selector_may_not_change(offered):
    for version in (THEIRS, OURS):
        whole = manifest("DaemonSet")
        whole["spec"]["template"]["spec"]["nodeSelector"] = {"none": "of-them"}
        said = offered.change(version, whole, selector={"matchLabels": LABELS | {"a": "b"}})
        assert "field is immutable" in said


def test_a_name_that_its_pods_labels_cannot_hold_is_refused_at_once(offered):
    """apps/v1 takes it, and then makes no pod."""
    fits, long = "n" * 52, "n" * 53
    assert offered.refusal(OURS, manifest(name=fits)) == ""
    assert offered.refusal(THEIRS, manifest(name=long)) == ""
    assert "metadata.name: must be no more than 52 characters" in offered.refusal(
        OURS, manifest(name=long)
    )
    assert offered.refusal(OURS, manifest("DaemonSet", name="n" * 63)) == ""


def test_two_claims_of_one_name_are_refused_at_once(offered):
    assert offered.refusal(OURS, manifest(volumeClaimTemplates=templates("a", "b"))) == ""
    said = offered.refusal(OURS, manifest(volumeClaimTemplates=templates("a", "b", "a")))
    assert "claim templates need names of their own" in said


BUDGETS = {"1": 1, "3": 3, "25%": "25%", "100%": "100%"}
BAD_BUDGETS = {
    "0": 0,
    "-1": -1,
    "0%": "0%",
    "101%": "101%",
    "999999999999%": "9" * 12 + "%",
    "x": "x",
}


@pytest.mark.parametrize("budget", BUDGETS.values(), ids=BUDGETS)
def test_a_budget_of_a_stateful_set(offered, budget):
    assert offered.refusal(OURS, manifest(**rolling(maxUnavailable=budget))) == ""


@pytest.mark.parametrize("budget", BAD_BUDGETS.values(), ids=BAD_BUDGETS)
def test_a_bad_budget_of_a_stateful_set(offered, budget):
    said = offered.refusal(OURS, manifest(**rolling(maxUnavailable=budget)))
    assert f"{ROLLING}.maxUnavailable" in said
    assert len(said) < 1000


def test_a_set_of_fifty_claims_and_many_containers_is_taken_or_told_why(offered):
    """What is too much is refused with its field, not by a rule that costs too much."""
    whole = manifest(volumeClaimTemplates=templates(*(f"c{n}" for n in range(20))))
    containers = [{"name": f"c{n}", "image": "a"} for n in range(200)]
    rich = copy.deepcopy(whole)
    rich["spec"]["template"]["spec"]["containers"] = containers
    assert offered.refusal(OURS, rich) == ""
    many = manifest(volumeClaimTemplates=templates(*(f"c{n}" for n in range(21))))
    said = offered.refusal(OURS, many)
    assert "spec.volumeClaimTemplates: Too many: 21: must have at most 20 items" in said
    assert "cost" not in json.dumps(said)
