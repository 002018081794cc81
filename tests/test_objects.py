"""Read models, and where objects are served."""

import msgspec
import pytest

from builders import NOW, pod, reference, replica_set
from podwright.kinds.replicaset import REPLICASET
from podwright.objects import Meta, OwnerReference, Pod, Resource
from podwright.owners import ReplicaSet
from podwright.workload import Observed, Served

SETS = Resource("apps.podwright.dev", "v1", "ReplicaSet", "replicasets")
NODES = Resource("", "v1", "Node", "nodes", namespaced=False)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param(Pod.resource.path(), "/api/v1/pods", id="all-of-a-core-kind"),
        pytest.param(Pod.resource.path("a"), "/api/v1/namespaces/a/pods", id="in-a-namespace"),
        pytest.param(
            SETS.path("a", "web", "status"),
            "/apis/apps.podwright.dev/v1/namespaces/a/replicasets/web/status",
            id="subresource",
        ),
        pytest.param(NODES.path("a", "n1"), "/api/v1/nodes/n1", id="without-namespaces"),
    ],
)
def test_a_path_is_where_the_api_server_serves_it(path, expected):
    assert path == expected


def test_names_are_those_of_kubectl():
    assert (SETS.name, SETS.api_version) == (
        "replicasets.apps.podwright.dev",
        "apps.podwright.dev/v1",
    )
    assert (Pod.resource.name, Pod.resource.api_version) == ("pods", "v1")


def test_a_kind_is_served_under_the_group_it_is_given():
    assert Served(REPLICASET, "example.org", "v2").resource.path("a") == (
        "/apis/example.org/v2/namespaces/a/replicasets"
    )
    assert REPLICASET.component == "replicaset-controller"


def test_the_controller_is_the_one_that_says_so():
    other = OwnerReference(name="other")
    assert Meta(owner_references=(other, reference("web"))).controller == reference("web")
    assert Meta(owner_references=(other,)).controller is None


def test_unknown_fields_are_dropped_and_absent_ones_take_their_default():
    read = msgspec.json.decode(b'{"metadata":{"name":"a","managedFields":[{}]},"x":1}', type=Pod)
    assert read == Pod(metadata=Meta(name="a"))


def test_a_pod_survives_the_way_to_json_and_back():
    there = msgspec.json.encode(pod())
    assert msgspec.json.decode(there, type=Pod) == pod()
    assert b'"deletionTimestamp"' not in there


def test_the_spec_of_an_owner_is_typed_and_its_status_is_not():
    owner = replica_set(status={"replicas": 1, "whatever": {"x": []}})
    assert msgspec.json.decode(msgspec.json.encode(owner), type=ReplicaSet) == owner


def test_of_a_kind_that_it_does_not_own_an_owner_sees_nothing():
    assert Observed(meta=Meta(), spec=None, now=NOW).of(Pod) == ()
