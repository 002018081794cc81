"""Every small world of a StatefulSet: up to three pods in any state, any partition and budget.

The invariants carry their names in the catalogue: I5 identity and order, I6 volumes, I13 quiet. That
each of them bites is seen at the end, with rules that are broken on purpose.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations, product

import msgspec.structs
import pytest

from builders import NOW, seen
from members import DATA, STATEFUL, V1, V2, claim, member, of_pod, rolling, stateful_set
from podwright.kinds.statefulset import identity, ordering, rolling_update
from podwright.kinds.statefulset.decide import decide
from podwright.objects import Claim, Pod
from podwright.plan import Create, Delete, Patch, Plan
from podwright.rules import pods

STATES = {
    "pending": {"phase": "Pending"},
    "ready": {},
    "unready": {"ready": False},
    "failed": {"phase": "Failed"},
    "going": {"terminating": True},
}
CHOICES = [
    [None, *(member(n, v, **how) for how in STATES.values() for v in (1, 2))] for n in range(3)
]
WORLDS = [[it for it in world if it] for world in product(*CHOICES)]
STRATEGIES = {
    "one": rolling(),
    "one-above-1": rolling(1),
    "one-above-9": rolling(9),
    "stuck": rolling(replace_stuck_pods=True),
    "two": rolling(most=2),
    "all-above-1": rolling(1, "100%"),
}
POLICIES = ("OrderedReady", "Parallel")


class Violation(AssertionError):  # noqa: N818  # what it is called in the simulation, too
    """An invariant does not hold; its name comes first."""


def expect(invariant, holds, what):
    if not holds:
        raise Violation(f"{invariant}: {what}")


def available(it):
    return (
        it is not None
        and pods.is_active(it)
        and it.status.phase == "Running"
        and (pods.is_available(it, 0, NOW))
    )


def check(owner, world, plan):
    """What a plan may do in a world, whatever the rule says."""
    there = {identity.ordinal_of("web", it.name): it for it in world}
    made = [
        identity.ordinal_of("web", each.manifest["metadata"]["name"])
        for each in plan.actions
        if isinstance(each, Create) and each.resource == Pod.resource
    ]
    gone = [
        identity.ordinal_of("web", each.target.name)
        for each in plan.actions
        if isinstance(each, Delete) and isinstance(each.target, Pod)
    ]
    wanted = owner.spec.ordinal_range
    expect("I5", len(set(made)) == len(made), f"{made} are made twice")
    expect("I5", len(set(gone)) == len(gone), f"{gone} go twice")
    expect("I5", not set(made) & there.keys(), f"{made} are made where a pod is")
    expect("I5", set(made) <= set(wanted), f"{made} are made and not wanted")
    for ordinal in gone:
        going = there[ordinal].metadata.deletion_timestamp
        expect("I5", not going, f"{ordinal} is deleted again")
    if owner.spec.pod_management_policy == "OrderedReady":
        check_order(owner, there, made, gone)
    check_roll_out(owner, there, gone)
    check_progress(owner, there, plan)


def check_order(owner, there, made, gone):
    wanted = owner.spec.ordinal_range
    expect("I5", len(made) <= 1, f"{made} are made at once")
    for ordinal in made:
        before = [there.get(n) for n in range(wanted.start, ordinal)]
        expect("I5", all(map(available, before)), f"{ordinal} is made before its time")
    condemned = [ordinal for ordinal in gone if ordinal not in wanted]
    expect("I5", len(condemned) <= 1, f"{condemned} go at once")
    surplus = there.keys() - set(wanted)
    for ordinal in condemned:
        expect("I5", ordinal == max(surplus), f"{ordinal} goes before {max(surplus)}")
        stay = [there.get(n) for n in wanted]
        expect("I5", all(map(available, stay)), f"{ordinal} goes while others are not there")


def check_roll_out(owner, there, gone):
    """Of pods that are wanted only those of an old revision go, within partition and budget."""
    spec = owner.spec
    wanted = {n: it for n, it in there.items() if n in spec.ordinal_range}
    live = {n for n in gone if n in wanted and not pods.is_finished(wanted[n])}
    for ordinal in live:
        old = not identity.is_of(wanted[ordinal], V2.name)
        expect("I5", old, f"{ordinal} goes and is new")
        expect("I5", ordinal >= spec.partition, f"{ordinal} goes below the partition")
    sound = {n for n in live if available(wanted[n])}
    budget = spec.update_strategy.rolling_update.max_unavailable
    most = {None: 1, "100%": max(spec.replicas, 1)}.get(budget, budget)
    lacking = sum(
        not available(there.get(n))
        for n in spec.ordinal_range
        # Without a budget upstream does not ask about those that a roll-out has yet to come to.
        if budget is not None or n > max(live, default=-1)
    )
    within = not sound or len(sound) + lacking <= most
    expect("I5", within, f"{live} go, {lacking} are missing, at most {most} may be")


def check_progress(owner, there, plan):
    """A set that is not at its goal acts, or says what it waits for."""
    spec = owner.spec
    goal = there.keys() == set(spec.ordinal_range) and all(
        available(it) and (identity.is_of(it, V2.name) or n < spec.partition)
        for n, it in there.items()
    )
    expect("I13", bool(plan.steps or plan.waits) or goal, "nothing is done and nothing waited for")
    expect("I13", not (goal and plan.steps), f"at its goal it does {plan.steps}")
    if not spec.update_strategy.replace_stuck_pods:
        return
    stuck = plan.steps == () and not any(
        it.metadata.deletion_timestamp or (identity.is_of(it, V2.name) and not available(it))
        for it in there.values()
    )
    helpless = [n for n, it in there.items() if n not in spec.ordinal_range and not available(it)]
    expect("I12", goal or not stuck or len(helpless) > 1, "a stuck pod is left standing")


def explore(policy, strategy, replicas, start=0):
    owner = stateful_set(
        replicas,
        v=2,
        was=1,
        start=start,
        pod_management_policy=policy,
        update_strategy=STRATEGIES[strategy],
    )
    for world in WORLDS:
        check(owner, world, decide(seen(owner, V1, V2, *world)))


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_in_every_small_world_the_order_the_partition_and_the_budget_hold(policy, strategy):
    for replicas in (1, 3):
        explore(policy, strategy, replicas)


@pytest.mark.parametrize("policy", POLICIES)
def test_with_other_ordinals_they_hold_too(policy):
    for replicas, start in ((0, 0), (2, 0), (2, 1)):
        explore(policy, "one", replicas, start)


@pytest.mark.parametrize("policy", POLICIES)
def test_the_plan_does_not_depend_on_the_order_of_pods(policy):
    owner = stateful_set(2, v=2, was=1, pod_management_policy=policy)
    for world in WORLDS[:: len(WORLDS) // 60]:
        plans = [decide(seen(owner, V1, V2, *order)) for order in permutations(world)]
        assert all(plan == plans[0] for plan in plans)


# --- claims ------------------------------------------------------------------------------------

RETAIN = list(product(("Retain", "Delete"), repeat=2))
OWNERS = {
    "none": (),
    "set": (STATEFUL,),
    "pod": (of_pod("web-1"),),
    "earlier-pod": (of_pod("web-1", "uid-before"),),
    "earlier-set": (msgspec.structs.replace(STATEFUL, uid="uid-before"),),
}
CLAIMS = [
    None,
    *(
        claim("data-web-1", *owners, terminating=going)
        for owners in OWNERS.values()
        for going in (False, True)
    ),
]


def claims_worlds():
    """Pod 1 in every state, with its claim in every state, wanted or not; pod 0 is there."""
    zero = (member(0, v=2, mounts=("data",)), claim("data-web-0"))
    for how, it in product([None, *STATES.values()], CLAIMS):
        one = [] if how is None else [member(1, v=2, mounts=("data",), **how)]
        yield [*zero, *one, *([it] if it else [])]


def check_claims(owner, world, plan):
    policy = owner.spec.persistent_volume_claim_retention_policy
    there = {it.name: it for it in world if isinstance(it, Claim)}
    pod = next((it for it in world if it.name == "web-1"), None)
    for n, step in enumerate(plan.steps):
        for action in step:
            target = getattr(action, "target", None)
            if isinstance(target, Claim):
                expect("I6", isinstance(action, Patch), f"{target.name} is deleted")
                written = (action.body["metadata"]["ownerReferences"] or []) if action.body else []
                uids = {each["uid"] for each in written}
                expect("I6", uids == right(owner, target.name), f"{target.name} is given to {uids}")
            elif isinstance(action, Create) and action.resource == Claim.resource:
                owned = policy.when_deleted == "Delete"
                expect("I6", action.owned == owned, "a new claim has not the right owner")
            elif isinstance(action, Create) and action.resource == Pod.resource:
                name = "data-" + action.manifest["metadata"]["name"]
                going = name in there and there[name].metadata.deletion_timestamp
                expect("I6", not going, f"a pod is made on {name}, which is going")
                before = {each.manifest["metadata"]["name"] for s in plan.steps[:n] for each in s
                          if isinstance(each, Create)}  # fmt: skip
                expect("I6", name in there or name in before, f"a pod is made without {name}")
    one = there.get("data-web-1")
    deleted = any(isinstance(each, Delete) and each.target is pod for each in plan.actions)
    if pod and deleted and one and owner.spec.replicas < 2 and not earlier(one):
        fate = patched(plan.steps, one, before=pod)
        expect("I6", fate == right(owner, one.name), "a pod goes before its claim knows")


def right(owner, name):
    """The uids of a claim's owners as the table says."""
    policy = owner.spec.persistent_volume_claim_retention_policy
    pod = name.removeprefix("data-")
    condemned = identity.ordinal_of("web", pod) not in owner.spec.ordinal_range
    if policy.when_scaled == "Delete" and condemned:
        return {f"uid-{pod}"}
    return {STATEFUL.uid} if policy.when_deleted == "Delete" else set()


