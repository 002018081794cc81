"""One pod after the other, or all at once."""

from conformance.builders import stateful_set
from conformance.hands import broken, ready
from conformance.objects import ago
from conformance.statefulset import scenario
from conformance.statefulset.hands import all_ready, by_hand, ended, there


@scenario(smoke=True)
def scale_up_and_down(side):
    """2, 4, 1, 0, 2 pods, with their names."""
    side.create(stateful_set(replicas=2))
    side.settle("2")
    for replicas in (4, 1, 0, 2):
        side.scale(replicas)
        side.settle(str(replicas))


@scenario
def pods_come_one_after_the_other(side):
    """Each waits until the one before it is ready."""
    side.create(by_hand())
    for pod in ("web-0", "web-1", "web-2"):
        there(side, pod)
        side.settle(f"{pod} is there", stuck=True)
        ready(side, pod)
    side.settle("all ready")


@scenario
def pods_go_one_after_the_other(side):
    """The highest first, and each waits until the one above is gone."""
    side.create(by_hand())
    all_ready(side, 3)
    side.settle("all ready")
    side.scale(0)
    for pod in ("web-2", "web-1", "web-0"):
        side.pause(0.5)
        side.settle(f"{pod} goes", stuck=True)
        ended(side, pod)
    side.settle("none left")


@scenario
def a_pod_that_is_not_ready_stops_scaling_up(side):
    """1 of 3 breaks: 5 are wished for, and nothing is made."""
    side.create(by_hand())
    all_ready(side, 3)
    side.settle("all ready")
    broken(side, "web-1")
    side.settle("one broken", stuck=True)
    side.scale(5)
    side.pause(1)
    side.settle("nothing made", stuck=True)
    ready(side, "web-1")
    all_ready(side, 2, first=3)
    side.settle("all five")


@scenario
def a_lost_pod_comes_back_before_a_broken_one_is_asked(side):
    """0 is lost while 1 is not ready."""
    side.create(by_hand())
    all_ready(side, 3)
    side.settle("all ready")
    broken(side, "web-1")
    side.delete("web-0", "Pod")
    ended(side, "web-0")
    there(side, "web-0")
    side.settle("back", stuck=True)


@scenario
def the_lowest_broken_pod_may_go(side):
    """3 to 1 while 1 is not ready: 2 goes, then 1."""
    side.create(by_hand())
    all_ready(side, 3)
    side.settle("all ready")
    broken(side, "web-1")
    side.counts(readyReplicas=2)
    side.scale(1)
    ended(side, "web-2")
    ended(side, "web-1")
    side.settle("one left")


@scenario
def two_broken_pods_stop_scaling_down(side):
    """3 to 1 while 1 and 2 are not ready: nothing goes before 2 is."""
    side.create(by_hand())
    all_ready(side, 3)
    side.settle("all ready")
    broken(side, "web-1", "web-2")
    side.counts(readyReplicas=1)
    side.scale(1)
    side.pause(1)
    side.settle("nothing went", stuck=True)
    ready(side, "web-2")
    ended(side, "web-2")
    ended(side, "web-1")
    side.settle("one left")


@scenario(smoke=True)
def parallel_pods_come_and_go_together(side):
    """All at once, whoever is ready."""
    side.create(by_hand(podManagementPolicy="Parallel"))
    there(side, "web-0", "web-1", "web-2")
    side.settle("all there", stuck=True)
    ready(side, "web-1")
    side.scale(5)
    there(side, "web-3", "web-4")
    side.settle("two more", stuck=True)
    side.scale(1)
    ended(side, "web-1", "web-2", "web-3", "web-4")
    side.settle("one left", stuck=True)


@scenario
def ordinals_start_higher(side):
    """start 0 to 2, and one more: 2, 3, 4 come, then 1 and 0 go."""
    side.create(stateful_set(replicas=2))
    side.settle("0 and 1")
    side.spec(ordinals={"start": 2}, replicas=3)
    side.settle("2, 3 and 4")


@scenario
def ordinals_start_lower(side):
    """3 to 2: 2 comes, the highest goes."""
    side.create(stateful_set(replicas=2, ordinals={"start": 3}))
    side.settle("3 and 4")
    side.spec(ordinals={"start": 2})
    side.settle("2 and 3")
    side.spec(ordinals=None)
    side.settle("0 and 1")


@scenario
def a_pod_has_to_be_ready_for_long_enough(side):
    """minReadySeconds hold up the next pod; one that is ready for an hour does not."""
    side.create(by_hand(replicas=2, minReadySeconds=600))
    there(side, "web-0")
    ready(side, "web-0", since=ago(seconds=1))
    side.counts(readyReplicas=1, availableReplicas=0)
    side.settle("ready and not available", stuck=True)
    ready(side, "web-0", since=ago(hours=1))
    all_ready(side, 1, first=1)
    side.settle("both available")


@scenario
def pods_become_available_by_the_clock(side):
    """After minReadySeconds, without any event, the next pod comes."""
    side.create(stateful_set(replicas=2, minReadySeconds=2))
    side.counts(availableReplicas=2)
    side.settle("available")


@scenario
def no_replicas_given(side):
    """One replica is the default; none may be wished for."""
    manifest = stateful_set()
    del manifest["spec"]["replicas"]
    side.create(manifest)
    side.create(stateful_set("none", replicas=0, labels={"app": "none"}))
    side.settle("one and none")


@scenario
def scale_through_its_subresource(side):
    """GET tells replicas and selector, PUT changes them, an old version conflicts."""
    side.create(stateful_set(replicas=1))
    side.settle("created")
    scale = side.get(subresource="scale")
    side.notes["scale"] = scale
    scale["spec"]["replicas"] = 2
    side.attempt("put", side.api.put, side.path("StatefulSet", "web", "scale"), scale)
    side.settle("two")
    side.attempt("again", side.api.put, side.path("StatefulSet", "web", "scale"), scale)
    side.attempt("negative", side.scale, -1)
    side.settle("as before")
