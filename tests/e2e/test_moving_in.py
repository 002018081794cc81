"""Live pods change hands without noticing: from the built-in kind to ours and back, and when the operator goes."""

import json
import time

import pytest
from census import Census
from deprivation import deprived
from operating import eventually
from words import built_in, restarts, set_of, shell, uids

STAY = shell("exec sleep infinity")
KINDS = {"apps/v1": "replicasets.apps", "apps.podwright.dev/v1": "replicasets.apps.podwright.dev"}


def kubectl(world, *arguments, manifest=None):
    text = json.dumps(manifest) if manifest else None
    return world.cluster.kubectl("-n", world.namespace, *arguments, input=text)


def is_ready_under(world, version, replicas):
    """Whether the set of this API version says that it has so many ready pods."""
    answer = world.api.get(f"/apis/{version}/namespaces/{world.namespace}/replicasets/web")
    status = answer.get("status", {})
    return (status.get("replicas"), status.get("readyReplicas")) == (replicas, replicas)


def owners(world):
    """The API versions of what the pods belong to; "" for orphans."""
    references = [pod["metadata"].get("ownerReferences", []) for pod in world.pods("app=web")]
    return {each[0]["apiVersion"] if each else "" for each in references}


@pytest.mark.parametrize(
    ("old", "new"), [tuple(KINDS), tuple(KINDS)[::-1]], ids=["to-ours", "and-back"]
)
def test_moving_from_one_kind_to_the_other_touches_no_pod(world, old, new):
    manifest = set_of(STAY, replicas=4)
    kubectl(world, "apply", "-f", "-", manifest=manifest | {"apiVersion": old})
    eventually(lambda: is_ready_under(world, old, 4), f"ready under {old}", seconds=60)
    pods = world.pods("app=web")
    with Census(world) as seen:
        kubectl(world, "delete", f"{KINDS[old]}/web", "--cascade=orphan")
        assert owners(world) == {""}
        kubectl(world, "apply", "-f", "-", manifest=manifest | {"apiVersion": new})
        eventually(lambda: is_ready_under(world, new, 4), f"ready under {new}", seconds=60)
        assert owners(world) == {new}
        time.sleep(2)  # a second thought would come now
        assert seen.uids == uids(world.pods("app=web")) == uids(pods)
        assert seen.fewest_ready == 4
    assert sum(map(restarts, world.pods("app=web"))) == 0
    # And the new owner means it.
    kubectl(world, "delete", "pod", pods[0]["metadata"]["name"], "--wait=false")
    eventually(
        lambda: len(world.active() - {p["metadata"]["name"] for p in pods}) == 1, "a new pod"
    )
    eventually(lambda: is_ready_under(world, new, 4), "ready again", seconds=60)
    assert owners(world) == {new}


def test_two_kinds_beside_each_other_leave_each_others_pods_alone(world):
    """As long as somebody tries it out, both run."""
    ours = set_of(STAY, replicas=3)
    theirs = built_in(ours, "old")
    world.create(ours)
    kubectl(world, "apply", "-f", "-", manifest=theirs)
    world.settled(3, seconds=60)
    eventually(lambda: len(world.pods("app=old")) == 3, "theirs are there")
    before = uids(world.pods("app=old"))
    world.scale(1)
    world.settled(1, seconds=60)
    world.delete()
    eventually(lambda: not world.pods("app=web"), "ours are gone", seconds=60)
    assert uids(world.pods("app=old")) == before


@pytest.mark.alone
def test_an_operator_that_is_removed_leaves_all_pods_and_one_that_comes_back_takes_them_up(
    operator, world, told
):
    world.create(set_of(STAY, replicas=4))
    world.settled(4, seconds=60)
    pods = world.pods()
    with Census(world) as seen, deprived(operator.kind):
        operator.remove()
        assert not operator.pods()
        try:
            assert world.has_status(replicas=4), "the kinds and their objects stay"
            world.scale(6)
            time.sleep(3)
            assert seen.uids == uids(pods) == uids(world.pods())
        finally:
            started = time.monotonic()
            operator.apply()
            operator.wait()
            told(f"operator installed anew: at work after {time.monotonic() - started:.1f} s")
        world.settled(6, seconds=60)
        assert len(seen.uids) == 6, "the wish of the time without an operator came true"
        assert seen.fewest_ready == 4
    assert uids(pods) <= uids(world.pods())
    assert sum(map(restarts, world.pods())) == 0
