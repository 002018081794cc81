"""Every small world of a DaemonSet: one to three nodes, with any pods on them, under any budget.

The invariants carry their names in the catalogue: I7 one pod per node, within the budget, and I13
quiet. That each of them bites is seen at the end, with rules that are broken on purpose.
"""

from __future__ import annotations

from itertools import permutations, product

import pytest

from builders import HOUR, seen
from members import V1, V2, daemon, daemon_set, node
from podwright.kinds.daemonset import rolling_update, upkeep
from podwright.kinds.daemonset.decide import decide
from podwright.objects import Taint
from podwright.plan import Delete, Plan
from simulation.daemon_plans import Look, check
from simulation.invariants import Violation, expect

TAINTS = {"fits": (), "keeps": (Taint("own", "", "NoSchedule"),)}
TAINTS["forbids"] = (Taint("own", "", "NoExecute"),)
STATES = {
    "o": {},
    "b": {"ready": False},
    "p": {"phase": "Pending"},
    "f": {"phase": "Failed"},
    "t": {"terminating": True},
}
ALONE = ["", *STATES, *(state.upper() for state in STATES)]
TOGETHER = ["oO", "oB", "bO", "bB", "oo", "OO", "tO", "to", "oF", "fO", "tB", "ooO"]
BUDGETS = {
    "one": {"most": 1},
    "two": {"most": 2},
    "all": {"most": "100%"},
    "surge-one": {"most": 0, "surge": 1},
    "surge-two": {"most": 0, "surge": 2},
    "by-hand": {"strategy": "OnDelete"},
}


def there(n, fit, states):
    """Node ``n`` and its pods, old (``o``) and new (``O``), the first of them the oldest."""
    name = f"n{n}"
    made = [
        daemon(
            name,
            2 if it.isupper() else 1,
            name=f"{name}-{k}",
            age=HOUR * (9 - k),
            **STATES[it.lower()],
        )
        for k, it in enumerate(states)
    ]
    return [node(name, *TAINTS[fit]), *made]


def worlds():
    """One node in any state, two in many, three that fit."""
    single = list(product(TAINTS, ALONE + TOGETHER))
    for fit, states in single:
        yield there(1, fit, states)
    for one, other in product(single, product(TAINTS, ("", "o", "B", "oB"))):
        yield there(1, *one) + there(2, *other)
    for all_three in product([*ALONE[:3], "O", "B", "oB", "t"], repeat=3):
        yield [it for n, states in enumerate(all_three) for it in there(n, "fits", states)]


WORLDS = list(worlds())


def check_progress(look):
    """A set that is not at its goal acts, or says what it waits for."""
    settled = all(_is_settled(look, name) for name, fit in look.fits.items() if fit.runs)
    acts = look.plan.steps or look.plan.waits
    expect("I13", acts or settled, "nothing is done, nothing waited for")
    clean = all(fit.runs or not look.on(name) for name, fit in look.fits.items())
    perfect = settled and clean
    expect("I13", not (perfect and look.plan.steps), f"at its goal it does {look.plan.steps}")


def _is_settled(look, name):
    there = look.on(name)
    right = [look.is_available(it) and (look.is_new(it) or not look.rolls) for it in there]
    return right == [True]


def explore(budget):
    owner = daemon_set(v=2, **BUDGETS[budget])
    for things in WORLDS:
        it = seen(owner, V1, V2, *things)
        look = Look(it, decide(it), "v2")
        check(look)
        check_progress(look)


@pytest.mark.parametrize("budget", BUDGETS)
def test_in_every_small_world_each_node_has_its_pod_within_the_budget(budget):
    explore(budget)


@pytest.mark.parametrize("budget", ["two", "surge-one"])
def test_the_plan_does_not_depend_on_the_order_of_pods_and_nodes(budget):
    owner = daemon_set(v=2, **BUDGETS[budget])
    for things in WORLDS[:: len(WORLDS) // 60]:
        orders = list(permutations(things))[:: 1 + len(things) ** 2]
        plans = [decide(seen(owner, V1, V2, *order)) for order in orders]
        assert all(plan == plans[0] for plan in plans)


# --- each invariant is seen to fail ------------------------------------------------------------


def keeps_all(monkeypatch):
    monkeypatch.setattr(upkeep, "_tidy", lambda *_, **__: None)


def forgets_the_budget(monkeypatch):
    without = rolling_update._without_surge
    monkeypatch.setattr(rolling_update, "_without_surge", lambda *args: without(*args[:2], 9))


def forgets_the_surge(monkeypatch):
    surge = rolling_update._with_surge
    monkeypatch.setattr(rolling_update, "_with_surge", lambda *args: surge(*args[:3], 9))


def renews_by_hand(monkeypatch):
    monkeypatch.setattr(
        rolling_update,
        "_until_deleted",
        lambda nodes: Plan.of(*[Delete(berth.pods[0]) for berth in nodes.wanted if berth.pods]),
    )


def says_nothing(monkeypatch):
    monkeypatch.setattr(rolling_update, "_progress", lambda _: Plan())


def leaves_forbidden_pods(monkeypatch):
    monkeypatch.setattr(upkeep, "_is_going", lambda _: True)


def on_any_node(monkeypatch):
    """Makes pods wherever there are none."""
    keep = upkeep.keep

    def more(look, nodes):
        empty = [berth.node for berth in nodes.berths.values() if not berth.pods]
        return keep(look, nodes).beside(
            Plan.of(*[upkeep.create(look, nodes.hash, name) for name in empty])
        )

    monkeypatch.setattr(upkeep, "keep", more)


def beside_one_that_goes(monkeypatch):
    """A pod on its way out does not hold its node."""
    keep = upkeep.keep

    def blind(look, nodes):
        for berth in nodes.berths.values():
            berth.pods = [it for it in berth.pods if not it.metadata.deletion_timestamp]
        return keep(look, nodes)

    monkeypatch.setattr(upkeep, "keep", blind)


BROKEN = [
    (on_any_node, "one", "I7"),
    (beside_one_that_goes, "one", "I7"),
    (keeps_all, "one", "I7"),
    (forgets_the_budget, "one", "I7"),
    (forgets_the_surge, "surge-one", "I7"),
    (renews_by_hand, "by-hand", "I7"),
    (leaves_forbidden_pods, "one", "I7"),
    (says_nothing, "one", "I13"),
]


@pytest.mark.parametrize(
    ("broken", "budget", "invariant"), [pytest.param(*each, id=each[0].__name__) for each in BROKEN]
)
def test_a_broken_rule_is_noticed(broken, budget, invariant, monkeypatch):
    broken(monkeypatch)
    with pytest.raises(Violation, match=f"^{invariant}: "):
        explore(budget)
