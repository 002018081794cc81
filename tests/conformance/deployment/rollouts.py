"""From one template to the next, a few pods at a time."""

from conformance.builders import BY_HAND, deployment
from conformance.deployment import scenario
from conformance.deployment.hands import (
    AT_ONCE,
    V1,
    V2,
    V3,
    arrived,
    budgets,
    by_hand,
    counted,
    make_ready,
    pods_with,
    set_of,
    started,
    steps,
    unready,
)
from conformance.hands import broken, image, ready
from conformance.objects import ago


@scenario(smoke=True)
def pods_are_made_by_way_of_a_replica_set(side):
    """Its name, labels, annotations; the Deployment's status, conditions and events."""
    side.create(deployment(replicas=3))
    side.settle("created")


@scenario
def nothing_wished(side):
    """No replicas: a ReplicaSet is there all the same, and the roll-out is complete."""
    side.create(deployment("nothing", replicas=0))
    side.settle("created")
    side.spec("nothing", template={"spec": {"containers": [{"name": "web", "image": V2}]}})
    side.settle("changed")


@scenario(smoke=True)
def a_rolling_update(side):
    """With the default budgets: one pod more, none fewer."""
    side.create(deployment(replicas=3, pod=AT_ONCE))
    side.settle("first")
    image(side, V2)
    side.counts(updatedReplicas=3, replicas=3)
    side.settle("second", ordered=False, seconds=60)


@scenario(coarse=True)
def ten_pods_step_by_step(side):
    """The specification's first example: 25% and 25%."""
    started(side, 10)
    image(side, V2)
    steps(side, {"v1": 8, "v2": 5}, {"v1": 3, "v2": 10})
    counted(side, v2=10)
    side.settle("second")


@scenario(coarse=True)
def four_pods_step_by_step(side):
    """25% and 25% of 4: one more, one fewer."""
    started(side, 4)
    image(side, V2)
    steps(side, {"v1": 3, "v2": 2}, {"v1": 1, "v2": 4})
    counted(side, v2=4)
    side.settle("second")


@scenario(coarse=True)
def three_pods_step_by_step(side):
    """25% of 3 rounds up to one more, and down to none fewer."""
    started(side, 3)
    image(side, V2)
    steps(side, {"v1": 3, "v2": 1}, {"v1": 2, "v2": 2}, {"v1": 1, "v2": 3})
    counted(side, v2=3)
    side.settle("second")


@scenario(smoke=True, coarse=True)
def one_pod_with_surge(side):
    """The new one first; the old one goes when it is available."""
    started(side, 1)
    image(side, V2)
    steps(side, {"v1": 1, "v2": 1})
    counted(side, v1=0, v2=1)
    side.settle("second")


@scenario
def no_surge_and_one_unavailable(side):
    """The new ReplicaSet starts with no pod, which no event tells."""
    started(side, 3, strategy=budgets(0, 1))
    image(side, V2)
    steps(side, {"v1": 2, "v2": 1}, {"v1": 1, "v2": 2}, {"v1": 0, "v2": 3})
    side.counts(availableReplicas=3)
    side.settle("second")


@scenario(coarse=True)
def all_at_once(side):
    """A surge of 100% and nothing unavailable."""
    started(side, 3, strategy=budgets("100%", 0))
    image(side, V2)
    steps(side, {"v1": 3, "v2": 3})
    counted(side, v1=0, v2=3)
    side.settle("second")


@scenario(coarse=True)
def all_unavailable(side):
    """Everything may be unavailable: the old pods go at once."""
    started(side, 3, strategy=budgets(0, "100%"))
    image(side, V2)
    steps(side, {"v1": 0, "v2": 3})
    side.counts(availableReplicas=3)
    side.settle("second")


@scenario
def budgets_that_round_to_nothing(side):
    """No surge and 5% of 10: one may be unavailable all the same."""
    started(side, 10, strategy=budgets(0, "5%"))
    image(side, V2)
    counted(side, v1=9, v2=1)
    side.settle("one new", stuck=True, ordered=False)


@scenario(coarse=True)
def more_unavailable_than_there_are(side):
    """Nine may be unavailable, of three."""
    started(side, 3, strategy=budgets(1, 9))
    image(side, V2)
    counted(side, v1=0, v2=3)
    make_ready(side, V2)
    side.counts(availableReplicas=3)
    side.settle("second", ordered=False)


@scenario
def an_update_waits_for_min_ready_seconds(side):
    """A new pod that is ready and not available holds it up."""
    started(side, 2, minReadySeconds=500, strategy=budgets(1, 0))
    image(side, V2)
    counted(side, v1=2, v2=1)
    make_ready(side, V2, since=ago(seconds=1))
    side.counts(readyReplicas=3, availableReplicas=2)
    side.settle("waits", stuck=True)
    ready(side, *pods_with(side, V2))
    counted(side, v1=1, v2=2)
    side.settle("goes on", stuck=True, ordered=False)


@scenario(smoke=True, coarse=True)
def rollover(side):
    """A third template in the middle: the second one's pods go first."""
    started(side, 10)
    image(side, V2)
    counted(side, v1=8, v2=5)
    side.settle("second on its way", stuck=True, ordered=False)
    image(side, V3)
    counted(side, v1=8, v2=0, v3=5)
    side.settle("third on its way", stuck=True, ordered=False)
    make_ready(side, V3)
    counted(side, v1=3, v3=10)
    make_ready(side, V3)
    counted(side, v1=0, v3=10)
    side.settle("third")


