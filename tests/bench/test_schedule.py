import pytest

from bench.__main__ import _schedule
from bench.figures import FIGURES, KINDS, LIMIT


def schedule(*kinds, figures=(*FIGURES, LIMIT), baseline=("open",), samples=1):
    options = {"kinds": kinds, "figures": set(figures), "baseline": baseline}
    return [str(turn) for turn in _schedule(options | {"samples": samples, "pods": [1000]})]


def test_a_replica_set_is_measured_between_the_limits():
    turns = schedule("replicaset", samples=2)
    assert turns[0] == turns[-1] == "bare, 1,000 pods"
    assert turns[1:-1] == [f"{who}, 1,000 pods" for who in ("KCM-open", "ours", "ours", "KCM-open")]


def test_other_kinds_have_sizes_of_their_own_and_no_limits():
    turns = schedule("statefulset", "daemonset")
    assert [turn for turn in turns if turn.startswith("ours")] == [
        "ours, StatefulSet, 100 pods",
        "ours, StatefulSet, 500 pods",
        "ours, DaemonSet, 100 pods",
        "ours, DaemonSet, 500 pods",
    ]
    assert {turn.split(",")[0] for turn in turns} == {"ours", "KCM-open"}


def test_the_default_baseline_is_beside_every_size():
    turns = schedule("daemonset", baseline=("open", "default"))
    assert [turn for turn in turns if "default" in turn] == [
        "KCM-default, DaemonSet, 100 pods",
        "KCM-default, DaemonSet, 500 pods",
    ]


DAEMONS = {"DaemonSet, 100 pods", "DaemonSet, 500 pods"}
DEPLOYMENTS = {"Deployment, 100 pods", "Deployment, 1,000 pods"}


@pytest.mark.parametrize(
    ("figure", "measured"),
    [
        ("T1", {"1,000 pods"}),
        ("T2", DAEMONS | DEPLOYMENTS),
        ("T3", {"StatefulSet, 100 pods"} | DAEMONS | DEPLOYMENTS),
        ("T5", {"Deployment, 2,500 pods", "Job, 1,000 pods", "CronJob, 1,000 pods"}),
        ("T6", {"StatefulSet, 100 pods", "StatefulSet, 500 pods"}),
    ],
)
def test_only_what_has_a_wanted_figure_is_measured(figure, measured):
    turns = schedule(*KINDS, figures=(figure,))
    assert {turn.partition(", ")[2] for turn in turns} == measured
