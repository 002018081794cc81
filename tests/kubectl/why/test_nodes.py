"""Which nodes get no pod, and why."""

import pytest

from kubectl.objects import node, owner, pod, template, view
from podwright.kubectl.why.nodes import without_pod


def said(*nodes, pods=(), **spec):
    logs = owner("DaemonSet", "logs", template=template(**spec))
    it = view(logs, nodes=nodes, pods=[pod(logs, name, node=at) for name, at in pods])
    return [text for text, _ in without_pod(it.seen)]


def test_a_node_that_fits_is_not_told_of():
    assert said(node("a"), node("b", "x=y:PreferNoSchedule")) == []


def test_nodes_with_the_same_taint_are_told_together():
    assert said(*(node(name, "db=:NoSchedule") for name in "abcdefg")) == [
        "Nodes a, b, c, d, e and 2 more get no pod: the taint db:NoSchedule is not tolerated."
    ]


def test_only_the_taint_that_is_not_tolerated():
    tolerations = [{"key": "db", "operator": "Exists"}]
    (text,) = said(node("a", "db=1:NoSchedule", "gpu=1:NoExecute"), tolerations=tolerations)
    assert "the taint gpu=1:NoExecute is" in text


@pytest.mark.parametrize("taints", [(), ("db=:NoSchedule",)], ids=["bare", "tainted"])
def test_a_node_that_is_not_chosen_would_not_be_helped_by_a_toleration(taints):
    (text,) = said(node("a", *taints), nodeSelector={"disk": "ssd"})
    assert text == "Node a gets no pod: nodeName, nodeSelector and node affinity do not choose it."


def test_a_pod_that_was_there_before_the_taint_stays():
    (text,) = said(node("a", "db=:NoSchedule"), pods=[("logs-a", "a")])
    assert text.startswith("Node a (it keeps the one it has) gets no pod")
    (text,) = said(node("a", "db=:NoExecute"), pods=[("logs-a", "a")])
    assert text.startswith("Node a gets no pod")


def test_other_kinds_choose_no_nodes():
    assert list(without_pod(view(owner()).seen)) == []
