"""Revisions: which one the present template is, and which ones go."""

from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace

from builders import HOUR, LABELS, NOW, seen
from members import V1, V2, V3, revision, stateful_set, template
from podwright.labels import HASH
from podwright.objects import Pod, Revision
from podwright.plan import Create, Delete, Outcome, Patch, Plan
from podwright.rules import revisions
from podwright.rules.revisions import History


def look(v, *known, name="web", annotations=None, collisions=0, label=HASH):
    meta = {"annotations": annotations or {}}
    owner = stateful_set(v=v, name=name, meta=meta)
    return revisions.look(seen(owner), known, label=label, collisions=collisions)


def made(history):
    [create] = history.plan.actions
    return create.manifest


# --- looking -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("v", "known", "present", "number"),
    [
        pytest.param(1, [V1], "web-v1", None, id="the-only-one"),
        pytest.param(2, [V1, V2], "web-v2", None, id="the-newest"),
        pytest.param(2, [V2, V1], "web-v2", None, id="in-any-order"),
        pytest.param(1, [V1, V2], "web-v1", 3, id="going-back-raises-it"),
        pytest.param(2, [V1, V2, V3], "web-v2", 4, id="going-back-by-one"),
        pytest.param(1, [V1, revision(2, 9)], "web-v1", 10, id="above-the-highest"),
    ],
)
def test_a_template_that_is_known_is_found(v, known, present, number):
    history = look(v, *known)
    assert history.present.name == present
    change = Plan.of(Patch(history.present, {"revision": number})) if number else Plan()
    assert history.plan == change


@pytest.mark.parametrize(
    ("known", "number"),
    [([], 1), ([V1], 2), ([V2, V1], 3), ([revision(1, 40)], 41)],
    ids=["first", "second", "third", "after-the-highest"],
)
def test_a_new_template_gets_the_next_number(known, number):
    history = look(4, *known)
    assert history.present.revision == made(history)["revision"] == number


def test_a_new_revision_holds_the_template_and_says_that_it_replaces():
    manifest = made(look(1))
    assert manifest["apiVersion"] == "apps/v1"
    assert manifest["kind"] == "ControllerRevision"
    data = msgspec.json.decode(manifest["data"])
    assert data == {"spec": {"template": template(1) | {"$patch": "replace"}}}


def test_a_new_revision_is_labelled_like_its_pods_and_with_its_hash():
    history = look(1, annotations={"kubernetes.io/change-cause": "first"})
    metadata = made(history)["metadata"]
    word = metadata["name"].removeprefix("web-")
    assert metadata["labels"] == LABELS | {HASH: word}
    assert metadata["annotations"] == {"kubernetes.io/change-cause": "first"}
    assert "annotations" not in made(look(1))["metadata"]
    assert history.present.metadata.labels == metadata["labels"]


def test_a_long_owners_name_is_cut():
    name = made(look(1, name="a" * 253))["metadata"]["name"]
    assert name.startswith("a" * 223 + "-")
    assert len(name) <= 223 + 1 + 10


def test_equal_templates_are_twins_and_the_newest_of_them_is_present():
    twin = revision(1, 5, name="twin")
    history = look(1, twin, V1, V2)
    assert (history.present, history.twins) == (twin, (V1,))
    assert history.plan == Plan()


@pytest.mark.parametrize(
    ("one", "other", "last"),
    [
        pytest.param({}, {"creation_timestamp": NOW}, "b", id="younger"),
        pytest.param(
            {"creation_timestamp": NOW}, {"creation_timestamp": NOW - HOUR}, "a", id="older"
        ),
        pytest.param({}, {}, "b", id="later-by-name"),
    ],
)
def test_of_equal_numbers_the_younger_is_newer_then_the_later_by_name(one, other, last):
    twins = [revision(1, 1, name="a", **one), revision(1, 1, name="b", **other)]
    for order in (twins, twins[::-1]):
        assert look(1, *order).present.name == last


def test_templates_are_compared_by_what_they_say():
    shuffled = {"$patch": "replace", **dict(reversed(template(1).items()))}
    same = replace(V1, data={"spec": {"template": shuffled}})
    assert look(1, same).plan == Plan()


@pytest.mark.parametrize(
    "data", [{}, {"spec": None}, {"spec": {}}, {"spec": {"template": None}}], ids=str
)
def test_a_revision_that_holds_no_template_is_equal_to_none(data):
    empty = replace(V1, data=data)
    assert revisions.template_of(empty) == {}
    assert look(1, empty).present.revision == 2


