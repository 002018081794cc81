"""The store: who owns what, and whom a change wakes."""

import dataclasses

import pytest
from msgspec.structs import replace

from builders import NOW, pod, reference, replica_set
from jobs import job, task
from podwright.engine.keys import Key
from podwright.engine.store import Store
from podwright.kinds import BATCH
from podwright.kinds.job import JOB
from podwright.objects import LabelSelector, Pod, Requirement
from podwright.workload import Owns, Served
from simulation.cluster import SERVED

WEB, API, OLD = (Key("ReplicaSet", "default", name) for name in ("web", "api", "old"))
OTHER = LabelSelector({"app": "api"})


@pytest.fixture
def store():
    """Two owners, ``web`` and ``api``, that select different pods."""
    store = Store([SERVED])
    store.put_owner("ReplicaSet", replica_set("web"))
    store.put_owner("ReplicaSet", replica_set("api", selector=OTHER))
    return store


def put(store, *pods):
    """Remember pods; the owners that the last one wakes."""
    for each in pods:
        woken = store.put(Pod, each)
    return woken


def drop(store, it):
    return store.drop(Pod, (it.metadata.namespace, it.name))


def changed(it, version=2, **meta):
    return replace(it, metadata=replace(it.metadata, resource_version=str(version), **meta))


def look(store, key=WEB):
    return store.observe(key, NOW)


def names(things):
    return sorted(each.name for each in things)


# --- looking -----------------------------------------------------------------------------------


def test_an_owner_sees_what_it_owns_by_uid(store):
    namesake = reference("web")
    namesake = replace(namesake, uid="uid-of-an-older-web")
    put(store, pod("a"), pod("b", owner="api"), pod("c", owner=namesake), pod("d", owner=None))
    assert names(look(store).of(Pod)) == ["a"]


def test_an_owner_sees_orphans_of_its_namespace_that_may_match(store):
    elsewhere = pod("b", owner=None)
    elsewhere = replace(elsewhere, metadata=replace(elsewhere.metadata, namespace="other"))
    put(store, pod("a", owner=None), elsewhere, pod("c", owner=None, labels={"app": "api"}))
    assert names(look(store).orphans[Pod]) == ["a"]
    assert names(look(store, API).orphans[Pod]) == ["c"]


@pytest.mark.parametrize(
    "selector",
    [
        LabelSelector(match_expressions=(Requirement("app", "DoesNotExist"),)),
        LabelSelector(match_expressions=(Requirement("app", "NotIn", ("db",)),)),
    ],
    ids=["absent", "not-in"],
)
def test_an_owner_that_selects_by_absence_sees_all_orphans_labelled_or_not(store, selector):
    store.put_owner("ReplicaSet", replica_set("web", selector=selector))
    woken = put(store, pod("a", owner=None), pod("b", owner=None, labels={}))
    assert names(look(store).orphans[Pod]) == ["a", "b"]
    assert woken == {WEB}


def test_an_owner_sees_what_its_siblings_own(store):
    for name in ("web", "old"):
        store.put_owner("ReplicaSet", replica_set(name, controller="deployment"))
    put(store, pod("a"), pod("b", owner="old"), pod("c", owner="api"))
    assert names(look(store).siblings[Pod]) == ["a", "b"]
    assert names(look(store, API).siblings[Pod]) == []
    store.put_owner("ReplicaSet", replica_set("old"))
    assert names(look(store).siblings[Pod]) == ["a"]


def test_an_owner_that_is_not_there_sees_nothing(store):
    assert look(store, OLD) is None


def test_a_look_shows_the_owner_as_it_is_now(store):
    store.put_owner("ReplicaSet", replica_set("web", replicas=7, status={"replicas": 3}))
    seen = look(store)
    assert (seen.spec.replicas, seen.status, seen.now) == (7, {"replicas": 3}, NOW)


def test_what_others_control_is_not_kept(store):
    built_in = reference("web", group="apps")
    put(store, pod("a", owner=built_in), pod("b", owner=reference("web", "StatefulSet")))
    assert store.objects[Pod] == {}


def test_pods_may_be_known_before_their_owner():
    store = Store([SERVED])
    assert put(store, pod("a")) == set()
    store.put_owner("ReplicaSet", replica_set())
    assert names(look(store).of(Pod)) == ["a"]