def earlier(it):
    return any(each.uid == "uid-before" for each in it.metadata.owner_references)


def patched(steps, it, before):
    """What a claim's owners are when its pod goes."""
    for step in steps:
        if any(isinstance(each, Delete) and each.target is before for each in step):
            break
        for each in step:
            if isinstance(each, Patch) and each.target is it:
                return {one["uid"] for one in each.body["metadata"]["ownerReferences"] or []}
    return {each.uid for each in it.metadata.owner_references}


def explore_claims(policy, retain):
    for replicas in (1, 2):
        owner = stateful_set(
            replicas,
            v=2,
            retain=retain,
            pod_management_policy=policy,
            volume_claim_templates=(DATA,),
        )
        for world in claims_worlds():
            check_claims(owner, world, decide(seen(owner, V2, *world)))


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("retain", RETAIN, ids="-".join)
def test_in_every_small_world_claims_are_safe(policy, retain):
    explore_claims(policy, retain)


# --- each invariant is seen to fail ------------------------------------------------------------


def without_order(monkeypatch):
    """A pod does not wait for those before it."""
    monkeypatch.setattr(ordering, "_blocked", lambda *_: None)


def makes_all_at_once(monkeypatch):
    monkeypatch.setattr(ordering, "ordered", ordering.parallel)


