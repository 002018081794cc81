"""What is accident is not in a story, and what matters is."""

import pytest

from conformance.compare import differences
from conformance.recorder import Record
from conformance.story import tell


def pod(name, uid, *, cost=None, deleted=False, generated=True):
    annotations = {"annotations": {"cost": cost}} if cost else {}
    metadata = {"name": name, "uid": uid, "namespace": "ns"} | annotations
    metadata |= {"generateName": "web-"} if generated else {}
    metadata |= {"deletionTimestamp": "2026-01-01T00:00:00Z"} if deleted else {}
    return {"kind": "Pod", "metadata": metadata, "status": {}}


def owner(replicas=0, uid="owner", **status):
    metadata = {"name": "web", "uid": uid, "resourceVersion": "17"}
    return {"kind": "ReplicaSet", "metadata": metadata, "status": {"replicas": replicas} | status}


def event(message, reason="SuccessfulCreate"):
    return {
        "kind": "Event",
        "metadata": {"name": "e", "uid": message},
        "involvedObject": {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web"},
        "source": {"component": "replicaset-controller"},
        "type": "Normal",
        "reason": reason,
        "message": message,
    }


def story(*changes, marks=(100,)):
    """A story of (verb, object) at revisions 10, 20, ...; steps end at these marks."""
    records = [Record(10 * n, verb, item) for n, (verb, item) in enumerate(changes, 1)]
    ends = [(mark if isinstance(mark, tuple) else (mark, "step", True)) for mark in marks]
    return tell(records, ends, {}, "ns")


def acts(told):
    return [step["acts"] for step in told["steps"].values()]


def test_names_and_uids_of_like_pods_do_not_matter():
    one = story(("ADDED", pod("web-aaaaa", "1")), ("ADDED", pod("web-bbbbb", "2")))
    other = story(("ADDED", pod("web-zzzzz", "9")), ("ADDED", pod("web-yyyyy", "8")))
    assert list(differences(one, other)) == []
    assert acts(one) == [["create Pod web-<1>, Pod web-<2>"]]


def test_the_order_of_like_creations_does_not_matter_but_who_is_deleted_does():
    def deleting(which):
        costs = {"web-a": "low", "web-b": "high"}
        pods = {name: pod(name, f"uid of {name}", cost=cost) for name, cost in costs.items()}
        added = [("ADDED", each) for each in pods.values()]
        return story(*added, ("DELETED", pods[which]), marks=(20, 100))

    assert list(differences(deleting("web-a"), deleting("web-a"))) == []
    assert list(differences(deleting("web-a"), deleting("web-b"))) != []


def test_creation_before_deletion_is_another_story_than_after():
    old, new = pod("web-a", "1"), pod("web-b", "2")
    first = ("ADDED", old)
    replaced = story(first, ("ADDED", new), ("DELETED", old), marks=(10, 100))
    gap = story(first, ("DELETED", old), ("ADDED", new), marks=(10, 100))
    assert acts(replaced)[1] != acts(gap)[1]
    unordered = (10, (100, "step", False))
    replaced = story(first, ("ADDED", new), ("DELETED", old), marks=unordered)
    gap = story(first, ("DELETED", old), ("ADDED", new), marks=unordered)
    assert acts(replaced)[1] == acts(gap)[1]


def test_a_pod_goes_when_it_begins_to_go():
    gone = pod("web-a", "1")
    told = story(
        ("ADDED", gone), ("MODIFIED", pod("web-a", "1", deleted=True)), ("DELETED", gone),
        marks=(10, 20, 100),
    )  # fmt: skip
    assert told["steps"].keys() == {"1 step", "2 step", "3 step"}
    assert acts(told) == [["create Pod web-<1>"], ["delete Pod web-<1>"], []]


def test_chosen_names_are_kept():
    told = story(("ADDED", pod("lone", "1", generated=False)))
    assert acts(told) == [["create Pod lone"]]


def test_a_name_that_the_api_server_drew_does_not_matter():
    def drawn(name):
        mine = owner()
        mine["metadata"] |= {"name": name, "generateName": "web-"}
        child = pod(f"{name}-aaaaa", "1")
        child["metadata"]["generateName"] = f"{name}-"
        return story(("ADDED", mine), ("ADDED", child))

    assert list(differences(drawn("web-x7k2p"), drawn("web-zzzzz"))) == []
    assert acts(drawn("web-x7k2p")) == [["create Pod web-<drawn>-<1>, ReplicaSet web-<drawn>"]]


def test_the_same_name_made_anew_is_told_apart():
    told = story(("ADDED", owner()), ("DELETED", owner()), ("ADDED", owner(uid="other")))
    assert acts(told) == [
        ["create ReplicaSet web", "delete ReplicaSet web", "create ReplicaSet web (2)"]
    ]


def test_objects_are_told_as_they_were_at_the_end_of_each_step():
    told = story(("ADDED", owner(1)), ("MODIFIED", owner(2)), marks=(10, 20))
    counts = [s["objects"]["ReplicaSet web"]["status"]["replicas"] for s in told["steps"].values()]
    assert counts == [1, 2]


def test_conditions_are_told_in_their_order():
    def failing(reason):
        return [{"type": "Failure", "status": "True", "reason": reason, "message": "any"}]

    told = story(
        ("ADDED", owner()),
        ("MODIFIED", owner(conditions=failing("A"))),
        ("MODIFIED", owner(conditions=failing("A"), readyReplicas=1)),
        ("MODIFIED", owner(conditions=failing("B"))),
        ("MODIFIED", owner()),
    )
    assert told["conditions"]["ReplicaSet web"] == [
        "Failure True A", "Failure True B", "Failure gone",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("reasons", "told"),
    [
        (["A", "", "A", "", "A", ""], ["Failure True A", "Failure gone"]),
        (["A", "", "A"], ["Failure True A", "Failure gone", "Failure True A"]),
        (["A", "", "B", ""], ["Failure True A", "Failure gone", "Failure True B", "Failure gone"]),
    ],
)
def test_a_failure_that_flickers_is_told_once(reasons, told):
    def status(reason):
        failure = {"type": "Failure", "status": "True", "reason": reason}
        return {"conditions": [failure]} if reason else {}

    seen = [("MODIFIED", owner(**status(reason))) for reason in reasons]
    assert story(("ADDED", owner()), *seen)["conditions"]["ReplicaSet web"] == told


@pytest.mark.parametrize("text", [
    "Created pod: web-aaaaa",
    "Created pod: web-bbbbb",
    "(combined from similar events): Created pod: web-aaaaa",
    "Created pod: web-x7k2p",
])  # fmt: skip
def test_events_are_told_by_shape_and_once(text):
    seen = [("ADDED", owner()), ("ADDED", pod("web-aaaaa", "1")), ("ADDED", pod("web-bbbbb", "2"))]
    told = story(*seen, ("ADDED", event(text)), ("ADDED", event("Created pod: web-aaaaa")))
    about = "Normal SuccessfulCreate on apps/v1 ReplicaSet web"
    assert told["events"] == [f"replicaset-controller: {about}: Created pod: <generated>"]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("2026-11-21T09:00:00Z", "<time>"),
        ("node-7", "<node>"),
        ("10.64.0.7", "<address>"),
        ("kube-api-access-x7k2p", "kube-api-access-<random>"),
        ("apps.podwright.dev/v1", "apps/v1"),
        ("ns", "<namespace>"),
        ("web-other", "web-other"),
        ("owner", "uid of ReplicaSet web"),
    ],
)
def test_accidents_become_words(text, clean):
    told = tell([Record(1, "ADDED", owner())], [], {"note": [text]}, "ns")
    assert told["notes"] == {"note": [clean]}


def test_bookkeeping_is_left_out():
    told = story(("ADDED", owner()))
    assert "resourceVersion" not in told["steps"]["1 step"]["objects"]["ReplicaSet web"]["metadata"]


def test_a_pod_with_an_ordinal_has_its_name_and_a_revision_its_place():
    def told(hash_):
        owned = {"ownerReferences": [{"kind": "StatefulSet", "name": "web", "controller": True}]}
        meta = {"name": f"web-{hash_}", "uid": f"uid of {hash_}", "namespace": "ns"} | owned
        revision = {"kind": "ControllerRevision", "metadata": meta}
        one = pod("web-0", "1")
        one["metadata"]["labels"] = {"controller-revision-hash": f"web-{hash_}", "hash": hash_}
        return story(("ADDED", revision), ("ADDED", one))

    assert list(differences(told("6bf9c4d7c4"), told("7d9c8"))) == []
    assert acts(told("7d9c8")) == [["create ControllerRevision web-<revision 1>, Pod web-0"]]
