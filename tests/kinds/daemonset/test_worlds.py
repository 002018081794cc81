"""Every small world of a DaemonSet: one to three nodes, with any pods on them, under any budget.

The invariants carry their names in the catalogue: I7 one pod per node, within the budget, and I13
quiet. That each of them bites is seen at the end, with rules that are broken on purpose.
"""

from __future__ import annotations

from itertools import permutations, product

import msgspec
import pytest

from builders import HOUR, seen
from members import V1, V2, daemon, daemon_set, node
from podwright.kinds.daemonset import fleet, placement, rolling_update, upkeep
from podwright.kinds.daemonset.decide import decide
from podwright.objects import Node, Pod, Taint
from podwright.plan import Create, Delete, Plan
from podwright.rules import pods

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


class Violation(AssertionError):  # noqa: N818  # what it is called in the simulation, too
    """An invariant does not hold; its name comes first."""


def expect(invariant, holds, what):
    if not holds:
        raise Violation(f"{invariant}: {what}")


def available(it):
    return pods.is_active(it) and pods.is_ready(it)


def is_new(it):
    return it.metadata.labels["controller-revision-hash"] == "v2"


class World:
    """What is there, and what a plan makes of it."""

    def __init__(self, owner, things, plan):
        spec = owner.spec
        fits = placement.of(spec.template)
        self.fits = {it.name: placement.fit(fits, it) for it in things if isinstance(it, Node)}
        self.pods = [it for it in things if isinstance(it, Pod)]
        self.plan = plan
        self.gone = [it.target for it in plan.actions if isinstance(it, Delete)]
        made = [it.manifest for it in plan.actions if isinstance(it, Create)]
        self.made = [placement.node_of(msgspec.convert(it, Pod)) for it in made]
        self.rolls = spec.update_strategy.type == "RollingUpdate"
        wanted = [name for name, fit in self.fits.items() if fit.runs]
        self.wanted = wanted
        look = seen(owner, *things)
        self.most, self.surge = fleet.budget(look, wanted)
        self.surge = self.surge if self.rolls else 0

    def on(self, name):
        return [it for it in self.pods if it.spec.node_name == name]

    def live(self, name):
        return [it for it in self.on(name) if pods.is_active(it)]


def check(owner, things, plan):
    world = World(owner, things, plan)
    names = [it.name for it in world.gone]
    expect("I7", len(set(names)) == len(names), f"{names} go twice")
    for it in world.gone:
        expect("I7", not it.metadata.deletion_timestamp, f"{it.name} is deleted again")
    expect("I7", len(set(world.made)) == len(world.made), f"{world.made} get two at once")
    for name, fit in world.fits.items():
        check_node(world, name, fit)
    check_budget(world)
    check_progress(world)


def check_node(world, name, fit):
    """At most one live pod, or two in a roll-out with surge; none where none may be."""
    live = world.live(name)
    if name in world.made:
        most = 1 if world.surge else 0
        expect("I7", fit.runs, f"{name} gets a pod that may not run there")
        expect("I7", len(live) <= most, f"{name} gets another pod beside {len(live)}")
        beside = all(not is_new(it) for it in live)
        expect("I7", beside, f"{name} gets a second new pod")
        if not world.surge:
            held = [it for it in world.on(name) if not pods.is_finished(it)]
            expect("I7", not held, f"{name} gets a pod before the old one is gone")
    left = [it for it in live if it not in world.gone]
    if not fit.stays:
        expect("I7", not left, f"{name} keeps a pod that may not stay")
    elif live:
        untouched = len(live) < 2 or len(left) <= (2 if world.surge else 1)
        expect("I7", untouched, f"{name} keeps {len(left)} pods")


def check_budget(world):
    """Nodes that we take the last available pod from, and those without one, are within it."""
    taken = [
        name
        for name in world.wanted
        if any(map(available, world.on(name)))
        and len(world.live(name)) == 1
        and all(it in world.gone for it in world.live(name))
    ]
    expect("I7", world.rolls or not taken, f"{taken} are renewed, which nobody asked for")
    for name in taken:
        expect("I7", not any(map(is_new, world.live(name))), f"{name} loses its new pod")
    if world.surge:
        expect("I7", not taken, f"{taken} lose their only pod in spite of surge")
    else:
        lacking = sum(not any(map(available, world.on(name))) for name in world.wanted)
        within = not taken or len(taken) + lacking <= world.most
        expect("I7", within, f"{taken} go, {lacking} have none, at most {world.most} may")
    two = [name for name in world.made if any(map(available, world.live(name)))]
    surging = sum(len(world.live(name)) > 1 and name not in {
        it.spec.node_name for it in world.gone} for name in world.fits)  # fmt: skip
    expect("I7", not two or len(two) + surging <= world.surge, f"{two} get a second pod")


def check_progress(world):
    at_goal = all(
        [available(it) and (is_new(it) or not world.rolls) for it in world.on(name)] == [True]
        if fit.runs
        else not world.on(name) or (fit.stays and len(world.live(name)) == 1)
        for name, fit in world.fits.items()
    )
    acts = world.plan.steps or world.plan.waits
    expect("I13", acts or at_goal or _is_left_over(world), "nothing is done, nothing waited for")
    perfect = at_goal and all(fit.runs or not world.on(name) for name, fit in world.fits.items())
    expect("I13", not (perfect and world.plan.steps), f"at its goal it does {world.plan.steps}")


def _is_left_over(world):
    """What is going on nodes that want no pod needs no word."""
    return all(
        [available(it) for it in world.on(name)] == [True]
        for name, fit in world.fits.items()
        if fit.runs
    )


def explore(budget):
    owner = daemon_set(v=2, **BUDGETS[budget])
    for things in WORLDS:
        check(owner, things, decide(seen(owner, V1, V2, *things)))


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
