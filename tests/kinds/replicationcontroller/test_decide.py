"""What a ReplicationController wants: what a ReplicaSet wants, of other labels."""

import pytest

from builders import LABELS, NOW, TEMPLATE, create, delete, pod, seen
from podwright.kinds.replicaset.decide import decide as as_replica_set
from podwright.kinds.replicationcontroller import REPLICATIONCONTROLLER
from podwright.kinds.replicationcontroller.decide import decide
from podwright.kinds.replicationcontroller.spec import ReplicationControllerSpec
from podwright.objects import LabelSelector, Meta
from podwright.owners import Owner
from podwright.plan import Plan


def controller(replicas=1, *, terminating=False, **spec):
    meta = Meta(name="web", namespace="default", deletion_timestamp=NOW if terminating else None)
    spec = ReplicationControllerSpec(**{"template": TEMPLATE, "replicas": replicas} | spec)
    return Owner(metadata=meta, spec=spec)


def test_missing_pods_are_created():
    assert decide(seen(controller(3), pod())) == Plan.of(create(), create())


def test_surplus_pods_are_deleted_the_cheapest_first():
    unready = pod("web-1", ready=False)
    assert decide(seen(controller(1), pod("web-0"), unready)) == Plan.of(delete(unready))


@pytest.mark.parametrize(
    "gone",
    [{"phase": "Failed"}, {"phase": "Succeeded"}, {"terminating": True}],
    ids=["failed", "succeeded", "terminating"],
)
def test_a_pod_that_is_not_active_is_replaced_at_once_and_left_alone(gone):
    assert decide(seen(controller(1), pod(**gone))) == Plan.of(create())
    assert decide(seen(controller(0), pod(**gone))) == Plan()


def test_on_its_way_out_it_does_nothing():
    plan = decide(seen(controller(5, terminating=True), pod()))
    assert plan == Plan.wait("the garbage collector to finish its deletion")


@pytest.mark.parametrize("replicas", range(4))
def test_it_does_what_a_replica_set_does(replicas):
    there = [pod("web-0", ready=False), pod("web-1"), pod("web-2", phase="Failed")]
    it = seen(controller(replicas, min_ready_seconds=30), *there)
    assert decide(it) == as_replica_set(it)


@pytest.mark.parametrize(
    ("selector", "chosen"),
    [
        pytest.param({"app": "db"}, {"app": "db"}, id="its-own"),
        pytest.param({}, LABELS, id="the-templates"),
    ],
)
def test_pods_are_chosen_by(selector, chosen):
    assert controller(selector=selector).spec.chosen == LabelSelector(match_labels=chosen)
    [owns] = REPLICATIONCONTROLLER.owns
    assert owns.selector(controller(selector=selector).spec).match_labels == chosen


def test_a_template_without_labels_is_no_reason_to_stumble():
    spec = controller(template={"metadata": None}).spec
    assert spec.chosen == LabelSelector()
    assert decide(seen(controller(template={}))).waits


def test_only_active_pods_are_claimed():
    [owns] = REPLICATIONCONTROLLER.owns
    claimed = [pod(), pod(terminating=True), pod(phase="Failed")]
    assert [owns.claims(each) for each in claimed] == [True, False, False]
