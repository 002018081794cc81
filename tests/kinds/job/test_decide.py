import pytest

from builders import seen
from jobs import job, look, planned, task, told
from podwright.kinds.job import JOB
from podwright.kinds.job.decide import decide
from podwright.plan import Adopt, Plan, Release
from podwright.rules import adoption


def test_a_new_job_makes_its_pods():
    assert planned(job(parallelism=2, completions=3)) == ["create pod"] * 2


def test_somebody_elses_job_is_left_alone():
    owner = job({"active": 7}, managedBy="acme.io/foo")
    assert decide(look(owner, task("a", "Failed"))).steps == ()
    assert told(owner, task("a", "Failed")) == {"active": 7}
    assert JOB.owns[0].selects(owner.metadata, owner.spec) is None
    assert adoption.claim(look(owner, task("a")), JOB.owns) is None
    mine = job(managedBy="batch.podwright.dev/job-controller")
    assert planned(mine) == ["create pod"]


def test_a_mode_that_nobody_knows_is_told():
    owner = job(completionMode="Odd")
    assert planned(owner) == ["record UnknownCompletionMode"]
    assert told(owner) == {}


def test_a_job_that_goes_makes_nothing():
    assert planned(job(terminating=True)) == []


@pytest.mark.parametrize("type_", ["Complete", "Failed"])
def test_a_job_that_has_ended_lets_go_of_everything(type_):
    owner = job({"conditions": [{"type": type_, "status": "True"}]})
    assert planned(owner, task("a"), task("b", "Failed", tracked=False)) == ["patch a"]
    assert told(owner, task("a")) == owner.status


def test_pods_are_chosen_by_the_uid_of_the_job():
    owner = job(selector={"matchLabels": {"controller-uid": "copied"}})
    chosen = JOB.owns[0].selects(owner.metadata, owner.spec)
    assert chosen.match_labels == {"batch.kubernetes.io/controller-uid": "uid-work"}
    manual = job(manualSelector=True, selector={"matchLabels": {"a": "b"}})
    assert JOB.owns[0].selects(manual.metadata, manual.spec).match_labels == {"a": "b"}


def test_adoption_comes_with_the_finalizer_and_spares_what_has_ended():
    tracking = "batch.podwright.dev/job-tracking"
    orphans = [task("a", tracked=False), task("b", "Succeeded", tracked=False)]
    claim = adoption.claim(seen(job(), orphans=orphans), JOB.owns)
    assert claim == Plan.of(Adopt(orphans[0], tracking))
    strange = [task("c"), task("d", "Failed")]
    manual = job(manualSelector=True, selector={"matchLabels": {"a": "b"}})
    claim = adoption.claim(look(manual, *strange), JOB.owns)
    assert claim == Plan.of(Release(strange[0], tracking))
