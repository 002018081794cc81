"""Every small world of a Deployment: a new ReplicaSet and up to two old ones, under any budget.

The invariants carry their names in the catalogue: I2 ceiling, I3 floor, I4 none of both, I12 the
goal is reached, I13 quiet; and *one way*: what grows and what shrinks does so in different looks.
That each of them bites is seen at the end, with rules that are broken on purpose.
"""

from __future__ import annotations

from functools import cache
from itertools import permutations, product

import pytest

from builders import seen
from podwright import labels
from podwright.kinds.deployment import creation, following, recreate, rolling_update, sizing
from podwright.kinds.deployment.decide import decide
from podwright.kinds.deployment.sets import Sets
from podwright.kinds.deployment.sizing import resize
from podwright.kinds.deployment.spec import UNLIMITED
from podwright.objects import Meta
from podwright.owners import Myself
from podwright.plan import Create, Patch, Plan
from rollouts import AT_ONCE, applied, deployment, owned_set
from simulation.invariants import Violation, expect

MOST = 3
BUDGETS = {
    "above": {"surge": 1, "unavailable": 0},
    "below": {"surge": 0, "unavailable": 1},
    "both": {"surge": 1, "unavailable": 1},
    "at-once": {"strategy": AT_ONCE},
}
STATES = [(size, there) for size in range(MOST + 1) for there in range(size + 1)]
"""So many pods are wished for, and so many of them available."""
ENDING = (0, -1)
"""None are wished for, and one has not ended."""
OLD = [
    (),
    *((state,) for state in (ENDING, *STATES)),
    *product([state for state in STATES if state[0]], repeat=2),
]
WORLDS = list(product([None, *STATES], OLD))
NEW = 3


@cache
def one(v, state, wish):
    size, available = state
    if state == ENDING:
        return owned_set(v, 0, there=1, available=0, wish=wish)
    return owned_set(v, size, available=available, wish=wish)


def there(owner, new, old, was=None):
    """The ReplicaSets of a world, sized for what is wished for, or for what ``was``."""
    wish = (was or owner.spec.replicas, (was or owner.spec.replicas) + owner.spec.surge)
    sets = [one(v, state, wish) for v, state in enumerate(old, 1)]
    return [*sets, one(NEW, new, wish)] if new else sets


@cache
def wishes(budget, replicas):
    """A Deployment that has nothing else to do."""
    return deployment(
        replicas,
        NEW,
        annotations={labels.REVISION: str(NEW)},
        progress_deadline_seconds=UNLIMITED,
        **BUDGETS[budget],
    )


class Look:
    """A plan, and what it is about: sizes before and after, by name; the new one is ``new``."""

    def __init__(self, owner, new, old, plan):
        self.spec, self.plan = owner.spec, plan
        self.available = {f"web-v{v}": max(state[1], 0) for v, state in enumerate(old, 1)}
        self.before = {f"web-v{v}": state[0] for v, state in enumerate(old, 1)}
        self.before["new"], self.available["new"] = new or (0, 0)
        self.is_empty = all(state == (0, 0) for state in old)
        self.is_made = new is not None
        self.makes = any(isinstance(each, Create) for each in plan.actions)
        self.after = self.before | dict(_sized(plan))

    @property
    def grows(self):
        return {name for name, size in self.after.items() if size > self.before[name]}

    @property
    def shrinks(self):
        return {name for name, size in self.after.items() if size < self.before[name]}

    @property
    def is_complete(self):
        size = self.spec.replicas
        return (
            self.is_made and self.is_empty and size == self.before["new"] == self.available["new"]
        )

    @property
    def state(self):
        """Where it gets when all pods have come and gone: sizes, new and old."""
        old = tuple(size for name, size in self.after.items() if name != "new")
        return (self.after["new"] if self.is_made or self.makes else None, old)


def _sized(plan):
    for action in plan.actions:
        match action:
            case Create(manifest=made):
                yield "new", made["spec"]["replicas"]
            case Patch(target, {"spec": {"replicas": size}}):
                yield "new" if target.name == f"web-v{NEW}" else target.name, size


