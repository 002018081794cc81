"""The status of a DaemonSet."""

import pytest

from builders import HOUR, NOW, SECOND, seen
from members import V1, V2, daemon, daemon_set, node, nodes, template
from podwright.kinds.daemonset.decide import decide
from podwright.kinds.daemonset.status import status
from podwright.objects import Revision, Taint
from podwright.plan import Create, Outcome, Plan

NO_SCHEDULE, NO_EXECUTE = Taint("own", "", "NoSchedule"), Taint("own", "", "NoExecute")
COUNTS = (
    "desiredNumberScheduled",
    "currentNumberScheduled",
    "numberMisscheduled",
    "numberReady",
    "updatedNumberScheduled",
    "numberAvailable",
    "numberUnavailable",
)


def counts(*things, **spec):
    written = status(seen(daemon_set(v=2, **spec), V1, V2, *things), Outcome())
    return tuple(written.get(name, 0) for name in COUNTS)


def test_the_whole_status_of_a_set_at_rest():
    owner = daemon_set(meta={"generation": 7})
    there = (V1, *nodes(2), daemon("n1"), daemon("n2"))
    written = status(seen(owner, *there), Outcome())
    assert written == {
        "desiredNumberScheduled": 2,
        "currentNumberScheduled": 2,
        "numberMisscheduled": 0,
        "numberReady": 2,
        "updatedNumberScheduled": 2,
        "numberAvailable": 2,
        "observedGeneration": 7,
        "selector": "app=web",
        "podwright": {
            "ready": "2/2",
            "containers": "app",
            "images": "web:1",
            "nodeSelector": "<none>",
        },
    }


@pytest.mark.parametrize(
    ("taints", "there", "counted"),
    [
        pytest.param([], [], (1, 0, 0, 0, 0, 0, 1), id="wanted-and-empty"),
        pytest.param([], [daemon(v=2)], (1, 1, 0, 1, 1, 1, 0), id="new"),
        pytest.param([], [daemon()], (1, 1, 0, 1, 0, 1, 0), id="old"),
        pytest.param([], [daemon(ready_for=SECOND)], (1, 1, 0, 1, 0, 0, 1), id="young"),
        pytest.param([], [daemon(ready=False)], (1, 1, 0, 0, 0, 0, 1), id="unready"),
        pytest.param([], [daemon(bound=False)], (1, 1, 0, 0, 0, 0, 1), id="not-bound-yet"),
        pytest.param([], [daemon(phase="Failed")], (1, 1, 0, 0, 0, 0, 1), id="failed"),
        pytest.param([], [daemon(terminating=True)], (1, 1, 0, 1, 0, 1, 0), id="going"),
        pytest.param(
            [], [daemon(terminating=True, phase="Failed")], (1, 0, 0, 0, 0, 0, 1), id="ended"
        ),
        pytest.param([NO_SCHEDULE], [], (0, 0, 0, 0, 0, 0, 0), id="unwanted-and-empty"),
        pytest.param([NO_SCHEDULE], [daemon()], (0, 0, 1, 0, 0, 0, 0), id="misplaced"),
        pytest.param([NO_EXECUTE], [daemon()], (0, 0, 1, 0, 0, 0, 0), id="misplaced-and-to-go"),
    ],
)
def test_a_node_counts_as(taints, there, counted):
    assert counts(node("n1", *taints), *there, min_ready_seconds=30) == counted


def test_the_oldest_pod_that_is_on_a_node_speaks_for_it():
    old = daemon(name="old", age=2 * HOUR)
    assert counts(node(), old, daemon(v=2))[4] == 0
    assert counts(node(), daemon(name="old", bound=False, age=2 * HOUR), daemon(v=2))[4] == 1


def test_pods_of_nodes_that_are_no_more_do_not_count():
    assert counts(daemon("gone")) == (0,) * 7


def test_the_node_selector_is_told_sorted():
    chosen = template(2, nodeSelector={"zone": "a", "disk": "ssd"})
    written = status(seen(daemon_set(template=chosen)), Outcome())
    assert written["podwright"]["nodeSelector"] == "disk=ssd,zone=a"


def test_a_set_on_its_way_out_leaves_its_status_as_it_is():
    known = {"numberReady": 7}
    owner = daemon_set(status=known, meta={"deletion_timestamp": NOW})
    assert status(seen(owner, node()), Outcome()) == known


def test_conditions_of_others_are_kept():
    theirs = [{"type": "Approved", "status": "True"}]
    written = status(seen(daemon_set(status={"conditions": theirs}), V1), Outcome())
    assert written["conditions"] == theirs
    assert "conditions" not in status(seen(daemon_set(), V1), Outcome())


def test_a_collision_is_counted_from_the_first_on():
    look = seen(daemon_set(v=2), V1)
    [made] = _planned(look)
    name = made.manifest["metadata"]["name"]
    taken = Outcome(Plan.of(made), outdated=True, existing={name: {}})
    assert "collisionCount" not in status(look, Outcome(Plan.of(made)))
    written = status(look, taken)
    assert written["collisionCount"] == 1
    [again] = _planned(seen(daemon_set(v=2, status=written), V1))
    assert again.manifest["metadata"]["name"] != name


def _planned(look):
    return [
        action
        for action in decide(look).actions
        if isinstance(action, Create) and action.resource == Revision.resource
    ]
