"""Claims: what they are called, who owns them, and which ones nobody may use."""

import pytest
from msgspec import to_builtins
from msgspec.structs import replace

from builders import reference, seen
from members import DATA, STATEFUL, claim, member, of_pod, stateful_set
from podwright.kinds.statefulset import STATEFULSET, claims
from podwright.kinds.statefulset.claims import Claims
from podwright.objects import LabelSelector, OwnerReference, Volume
from podwright.plan import Patch, Record, Say

LOGS = {"metadata": {"name": "logs", "labels": {"tier": "cold"}, "annotations": {"a": "b"}}}
SET = {"volume_claim_templates": (DATA,)}
EARLIER = replace(STATEFUL, uid="uid-before")
STRANGER = OwnerReference("v1", "ConfigMap", "notes", "uid-notes")
MANAGER = reference("boss", "Backup", "example.com")
POD = of_pod("web-0")


def look(*things, **spec):
    return seen(stateful_set(**SET | spec), *things)


# --- names and places --------------------------------------------------------------------------


def test_a_claim_is_named_by_template_set_and_ordinal():
    found = claims.names(look(volume_claim_templates=(DATA, LOGS)), 3)
    assert found == {"data": "data-web-3", "logs": "logs-web-3"}


def test_without_templates_there_are_no_claims():
    bare = seen(stateful_set())
    assert claims.names(bare, 0) == {}
    assert claims.are_mounted(bare, member(0), 0)
    assert Claims.of(bare).missing(0) == []


def test_a_set_looks_where_its_claims_are_filed():
    [reads] = STATEFULSET.reads
    owner = stateful_set(volume_claim_templates=(DATA, LOGS))
    places = list(reads.shelves(owner.metadata, owner.spec))
    assert places == ["data-web", "logs-web"]
    assert [reads.shelf(claim(name)) for name in ("data-web-0", "logs-web-12")] == places


@pytest.mark.parametrize(
    ("volumes", "mounted"),
    [
        pytest.param(member(0, mounts=("data",)).spec.volumes, True, id="its-own"),
        pytest.param(member(0, mounts=("data", "more")).spec.volumes, True, id="and-others"),
        pytest.param(member(1, mounts=("data",)).spec.volumes, False, id="another-ordinals"),
        pytest.param((Volume("data"),), False, id="no-claim"),
        pytest.param((), False, id="nothing"),
    ],
)
def test_a_pod_mounts_its_claims_or_not(volumes, mounted):
    it = replace(member(0), spec=replace(member(0).spec, volumes=volumes))
    assert claims.are_mounted(look(), it, 0) == mounted


# --- a new claim -------------------------------------------------------------------------------


def test_a_new_claim_is_what_its_template_says_with_the_selectors_labels():
    spec = {"selector": LabelSelector({"app": "web", "tier": "hot"})}
    [create] = Claims.of(look(volume_claim_templates=(LOGS,), **spec)).missing(0)
    assert create.manifest == {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {
            "name": "logs-web-0",
            "labels": {"app": "web", "tier": "hot"},
            "annotations": {"a": "b"},
        },
        "spec": {},
    }


def test_only_claims_that_are_not_there_are_made():
    both = look(claim("data-web-0"), volume_claim_templates=(DATA, LOGS))
    [create] = Claims.of(both).missing(0)
    assert create.manifest["metadata"]["name"] == "logs-web-0"


@pytest.mark.parametrize(
    ("deleted", "scaled", "owned"),
    [
        ("Retain", "Retain", False),
        ("Delete", "Retain", True),
        ("Retain", "Delete", False),
        ("Delete", "Delete", True),
    ],
)
def test_a_claim_has_its_owner_from_the_first_write(deleted, scaled, owned):
    [create] = Claims.of(look(retain=(deleted, scaled))).missing(0)
    assert create.owned == owned
    made = claim("data-web-0", *[STATEFUL] * owned)
    after = Claims.of(look(made, retain=(deleted, scaled)))
    assert after.owned_rightly(member(0), 0) == []


def test_creations_of_claims_are_told_in_kubernetes_words():
    [create] = Claims.of(look()).missing(2)
    failed = "Create Pod web-2 in StatefulSet web failed error:"
    assert create.say == Say(
        done=("SuccessfulCreate", "Create Claim data-web-2 Pod web-2 in StatefulSet web success"),
        failed=(
            (
                "FailedCreate",
                "Create Claim data-web-2 for Pod web-2 in StatefulSet web failed error: {error}",
            ),
            (
                "FailedCreate",
                f"{failed} failed to create PVC data-web-2: {{error}}",
            ),
        ),
    )


# --- owners ------------------------------------------------------------------------------------


def owners(there, *, retain, replicas=1, ordinal=0):
    """The owners that a claim is given; None when they stay."""
    observed = look(claim(f"data-web-{ordinal}", *there), retain=retain, replicas=replicas)
    actions = Claims.of(observed).owned_rightly(member(ordinal), ordinal)
    patches = [action for action in actions if isinstance(action, Patch)]
    return [patch.body["metadata"]["ownerReferences"] for patch in patches]


def wanted(*references):
    return [[to_builtins(each) for each in references] or None]


TABLE = [
    (("Retain", "Retain"), (), ()),
    (("Delete", "Retain"), (STATEFUL,), (STATEFUL,)),
    (("Retain", "Delete"), (), (POD,)),
    (("Delete", "Delete"), (STATEFUL,), (POD,)),
]


