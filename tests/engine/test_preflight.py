"""Which rights the operator asks for, and which kinds it can serve with rights in namespaces."""

from dataclasses import replace

import pytest

from podwright.engine.preflight import Right, needed_rights, servable
from podwright.kinds import BUILT_IN
from podwright.objects import Claim, Node, Pod, Revision

KINDS = {each.workload.kind: each for each in BUILT_IN}


def verbs(kinds, resource, subresource="", *, namespaced=False):
    served = [KINDS[kind] for kind in kinds]
    rights = list(needed_rights(served, namespaced=namespaced))
    assert len(rights) == len(set(rights)), "nothing is asked for twice"
    return [
        right.verb
        for right in rights
        if (right.resource, right.subresource) == (resource, subresource)
    ]


READ, WRITE = ["get", "list", "watch"], ["create", "patch", "delete"]


@pytest.mark.parametrize(
    ("kinds", "resource", "needed"),
    [
        pytest.param(["StatefulSet"], Pod.resource, READ + WRITE, id="own-pods"),
        pytest.param(["StatefulSet"], Revision.resource, READ + WRITE, id="own-revisions"),
        pytest.param(
            ["StatefulSet"], Claim.resource, [*READ, "create", "patch"], id="never-delete-a-claim"
        ),
        pytest.param(["DaemonSet"], Node.resource, ["list", "watch"], id="nodes-are-looked-at"),
        pytest.param(["DaemonSet"], Claim.resource, [], id="no-claims-for-daemons"),
        pytest.param(["ReplicaSet"], Revision.resource, [], id="no-revisions-for-replicas"),
        pytest.param(list(KINDS), Pod.resource, READ + WRITE, id="all-kinds-share-pods"),
        pytest.param(list(KINDS), Node.resource, ["list", "watch"], id="all-kinds-and-nodes"),
    ],
)
def test_of_objects_a_kind_needs(kinds, resource, needed):
    assert verbs(kinds, resource) == needed


def test_a_kind_that_amends_itself_may_patch_itself_and_makes_what_is_served_beside_it():
    sets = KINDS["ReplicaSet"].resource
    assert verbs(["Deployment"], KINDS["Deployment"].resource) == [*READ, "patch"]
    assert verbs(["Deployment"], sets) == READ + WRITE
    assert verbs(["Deployment", "ReplicaSet"], sets) == READ + WRITE
    assert verbs(["Job"], KINDS["Job"].resource) == [*READ, "delete"]
    assert verbs(["CronJob"], KINDS["Job"].resource) == [*READ, "create", "delete"]


def owning(kind, **changes):
    """This kind with another way to own what it owns."""
    owns = replace(KINDS[kind].workload.owns[0], **changes)
    return replace(KINDS[kind], workload=replace(KINDS[kind].workload, owns=(owns,)))


@pytest.mark.parametrize(
    ("served", "itself", "pods"),
    [
        pytest.param(KINDS["Job"], [*READ, "delete"], READ + WRITE, id="chosen"),
        pytest.param(owning("ReplicaSet"), READ, READ + WRITE, id="selected"),
        pytest.param(
            owning("ReplicaSet", selector=None),
            ["list", "watch"],
            [*READ, "create", "delete"],
            id="neither",
        ),
    ],
)
def test_only_what_is_claimed_is_patched_and_only_who_claims_is_read_alone(served, itself, pods):
    rights = list(needed_rights([served], namespaced=False))
    assert [it.verb for it in rights if it.resource == served.resource and not it.subresource] == (
        itself
    )
    assert [it.verb for it in rights if it.resource == Pod.resource] == pods


def test_a_time_to_live_is_the_only_reason_to_delete_oneself():
    own = {kind: set(verbs([kind], each.resource)) for kind, each in KINDS.items()}
    assert [kind for kind in KINDS if "delete" in own[kind]] == ["Job"]


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"Deployment", "Job"}))
def test_a_kind_is_read_and_only_its_status_written(kind):
    assert verbs([kind], KINDS[kind].resource) == READ[kind == "CronJob" :]
    assert verbs([kind], KINDS[kind].resource, "status") == ["patch"]


def test_a_right_reads_as_users_write_it():
    assert str(Right("patch", KINDS["DaemonSet"].resource, "status")) == (
        "patch daemonsets.apps.podwright.dev/status"
    )


def test_with_rights_in_namespaces_only_kinds_that_look_at_nodes_are_left_out():
    assert servable(BUILT_IN, ()) == tuple(BUILT_IN)
    left = {each.workload.kind for each in servable(BUILT_IN, ("default",))}
    assert left == set(KINDS) - {"DaemonSet"}
