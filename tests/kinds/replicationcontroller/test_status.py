"""The status of a ReplicationController."""

from builders import LABELS, TEMPLATE, create, pod, seen
from podwright.kinds.replicationcontroller.spec import ReplicationControllerSpec
from podwright.kinds.replicationcontroller.status import status
from podwright.objects import Meta
from podwright.owners import Owner
from podwright.plan import Failure, Outcome


def controller(replicas=2, **spec):
    spec = ReplicationControllerSpec(**{"template": TEMPLATE, "replicas": replicas} | spec)
    return Owner(metadata=Meta(name="web", namespace="default", generation=7), spec=spec)


def test_the_whole_status_of_a_controller_at_rest():
    there = pod("web-0"), pod("web-1"), pod("web-2", terminating=True)
    assert status(seen(controller(), *there), Outcome()) == {
        "replicas": 2,
        "fullyLabeledReplicas": 2,
        "readyReplicas": 2,
        "availableReplicas": 2,
        "observedGeneration": 7,
        "selector": "app=web",
        "podwright": {"ready": "2/2", "containers": "app", "images": "web:1"},
    }


def test_pods_count_that_its_selector_chooses():
    other = pod("db-0", labels={"app": "db"})
    chosen = controller(selector={"app": "db"}), controller()
    counts = [status(seen(it, pod(), other), Outcome()) for it in chosen]
    assert [(each["replicas"], each["selector"]) for each in counts] == [
        (1, "app=db"),
        (1, "app=web"),
    ]
    assert counts[0]["fullyLabeledReplicas"] == 0
    assert LABELS == {"app": "web"}


def test_a_refusal_becomes_a_condition():
    refused = Outcome(failures=(Failure(create(), "exceeded quota"),))
    [known] = status(seen(controller()), refused)["conditions"]
    assert (known["type"], known["reason"], known["message"]) == (
        "ReplicaFailure",
        "FailedCreate",
        "exceeded quota",
    )
