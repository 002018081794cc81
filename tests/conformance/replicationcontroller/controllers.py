"""The oldest kind: pods, a selector that may change, and what is refused."""

from functools import partial

from conformance import mistakes
from conformance.builders import bare_pod, replication_controller
from conformance.mistakes import offer
from conformance.replicationcontroller import scenario

changed = partial(mistakes.changed, replication_controller())
AT_ONCE = {"terminationGracePeriodSeconds": 0}


@scenario(smoke=True)
def pods_are_made_and_replaced(side):
    """Up, down, and one that is deleted by hand."""
    side.create(replication_controller(replicas=3, pod=AT_ONCE))
    side.settle("three")
    side.delete(side.names()[0], "Pod")
    side.pause(0.5)
    side.settle("three again", ordered=False)
    side.scale(0)
    side.settle("none")


@scenario(smoke=True)
def without_a_selector(side):
    """The template's labels are the selector."""
    manifest = replication_controller("plain", replicas=2, pod=AT_ONCE)
    del manifest["spec"]["selector"]
    side.create(manifest)
    side.settle("two")
    side.create(bare_pod("stray"))
    side.pause(0.5)
    side.settle("one is too many", ordered=False)


@scenario
def another_selector(side):
    """It may change: what no longer matches is let go."""
    side.create(replication_controller(replicas=1, labels={"app": "web", "v": "1"}, pod=AT_ONCE))
    side.settle("one")
    side.spec(selector={"app": "web", "v": "2"}, template={"metadata": {"labels": {"v": "2"}}})
    side.pause(0.5)
    side.settle("another one", ordered=False)


@scenario
def a_template_for_new_pods_only(side):
    """A changed image waits for the next pod."""
    side.create(replication_controller(replicas=1, pod=AT_ONCE))
    side.settle("one")
    side.spec(template={"spec": {"containers": [{"name": "web", "image": "nginx:2"}]}})
    side.settle("the same")
    side.scale(2)
    side.settle("two")


@scenario
def orphans_and_back(side):
    """Left alone, and taken up by the next one."""
    side.create(replication_controller(replicas=2, pod=AT_ONCE))
    side.settle("two")
    side.delete(policy="Orphan")
    side.gone()
    side.settle("orphans")
    side.create(replication_controller(replicas=2, pod=AT_ONCE))
    side.settle("taken up")


@scenario
def kubectl_get(side):
    """Columns, and wide columns."""
    side.create(replication_controller(replicas=2))
    side.settle("created")
    side.kubectl("get", "get", f"{side.resource()}/web")
    side.kubectl("get wide", "get", f"{side.resource()}/web", "-o", "wide")


@scenario
def bad_input(side):
    """What is refused."""
    offer(
        side,
        {
            "replicas": changed(spec__replicas=-1),
            "minReadySeconds": changed(spec__minReadySeconds=-1),
            "selector": changed(spec__selector={"app": "other"}),
            "restart": changed(spec__template__spec__restartPolicy="Never"),
            "deadline": changed(spec__template__spec__activeDeadlineSeconds=5),
            "no containers": changed(spec__template__spec__containers=[]),
            "no labels at all": changed(spec__selector={}, spec__template__metadata={}),
        },
    )
