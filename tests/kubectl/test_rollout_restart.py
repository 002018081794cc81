"""The moment of a restart."""

import re

import pytest

from kubectl.objects import found, owner, template
from podwright.kubectl.errors import Failure
from podwright.kubectl.rollout_restart import _annotated, now

RESTARTED = "kubectl.kubernetes.io/restartedAt"


def test_a_moment_is_written_as_go_writes_it():
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", now())


def test_only_the_annotation_is_sent():
    body = _annotated(found(owner()), "then")
    assert body == {"spec": {"template": {"metadata": {"annotations": {RESTARTED: "then"}}}}}


def test_twice_in_a_second_is_refused():
    again = template()
    again["metadata"] = again["metadata"] | {"annotations": {RESTARTED: "then"}}
    with pytest.raises(Failure, match="failed to create patch for web: if restart has already"):
        _annotated(found(owner(template=again)), "then")


def test_a_replica_set_cannot_be_restarted():
    said = 'replicasets.apps.podwright.dev "web" restarting is not supported'
    with pytest.raises(Failure, match=said):
        _annotated(found(owner("ReplicaSet")), "then")


def test_a_paused_deployment_is_not_restarted():
    with pytest.raises(Failure, match="can't restart paused deployment"):
        _annotated(found(owner("Deployment", paused=True)), "then")
