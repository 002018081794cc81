"""Every small world of a StatefulSet: up to three pods in any state, any partition and budget.

The invariants carry their names in the catalogue: I5 identity and order, I6 volumes, I13 quiet. That
each of them bites is seen at the end, with rules that are broken on purpose.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations, product

import msgspec.structs
import pytest

from builders import seen
from members import DATA, STATEFUL, V1, V2, claim, member, of_pod, rolling, stateful_set
from podwright.kinds.statefulset import identity, ordering, rolling_update
from podwright.kinds.statefulset.decide import decide
from podwright.objects import Claim, Pod
from podwright.plan import Create, Delete, Patch, Plan
from simulation.invariants import Violation, expect
from simulation.stateful_plans import Look, check

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


def check_progress(look):
    """A set that is not at its goal acts, or says what it waits for."""
    goal = look.pods.keys() == set(look.wanted) and all(
        look.is_available(n) and (look.is_new(n) or n < look.spec.partition) for n in look.pods
    )
    plan = look.plan
    expect("I13", bool(plan.steps or plan.waits) or goal, "nothing is done and nothing waited for")
    expect("I13", not (goal and plan.steps), f"at its goal it does {plan.steps}")
    if look.spec.update_strategy.replace_stuck_pods and not goal and not plan.steps:
        reasons = [
            n
            for n, it in look.pods.items()
            if it.metadata.deletion_timestamp or (look.is_new(n) and not look.is_available(n))
        ]
        helpless = [n for n in look.pods if n not in look.wanted and not look.is_available(n)]
        expect("I12", reasons or len(helpless) > 1, "a stuck pod is left standing")


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
        it = seen(owner, V1, V2, *world)
        look = Look(it, decide(it), V2.name)
        check(look)
        check_progress(look)


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
