"""Plans, and how they combine."""

import pytest

from builders import HOUR, NOW, create, pod
from podwright.plan import Adopt, Delete, Failure, Outcome, Plan, Release, Wait

A, B, C, D = (Delete(pod(name)) for name in "abcd")


def test_actions_of_one_plan_are_done_side_by_side():
    assert Plan.of(A, B).steps == ((A, B),)


def test_a_plan_of_nothing_has_no_steps():
    assert Plan.of() == Plan()
    assert Plan().actions == ()


def test_then_is_later():
    assert Plan.of(A, B).then(Plan.of(C)) == Plan(steps=((A, B), (C,)))
    assert Plan.of(A).then(Plan.of(B).then(Plan.of(C))) == Plan.of(A).then(Plan.of(B)).then(
        Plan.of(C)
    )


def test_beside_is_at_the_same_time_step_by_step():
    assert Plan.of(A).then(Plan.of(B)).beside(Plan.of(C)) == Plan(steps=((A, C), (B,)))
    assert Plan.of(A).beside(Plan.of(B).then(Plan.of(C, D))) == Plan(steps=((A, B), (C, D)))


def test_any_number_of_plans_go_side_by_side():
    longer = Plan.of(B).then(Plan.of(C))
    assert Plan.of(A).beside(longer, Plan.of(D)) == Plan(steps=((A, B, D), (C,)))
    assert Plan.of(A).beside() == Plan.of(A)
    late, soon = Plan().again_at(NOW + HOUR), Plan.wait("x").again_at(NOW)
    assert Plan().beside(late, soon) == Plan(waits=(Wait("x"),), requeue_at=NOW)


@pytest.mark.parametrize("join", [Plan.then, Plan.beside], ids=["then", "beside"])
def test_an_empty_plan_changes_nothing(join):
    plan = Plan.of(A).then(Plan.of(B)).again_at(NOW)
    assert join(plan, Plan()) == join(Plan(), plan) == plan


@pytest.mark.parametrize("join", [Plan.then, Plan.beside], ids=["then", "beside"])
def test_joined_plans_wait_for_both(join):
    both = join(
        Plan.wait("x", on="a").again_at(NOW + HOUR), Plan.wait("y", remedy="z").again_at(NOW)
    )
    assert both == Plan(waits=(Wait("x", "a"), Wait("y", remedy="z")), requeue_at=NOW)


@pytest.mark.parametrize(
    ("one", "other", "earliest"),
    [
        pytest.param(NOW, NOW + HOUR, NOW, id="the-first"),
        pytest.param(NOW + HOUR, NOW, NOW, id="the-second"),
        pytest.param(NOW, None, NOW, id="the-only-one"),
        pytest.param(None, None, None, id="none"),
    ],
)
def test_the_earliest_moment_wins(one, other, earliest):
    assert Plan().again_at(one).again_at(other).requeue_at == earliest


def test_all_actions_of_all_steps_are_told_in_order():
    plan = Plan.of(create(), A).then(Plan.of(Adopt(pod()), Release(pod())))
    assert plan.actions == (create(), A, Adopt(pod()), Release(pod()))


def test_users_are_told_the_first_error():
    assert Outcome(failures=(Failure(A, "one"), Failure(B, "two"))).first_error == "one"
    assert Outcome(outdated=True).first_error is None
