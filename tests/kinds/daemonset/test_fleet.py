"""A set's nodes with their pods."""

import pytest

from builders import HOUR, SECOND, seen
from members import daemon, daemon_set, node, nodes
from podwright.kinds.daemonset import fleet
from podwright.kinds.daemonset.fleet import Fleet
from podwright.objects import Taint

NO_SCHEDULE, NO_EXECUTE = Taint("own", "", "NoSchedule"), Taint("own", "", "NoExecute")


def of(*things, **spec):
    return Fleet.of(seen(daemon_set(**spec), *things), "v1")


def names(pods):
    return [pod.name for pod in pods]


def test_every_node_has_its_pods_by_name():
    found = of(node("b"), node("a"), daemon("b"), daemon("a", bound=False))
    assert {name: names(berth.pods) for name, berth in found.berths.items()} == {
        "a": ["web-a"],
        "b": ["web-b"],
    }
    assert list(found.berths) == ["a", "b"]


def test_only_nodes_that_fit_are_wanted():
    found = of(node("a"), node("b", NO_SCHEDULE), node("c", NO_EXECUTE))
    assert [berth.node for berth in found.wanted] == ["a"]


@pytest.mark.parametrize("bound", [True, False], ids=["ran-there", "was-to-run-there"])
def test_pods_of_nodes_that_are_no_more_are_astray(bound):
    found = of(node("a"), daemon("gone", bound=bound))
    assert names(found.astray) == ["web-gone"]


@pytest.mark.parametrize(
    ("how", "counts"),
    [
        pytest.param({"phase": "Failed"}, True, id="failed"),
        pytest.param({"phase": "Succeeded"}, True, id="succeeded"),
        pytest.param({"terminating": True}, True, id="terminating"),
        pytest.param({"phase": "Failed", "terminating": True}, False, id="failed-and-going"),
        pytest.param({"phase": "Succeeded", "terminating": True}, False, id="succeeded-and-going"),
    ],
)
def test_a_pod_holds_its_node(how, counts):
    [berth] = of(node(), daemon(**how)).berths.values()
    assert bool(berth.pods) == counts


def test_the_first_pod_of_a_node_is_on_it_then_older_then_first_by_name():
    late = daemon(name="a-late", age=HOUR)
    bound = daemon(name="b-bound", bound=False, age=3 * HOUR)
    twins = [daemon(name=f"c-{n}", age=2 * HOUR) for n in (2, 1)]
    unborn = daemon(name="d-unborn", age=None)
    found = of(node(), bound, late, *twins, unborn)
    order = ["d-unborn", "c-1", "c-2", "a-late", "b-bound"]
    assert names(found.berths["n1"].pods) == order


@pytest.mark.parametrize(
    ("there", "pair"),
    [
        pytest.param([], (None, None), id="none"),
        pytest.param([daemon()], ("web-n1", None), id="new"),
        pytest.param([daemon(v=2)], (None, "web-n1"), id="old"),
        pytest.param([daemon(), daemon(name="old", v=2)], ("web-n1", "old"), id="both"),
        pytest.param([daemon(), daemon(name="x")], None, id="two-new"),
        pytest.param([daemon(v=2), daemon(name="x", v=3)], None, id="two-old"),
        pytest.param([daemon(), daemon(name="x", terminating=True)], ("web-n1", None), id="going"),
    ],
)
def test_a_node_has_a_new_and_an_old_pod(there, pair):
    found = of(node(), *there)
    result = found.newest_and_oldest(found.berths["n1"])
    assert (result and tuple(pod and pod.name for pod in result)) == pair


def test_available_means_ready_for_long_enough():
    found = of(node(), min_ready_seconds=30)
    assert found.is_available(daemon())
    assert not found.is_available(daemon(ready_for=SECOND))


@pytest.mark.parametrize(
    ("count", "most", "surge", "budget"),
    [
        (10, 1, 0, (1, 0)),
        (10, "25%", 0, (3, 0)),
        (10, "100%", 0, (10, 0)),
        (3, "1%", 0, (1, 0)),
        (10, 0, "25%", (0, 3)),
        (5, 0, "30%", (0, 2)),
        (5, 0, 0, (1, 0)),
        (5, "0%", "0%", (1, 0)),
        (0, 0, 0, (0, 0)),
        (0, "50%", 0, (0, 0)),
        (2, 7, 0, (7, 0)),
    ],
    ids=str,
)
def test_the_budget_is_rounded_up_and_never_nothing(count, most, surge, budget):
    look = seen(daemon_set(most=most, surge=surge), *nodes(count))
    assert fleet.budget(look, Fleet.of(look, "v1").wanted) == budget


@pytest.mark.parametrize(
    ("surge", "strategy", "may"),
    [
        (0, "RollingUpdate", False),
        ("0%", "RollingUpdate", False),
        (1, "RollingUpdate", True),
        ("1%", "RollingUpdate", True),
        (1, "OnDelete", False),
    ],
    ids=str,
)
def test_a_node_may_have_two_pods(surge, strategy, may):
    assert fleet.may_surge(seen(daemon_set(surge=surge, most=0, strategy=strategy))) == may