def check(look):
    """A plan is within the budgets, goes one way, and is quiet just when all is done."""
    spec = look.spec
    if spec.is_rolling:
        total, most = sum(look.after.values()), spec.replicas + spec.surge
        expect("I2", not look.grows or total <= most, f"{look.grows} grow, and {total} > {most}")
        stay = sum(min(size, look.available[name]) for name, size in look.after.items())
        least = min(sum(look.available.values()), spec.replicas - spec.unavailable)
        expect("I3", stay >= least, f"{look.shrinks} shrink, and {stay} < {least}")
    else:
        expect("I4", look.is_empty or "new" not in look.grows, "new pods come beside old ones")
    expect("one way", look.makes or not (look.grows and look.shrinks), "up and down in one look")
    expect("one way", not look.grows - {"new"}, f"old ones grow: {look.grows}")
    acts = look.plan.steps or look.plan.waits
    expect("I13", acts or look.is_complete, "nothing is done, nothing waited for")
    quiet = not look.plan.steps or not look.is_complete
    expect("I13", quiet, "at its goal it acts")


def walk(owner, state, known):
    """The kubelet in one line: what is wished for becomes available. So it goes to the goal."""
    for _ in range(4 * MOST + 4):
        if state in known:
            return
        known.add(state)
        new = None if state[0] is None else (state[0], state[0])
        old = tuple((size, size) for size in state[1])
        look = Look(owner, new, old, decide(seen(owner, *there(owner, new, old))))
        check(look)
        if look.state == state:
            expect("I12", look.is_complete, f"it stops at {state}")
            return
        state = look.state
    expect("I12", holds=False, what=f"it does not stop at {state}")


def explore(budget):
    for replicas in range(MOST, -1, -1):
        owner, known = wishes(budget, replicas), set()
        for new, old in WORLDS:
            look = Look(owner, new, old, decide(seen(owner, *there(owner, new, old))))
            check(look)
            walk(owner, look.state, known)


@pytest.mark.parametrize("budget", BUDGETS)
def test_in_every_small_world_the_plan_is_within_its_budgets_and_gets_to_the_goal(budget):
    explore(budget)