def from_the_lowest(monkeypatch):
    def lowest(seen, members):
        return Plan.of(Delete(members.by_ordinal[members.condemned[-1]]))

    monkeypatch.setattr(ordering, "_remove_highest", lowest)


def past_the_partition(monkeypatch):
    replace_all = rolling_update.replace
    free = rolling(0)

    def unheld(seen, members, history):
        spec = msgspec.structs.replace(seen.spec, update_strategy=free)
        return replace_all(replace(seen, spec=spec), members, history)

    monkeypatch.setattr(rolling_update, "replace", unheld)


def one_too_many(monkeypatch):
    scaled = rolling_update.budgets.scaled
    more = lambda *args, **how: scaled(*args, **how) + 1  # noqa: E731
    monkeypatch.setattr(rolling_update, "budgets", type("More", (), {"scaled": staticmethod(more)}))


def leaves_stuck_pods(monkeypatch):
    monkeypatch.setattr(rolling_update, "is_stuck", lambda *_: False)


def deletes_twice(monkeypatch):
    decided = ordering.parallel

    def again(*args):
        plan = decided(*args)
        return plan.beside(plan)

    monkeypatch.setattr(ordering, "parallel", again)


def speaks_of_nothing(monkeypatch):
    monkeypatch.setattr(ordering, "_until_available", lambda *_: Plan())


ORDER = [
    (without_order, "OrderedReady", "one", "I5"),
    (makes_all_at_once, "OrderedReady", "one", "I5"),
    (from_the_lowest, "OrderedReady", "one", "I5"),
    (past_the_partition, "Parallel", "one-above-1", "I5"),
    (one_too_many, "Parallel", "two", "I5"),
    (deletes_twice, "Parallel", "one", "I5"),
    (leaves_stuck_pods, "OrderedReady", "stuck", "I12"),
    (speaks_of_nothing, "OrderedReady", "one", "I13"),
]


@pytest.mark.parametrize(
    ("broken", "policy", "strategy", "invariant"),
    [pytest.param(*each, id=each[0].__name__) for each in ORDER],
)
def test_a_broken_order_is_noticed(broken, policy, strategy, invariant, monkeypatch):
    broken(monkeypatch)
    with pytest.raises(Violation, match=f"^{invariant}: "):
        for replicas in range(4):
            explore(policy, strategy, replicas)


def pod_first(monkeypatch):
    """Claims go side by side with their pod."""
    monkeypatch.setattr(Plan, "then", Plan.beside)


def on_any_claim(monkeypatch):
    monkeypatch.setattr(ordering.claims.Claims, "terminating", lambda *_: None)


def owner_later(monkeypatch):
    new = ordering.claims._new
    monkeypatch.setattr(ordering.claims, "_new", lambda *args: replace(new(*args), owned=False))


def never_deletes(monkeypatch):
    """Tidies up claims by itself."""
    fate = ordering._condemned_claims

    def tidy(members):
        return [Delete(it.target) for it in fate(members) if isinstance(it, Patch)]

    monkeypatch.setattr(ordering, "_condemned_claims", tidy)


def gives_all_to_the_set(monkeypatch):
    monkeypatch.setattr(ordering.claims, "_wanted", lambda seen, *_: [seen.reference])


CLAIM_BREAKERS = [pod_first, on_any_claim, owner_later, never_deletes, gives_all_to_the_set]


@pytest.mark.parametrize("broken", CLAIM_BREAKERS, ids=lambda it: it.__name__)
def test_broken_claims_are_noticed(broken, monkeypatch):
    broken(monkeypatch)
    with pytest.raises(Violation, match=r"^I6: "):
        for policy, retain in product(POLICIES, RETAIN):
            explore_claims(policy, retain)