@pytest.mark.parametrize("there", [(), (STATEFUL,), (POD,), (STATEFUL, POD)], ids=range(4))
@pytest.mark.parametrize("condemned", [False, True], ids=["wanted", "condemned"])
@pytest.mark.parametrize(
    ("retain", "in_range", "beyond"), TABLE, ids=["-".join(row[0]) for row in TABLE]
)
def test_the_owners_of_a_claim_by_policy(retain, in_range, beyond, condemned, there):
    right = beyond if condemned else in_range
    found = owners(there, retain=retain, replicas=0 if condemned else 1)
    assert found == ([] if set(there) == set(right) else wanted(*right))


def test_another_owner_that_does_not_manage_stays_and_ours_is_appended():
    assert owners((STRANGER,), retain=("Delete", "Retain")) == wanted(STRANGER, STATEFUL)
    assert owners((STRANGER, STATEFUL), retain=("Retain", "Retain")) == wanted(STRANGER)
    assert owners((STRANGER, STATEFUL), retain=("Delete", "Retain")) == []


@pytest.mark.parametrize(
    "stale", [EARLIER, of_pod("web-0", "uid-before")], ids=["an-earlier-set", "an-earlier-pod"]
)
@pytest.mark.parametrize("retain", [row[0] for row in TABLE], ids="-".join)
def test_a_claim_of_an_earlier_owner_is_left_alone(stale, retain):
    assert owners((stale,), retain=retain) == []
    assert owners((stale, STATEFUL), retain=retain) == []


def test_a_set_of_another_group_is_no_earlier_one_of_ours():
    theirs = replace(reference("web", "StatefulSet", "apps"), uid="uid-theirs", controller=False)
    assert owners((theirs,), retain=("Delete", "Retain")) == wanted(theirs, STATEFUL)


@pytest.mark.parametrize(
    "retain", [row[0] for row in TABLE[1:]], ids=["-".join(row[0]) for row in TABLE[1:]]
)
def test_where_somebody_else_manages_a_claim_our_references_go(retain):
    assert owners((MANAGER, STATEFUL), retain=retain) == wanted(MANAGER)
    assert owners((MANAGER, POD), retain=retain) == wanted(MANAGER)
    assert owners((MANAGER,), retain=retain) == []


def test_where_claims_are_retained_others_may_manage_them():
    assert owners((MANAGER,), retain=("Retain", "Retain")) == []
    assert owners((MANAGER, STATEFUL), retain=("Retain", "Retain")) == wanted(MANAGER)
    observed = Claims.of(look(claim("data-web-0", MANAGER)))
    assert observed.conflicts(0) == []


def test_a_conflict_is_told_in_kubernetes_words():
    observed = look(claim("data-web-0", MANAGER, STATEFUL), retain=("Delete", "Retain"))
    told, _ = Claims.of(observed).owned_rightly(member(0), 0)
    assert told == Record(
        "ConflictingController",
        "PersistentVolumeClaim data-web-0 has a conflicting OwnerReference that acts as a manging "
        "controller, the retention policy is ignored for this claim",
        "Warning",
    )


def test_a_reference_of_ours_that_does_not_manage_is_written_anew():
    weak = replace(STATEFUL, controller=False)
    assert owners((weak,), retain=("Delete", "Retain")) == wanted(STATEFUL)


def test_the_pods_update_is_told_once_for_all_its_claims():
    templates = {"volume_claim_templates": (DATA, LOGS)}
    there = (claim("data-web-0"), claim("logs-web-0"))
    observed = look(*there, retain=("Delete", "Retain"), **templates)
    say = Say(done=("SuccessfulUpdate", "Update Pod web-0"))
    actions = Claims.of(observed).owned_rightly(member(0), 0, say)
    assert [action.say for action in actions] == [say, Say()]


def test_only_claims_of_the_pods_own_ordinal_are_touched():
    observed = look(claim("data-web-1"), retain=("Delete", "Retain"))
    assert Claims.of(observed).owned_rightly(member(0), 0) == []


# --- claims that nobody may use ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("retain", "references", "stale"),
    [
        pytest.param(("Retain", "Delete"), (of_pod("web-0", "uid-x"),), True, id="of-a-pod"),
        pytest.param(("Retain", "Delete"), (of_pod("web-1"),), False, id="of-another-pod"),
        pytest.param(("Delete", "Delete"), (STATEFUL,), False, id="of-the-set"),
        pytest.param(("Delete", "Retain"), (EARLIER,), True, id="of-an-earlier-set"),
        pytest.param(("Retain", "Retain"), (EARLIER, STATEFUL), True, id="of-both-sets"),
        pytest.param(("Retain", "Delete"), (), False, id="of-nobody"),
        pytest.param(("Delete", "Retain"), (of_pod("web-0"),), False, id="retained"),
    ],
)
def test_a_claim_is_stale(retain, references, stale):
    found = Claims.of(look(claim("data-web-0", *references), retain=retain)).stale(0, "web-0")
    assert (found is not None) == stale


def test_any_claim_of_an_ordinal_on_its_way_out_counts():
    templates = {"volume_claim_templates": (DATA, LOGS)}
    there = (claim("data-web-0"), claim("logs-web-0", terminating=True))
    found = Claims.of(look(*there, **templates))
    assert found.terminating(0).name == "logs-web-0"
    assert found.terminating(1) is None
