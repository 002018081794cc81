"""Going back to an older template: as asked, and by itself."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from builders import HOUR, NOW, SECOND, seen
from members import template
from podwright import labels
from podwright.kinds.deployment import rollback
from podwright.kinds.deployment.decide import decide
from podwright.kinds.deployment.status import status
from podwright.owners import Myself
from podwright.plan import Failure, Outcome, Patch, Record
from podwright.rules import conditions
from rollouts import (
    AT_ONCE,
    applied,
    deployment,
    look,
    owned_set,
    settled,
    sizes,
    told,
    version,
    words,
)

# --- as asked ------------------------------------------------------------------------------------


def asked(number, *sets, v=2, more=(), **spec):
    notes = {labels.ROLLBACK_TO: str(number)} | dict(more)
    return decide(seen(deployment(v=v, annotations=notes, **spec), *sets))


def said(plan):
    return [(it.reason, it.type, it.message) for it in plan.actions if isinstance(it, Record)]


def body(plan):
    [patch] = [it for it in plan.actions if isinstance(it, Patch)]
    assert isinstance(patch.target, Myself)
    return patch.body


@pytest.mark.parametrize("number", ["", "x", "1.5"], ids=["empty", "word", "point"])
def test_what_is_no_number_is_not_asked(number):
    assert "Rollback" not in words(asked(number, owned_set(1, 0), owned_set(2, 3)))


def test_the_template_of_the_revision_is_taken_and_the_wish_away():
    plan = asked(1, owned_set(1, 0), owned_set(2, 2), owned_set(3, 1), v=3)
    assert words(plan) == f"other template > {labels.ROLLBACK}"
    assert body(plan) == {
        "metadata": {"annotations": {labels.ROLLBACK_TO: None}},
        "spec": {"template": {"spec": {"containers": template(1)["spec"]["containers"]}}},
    }
    text = 'Rolled back deployment "web" to revision 1'
    assert said(plan) == [("DeploymentRollback", "Normal", text)]


@pytest.mark.parametrize(
    ("revisions", "taken"),
    [([1, 2, 3], 2), ([4, 2, 5], 4), (["x", 1, 2], 1)],
    ids=["in-order", "gone-back-before", "one-unreadable"],
)
def test_zero_is_the_last_but_one(revisions, taken):
    sets = [owned_set(v, 1, revision=each) for v, each in enumerate(revisions, 1)]
    assert said(asked(0, *sets, v=3))[0][2].endswith(f"to revision {taken}")


def test_annotations_go_back_with_the_template():
    target = owned_set(1, 0, annotations={"a": "1", "b": "1", labels.LAST_APPLIED: "old"})
    new = owned_set(2, 3, annotations={"b": "2", "c": "2"})
    plan = asked(1, target, new, more={"b": "2", "c": "2", labels.LAST_APPLIED: "new"})
    assert body(plan)["metadata"]["annotations"] == {
        "a": "1",
        "b": "1",
        "c": None,
        labels.ROLLBACK_TO: None,
    }


def test_what_the_old_template_has_not_is_taken_away():
    rich = template(2, hostNetwork=True, nodeSelector={"disk": "ssd"})
    plan = asked(1, owned_set(1, 0), owned_set(2, 3, of=rich), template=rich)
    assert body(plan)["spec"]["template"]["spec"] == {
        "containers": template(1)["spec"]["containers"],
        "hostNetwork": None,
        "nodeSelector": None,
    }


@pytest.mark.parametrize(
    ("number", "sets", "reason", "text"),
    [
        pytest.param(
            7,
            [owned_set(1, 0), owned_set(2)],
            "DeploymentRollbackRevisionNotFound",
            "Unable to find the revision to rollback to.",
            id="unknown",
        ),
        pytest.param(
            -1,
            [owned_set(1, 0), owned_set(2)],
            "DeploymentRollbackRevisionNotFound",
            "Unable to find the revision to rollback to.",
            id="negative",
        ),
        pytest.param(
            0,
            [owned_set(2)],
            "DeploymentRollbackRevisionNotFound",
            "Unable to find last revision.",
            id="the-only-one",
        ),
        pytest.param(
            2,
            [owned_set(1, 0), owned_set(2)],
            "DeploymentRollbackTemplateUnchanged",
            'The rollback revision contains the same template as current deployment "web"',
            id="this-one",
        ),
        pytest.param(
            1,
            [owned_set(2), owned_set(2, 0, revision=1, name="twin", age=SECOND)],
            "DeploymentRollbackTemplateUnchanged",
            'The rollback revision contains the same template as current deployment "web"',
            id="its-twin",
        ),
    ],
)
def test_what_cannot_be_done_is_said_and_the_wish_taken_away(number, sets, reason, text):
    plan = asked(number, *sets)
    assert said(plan) == [(reason, "Warning", text)]
    assert body(plan) == {"metadata": {"annotations": {labels.ROLLBACK_TO: None}}}


def test_the_new_replica_set_is_made_first():
    assert sizes(asked(1, owned_set(1, 3))) == "new v2=1"


def test_recreating_makes_no_new_pods_beside_old_ones_for_that():
    assert sizes(asked(1, owned_set(1, 3), strategy=AT_ONCE)) == "new v2=0"


def test_going_back_comes_before_a_change_of_size():
    there = owned_set(1, 0), owned_set(2, 3, wish=(3, 4))
    assert words(asked(1, *there, replicas=5)).startswith("other template")


def test_paused_it_does_not_go_back_and_keeps_what_is_to_be_gone_back_to():
    there = owned_set(1, 0), owned_set(2, 3, wish=(3, 4))
    notes = {labels.REVISION: "2"}
    limits = {"paused": True, "revision_history_limit": 0}
    assert words(asked(1, *there, more=notes, **limits)) == ""
    assert words(decide(seen(deployment(annotations=notes, **limits), *there))) == "delete v1"


# --- by itself: one look -------------------------------------------------------------------------

GOOD, BAD = owned_set(1, 3, wish=(3, 4)), owned_set(2, 1, available=0, wish=(3, 4))
BY_NAME = {"stableReplicaSet": "web-v1"}


def late(*, v=2, refused=None, on=True, known=None, sets=(GOOD, BAD), **more):
    """A roll-out to the second template that has got stuck, after the first was complete."""
    kept = BY_NAME | ({"refusedReplicaSet": refused} if refused else {})
    known = known or told(
        labels.TIMED_OUT, "False", message='ReplicaSet "web-v2" has timed out progressing.'
    )
    counts = {"replicas": 4, "updatedReplicas": 1, "readyReplicas": 3, "availableReplicas": 3}
    owner = deployment(
        3, v, rollback_on_deadline=on, known=[known], status=counts | {"podwright": kept}, **more
    )
    return seen(owner, *sets)


def test_when_the_deadline_passes_it_goes_back_to_the_last_complete_one_and_says_so():
    ending = told(labels.NEW_UPDATED, ago=601 * SECOND)
    plan = decide(late(known=ending))
    assert words(plan) == f"other template > {labels.ROLLED_BACK}"
    assert body(plan)["spec"]["template"]["spec"]["containers"][0]["image"] == "web:1"
    text = (
        'ReplicaSet "web-v2" (revision 2) has timed out progressing: rolled back to "web-v1" '
        "(revision 1), the last that was complete."
    )
    assert said(plan) == [(labels.ROLLED_BACK, "Warning", text)]


def test_a_second_before_it_does_not():
    assert labels.ROLLED_BACK not in words(
        decide(late(known=told(labels.NEW_UPDATED, ago=HOUR / 6)))
    )


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"on": False}, id="not-wished-for"),
        pytest.param({"refused": "web-v2"}, id="was-gone-back-from-before"),
        pytest.param({"sets": (BAD,)}, id="the-last-complete-one-is-gone"),
        pytest.param({"v": 1}, id="is-back-there-already"),
        pytest.param({"v": 3}, id="the-new-one-is-not-made"),
        pytest.param({"paused": True}, id="paused"),
        pytest.param({"progress_deadline_seconds": 2**31 - 1}, id="no-deadline"),
    ],
)
def test_it_does_not_go_back_by_itself(how):
    assert labels.ROLLED_BACK not in words(decide(late(**how)))


def test_what_became_of_it_is_remembered_in_the_status():
    it = late()
    written = status(it, Outcome(decide(it)))
    kept = written["podwright"]
    assert (kept["stableReplicaSet"], kept["refusedReplicaSet"]) == ("web-v1", "web-v2")
    back = conditions.find(written["conditions"], labels.ROLLED_BACK)
    assert back == told(
        labels.TIMED_OUT,
        type_=labels.ROLLED_BACK,
        ago=0 * SECOND,
        message=said(decide(it))[0][2],
    )


@pytest.mark.parametrize("trouble", ["refused", "outdated"])
def test_what_was_not_written_is_not_remembered(trouble):
    it = late()
    plan = decide(it)
    failures = (Failure(plan.actions[0], "not allowed"),) if trouble == "refused" else ()
    written = status(it, Outcome(plan, failures, outdated=not failures))
    assert "refusedReplicaSet" not in written["podwright"]
    assert conditions.find(written["conditions"], labels.ROLLED_BACK) is None


# --- by itself: from beginning to end ------------------------------------------------------------


class Life:
    """A Deployment from look to look; the operator starts anew before each of them."""

    def __init__(self, *, broken=(), **spec):
        self.owner = deployment(3, 1, rollback_on_deadline=True, **spec)
        self.sets, self.broken, self.events, self.now = [], set(broken), [], NOW
        self.rest()

    def apply(self, v):
        self.owner = replace(self.owner, spec=replace(self.owner.spec, template=template(v)))
        self.rest()

    def rest(self):
        """Look until nothing changes."""
        for _ in range(50):
            before = (self.owner, self.sets)
            self.look()
            self.sets = [self.pods_of(each) for each in self.sets]
            if before == (self.owner, self.sets):
                return
        raise AssertionError("it never rests")

    def look(self):
        it = seen(self.owner, *self.sets, now=self.now)
        plan = decide(it)
        self.sets = applied(plan, self.sets)
        for action in plan.actions:
            match action:
                case Patch(Myself(), change):
                    self.owner = self.patched(change)
                case Record(reason):
                    self.events.append(reason)
        self.owner = replace(self.owner, status=status(it, Outcome(plan)))

    def patched(self, change):
        meta, spec = self.owner.metadata, self.owner.spec
        notes = merged(meta.annotations, change.get("metadata", {}).get("annotations", {}))
        given = merged(spec.template, change.get("spec", {}).get("template", {}))
        spec = replace(spec, template=given)
        return replace(self.owner, metadata=replace(meta, annotations=notes), spec=spec)

    def pods_of(self, it):
        whole = settled(it)
        if version(it) not in self.broken:
            return whole
        return replace(it, status=whole.status | {"readyReplicas": 0, "availableReplicas": 0})

    def wait(self, seconds=601):
        self.now += timedelta(seconds=seconds)
        self.rest()

    @property
    def image(self):
        return int(self.owner.spec.template["spec"]["containers"][0]["image"].removeprefix("web:"))

    @property
    def pods(self):
        return {version(each): each.spec.replicas for each in self.sets if each.spec.replicas}

    def says(self, type_=labels.PROGRESSING):
        return (conditions.find(self.owner.status["conditions"], type_) or {}).get("reason")


def merged(old, change):
    """RFC 7396."""
    now = dict(old)
    for name, value in change.items():
        if value is None:
            now.pop(name, None)
        elif isinstance(value, dict):
            now[name] = merged(now.get(name) or {}, value)
        else:
            now[name] = value
    return now


@pytest.fixture
def life():
    return Life(broken={2, 3})


def test_a_good_template_is_rolled_out_and_nothing_is_gone_back_from(life):
    life.broken = set()
    life.apply(2)
    life.wait(3600)
    assert (life.image, life.pods, life.events) == (2, {2: 3}, [])
    assert life.says() == labels.NEW_AVAILABLE


def test_a_bad_template_is_gone_back_from_once_its_time_is_over(life):
    life.apply(2)
    assert (life.image, life.pods) == (2, {1: 3, 2: 1})
    life.wait(590)
    assert life.image == 2
    life.wait(20)
    assert (life.image, life.pods) == (1, {1: 3})
    assert life.events == [labels.ROLLED_BACK]
    assert life.says() == labels.NEW_AVAILABLE
    assert life.says(labels.ROLLED_BACK) == labels.TIMED_OUT


def test_whoever_applies_it_again_means_it(life):
    life.apply(2)
    life.wait()
    for _ in range(3):
        life.apply(2)
        life.wait()
        assert life.image == 2
    assert life.events == [labels.ROLLED_BACK]
    assert life.says() == labels.TIMED_OUT


def test_once_it_works_after_all_it_is_the_one_to_go_back_to(life):
    life.apply(2)
    life.wait()
    life.broken.remove(2)
    life.apply(2)
    assert life.pods == {2: 3}
    assert life.says(labels.ROLLED_BACK) is None
    life.apply(3)
    life.wait()
    assert (life.image, life.pods) == (2, {2: 3})
    assert life.events == [labels.ROLLED_BACK] * 2


def test_another_bad_template_is_gone_back_from_too(life):
    life.apply(2)
    life.wait()
    life.apply(3)
    assert life.image == 3
    life.wait()
    assert (life.image, life.pods, life.events) == (1, {1: 3}, [labels.ROLLED_BACK] * 2)


def test_a_first_template_that_never_worked_has_nothing_to_go_back_to():
    life = Life(broken={1, 2})
    life.wait()
    life.apply(2)
    life.wait()
    assert (life.image, life.events) == (2, [])


def test_an_older_template_that_is_asked_for_when_stuck_has_its_whole_time():
    """What has timed out is the other one."""
    life = Life()
    life.apply(4)
    life.broken = {1, 2}
    life.apply(2)
    life.wait()
    assert life.image == 4
    life.apply(1)
    assert life.image == 1
    life.wait(590)
    assert life.image == 1
    life.wait(20)
    assert life.image == 4


def test_an_older_template_that_is_asked_for_is_not_gone_back_from_for_the_one_before():
    life = Life()
    life.apply(4)
    life.broken = {2}
    life.apply(2)
    life.wait()
    life.apply(2)
    life.wait()
    assert life.says() == labels.TIMED_OUT
    life.apply(1)
    life.wait()
    assert (life.image, life.pods) == (1, {1: 3})


def test_a_complete_deployment_that_loses_its_pods_stays(life):
    life.apply(4)
    life.broken = {4}
    life.wait(3600)
    assert (life.image, life.events) == (4, [])


def test_a_pause_stops_the_clock(life):
    life.apply(2)
    life.owner = replace(life.owner, spec=replace(life.owner.spec, paused=True))
    life.wait(3600)
    assert life.image == 2
    life.owner = replace(life.owner, spec=replace(life.owner.spec, paused=False))
    life.wait(10)
    assert life.image == 2
    life.wait()
    assert life.image == 1


def test_recreating_goes_back_too():
    life = Life(broken={2}, strategy=AT_ONCE)
    life.apply(2)
    assert life.pods == {2: 3}
    life.wait()
    assert (life.image, life.pods, life.events) == (1, {1: 3}, [labels.ROLLED_BACK])


def test_what_was_done_is_asked_of_the_plan():
    it, sets = look(deployment(rollback_on_deadline=True), GOOD, BAD)
    assert rollback.done(it, sets, Outcome()) is None
    assert rollback.by_itself(it, sets) is None
