from datetime import timedelta

import pytest

from builders import NOW
from jobs import job, look, planned, task, work
from podwright import labels
from podwright.kinds.job import parallelism
from podwright.kinds.job.decide import decide

S = timedelta(seconds=1)


def indexed(status=None, **spec):
    spec = {"completions": 4, "parallelism": 4} | spec
    return job(status, completionMode="Indexed", **spec)


@pytest.mark.parametrize(
    ("spec", "succeeded", "active", "count"),
    [
        ({"completions": 5, "parallelism": 4}, 3, 0, 2),
        ({"completions": 5, "parallelism": 1}, 0, 0, 1),
        ({"completions": 1, "parallelism": 4}, 3, 0, 0),
        ({"parallelism": 4}, 0, 1, 4),
        ({"parallelism": 4}, 1, 2, 2),
        ({}, 0, 0, 1),
        ({"parallelism": 0}, 0, 1, 0),
    ],
)
def test_never_more_than_are_still_needed(spec, succeeded, active, count):
    owner = job({"succeeded": succeeded}, **spec)
    it = work(owner, *(task(f"p{i}") for i in range(active)))
    assert parallelism.wanted(owner.spec, it) == count


def test_the_cheapest_to_lose_goes_first():
    ranked = [
        task("unscheduled", "Pending", node=""),
        task("pending", "Pending"),
        task("not-ready", ready=False),
        task("ready-lately", age=5 * S),
        task("restarted", restarts=2),
        task("good"),
    ]
    assert sorted(ranked, key=parallelism.cheapest_first) == ranked


def test_a_surplus_pod_loses_its_finalizer_first_and_nothing_is_made():
    pods = [task("a"), task("b", "Pending")]
    assert planned(job(), *pods) == ["patch b", "delete b"]


def test_pods_without_a_place_go_and_all_but_the_best_of_an_index():
    pods = [
        task("none"),
        task("beyond", index=4),
        task("good", index=1),
        task("worse", "Pending", index=1),
    ]
    going = [name for name in planned(indexed(), *pods) if name.startswith("delete")]
    assert sorted(going) == ["delete beyond", "delete none", "delete worse"]


def places(owner, *pods):
    return [
        each.manifest["metadata"]["annotations"][labels.COMPLETION_INDEX]
        for each in decide(look(owner, *pods)).actions
    ]


def test_the_lowest_free_indexes_are_made():
    owner = indexed({"completedIndexes": "0"}, parallelism=2)
    assert places(owner, task("a", index=1)) == ["2"]
    assert places(indexed()) == ["0", "1", "2", "3"]


def test_an_index_on_its_way_out_keeps_its_place_if_the_end_is_waited_for():
    going = task("a", index=0, terminating=True, age=60 * S, ready=False)
    owner = indexed(podReplacementPolicy="Failed")
    assert places(owner, going) == ["1", "2", "3"]


def test_after_a_failure_it_waits():
    pod = task("a", "Failed", ended=4 * S)
    plan = decide(look(job(), pod))
    assert not plan.steps
    plan = decide(
        look(job({"failed": 1, "podwright": _row(4)}), task("a", "Failed", tracked=False))
    )
    assert (plan.steps, plan.requeue_at) == ((), NOW + 6 * S)
    assert planned(job({"failed": 1, "podwright": _row(10)})) == ["create pod"]


def _row(ago):
    last = (NOW - ago * S).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"failuresInARow": "1", "lastFailure": last}


def test_each_index_waits_for_itself():
    owner = indexed(completions=2, backoffLimitPerIndex=3)
    failed = task("a", "Failed", index=0, failures=0, ended=4 * S)
    plan = decide(look(owner, failed))
    assert places(owner, failed) == ["1"]
    assert plan.requeue_at == NOW + 6 * S


def test_500_at_a_time():
    owner = job(parallelism=900, completions=900)
    assert len(decide(look(owner)).actions) == parallelism.BURST


def test_an_active_pod_that_lost_its_finalizer_gets_it_again():
    assert planned(job(), task("a", tracked=False)) == ["patch a"]
