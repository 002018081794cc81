"""How a Job goes, and what it leaves."""

from conformance.hands import HELD
from conformance.job import scenario
from conformance.job.hands import arrived, by_hand, completed, indexed, let_go, run, succeed


def no_pods(side):
    side.until(lambda: not side.api.get(side.path("Pod"))["items"], "no pods")


def untracked(side):
    """Wait until no pod is counted any more."""

    def free():
        pods = side.api.get(side.path("Pod"))["items"]
        kept = [f for pod in pods for f in pod["metadata"].get("finalizers", ())]
        return not any("job-tracking" in each for each in kept)

    side.until(free, "no pod is held")


@scenario(smoke=True)
def background_deletion(side):
    """Its pods go after it: their finalizer does not hold them."""
    side.create(by_hand(parallelism=2, completions=2))
    side.settle("created")
    side.delete(policy="Background")
    side.gone()
    no_pods(side)
    side.settle("gone", ordered=False)


@scenario
def foreground_deletion(side):
    """It goes last."""
    side.create(by_hand(parallelism=2, completions=2, metadata=HELD))
    side.settle("created")
    pods = side.names()
    run(side, *pods)
    side.settle("they run")
    side.delete(policy="Foreground")
    untracked(side)
    side.counts(active=0, terminating=2)
    side.settle("it waits")
    let_go(side, *pods)
    side.gone()
    no_pods(side)
    side.settle("gone", ordered=False)


@scenario
def deleted_with_its_pods_left(side):
    """They lose their owner and the finalizer."""
    side.create(by_hand(parallelism=2, completions=2))
    side.settle("created")
    run(side, *side.names())
    side.delete(policy="Orphan")
    side.gone()
    untracked(side)
    side.settle("orphans")


@scenario
def deleted_when_it_was_complete(side):
    """Its pods go with it."""
    side.create(indexed(2))
    side.settle("created")
    succeed(side, *side.names())
    completed(side)
    side.delete(policy="Background")
    side.gone()
    no_pods(side)
    side.settle("gone", ordered=False)


@scenario
def deleted_without_a_policy(side):
    """batch/v1 leaves the pods then, unless kubectl asks."""
    side.create(by_hand())
    side.settle("created")
    side.api.delete(side.path("Job", "web"))
    side.gone()
    side.pause(3)
    untracked(side)
    side.notes["pods after a deletion without a policy"] = len(
        side.api.get(side.path("Pod"))["items"]
    )


@scenario
def on_its_way_out_it_makes_nothing(side):
    """A finalizer holds it: pods that end are let go, and none is replaced."""
    side.create(by_hand(parallelism=2, completions=3))
    side.settle("created")
    first, second = side.names()
    side.patch({"metadata": {"finalizers": ["example.com/hold"]}})
    side.delete(policy="Background")
    side.until(lambda: "deletionTimestamp" in side.get()["metadata"], "it goes")
    succeed(side, first)
    untracked(side)
    side.pause(1.5)
    side.settle("held", stuck=True)
    side.delete(second, "Pod")
    side.pause(1.5)
    side.settle("a pod is deleted", stuck=True)
    side.patch({"metadata": {"finalizers": None}})
    side.gone()
    no_pods(side)
    side.settle("gone", ordered=False)


@scenario
def made_again_under_the_same_name(side):
    """It has nothing to do with the pods of the first one."""
    side.create(by_hand())
    side.settle("created")
    run(side, *side.names())
    side.delete(policy="Orphan")
    side.gone()
    untracked(side)
    side.settle("orphans")
    side.create(by_hand())
    arrived(side, 1)
    side.settle("created again")
