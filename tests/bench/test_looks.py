import sys
from collections import Counter

import pytest

from bench.looks import LOOKS, as_text
from podwright.plan import Outcome


def calls(work):
    """How many functions it calls: a measure of time that is the same on every machine."""
    count = Counter()
    sys.setprofile(lambda _frame, event, _argument: count.update([event]))
    try:
        work()
    finally:
        sys.setprofile(None)
    return count["call"] + count["c_call"]


def growth(of):
    """How much more is called at 400 than at 200: 2 where it is linear, 4 where quadratic."""
    small, large = of(200), of(400)
    return calls(large) / calls(small)


@pytest.mark.parametrize("look", LOOKS, ids=lambda it: f"{it.workload.kind} {it.situation}")
def test_no_look_is_quadratic(look):
    def deciding(size):
        here = look.observed(size)
        return lambda: look.workload.decide(here)

    def telling(size):
        here = look.observed(size)
        outcome = Outcome(look.workload.decide(here))
        return lambda: look.workload.status(here, outcome)

    assert growth(deciding) < 2.5
    assert growth(telling) < 2.5


def test_what_is_quadratic_shows():
    assert growth(lambda size: lambda: [len("") for _ in range(size) for _ in range(size)]) > 3.5


def test_each_look_plans_what_its_name_says():
    planned = {
        (look.workload.kind, look.situation): Counter(
            type(action).__name__ for action in look.workload.decide(look.observed(100)).actions
        )
        for look in LOOKS
    }
    assert planned == {
        ("ReplicaSet", "at rest"): {},
        ("ReplicaSet", "half of it to go"): {"Delete": 50},
        ("ReplicaSet", "all of it to go"): {"Delete": 100},
        ("StatefulSet", "at rest"): {},
        ("StatefulSet", "to be made in order"): {"Create": 1},
        ("StatefulSet", "to be made side by side"): {"Create": 100},
        ("StatefulSet", "roll-out"): {"Delete": 1},
        ("StatefulSet", "roll-out within a budget"): {"Delete": 10},
        ("StatefulSet", "all of it to go"): {"Delete": 100},
        ("DaemonSet", "at rest"): {},
        ("DaemonSet", "to be made"): {"Create": 100},
        ("DaemonSet", "roll-out"): {"Delete": 10},
        ("DaemonSet", "roll-out with surge"): {"Create": 10},
    }


def test_a_look_is_told_in_one_line():
    first, *lines = as_text([10]).splitlines()
    assert first.split() == ["kind", "situation", "size", "decide,", "us", "status,", "us"]
    assert len(lines) == len(LOOKS)
    assert all(float(word.replace(",", "")) > 0 for line in lines for word in line.split()[-2:])
