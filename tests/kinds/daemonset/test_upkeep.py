"""One pod on every node that should have one, and on no other."""

from datetime import timedelta

import msgspec
import pytest

from builders import HOUR, LABELS, NOW, SECOND, seen
from members import daemon, daemon_set, node, nodes, template, words
from podwright.kinds.daemonset import placement, upkeep
from podwright.kinds.daemonset.fleet import Fleet
from podwright.objects import Pod, Taint
from podwright.plan import Delete, Record, Wait
from podwright.rules.templates import SAY_CREATE, SAY_DELETE
from podwright.workload import Strike

NO_SCHEDULE, NO_EXECUTE = Taint("own", "", "NoSchedule"), Taint("own", "", "NoExecute")
SURGE = {"most": 0, "surge": 1}
UNREADY, GOING = {"ready": False}, {"terminating": True}


def keep(*things, strikes=None, now=NOW, **spec):
    look = seen(daemon_set(**spec), *things, strikes=strikes, now=now)
    return upkeep.keep(look, Fleet.of(look, "v1"))


def older(name, v=1, **how):
    return daemon(name=name, v=v, age=2 * HOUR, **how)


@pytest.mark.parametrize(
    ("taints", "there", "done"),
    [
        pytest.param([], [], "create n1 v1", id="wanted-and-empty"),
        pytest.param([], [daemon()], "", id="wanted-and-there"),
        pytest.param([], [daemon(bound=False)], "", id="wanted-and-on-its-way"),
        pytest.param([], [daemon(**UNREADY)], "", id="wanted-and-broken"),
        pytest.param([], [daemon(v=2)], "", id="wanted-and-old"),
        pytest.param([], [daemon(**GOING)], "", id="wanted-and-going-holds-the-node"),
        pytest.param(
            [], [daemon(phase="Failed", **GOING)], "create n1 v1", id="ended-and-going-does-not"
        ),
        pytest.param([], [daemon(), older("first")], "delete web-n1", id="the-oldest-stays"),
        pytest.param(
            [], [daemon(), older("first", bound=False)], "delete first", id="or-the-one-that-runs"
        ),
        pytest.param([], [daemon(), older("first", **GOING)], "", id="one-is-going-anyway"),
        pytest.param([NO_SCHEDULE], [], "", id="tainted-and-empty"),
        pytest.param([NO_SCHEDULE], [daemon()], "", id="tainted-and-there-stays"),
        pytest.param(
            [NO_SCHEDULE], [daemon(), older("first")], "delete web-n1", id="tainted-with-two"
        ),
        pytest.param([NO_EXECUTE], [], "", id="forbidden-and-empty"),
        pytest.param([NO_EXECUTE], [daemon()], "delete web-n1", id="forbidden"),
        pytest.param([NO_EXECUTE], [daemon(**GOING)], "", id="forbidden-and-going"),
        pytest.param(
            [NO_EXECUTE], [daemon(phase="Failed")], "delete web-n1", id="forbidden-and-failed"
        ),
    ],
)
def test_a_node_gets(taints, there, done):
    assert words(keep(node("n1", *taints), *there)) == done


def test_without_nodes_there_is_nothing_to_do():
    assert words(keep()) == ""


def test_all_nodes_are_seen_to_at_once():
    there = [*nodes(3), node("n4", NO_EXECUTE), daemon("n2"), daemon("n4")]
    assert words(keep(*there)) == "delete web-n4, create n1 v1, create n3 v1"


@pytest.mark.parametrize(
    ("it", "done"),
    [
        pytest.param(daemon("gone", bound=False), "delete web-gone", id="it-never-got-there"),
        pytest.param(daemon("gone", bound=False, **GOING), "", id="it-is-going"),
        pytest.param(daemon("gone"), "", id="it-ran-there-and-is-the-collectors"),
    ],
)
def test_a_pod_whose_node_is_no_more(it, done):
    assert words(keep(it)) == done


def test_at_most_250_are_made_and_250_removed_at_once():
    many = [node(f"n{n:03}") for n in range(300)]
    assert len(keep(*many).actions) == 250
    surplus = [daemon(it.name, name=f"{it.name}-{n}") for it in many for n in range(2)]
    assert len(keep(*many, *surplus).actions) == 250


# --- a new pod ---------------------------------------------------------------------------------


def test_a_new_pod_is_bound_for_its_node_and_marked_with_its_revision():
    [create] = keep(node("n1")).actions
    spec = template()["spec"]
    assert create.manifest == {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "labels": LABELS | {"controller-revision-hash": "v1"},
            "annotations": {"cluster-autoscaler.kubernetes.io/daemonset-pod": "true"},
        },
        "spec": placement.bound_for(spec, "n1"),
    }
    assert placement.node_of(msgspec.convert(create.manifest, Pod)) == "n1"
    assert create.say == SAY_CREATE