@scenario(coarse=True)
def rollover_of_pods_that_are_ready(side):
    """The second template's pods are available when the third one comes."""
    started(side, 4)
    image(side, V2)
    counted(side, v1=3, v2=2)
    make_ready(side, V2)
    counted(side, v1=1, v2=4)
    side.settle("second nearly", stuck=True, ordered=False)
    image(side, V3)
    side.until(lambda: unready(side, V3), "the third begins")
    side.settle("third on its way", stuck=True, ordered=False)


@scenario(coarse=True)
def back_in_the_middle(side):
    """The first template again before the second is complete."""
    started(side, 4)
    image(side, V2)
    counted(side, v1=3, v2=2)
    side.settle("second on its way", stuck=True, ordered=False)
    image(side, V1)
    counted(side, v2=0)
    arrived(side, V1, 4)
    make_ready(side, V1)
    side.counts(availableReplicas=4)
    side.settle("first again", ordered=False)


@scenario(coarse=True)
def broken_old_pods_go_first(side):
    """Two of five old pods are not ready: they make room."""
    started(side, 5, strategy=budgets(1, 1))
    broken(side, *pods_with(side, V1)[:2])
    side.counts(availableReplicas=3)
    side.settle("two are broken", stuck=True)
    image(side, V2)
    side.until(lambda: len(pods_with(side, V2)) >= 2, "new pods")
    side.settle("the broken ones are gone", stuck=True, ordered=False)
    while len(pods_with(side, V2)) < 5 or unready(side, V2):
        make_ready(side, V2)
        side.pause(0.3)
    side.counts(availableReplicas=5, replicas=5)
    side.settle("second", ordered=False)


@scenario(coarse=True)
def all_old_pods_are_broken_and_none_may_be_unavailable(side):
    """The roll-out goes on all the same, or a fix could never come."""
    started(side, 2, strategy=budgets(1, 0))
    broken(side, *pods_with(side, V1))
    side.counts(availableReplicas=0)
    image(side, V2)
    arrived(side, V2, 1)
    side.settle("begins", stuck=True, ordered=False)
    make_ready(side, V2)
    side.pause(0.5)
    make_ready(side, V2)
    counted(side, v1=0, v2=2)
    make_ready(side, V2)
    side.counts(availableReplicas=2)
    side.settle("second", ordered=False)


@scenario(coarse=True)
def size_and_template_at_once(side):
    """More pods and a new image in one change."""
    started(side, 2)
    image(side, V2, replicas=4)
    side.until(lambda: unready(side, V2), "new pods")
    side.settle("on its way", stuck=True, ordered=False)


@scenario
def the_same_template_in_other_words(side):
    """Empty lists and maps, defaults, and a quantity written otherwise, are no new template."""
    limits = {"resources": {"limits": {"cpu": "1000m", "memory": "1Gi"}}}
    containers = [{"name": "web", "image": V1, "env": []} | limits]
    side.create(deployment(replicas=1, pod={"containers": containers}))
    side.settle("created")
    containers = [
        {"name": "web", "image": V1, "resources": {"limits": {"cpu": 1, "memory": "1024Mi"}}}
    ]
    containers[0] |= {
        "imagePullPolicy": "IfNotPresent",
        "terminationMessagePath": "/dev/termination-log",
    }
    spec = {"containers": containers, "dnsPolicy": "ClusterFirst", "restartPolicy": "Always"}
    side.spec(template={"metadata": {"annotations": {}}, "spec": spec})
    side.pause(1)
    side.notes["sets"] = len(side.sets())


@scenario(coarse=True)
def min_ready_seconds_are_handed_on(side):
    """A change of them is no roll-out; the ReplicaSet gets them."""
    side.create(deployment(replicas=1))
    side.settle("created")
    side.spec(minReadySeconds=1)
    side.until(
        lambda: side.get("ReplicaSet", set_of(side, V1))["spec"].get("minReadySeconds"),
        "it has them",
    )
    side.counts(observedGeneration=2, availableReplicas=1)
    side.settle("changed")


@scenario(smoke=True)
def what_is_not_of_the_template_changes_no_pod(side):
    """Annotations go to the ReplicaSet, labels do not; strategies and limits change nothing."""
    side.create(deployment(replicas=1))
    side.settle("created")
    metadata = {
        "labels": {"a": "b"},
        "annotations": {"c": "d", "kubernetes.io/change-cause": "why"},
    }
    side.patch({"metadata": metadata})
    has = lambda: "c" in side.get("ReplicaSet", set_of(side, V1))["metadata"]["annotations"]  # noqa: E731
    side.until(has, "the annotation is there")
    side.spec(revisionHistoryLimit=3, progressDeadlineSeconds=300, strategy=budgets(1, 1))
    side.settle("the same pods")
    side.patch({"metadata": {"annotations": {"c": None}}})
    side.pause(0.5)
    side.settle("an annotation stays where it was copied to")


@scenario
def by_hand_pods_that_fail_are_replaced_meanwhile(side):
    """A new pod ends; its ReplicaSet makes another."""
    started(side, 2)
    image(side, V2)
    counted(side, v1=2, v2=1)
    (new,) = pods_with(side, V2)
    side.pod_status(new, ready=False, phase="Failed")
    side.until(lambda: pods_with(side, V2) not in ([], [new]), "another one")
    side.settle("failed", stuck=True)
    make_ready(side, V2)
    counted(side, v1=1, v2=2)
    make_ready(side, V2)
    counted(side, v1=0, v2=2)
    side.settle("second", ordered=False)


@scenario
def two_deployments_of_one_template(side):
    """Different names, different selectors: nobody takes the other's."""
    side.create(by_hand(1))
    side.create(deployment("api", 1, labels={"app": "api"}, pod=BY_HAND | AT_ONCE))
    arrived(side, V1, 2)
    make_ready(side, V1)
    side.counts(availableReplicas=1)
    side.counts("api", availableReplicas=1)
    side.settle("both", ordered=False)