def test_stored_revisions_are_found_by_name():
    history = look(1, V1, V2)
    assert (history.named("web-v2"), history.named("gone")) == (V2, None)


# --- names -------------------------------------------------------------------------------------


GOLDEN = ["cc988595b", "cd669cc5b", "cd669cc5c"]
"""As Go's hash/fnv and ``SafeEncodeString`` make them."""


def test_names_of_revisions_never_change():
    """Another name for the same template would be a second revision of it."""
    data = {"spec": {"template": template(1) | {"$patch": "replace"}}}
    assert [revisions.hash_of(data, n) for n in (None, 0, 1)] == GOLDEN


def test_a_hash_is_of_letters_and_digits_that_make_no_words():
    words = {revisions.hash_of({"a": n}, 0) for n in range(500)}
    assert len(words) == 500
    assert set("".join(words)) <= set("bcdfghjklmnpqrstvwxz2456789")
    assert max(map(len, words)) <= 10


def test_a_collision_gives_another_name():
    first, second = (made(look(1, collisions=n))["metadata"]["name"] for n in (0, 1))
    assert first != second


def test_the_order_of_keys_does_not_matter_to_a_name():
    assert revisions.hash_of({"a": 1, "b": 2}, 0) == revisions.hash_of({"b": 2, "a": 1}, 0)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a<b>c&d", r'{"x":"a\u003cb\u003ec\u0026d"}'),
        ("\u2028\u2029", r'{"x":"\u2028\u2029"}'),
        ("ü", '{"x":"ü"}'),
        ('"\\\n', r'{"x":"\"\\\n"}'),
    ],
    ids=["html", "line-ends", "plain", "quotes"],
)
def test_data_are_written_as_the_api_server_would(text, written):
    assert revisions.written({"x": text}) == written.encode()


# --- collisions --------------------------------------------------------------------------------


def outcome(resource=Revision.resource, name="web-x", existing=("web-x",)):
    create = Create(resource, {"metadata": {"name": name}})
    return Outcome(Plan.of(create), existing={each: {} for each in existing})


@pytest.mark.parametrize(
    ("it", "before", "after"),
    [
        pytest.param(outcome(), None, 1, id="the-first"),
        pytest.param(outcome(), 0, 1, id="from-nothing"),
        pytest.param(outcome(), 3, 4, id="one-more"),
        pytest.param(outcome(existing=()), 3, 3, id="none"),
        pytest.param(outcome(existing=()), None, None, id="never"),
        pytest.param(outcome(existing=("web-y",)), 3, 3, id="of-another-name"),
        pytest.param(outcome(Pod.resource), 3, 3, id="of-a-pod"),
    ],
)
def test_names_that_are_taken_are_counted(it, before, after):
    assert revisions.collided(it, before) == after


# --- trimming ----------------------------------------------------------------------------------

SIX = tuple(revision(n) for n in range(1, 7))


@pytest.mark.parametrize(
    ("limit", "live", "gone"),
    [
        pytest.param(2, (5, 6), (1, 2), id="two-stay"),
        pytest.param(0, (5, 6), (1, 2, 3, 4), id="none-stays"),
        pytest.param(0, (1, 6), (2, 3, 4, 5), id="old-ones-live-too"),
        pytest.param(4, (5, 6), (), id="as-many-as-may-stay"),
        pytest.param(9, (5, 6), (), id="fewer-than-may-stay"),
        pytest.param(-1, (), (), id="no-limit"),
        pytest.param(0, (), (1, 2, 3, 4, 5, 6), id="nobody-lives-by-any"),
    ],
)
def test_the_oldest_revisions_beyond_the_limit_go(limit, live, gone):
    names = {f"web-v{n}" for n in live}
    plan = revisions.surplus(History(SIX, SIX[-1]), names, limit)
    assert plan == Plan.of(*[Delete(SIX[n - 1]) for n in gone])


def test_pods_may_be_labelled_with_another_word_than_the_name():
    plan = revisions.surplus(History(SIX, SIX[-1]), {"v1"}, 0, lambda it: it.name[4:])
    assert plan == Plan.of(*map(Delete, SIX[1:]))


def test_an_old_timestamp_does_not_matter_beside_the_number():
    young = revision(1, 1, creation_timestamp=NOW + timedelta(days=1))
    assert look(3, young, V2).known == (young, V2)
