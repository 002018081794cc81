from controlplane import Node
from controlplane.nodes import all_schedulable


class Api:
    """An API server that knows one node."""

    def __init__(self, *, ready="True", taints=()):
        conditions = [{"type": "Ready", "status": ready}]
        self.node = {
            "metadata": {"name": "a"},
            "spec": {"taints": [{"key": key} for key in taints]},
            "status": {"conditions": conditions},
        }

    def get(self, _path):
        return {"items": [self.node]}


def test_a_node_has_the_labels_of_a_kubelet_and_its_own():
    node = Node("a", labels={"disk": "ssd"}, zone="z1").manifest()
    assert node["metadata"]["labels"] == {
        "kubernetes.io/hostname": "a",
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "topology.kubernetes.io/zone": "z1",
        "disk": "ssd",
    }


def test_taints_are_kept():
    taint = {"key": "gpu", "value": "yes", "effect": "NoSchedule"}
    assert Node("a", taints=[taint]).manifest()["spec"]["taints"] == [taint]


def test_a_ready_node_is_schedulable():
    assert all_schedulable(Api(), [Node("a")])


def test_a_node_of_its_own_taint_is_schedulable():
    assert all_schedulable(Api(taints=["gpu"]), [Node("a")])


def test_a_node_that_is_not_ready_is_not():
    assert not all_schedulable(Api(ready="False"), [Node("a")])


def test_a_node_still_tainted_as_new_is_not():
    assert not all_schedulable(Api(taints=["node.kubernetes.io/not-ready"]), [Node("a")])


def test_a_node_that_does_not_exist_yet_is_not():
    assert not all_schedulable(Api(), [Node("b")])
