"""An operator that cannot work says why in one line; what works goes on, and nothing is left behind."""

import json
import time

import pytest
import yaml
from deprivation import deprived
from installed import SYSTEM
from operating import ROOT, eventually
from words import name_of, set_of, shell, uids

from kindcluster import KindError

STAY = shell("exec sleep infinity")
CRD = "replicasets.apps.podwright.dev"
GUARD = "validatingadmissionpolicybinding/podwright-keeps-its-kinds"


@pytest.fixture
def ours_again(operator):
    """Whatever a test did to the installation, it is as it was afterwards."""
    yield
    operator.apply()
    operator.wait()
    operator.wait_for_garbage_collection()


def names(operator):
    return set(map(name_of, operator.pods()))


def newcomer(operator, known):
    """The name of the pod that was not known; an update makes one at a time."""
    (name,) = eventually(lambda: names(operator) - known, "a new pod", 30, pause=0.2)
    return name


def restart(operator):
    """Ask for new pods; return the name of the first of them."""
    known = names(operator)
    operator.kind.kubectl("-n", SYSTEM, "rollout", "restart", "deployment/podwright")
    return newcomer(operator, known)


def container(operator, pod):
    """The status of its only container; {} before there is one."""
    return next(iter(operator.pod(pod)["status"].get("containerStatuses", [])), {})


def waits_for(operator, pod, reasons, seconds=60):
    """Wait until kubectl shows the pod with one of these reasons."""
    reason = lambda: container(operator, pod).get("state", {}).get("waiting", {}).get("reason")  # noqa: E731
    eventually(lambda: reason() in reasons, f"{pod} is shown as {reasons[0]}", seconds, pause=0.3)


def says(operator, pod, words, seconds=60):
    """Wait until the pod's container has written these words."""
    started = lambda: container(operator, pod).get("containerID")  # noqa: E731
    said = lambda: started() and words in operator.log(pod)  # noqa: E731
    eventually(said, f"{pod} says {words!r}", seconds, pause=0.5)


@pytest.mark.alone
def test_an_upgrade_to_an_image_that_is_missing_leaves_the_old_ones_at_work(
    operator, world, ours_again
):
    leader, known = operator.leader, names(operator)
    operator.apply("localhost/podwright/nobody:1")
    waits_for(operator, newcomer(operator, known), ("ImagePullBackOff", "ErrImagePull"))
    world.create(set_of(STAY, replicas=3))
    world.settled(3)
    assert operator.leader == leader
    assert known < names(operator)
    operator.apply()
    operator.wait()
    assert names(operator) == known, "what worked was not touched"


@pytest.mark.alone
def test_an_operator_whose_rights_are_gone_names_them_and_works_when_they_are_back(
    operator, world, ours_again
):
    world.create(set_of(STAY, replicas=3))
    world.settled(3)
    before = uids(world.pods())
    known = {name: operator.restarts(name) for name in names(operator)}
    with deprived(operator.kind):
        operator.kind.kubectl("delete", "clusterrolebinding/podwright")
        new = restart(operator)
        waits_for(operator, new, ("CrashLoopBackOff",))
        lines = operator.log(new).splitlines()
        (said,) = [line for line in lines if " ERROR " in line]
        assert f"this user may not get {CRD}, " in said
        assert "in all namespaces: grant these rights (README, section Rights)" in said
        assert not any("Traceback" in line for line in lines)
        assert container(operator, new)["lastState"]["terminated"]["exitCode"] == 1
        assert known.keys() < names(operator), "an update that does not work replaces nothing"
        world.scale(4)
        time.sleep(3)  # nobody may do it, and whoever tries must not die of it
        assert uids(world.pods()) == before
        assert {name: operator.restarts(name) for name in known} == known
        operator.apply()
        operator.wait()
    world.settled(4)
    assert before < uids(world.pods())


def delete_definition(operator):
    """Delete it, unless the guard still stands: admission forgets it within seconds."""
    try:
        operator.kind.kubectl("delete", f"crd/{CRD}", "--timeout=60s")
    except KindError as error:
        assert "this would delete every ReplicaSet" in str(error)  # noqa: PT017
        return False
    return True


@pytest.mark.alone
def test_an_operator_whose_kinds_are_missing_waits_for_them(operator, world, ours_again):
    world.create(set_of(STAY, replicas=2))
    world.settled(2)
    operator.kind.kubectl("delete", GUARD)
    eventually(lambda: delete_definition(operator), "the guard has heard of it", 30, pause=0.5)
    eventually(lambda: not world.pods(), "the sets are gone, and their pods", 90, pause=0.5)
    new = restart(operator)
    remedy = "run `podwright crds | kubectl apply --server-side -f -`. Waiting for it."
    says(operator, new, f"not installed: {CRD}; {remedy}")
    operator.apply()
    operator.wait()
    assert operator.restarts(new) == 0
    assert operator.log(new).count("not installed") == 1
    world.create(set_of(STAY, replicas=2))
    world.settled(2)


@pytest.mark.alone
def test_definitions_older_than_the_operator_are_no_reason_to_write_again_and_again(
    operator, world, ours_again
):
    """What the API server prunes of a status, the operator must not write for ever."""
    definition = yaml.safe_load((ROOT / "crds" / f"{CRD}.yaml").read_text())
    (version,) = definition["spec"]["versions"]
    status = version["schema"]["openAPIV3Schema"]["properties"]["status"]["properties"]
    for newer in ("podwright", "terminatingReplicas"):
        del status[newer]
    version["additionalPrinterColumns"] = []
    operator.kind.kubectl("apply", "--server-side", "-f", "-", input=json.dumps(definition))
    world.create(set_of(STAY, replicas=3))
    ready = lambda: world.has_status(replicas=3, readyReplicas=3, availableReplicas=3)  # noqa: E731
    eventually(ready, "it works all the same", 60)
    world.scale(2)
    eventually(lambda: len(world.pods()) == 2, "the third one has ended", 60)
    time.sleep(3)  # the last changes of the pods are in
    assert world.get()["status"].keys().isdisjoint({"podwright", "terminatingReplicas"})
    path = f"{world.sets}/web/status"
    count = lambda: sum(uri.startswith(path) for *_, uri, _ in operator.requests())  # noqa: E731
    before = count()
    assert before
    time.sleep(10)
    assert count() == before, "at rest nothing is written"
