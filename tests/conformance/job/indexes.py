"""Indexed Jobs: each number has to succeed once."""

from conformance.builders import BY_HAND, container
from conformance.job import scenario
from conformance.job.hands import (
    AT_ONCE,
    arrived,
    broken,
    completed,
    fail,
    indexed,
    pod_of,
    pods_of,
    run,
    succeed,
)


@scenario(smoke=True)
def three_indexes_two_at_a_time(side):
    """Labels, annotations, host names and the variable; the lowest index that is missing comes."""
    side.create(indexed(3, 2))
    side.settle("two")
    run(side, *side.names())
    side.settle("they run")
    succeed(side, pod_of(side, 1))
    pod_of(side, 2)
    side.settle("the second has succeeded")
    succeed(side, *pods_of(side, 0, 2))
    completed(side)


@scenario
def gaps_in_the_text_of_indexes(side):
    """Neighbours are an interval from three on."""
    side.create(indexed(10))
    side.settle("ten")
    succeed(side, *pods_of(side, 0, 2, 3, 4, 7, 8))
    side.counts(succeeded=6)
    side.settle("six")
    succeed(side, pod_of(side, 1))
    side.counts(succeeded=7)
    side.settle("seven")


@scenario
def an_index_that_fails_comes_again(side):
    """The next pod has the same number."""
    side.create(indexed(2))
    side.settle("two")
    fail(side, pod_of(side, 1))
    side.counts(failed=1)
    pod_of(side, 1)
    side.settle("replaced")
    fail(side, pod_of(side, 1))
    side.counts(failed=2)
    pod_of(side, 1)
    side.settle("and once more")
    succeed(side, *pods_of(side, 0, 1))
    completed(side)


@scenario
def an_index_whose_pod_is_deleted(side):
    """It counts as failed, and comes again."""
    side.create(indexed(2))
    side.settle("two")
    pod = pod_of(side, 0)
    broken(side, pod)
    side.delete(pod, "Pod")
    side.counts(failed=1)
    pod_of(side, 0)
    side.settle("replaced", ordered=False)


@scenario
def an_elastic_job_grows(side):
    """Both numbers together."""
    side.create(indexed(2))
    side.settle("two")
    succeed(side, pod_of(side, 0))
    side.counts(succeeded=1)
    side.settle("one has succeeded")
    side.spec(completions=4, parallelism=4)
    arrived(side, 3)
    side.settle("four")
    succeed(side, *pods_of(side, 1, 2, 3))
    completed(side)


@scenario
def an_elastic_job_shrinks(side):
    """What lies beyond is removed and forgotten."""
    side.create(indexed(4))
    side.settle("four")
    succeed(side, *pods_of(side, 0, 3))
    side.counts(succeeded=2)
    side.settle("two have succeeded")
    side.spec(completions=2, parallelism=2)
    arrived(side, 1)
    side.counts(succeeded=1)
    side.settle("two indexes")
    succeed(side, pod_of(side, 1))
    completed(side)


@scenario
def it_shrinks_to_what_is_done(side):
    """The rest goes, and it is complete."""
    side.create(indexed(3))
    side.settle("three")
    succeed(side, pod_of(side, 0))
    side.counts(succeeded=1)
    side.settle("one has succeeded")
    side.spec(completions=1, parallelism=1)
    completed(side)


@scenario
def a_variable_of_the_users_own_stays(side):
    """All other containers, those that come first as well, get the index."""
    own = {"env": [{"name": "JOB_COMPLETION_INDEX", "value": "mine"}]}
    other = {"env": [{"name": "OTHER", "value": "1"}]}
    containers = [container(**own), container(name="side", **other), container(name="bare")]
    first = [container(name="first"), container(name="second", **own)]
    pod = BY_HAND | AT_ONCE | {"containers": containers, "initContainers": first}
    side.create(indexed(1, pod=pod | {"hostname": "mine"}))
    side.settle("created")


@scenario
def annotations_of_the_template(side):
    """They stay beside the index."""
    side.create(indexed(1, metadata={"annotations": {"example.com/note": "kept"}}))
    side.settle("created")


@scenario
def a_long_name_is_cut_for_its_pods(side):
    """The index stays readable."""
    name = "a" * 40 + "-b-" + "c" * 14
    side.create(indexed(12, 2, name=name))
    side.settle("two")
    succeed(side, *(pod_of(side, index, name) for index in (0, 1)))
    side.counts(name, succeeded=2)
    arrived(side, 2, name)
    side.settle("two more")


@scenario
def no_indexes(side):
    """Complete at once."""
    side.create(indexed(0))
    completed(side)