@pytest.mark.parametrize("budget", BUDGETS)
def test_the_plan_does_not_depend_on_the_order_of_replica_sets(budget):
    owner = wishes(budget, 3)
    for new, old in WORLDS[:: len(WORLDS) // 60]:
        plans = [decide(seen(owner, *each)) for each in permutations(there(owner, new, old))]
        assert all(plan == plans[0] for plan in plans)


def resized(budget, was, replicas):
    """Every world in which another number is wished for than when the ReplicaSets were sized."""
    owner, known = wishes(budget, replicas), set()
    for new, old in WORLDS:
        sets = there(owner, new, old, was)
        if sum(each.spec.replicas for each in sets) > was + owner.spec.surge:
            continue
        it = seen(owner, *sets)
        if not following.is_resized(it, Sets.of(it)):
            continue
        plan = decide(it)
        look = Look(owner, new, old, plan)
        total, most = sum(look.after.values()), replicas + owner.spec.surge
        expect("I2", not look.grows or total <= most, f"{look.grows} grow, and {total} > {most}")
        expect("one way", not (look.grows and look.shrinks), "up and down in one look")
        next_ = seen(owner, *applied(plan, sets))
        goes_on = not following.is_resized(next_, Sets.of(next_))
        expect("I12", goes_on or not owner.spec.is_rolling, "its size is never followed")
        walk(owner, look.state, known)


@pytest.mark.parametrize("budget", BUDGETS)
@pytest.mark.parametrize(("was", "replicas"), [(1, 3), (3, 1), (2, 3), (3, 0)], ids=str)
def test_in_every_small_world_another_size_is_followed_once(budget, was, replicas):
    resized(budget, was, replicas)


# --- each invariant is seen to fail ------------------------------------------------------------


def forgets_the_surge(monkeypatch):
    monkeypatch.setattr(rolling_update, "new_size", lambda it, *_: it.spec.replicas)


def forgets_what_must_stay(monkeypatch):
    monkeypatch.setattr(rolling_update, "_after_budget", lambda sizes, _: [0 for _ in sizes])


def takes_good_pods_for_broken_ones(monkeypatch):
    def any_pods(sizes, sets, spare):
        return rolling_update._after_budget(sizes, spare + 1)

    monkeypatch.setattr(rolling_update, "_after_broken", any_pods)


def does_both_in_one_look(monkeypatch):
    def both(it, sets, new):
        up, down = grow(it, sets, new), rolling_update.scale_down(it, sets, 0)
        return (up or Plan()).beside(down or Plan()) if up or down else None

    grow = rolling_update.scale_up
    monkeypatch.setattr(rolling_update, "scale_up", both)


def gives_old_ones_what_is_free(monkeypatch):
    grow = rolling_update.scale_up

    def any_of_them(it, sets, new):
        room = it.spec.replicas + it.spec.surge - sets.wished
        if not sets.old or room <= 0:
            return grow(it, sets, new)
        return Plan.of(resize(it, sets.old[0], sets.old[0].spec.replicas + room))

    monkeypatch.setattr(rolling_update, "scale_up", any_of_them)


def says_nothing(monkeypatch):
    monkeypatch.setattr(rolling_update, "_wait", lambda *_: Plan())


def never_rests(monkeypatch):
    patch = Plan.of(Patch(Myself(metadata=Meta()), {"metadata": {}}))
    monkeypatch.setattr(creation, "number_owner", lambda *_: patch)


def leaves_the_last_old_pod(monkeypatch):
    budget = rolling_update._after_budget

    def all_but_one(sizes, most):
        return [
            max(size, min(before, 1))
            for size, before in zip(budget(sizes, most), sizes, strict=True)
        ]

    monkeypatch.setattr(rolling_update, "_after_budget", all_but_one)


def does_not_wait_for_the_end(monkeypatch):
    monkeypatch.setattr(recreate, "has_pods", lambda _: False)


def makes_new_ones_first(monkeypatch):
    monkeypatch.setitem(decide.__globals__, "recreate", rolling_update.roll)


BROKEN = [
    (forgets_the_surge, "above", "I2"),
    (forgets_what_must_stay, "both", "I3"),
    (takes_good_pods_for_broken_ones, "below", "I3"),
    (does_not_wait_for_the_end, "at-once", "I4"),
    (makes_new_ones_first, "at-once", "I4"),
    (does_both_in_one_look, "both", "one way"),
    (gives_old_ones_what_is_free, "above", "one way"),
    (leaves_the_last_old_pod, "above", "I12"),
    (says_nothing, "below", "I13"),
    (never_rests, "above", "I13"),
]


@pytest.mark.parametrize(
    ("broken", "budget", "invariant"), [pytest.param(*each, id=each[0].__name__) for each in BROKEN]
)
def test_a_broken_rule_is_noticed(broken, budget, invariant, monkeypatch):
    broken(monkeypatch)
    with pytest.raises(Violation, match=f"^{invariant}: "):
        explore(budget)


def grows_without_end(monkeypatch):
    monkeypatch.setattr(
        following,
        "proportional",
        lambda _, sets: [(each, each.spec.replicas + 2) for each in sets],
    )


def sheds_at_one_end_and_grows_at_the_other(monkeypatch):
    monkeypatch.setattr(
        following,
        "proportional",
        lambda _, sets: [(sets[0], sets[0].spec.replicas + 1), *((each, 0) for each in sets[1:])],
    )


def forgets_to_note_the_size(monkeypatch):
    """As upstream does."""
    write = sizing.resize

    def lazily(it, target, size):
        return None if size == target.spec.replicas else write(it, target, size)

    monkeypatch.setattr(sizing, "resize", lazily)


OTHER_SIZES = [
    (grows_without_end, 1, 3, "I2"),
    (sheds_at_one_end_and_grows_at_the_other, 1, 3, "one way"),
    (forgets_to_note_the_size, 3, 1, "I12"),
]


@pytest.mark.parametrize(
    ("broken", "was", "replicas", "invariant"),
    [pytest.param(*each, id=each[0].__name__) for each in OTHER_SIZES],
)
def test_a_broken_rule_of_sizes_is_noticed(broken, was, replicas, invariant, monkeypatch):
    broken(monkeypatch)
    with pytest.raises(Violation, match=f"^{invariant}: "):
        resized("above", was, replicas)
