"""Objects that carry a finalizer of ours and have no owner that is known, by the key they wake."""

import dataclasses

import pytest
from msgspec.structs import replace

from builders import reference
from jobs import task
from podwright import labels
from podwright.engine.keys import Key
from podwright.engine.strays import Strays
from podwright.kinds import BATCH
from podwright.kinds.job import JOB
from podwright.objects import Claim, Pod
from podwright.workload import Owns, Served

JOBS = Served(JOB, BATCH)
NOBODY = Key("Job", "default", "")
A = ("default", "a")


@pytest.fixture
def strays():
    return Strays([JOBS])


def far(pod):
    return replace(pod, metadata=replace(pod.metadata, namespace="far"))


def test_what_carries_a_finalizer_of_ours_wakes_its_kind_under_a_key_without_a_name(strays):
    assert strays.put(Pod, A, task()) == {NOBODY}
    assert strays.of(NOBODY) == (task(),)
    assert list(strays) == [NOBODY]


def test_what_carries_none_or_is_of_another_kind_wakes_nobody(strays):
    assert strays.put(Pod, A, task(tracked=False)) == set()
    assert strays.put(Claim, A, Claim(metadata=task().metadata)) == set()
    assert list(strays) == []


def test_a_kind_that_keeps_no_account_has_no_strays():
    careless = dataclasses.replace(JOB, owns=(Owns(Pod),))
    assert Strays([Served(careless, BATCH)]).put(Pod, A, task()) == set()


def test_each_namespace_has_a_key_of_its_own(strays):
    strays.put(Pod, A, task())
    assert strays.put(Pod, ("far", "a"), far(task())) == {NOBODY._replace(namespace="far")}
    assert strays.of(NOBODY) == (task(),)


def test_two_kinds_with_finalizers_each_look_at_their_own():
    mark = "example.com/mark"
    owns = (dataclasses.replace(JOB.owns[0], finalizer=mark),)
    strays = Strays([JOBS, Served(dataclasses.replace(JOB, kind="Task", owns=owns), BATCH)])
    both = replace(task().metadata, finalizers=(labels.JOB_TRACKING, mark))
    assert strays.put(Pod, A, replace(task(), metadata=both)) == {
        NOBODY,
        NOBODY._replace(kind="Task"),
    }
    assert strays.put(Pod, ("default", "b"), task("b")) == {NOBODY}
    assert [each.name for each in strays.of(NOBODY._replace(kind="Task"))] == ["a"]


def test_what_is_put_again_is_known_as_it_is_now(strays):
    strays.put(Pod, A, task())
    ended = task("a", "Succeeded")
    strays.put(Pod, A, ended)
    assert strays.of(NOBODY) == (ended,)


def test_of_what_is_dropped_nothing_is_left(strays):
    strays.put(Pod, A, task())
    strays.put(Pod, ("default", "b"), task("b"))
    strays.drop(Pod, A)
    assert strays.of(NOBODY) == (task("b"),)
    strays.drop(Pod, ("default", "b"))
    strays.drop(Pod, ("default", "b"))
    assert (strays.of(NOBODY), list(strays)) == ((), [])
    assert strays._found == {}


def test_keys_may_go_while_they_are_looked_through(strays):
    strays.put(Pod, A, task())
    strays.put(Pod, ("far", "a"), far(task()))
    for key in strays:
        strays.drop(Pod, (key.namespace, "a"))
    assert list(strays) == []


def test_whose_it_says_it_is_does_not_matter(strays):
    """Who puts it here knows that the owner is not there."""
    other = replace(task().metadata, owner_references=(reference("web"),))
    assert strays.put(Pod, A, replace(task(), metadata=other)) == {NOBODY}