# --- waking ------------------------------------------------------------------------------------


def test_a_pod_wakes_its_owner_when_it_comes_changes_and_goes(store):
    assert put(store, pod()) == {WEB}
    assert put(store, changed(pod(ready=False))) == {WEB}
    assert drop(store, pod()) == {WEB}
    assert look(store).of(Pod) == ()


def test_a_change_of_the_version_alone_wakes_nobody_and_is_kept(store):
    put(store, pod())
    assert put(store, changed(pod(), version=7)) == set()
    assert look(store).of(Pod)[0].metadata.resource_version == "7"


def test_the_same_version_again_wakes_nobody(store):
    put(store, pod())
    assert put(store, pod()) == set()


def test_what_is_dropped_twice_wakes_nobody(store):
    put(store, pod())
    drop(store, pod())
    assert drop(store, pod()) == set()


def test_a_kind_without_a_selector_sees_no_orphans_and_is_not_woken_by_them():
    workload = dataclasses.replace(SERVED.workload, owns=(Owns(Pod),))
    store = Store([dataclasses.replace(SERVED, workload=workload)])
    store.put_owner("ReplicaSet", replica_set("web"))
    assert put(store, pod("a", owner=None)) == set()
    assert put(store, pod("b", labels={})) == {WEB}
    assert names(look(store).of(Pod)) == ["b"]
    assert look(store).orphans == {Pod: ()}


def test_an_orphan_wakes_whoever_might_adopt_it(store):
    assert put(store, pod(owner=None)) == {WEB}
    assert put(store, pod("b", owner=None, labels={"app": "db"})) == set()


def test_an_orphan_that_changes_otherwise_wakes_nobody(store):
    put(store, pod(owner=None))
    assert put(store, changed(pod(owner=None, ready=False))) == set()
    assert look(store).orphans[Pod][0].status.conditions[0].status == "False"


def test_an_orphan_that_is_relabelled_wakes_who_may_adopt_it_now(store):
    put(store, pod(owner=None))
    assert put(store, changed(pod(owner=None, labels={"app": "api"}))) == {API}
    assert look(store).orphans[Pod] == ()
    assert names(look(store, API).orphans[Pod]) == ["web-0"]


def test_a_relabelled_pod_wakes_its_owner_only(store):
    put(store, pod())
    assert put(store, changed(pod(labels={"app": "api"}))) == {WEB}


def test_an_adoption_wakes_the_new_owner(store):
    put(store, pod(owner=None))
    assert put(store, changed(pod())) == {WEB}
    assert look(store).orphans[Pod] == ()
    assert names(look(store).of(Pod)) == ["web-0"]


def test_a_release_wakes_the_old_owner_and_who_may_adopt(store):
    put(store, pod(labels={"app": "api"}))
    assert put(store, changed(pod(owner=None, labels={"app": "api"}))) == {WEB, API}


def test_a_pod_that_changes_hands_wakes_both(store):
    put(store, pod())
    assert put(store, changed(pod(owner="api"))) == {WEB, API}


def test_a_pod_that_somebody_else_takes_wakes_the_old_owner_and_is_forgotten(store):
    put(store, pod())
    assert put(store, changed(pod(owner=reference("x", group="apps")))) == {WEB}
    assert store.objects[Pod] == {}
    assert look(store).of(Pod) == ()


def test_a_pod_that_is_made_anew_under_its_name_wakes_its_owner(store):
    put(store, pod())
    assert put(store, changed(pod(uid="another"))) == {WEB}
    assert look(store).of(Pod)[0].metadata.uid == "another"


# --- owners ------------------------------------------------------------------------------------


def test_an_owner_that_is_made_anew_does_not_see_its_namesakes_pods(store):
    put(store, pod())
    store.put_owner("ReplicaSet", replica_set("web", uid="another"))
    assert look(store).of(Pod) == ()
    assert put(store, changed(pod(ready=False))) == set()


def test_of_an_owner_that_is_gone_nothing_wakes_anybody(store):
    put(store, pod())
    store.drop_owner(WEB)
    store.drop_owner(WEB)
    assert drop(store, pod()) == set()
    assert put(store, pod("b", owner=None)) == set()


