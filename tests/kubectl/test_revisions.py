"""The templates that an object has had, whatever keeps them."""

import asyncio

import pytest

from kubectl.objects import found, owner, replica_set, revision
from podwright.kubectl import revisions
from podwright.kubectl.errors import Failure, ServerFailure
from podwright.objects import Revision
from podwright.owners import ReplicaSet

CAUSE = "kubernetes.io/change-cause"
NUMBER = "deployment.kubernetes.io/revision"
WEB = owner("Deployment")


class Server:
    """An API server with one list."""

    def __init__(self, *listed, error=None):
        self.listed, self.error = listed, error

    async def objects(self, resource, namespace, query):
        self.asked = (resource.name, namespace, query)
        if self.error:
            raise self.error
        return list(self.listed)


def known(*listed, of=WEB):
    return asyncio.run(revisions.of(Server(*listed), found(of)))


def annotated(each, **annotations):
    each["metadata"]["annotations"] |= annotations
    return each


@pytest.mark.parametrize(
    ("kind", "keeper"),
    [
        ("Deployment", ReplicaSet),
        ("StatefulSet", Revision),
        ("DaemonSet", Revision),
        ("ReplicaSet", None),
        ("ReplicationController", None),
    ],
)
def test_what_keeps_a_kinds_templates(kind, keeper):
    assert revisions.keeper_of(found(owner(kind))) is keeper


def test_a_kind_that_keeps_none_is_not_looked_for():
    assert known(of=owner("ReplicationController")) == {}


def test_replica_sets_are_looked_for_where_their_deployment_is():
    server = Server()
    asyncio.run(revisions.of(server, found(WEB)))
    asked = "replicasets.apps.podwright.dev", "default", {"labelSelector": "app=web"}
    assert server.asked == asked


def test_the_oldest_comes_first_and_those_of_others_do_not():
    stranger = replica_set(owner("Deployment", "other"), "other-1", 3)
    sets = [replica_set(WEB, "web-2", 2), stranger, replica_set(WEB, "web-1", 1)]
    assert list(known(*sets)) == [1, 2]


def test_a_template_comes_without_its_replica_sets_mark_and_is_shown_with_it():
    past = known(replica_set(WEB, "web-1"))[1]
    assert past.template == WEB["spec"]["template"]
    assert past.shown["metadata"]["labels"]["pod-template-hash"] == "web-1"
    assert past.manifest["kind"] == "ReplicaSet"


def test_the_cause_is_the_replica_sets_or_else_its_templates():
    first, second, third = (replica_set(WEB, f"web-{n}", n) for n in (1, 2, 3))
    for each in (first, second):
        each["spec"]["template"]["metadata"]["annotations"] = {CAUSE: "template"}
    annotated(second, **{CAUSE: "set"})
    past = known(first, second, third)
    assert [each.cause for each in past.values()] == ["template", "set", ""]
    assert past[2].shown["metadata"]["annotations"] == {CAUSE: "set"}
    assert second["spec"]["template"]["metadata"]["annotations"] == {CAUSE: "template"}


def test_no_number_is_zero_and_one_that_cannot_be_read_is_none():
    bare, odd = replica_set(WEB, "bare"), annotated(replica_set(WEB, "odd"), **{NUMBER: "x"})
    del bare["metadata"]["annotations"][NUMBER]
    assert list(known(bare, odd)) == [0]


def test_annotations_that_speak_of_the_replica_set_do_not_come_back():
    assert known(annotated(replica_set(WEB), kept="yes"))[1].annotations == {"kept": "yes"}


def test_a_revision_is_printed_as_the_object_with_that_template():
    web = owner("StatefulSet")
    past = known(revision(web, 2, "web:0"), of=web)[2]
    assert past.manifest["kind"] == "StatefulSet"
    assert past.manifest["spec"]["template"] == past.template == past.shown
    assert past.annotations is None


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("Deployment", "failed to retrieve replica sets from deployment web: no"),
        ("StatefulSet", "unable to find history controlled by StatefulSet web: no"),
    ],
)
def test_what_cannot_be_read_is_said_in_kubectls_words(kind, said):
    server = Server(error=ServerFailure("no", "Forbidden"))
    with pytest.raises(Failure, match=said):
        asyncio.run(revisions.of(server, found(owner(kind))))
