"""How far a roll-out has got, in kubectl's words."""

import pytest

from kubectl.objects import found, owner
from podwright.kubectl.errors import Failure
from podwright.kubectl.rollout_status import daemon_set, deployment, stateful_set, viewer

FINISHES = 'Waiting for deployment "web" rollout to finish: '

WHOLE = {"type": "RollingUpdate"}
PARTITION = {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}
READY = {"readyReplicas": 3}


@pytest.mark.parametrize(
    ("strategy", "status", "said"),
    [
        pytest.param(
            None,
            {"observedGeneration": 0},
            ("Waiting for statefulset spec update to be observed...", False),
            id="never observed",
        ),
        pytest.param(
            None, {"readyReplicas": 1}, ("Waiting for 2 pods to be ready...", False), id="unready"
        ),
        pytest.param(
            None,
            READY | {"updatedReplicas": 1},
            (
                "Waiting for partitioned roll out to finish: 1 out of 3 new pods have been updated...",
                False,
            ),
            id="one of three",
        ),
        pytest.param(
            PARTITION,
            READY | {"updatedReplicas": 1},
            ("partitioned roll out complete: 1 new pods have been updated...", True),
            id="up to the partition",
        ),
        pytest.param(
            WHOLE,
            READY | {"updatedReplicas": 2, "updateRevision": "web-b", "currentRevision": "web-a"},
            (
                "waiting for statefulset rolling update to complete 2 pods at revision web-b...",
                False,
            ),
            id="without a partition",
        ),
        pytest.param(
            WHOLE,
            READY | {"currentReplicas": 3, "updateRevision": "web-b", "currentRevision": "web-b"},
            ("statefulset rolling update complete 3 pods at revision web-b...", True),
            id="complete without a partition",
        ),
    ],
)
def test_a_stateful_set_says_what_is_missing(strategy, status, said):
    more = {"updateStrategy": strategy} if strategy else {}
    assert stateful_set(owner(status=status, **more)) == said


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (
            {"observedGeneration": 0},
            ("Waiting for daemon set spec update to be observed...", False),
        ),
        (
            {"desiredNumberScheduled": 3, "updatedNumberScheduled": 1},
            (
                'Waiting for daemon set "web" rollout to finish: 1 out of 3 new pods have been updated...',
                False,
            ),
        ),
        (
            {"desiredNumberScheduled": 3, "updatedNumberScheduled": 3, "numberAvailable": 2},
            (
                'Waiting for daemon set "web" rollout to finish: 2 of 3 updated pods are available...',
                False,
            ),
        ),
        (
            {"desiredNumberScheduled": 3, "updatedNumberScheduled": 3, "numberAvailable": 3},
            ('daemon set "web" successfully rolled out', True),
        ),
    ],
    ids=["not observed", "not updated", "not available", "done"],
)
def test_a_daemon_set_says_what_is_missing(status, said):
    assert daemon_set(owner("DaemonSet", status=status)) == said


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (
            {"observedGeneration": 0},
            ("Waiting for deployment spec update to be observed...", False),
        ),
        (
            {"updatedReplicas": 1},
            (f"{FINISHES}1 out of 3 new replicas have been updated...", False),
        ),
        (
            {"updatedReplicas": 3, "replicas": 4},
            (f"{FINISHES}1 old replicas are pending termination...", False),
        ),
        (
            {"updatedReplicas": 3, "replicas": 3, "availableReplicas": 2},
            (f"{FINISHES}2 of 3 updated replicas are available...", False),
        ),
        (
            {"updatedReplicas": 3, "replicas": 3, "availableReplicas": 3},
            ('deployment "web" successfully rolled out', True),
        ),
    ],
    ids=["not observed", "not updated", "old ones left", "not available", "done"],
)
def test_a_deployment_says_what_is_missing(status, said):
    assert deployment(owner("Deployment", status=status)) == said


def test_a_deployment_that_has_passed_its_deadline_has_failed():
    late = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}
    with pytest.raises(Failure, match='deployment "web" exceeded its progress deadline'):
        deployment(owner("Deployment", status={"conditions": [late]}))


def test_only_one_revision_of_a_deployment_is_meant():
    with pytest.raises(
        Failure, match=r"desired revision \(2\) is different from the running revision"
    ):
        deployment(owner("Deployment"), 2)


def test_a_number_that_cannot_be_read_is_told_when_a_revision_is_meant():
    web = owner("Deployment")
    web["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": "x"}
    assert not deployment(web)[1]
    said = 'cannot get the revision of deployment "web": strconv.ParseInt: parsing "x": invalid'
    with pytest.raises(Failure, match=said):
        deployment(web, 2)


@pytest.mark.parametrize("kind", ["StatefulSet", "DaemonSet"])
def test_on_delete_has_no_status(kind):
    show = viewer(found(owner(kind)))
    with pytest.raises(Failure, match="only available for RollingUpdate strategy type"):
        show(owner(kind, updateStrategy={"type": "OnDelete"}))


@pytest.mark.parametrize("kind", ["ReplicaSet", "ReplicationController"])
def test_a_kind_without_a_rollout_has_none_either(kind):
    with pytest.raises(Failure, match=rf"no status viewer has been implemented for {kind}\."):
        viewer(found(owner(kind)))