def test_what_an_owner_left_is_known_until_it_goes_itself(store):
    put(store, pod())
    store.drop_owner(WEB)
    assert len(store.objects[Pod]) == 1
    drop(store, pod())
    assert not store.objects[Pod]


def test_nothing_is_left_behind(store):
    for name in ("web", "api"):
        store.put_owner("ReplicaSet", replica_set(name, controller="deployment"))
    put(store, pod("a"), pod("b", owner=None), pod("c", owner="api"))
    for name in "abc":
        drop(store, pod(name))
    for key in (WEB, API):
        store.drop_owner(key)
    assert not any([store._children, store._orphans, store._siblings, store._by_uid, store.owners])


# --- strays ------------------------------------------------------------------------------------


WORK, NOBODY = Key("Job", "default", "work"), Key("Job", "default", "")


@pytest.fixture
def jobs():
    """The Job ``work``, in a store of Jobs and ReplicaSets."""
    store = Store([Served(JOB, BATCH), SERVED])
    store.put_owner("Job", job())
    return store


def counted(it):
    """It has lost its finalizer."""
    return changed(it, version=9, finalizers=())


def test_a_pod_of_a_job_that_is_known_is_no_stray(jobs):
    assert put(jobs, task()) == {WORK}
    assert list(jobs.strays) == []


def test_a_pod_before_its_job_is_a_stray_until_the_job_comes():
    store = Store([Served(JOB, BATCH)])
    assert put(store, task(), task("b")) == {NOBODY}
    assert names(store.strays.of(NOBODY)) == ["a", "b"]
    store.put_owner("Job", job())
    assert list(store.strays) == []


def test_what_a_job_leaves_are_strays_and_wake_whoever_lets_them_go(jobs):
    put(jobs, task(), task("b", tracked=False))
    assert jobs.drop_owner(WORK) == {WORK, NOBODY}
    assert jobs.strays.of(NOBODY) == (task(),)


def test_a_job_that_leaves_nothing_wakes_nobody_else(jobs):
    put(jobs, task(tracked=False))
    assert jobs.drop_owner(WORK) == {WORK}


def test_a_stray_that_is_let_go_or_gone_is_no_stray_any_more(jobs):
    put(jobs, task(), task("b"))
    jobs.drop_owner(WORK)
    assert put(jobs, counted(task())) == set()
    drop(jobs, task("b"))
    assert list(jobs.strays) == []


def test_an_orphan_with_our_finalizer_is_a_stray_beside_those_who_may_adopt_it(jobs):
    orphan = changed(task(), owner_references=())
    assert put(jobs, orphan) == {WORK, NOBODY}
    assert put(jobs, changed(task(), version=3)) == {WORK}
    assert list(jobs.strays) == []


def test_a_job_that_is_made_anew_does_not_take_over_what_its_namesake_left(jobs):
    put(jobs, task())
    jobs.drop_owner(WORK)
    anew = job()
    anew = replace(anew, metadata=replace(anew.metadata, uid="another"))
    jobs.put_owner("Job", anew)
    assert jobs.strays.of(NOBODY) == (task(),)


def test_a_stray_whose_version_alone_has_changed_wakes_who_lets_it_go(jobs):
    """Or nobody would come back to one whose finalizer could not be taken off as it was seen."""
    put(jobs, task())
    jobs.drop_owner(WORK)
    assert put(jobs, changed(task(), version=7)) == {NOBODY}
    assert jobs.strays.of(NOBODY)[0].metadata.resource_version == "7"


def test_what_others_control_is_no_stray_whatever_it_carries(jobs):
    theirs = changed(task(), owner_references=(reference("other", "Job", "batch"),))
    assert put(jobs, theirs) == set()
    assert list(jobs.strays) == []


def test_an_event_of_a_job_that_is_known_does_not_look_through_its_pods(jobs, monkeypatch):
    put(jobs, *(task(f"p{n}") for n in range(50)))
    looked = []
    monkeypatch.setattr(jobs, "_children_of", lambda owner: looked.append(owner.name) or ())
    jobs.put_owner("Job", job({"active": 50}))
    assert looked == []
    jobs.drop_owner(WORK)
    jobs.put_owner("Job", job())
    assert looked == ["work", "work"]


def test_a_key_is_written_as_people_say_it():
    assert str(WEB) == "default/web ReplicaSet"
