"""What becomes of a Job that has ended, and of one that somebody else runs."""

from conformance.builders import BY_HAND
from conformance.flavours import JOB_CONTROLLERS
from conformance.hands import HELD
from conformance.job import scenario
from conformance.job.hands import AT_ONCE, by_hand, completed, fail, failed, has, succeed
from conformance.objects import ago


def nothing_left(side, name="web"):
    side.gone(name)
    side.until(lambda: not side.api.get(side.path("Pod"))["items"], "no pods")
    side.settle("nothing is left", ordered=False)


@scenario(smoke=True)
def no_time_to_live(side):
    """It goes when it is complete, and its pod with it."""
    side.create(by_hand(ttlSecondsAfterFinished=0))
    side.settle("created")
    succeed(side, *side.names())
    nothing_left(side)


@scenario
def some_time_to_live(side):
    """A failed one as well."""
    side.create(by_hand(ttlSecondsAfterFinished=5, backoffLimit=0))
    side.settle("created")
    fail(side, *side.names())
    failed(side)
    nothing_left(side)


@scenario
def a_time_to_live_comes_later(side):
    """It is told of a Job that has ended long ago."""
    side.create(by_hand())
    side.settle("created")
    succeed(side, *side.names())
    completed(side)
    side.spec(ttlSecondsAfterFinished=100)
    side.pause(1)
    side.settle("much time")
    side.spec(ttlSecondsAfterFinished=1)
    nothing_left(side)


@scenario
def its_time_is_over_and_a_pod_stays(side):
    """The Job goes last."""
    side.create(by_hand(ttlSecondsAfterFinished=1, metadata=HELD))
    side.settle("created")
    (pod,) = side.names()
    succeed(side, pod)
    side.until(lambda: "deletionTimestamp" in side.get("Pod", pod)["metadata"], "it goes")
    side.settle("the Job waits for its pod")
    side.patch_pod(pod, {"metadata": {"finalizers": None}})
    nothing_left(side)


@scenario
def an_end_is_for_ever(side):
    """Neither its pods nor a change of its numbers wake it."""
    side.create(by_hand(completions=1, parallelism=1))
    side.settle("created")
    (pod,) = side.names()
    succeed(side, pod)
    completed(side)
    side.delete(pod, "Pod")
    side.spec(parallelism=3)
    side.spec(suspend=True)
    side.spec(activeDeadlineSeconds=1)
    side.pause(2)
    side.settle("later")


@scenario
def somebody_else_runs_it(side):
    """No pods, no status."""
    side.create(by_hand(managedBy="example.com/other"))
    side.pause(1.5)
    side.settle("created")
    side.spec(suspend=True)
    side.pause(1)
    side.settle("suspended")


@scenario
def we_run_it_by_name(side):
    """The name of the controller itself is as good as none."""
    side.create(by_hand(managedBy=JOB_CONTROLLERS[side.flavour.suffix]))
    side.settle("created")
    succeed(side, *side.names())
    completed(side)


@scenario
def somebody_elses_job_has_a_time_to_live(side):
    """When its runner says that it has ended."""
    side.create(by_hand(managedBy="example.com/other", ttlSecondsAfterFinished=1))
    side.settle("created")
    moment = ago(minutes=1)
    types = ("SuccessCriteriaMet", "Complete")
    conditions = [
        {"type": each, "status": "True", "lastTransitionTime": moment, "lastProbeTime": moment}
        for each in types
    ]
    times = {"startTime": moment, "completionTime": moment, "succeeded": 1}
    side.patch({"status": times | {"conditions": conditions}}, subresource="status")
    nothing_left(side)


@scenario
def a_verdict_stands(side):
    """What its pods do afterwards changes nothing."""
    side.create(by_hand(parallelism=2, completions=2, backoffLimit=0, metadata=HELD))
    side.settle("created")
    first, second = side.names()
    fail(side, first)
    has(side, "FailureTarget")
    side.settle("verdict")
    succeed(side, second)
    failed(side)


@scenario
def a_condition_of_somebody_else_stays(side):
    """Beside those of the Job."""
    side.create(by_hand(pod=BY_HAND | AT_ONCE))
    side.settle("created")
    mine = {"type": "example.com/Mine", "status": "True", "reason": "Mine", "message": "mine"}
    moment = ago(minutes=1)
    mine |= {"lastProbeTime": moment, "lastTransitionTime": moment}
    side.patch({"status": {"conditions": [mine]}}, subresource="status")
    succeed(side, *side.names())
    completed(side)
