"""Claiming, row by row of upstream's ``ClaimObject``."""

from dataclasses import replace

import pytest

from builders import SELECTOR, pod, replica_set, seen
from podwright.kinds.replicaset import REPLICASET
from podwright.objects import LabelSelector, Pod, Requirement
from podwright.plan import Adopt, Plan, Record, Release
from podwright.rules import adoption
from podwright.workload import Owns

OTHER = {"app": "db"}


def claim(observed):
    return adoption.claim(observed, REPLICASET.owns)


@pytest.mark.parametrize(
    ("owner", "mine", "orphan", "plan"),
    [
        pytest.param(replica_set(), pod(), None, None, id="mine-and-matching-stays"),
        pytest.param(
            replica_set(terminating=True), pod(), None, None, id="mine-stays-while-i-am-going"
        ),
        pytest.param(
            replica_set(),
            pod(labels=OTHER),
            None,
            Plan.of(Release(pod(labels=OTHER))),
            id="mine-and-not-matching-is-released",
        ),
        pytest.param(
            replica_set(terminating=True),
            pod(labels=OTHER),
            None,
            None,
            id="mine-and-not-matching-is-kept-while-i-am-going",
        ),
        pytest.param(
            replica_set(),
            None,
            pod(owner=None),
            Plan.of(Adopt(pod(owner=None))),
            id="a-matching-orphan-is-adopted",
        ),
        pytest.param(
            replica_set(terminating=True),
            None,
            pod(owner=None),
            None,
            id="an-orphan-stays-one-while-i-am-going",
        ),
        pytest.param(
            replica_set(), None, pod(owner=None, labels=OTHER), None, id="a-stranger-is-ignored"
        ),
        pytest.param(
            replica_set(),
            None,
            pod(owner=None, terminating=True),
            None,
            id="an-orphan-on-its-way-out-is-ignored",
        ),
    ],
)
def test_claiming(owner, mine, orphan, plan):
    pods = [mine] if mine else []
    assert claim(seen(owner, *pods, orphans=[orphan] if orphan else [])) == plan


@pytest.mark.parametrize(
    "gone",
    [{"phase": "Failed"}, {"phase": "Succeeded"}, {"terminating": True}],
    ids=["failed", "succeeded", "terminating"],
)
def test_only_active_pods_are_candidates(gone):
    released = pod(labels=OTHER, **gone)
    adopted = pod("web-1", owner=None, **gone)
    assert claim(seen(replica_set(), released, orphans=[adopted])) is None


def test_everything_is_claimed_in_one_step_releases_first():
    orphans = [pod("a", owner=None), pod("b", owner=None)]
    strangers = [pod("c", labels=OTHER), pod("d", labels={})]
    assert claim(seen(replica_set(), *strangers, orphans=orphans)) == Plan.of(
        *map(Release, strangers), *map(Adopt, orphans)
    )


@pytest.mark.parametrize(
    ("selector", "text"),
    [
        pytest.param(LabelSelector(), "empty selector is invalid", id="empty"),
        pytest.param(
            LabelSelector(match_expressions=(Requirement("app", "Near", ("x",)),)),
            '"Near" is not a valid label selector operator',
            id="unknown-operator",
        ),
    ],
)
def test_a_selector_that_cannot_be_understood_releases_and_adopts_nothing(selector, text):
    look = seen(replica_set(selector=selector), pod(labels=OTHER), orphans=[pod("b", owner=None)])
    plan = claim(look)
    assert plan.actions == (Record("InvalidSelector", text, "Warning"),)
    assert plan.waits == Plan.wait("a valid selector", remedy=text).waits


def test_a_kind_that_owns_nothing_claims_nothing():
    assert adoption.claim(seen(replica_set(selector=SELECTOR), pod(labels=OTHER)), ()) is None


OWNS = REPLICASET.owns[0]


def test_a_kind_may_ask_for_more_than_labels():
    named = replace(OWNS, fits=lambda meta, it: it.name.startswith(meta.name))
    orphans = [pod("web-1", owner=None), pod("api-1", owner=None)]
    look = seen(replica_set(), pod("web-0"), pod("api-0"), orphans=orphans)
    plan = adoption.claim(look, (named,))
    assert plan == Plan.of(Release(pod("api-0")), Adopt(orphans[0]))


def test_a_kind_may_keep_what_does_not_match():
    kept = replace(OWNS, releases=False)
    look = seen(replica_set(), pod(labels=OTHER), orphans=[pod("b", owner=None)])
    assert adoption.claim(look, (kept,)) == Plan.of(Adopt(pod("b", owner=None)))
    assert adoption.claim(seen(replica_set(), pod(labels=OTHER)), (kept,)) is None


def test_without_a_selector_nothing_is_claimed():
    owns = (Owns(Pod),)
    look = seen(replica_set(), pod(labels=OTHER), orphans=[pod("web-1", owner=None)])
    assert adoption.claim(look, owns) is None


# --- a selector that depends on who the owner is -------------------------------------------------


def by_name(meta, spec):
    """Pods with the owner's name as their label; none for an owner of nobody."""
    return LabelSelector({"app": meta.name}) if spec.replicas else None


CHOSEN = Owns(Pod, chosen=by_name)


def test_a_selector_may_depend_on_who_the_owner_is():
    orphans = [pod("a", owner=None), pod("b", owner=None, labels={"app": "api"})]
    look = seen(replica_set(), pod("c"), pod("d", labels={"app": "api"}), orphans=orphans)
    plan = adoption.claim(look, (CHOSEN,))
    assert plan == Plan.of(Release(pod("d", labels={"app": "api"})), Adopt(orphans[0]))


def test_who_chooses_nothing_claims_nothing():
    look = seen(replica_set(replicas=0), pod(labels=OTHER), orphans=[pod("b", owner=None)])
    assert adoption.claim(look, (CHOSEN,)) is None


def test_what_is_chosen_wins_over_a_selector_of_the_spec():
    both = replace(OWNS, chosen=lambda _meta, _spec: LabelSelector(OTHER))
    look = seen(replica_set(), pod(), orphans=[pod("b", owner=None, labels=OTHER)])
    plan = adoption.claim(look, (both,))
    assert plan == Plan.of(Release(pod()), Adopt(pod("b", owner=None, labels=OTHER)))


def test_a_choice_is_claimed_as_a_selector_is():
    assert [each.is_claimed for each in (OWNS, CHOSEN, Owns(Pod))] == [True, True, False]
    meta, spec = replica_set().metadata, replica_set().spec
    assert [each.selects(meta, spec) for each in (OWNS, CHOSEN, Owns(Pod))] == [
        SELECTOR,
        LabelSelector({"app": "web"}),
        None,
    ]


def test_what_is_kept_account_of_comes_and_goes_with_its_finalizer():
    kept = replace(OWNS, finalizer="example.com/mark")
    orphan = pod("b", owner=None)
    plan = adoption.claim(seen(replica_set(), pod(labels=OTHER), orphans=[orphan]), (kept,))
    assert plan == Plan.of(
        Release(pod(labels=OTHER), "example.com/mark"), Adopt(orphan, "example.com/mark")
    )