def test_what_the_api_server_has_to_accept_once_is_the_template():
    [one, other] = keep(*nodes(2)).actions
    assert one.like == other.like == template()
    assert one.manifest != other.manifest


# --- pods that have ended ----------------------------------------------------------------------

FAILED = daemon(phase="Failed")
SLOT = "1/n1"


def test_a_failed_pod_is_told_of_and_removed_as_it_was_seen():
    told = "Found failed daemon pod default/web-n1 on node n1, will try to kill it"
    assert keep(node(), FAILED).actions == (
        Record("FailedDaemonPod", told, "Warning"),
        Delete(FAILED, say=SAY_DELETE, strike=SLOT),
    )


def test_a_succeeded_pod_is_told_of_and_removed_without_a_pause():
    it = daemon(phase="Succeeded")
    told = "Found succeeded daemon pod default/web-n1 on node n1, will try to delete it"
    plan = keep(node(), it, strikes={SLOT: Strike(9, NOW)})
    assert plan.actions == (
        Record("SucceededDaemonPod", told),
        Delete(it, say=SAY_DELETE),
    )


@pytest.mark.parametrize(
    ("count", "pause"), [(1, 1), (2, 2), (3, 4), (4, 8), (10, 512), (11, 900), (99, 900)]
)
def test_a_pod_that_fails_again_and_again_is_left_standing_for_longer(count, pause):
    strikes = {SLOT: Strike(count, NOW)}
    moment = NOW + timedelta(seconds=pause)
    plan = keep(node(), FAILED, strikes=strikes, now=moment - SECOND / 2)
    assert plan.steps == ()
    assert plan.requeue_at == moment
    assert plan.waits == (Wait("the next attempt on node n1", on="node n1"),)
    assert words(keep(node(), FAILED, strikes=strikes, now=moment)) == (
        "FailedDaemonPod, delete web-n1"
    )


@pytest.mark.parametrize(
    "strikes",
    [
        pytest.param({"1/n2": Strike(9, NOW)}, id="of-another-node"),
        pytest.param({"2/n1": Strike(9, NOW)}, id="of-another-generation"),
        pytest.param({SLOT: Strike(9, NOW - timedelta(minutes=31))}, id="long-ago"),
    ],
)
def test_failures_do_not_count(strikes):
    assert words(keep(node(), FAILED, strikes=strikes)) == "FailedDaemonPod, delete web-n1"


def test_the_earliest_of_several_attempts_brings_the_set_back():
    there = [*nodes(2), daemon("n1", phase="Failed"), daemon("n2", phase="Failed")]
    strikes = {"1/n1": Strike(4, NOW), "1/n2": Strike(2, NOW)}
    assert keep(*there, strikes=strikes).requeue_at == NOW + 2 * SECOND


def test_beside_a_failed_pod_the_running_one_stays():
    there = [node(), older("bad", phase="Failed"), daemon()]
    assert words(keep(*there)) == "FailedDaemonPod, delete bad"


# --- with surge --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("there", "done"),
    [
        pytest.param([], "create n1 v1", id="empty"),
        pytest.param([daemon()], "", id="one-new"),
        pytest.param([daemon(v=2)], "", id="one-old"),
        pytest.param([daemon(**GOING)], "create n1 v1", id="beside-one-that-goes"),
        pytest.param([older("a"), daemon()], "delete web-n1", id="two-new-the-oldest-stays"),
        pytest.param([older("a", 2), daemon(v=2)], "delete web-n1", id="two-old-too"),
        pytest.param([older("a", 2), daemon(**UNREADY)], "", id="the-new-one-is-on-its-way"),
        pytest.param([older("a", 2), daemon()], "delete a", id="the-new-one-is-available"),
        pytest.param(
            [older("a", 2, **UNREADY), daemon(**UNREADY)], "delete a", id="the-old-one-is-broken"
        ),
        pytest.param(
            [older("a", 2), older("b", 2), daemon(**UNREADY), daemon(name="x")],
            "delete x, delete b",
            id="only-the-first-of-each",
        ),
    ],
)
def test_with_surge_a_node_has(there, done):
    assert words(keep(node(), *there, **SURGE)) == done


def test_with_surge_a_young_new_pod_lets_the_old_one_stay():
    young = daemon(ready_for=SECOND)
    assert words(keep(node(), older("a", 2), young, min_ready_seconds=30, **SURGE)) == ""


def test_with_surge_a_failed_pod_that_waits_counts_as_present():
    """Upstream makes another one at each look, which fails as well."""
    strikes = {SLOT: Strike(3, NOW)}
    assert words(keep(node(), FAILED, strikes=strikes, **SURGE)) == ""
    assert words(keep(node(), FAILED, **SURGE)) == ("FailedDaemonPod, delete web-n1, create n1 v1")


def test_with_surge_a_tainted_node_gets_no_new_pod():
    assert words(keep(node("n1", NO_SCHEDULE), daemon(**GOING), **SURGE)) == ""
