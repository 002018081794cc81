"""What becomes of a stream's objects."""

import pytest
from msgspec.structs import replace

from builders import pod, replica_set
from podwright.engine.consistency import Consistency
from podwright.engine.keys import Key
from podwright.engine.sinks import ObjectSink, OwnerSink
from podwright.engine.store import Store
from podwright.objects import Meta, Pod
from simulation.cluster import SERVED
from simulation.operators import Due

WEB, API = (Key("ReplicaSet", "default", name) for name in ("web", "api"))
FAR = Key("ReplicaSet", "far", "web")


class Records(list):
    """Keeps what is said."""

    def record(self, resource, meta, component, *, type_, reason, message):
        self.append((resource.kind, meta.name, component, type_, reason, message))


class Known:
    """A store, a queue and what fills them."""

    def __init__(self, namespace=None):
        self.store, self.due, self.records = Store([SERVED]), Due(), Records()
        known = (self.store, self.due, Consistency(self.due.add, namespaced=bool(namespace)))
        self.pods = ObjectSink(Pod.resource, Pod, namespace, *known)
        self.owners = OwnerSink(SERVED, namespace, *known, self.records)

    def woken(self):
        keys = set(self.due.keys)
        self.due.keys.clear()
        return keys


@pytest.fixture
def known():
    known = Known()
    known.owners.listed([replica_set("web"), replica_set("api")])
    known.woken()
    return known


def far(thing):
    return replace(thing, metadata=replace(thing.metadata, namespace="far"))


def test_changes_of_pods_wake_their_owners(known):
    known.pods.changed(pod())
    assert known.woken() == {WEB}
    known.pods.deleted(pod())
    assert known.woken() == {WEB}


@pytest.mark.parametrize(
    ("change", "urgent"),
    [
        pytest.param(lambda pods: pods.changed(pod(ready=False, version=2)), False, id="unready"),
        pytest.param(lambda pods: pods.changed(pod("new")), False, id="appears"),
        pytest.param(
            lambda pods: pods.changed(pod(terminating=True, version=2)), True, id="on-its-way-out"
        ),
        pytest.param(lambda pods: pods.deleted(pod()), True, id="gone"),
    ],
)
def test_what_has_to_be_replaced_is_urgent(known, change, urgent):
    known.pods.changed(pod())
    known.woken()
    change(known.pods)
    assert known.due.keys == {WEB: urgent}


def test_changes_of_owners_are_for_kopf_to_tell_but_their_end_is_ours(known):
    known.owners.changed(replica_set("web", replicas=5))
    assert known.woken() == set()
    known.owners.deleted(replica_set("web"))
    assert known.woken() == {WEB}
    assert WEB not in known.store.owners


def test_a_list_of_owners_wakes_all_and_forgets_what_is_gone(known):
    known.owners.listed([replica_set("web")])
    assert known.woken() == {WEB, API}
    assert list(known.store.owners) == [WEB]


def test_a_list_of_pods_forgets_what_is_gone(known):
    known.pods.changed(pod("a"))
    known.pods.changed(pod("b"))
    known.pods.listed([pod("b")])
    assert [place[1] for place in known.store.objects[Pod]] == ["b"]


def test_a_list_of_pods_wakes_all_owners_because_pods_may_have_come_and_gone(known):
    known.pods.listed([])
    assert known.woken() == {WEB, API}


def test_a_list_of_one_namespace_says_nothing_about_others():
    known = Known("default")
    known.store.put_owner("ReplicaSet", far(replica_set()))
    known.store.put_owner("ReplicaSet", replica_set())
    known.store.put(Pod, far(pod()))
    known.pods.listed([])
    assert known.woken() == {WEB}
    known.owners.listed([])
    assert known.woken() == {WEB}
    assert list(known.store.owners) == [FAR]
    assert list(known.store.objects[Pod]) == [("far", "web-0")]


def test_an_owner_that_cannot_be_read_is_left_alone_and_told(known):
    known.owners.unreadable(Meta(name="web", namespace="default"), "Expected `int`")
    assert WEB not in known.store.owners
    assert known.woken() == {WEB}
    told = ("ReplicaSet", "web", "replicaset-controller", "Warning", "Unreadable", "Expected `int`")
    assert known.records == [told]


def test_of_a_pod_that_cannot_be_read_what_was_known_stays_known(known):
    known.pods.changed(pod())
    known.pods.unreadable(pod().metadata, "why")
    assert len(known.store.objects[Pod]) == 1


@pytest.mark.parametrize("namespace", [None, "default"], ids=["everywhere", "in-one-namespace"])
def test_progress_of_a_stream_wakes_who_waits_for_it(namespace):
    known = Known(namespace)
    consistency = known.pods._consistency
    consistency.wrote_at(WEB, "pods", 5)
    consistency.wrote_at(WEB, SERVED.resource.name, 5)
    for sink in (known.pods, known.owners):
        with pytest.raises(Exception, match="need 5"):
            consistency.ensure_ready(WEB)
        sink.advanced(5)
        assert known.woken() == {WEB}
    consistency.ensure_ready(WEB)
