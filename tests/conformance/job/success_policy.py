"""When an Indexed Job has done enough."""

from conformance.hands import HELD
from conformance.job import scenario
from conformance.job.hands import (
    completed,
    fail,
    failed,
    indexed,
    let_go,
    pod_of,
    pods_of,
    run,
    succeed,
)


def enough(*rules):
    return {"successPolicy": {"rules": [*rules]}}


def succeeded(side, *indexes):
    """One after the other, counted."""
    for count, index in enumerate(indexes, 1):
        succeed(side, pod_of(side, index))
        side.counts(succeeded=count)


@scenario(smoke=True)
def one_index_is_enough(side):
    """The leader: the others are removed, and not counted."""
    side.create(indexed(3, **enough({"succeededIndexes": "0"})))
    side.settle("created")
    run(side, *side.names())
    side.settle("they run")
    succeed(side, pod_of(side, 0))
    completed(side)


@scenario
def some_of_all_are_enough(side):
    """A count."""
    side.create(indexed(4, **enough({"succeededCount": 2})))
    side.settle("created")
    succeeded(side, 3)
    side.settle("one")
    succeed(side, pod_of(side, 1))
    completed(side)


@scenario
def some_of_those_listed(side):
    """Others do not matter."""
    side.create(indexed(5, **enough({"succeededIndexes": "0,2-4", "succeededCount": 2})))
    side.settle("created")
    succeeded(side, 1, 2)
    side.settle("one of them")
    succeed(side, pod_of(side, 4))
    completed(side)


@scenario
def the_second_rule_holds(side):
    """The message says which."""
    side.create(indexed(3, **enough({"succeededIndexes": "0-1"}, {"succeededIndexes": "2"})))
    side.settle("created")
    succeeded(side, 1)
    side.settle("half of the first")
    succeed(side, pod_of(side, 2))
    completed(side)


@scenario
def all_have_succeeded(side):
    """The last one makes both the rule and the number of completions hold."""
    side.create(indexed(2, **enough({"succeededIndexes": "0-1"})))
    side.settle("created")
    succeeded(side, 0)
    side.settle("one")
    succeed(side, pod_of(side, 1))
    completed(side)


@scenario
def the_rest_takes_its_time(side):
    """First the verdict; the end comes when the last pod has gone, however it ended."""
    side.create(indexed(2, metadata=HELD, **enough({"succeededIndexes": "1"})))
    side.settle("created")
    rest, leader = pods_of(side, 0, 1)
    run(side, rest, leader)
    succeed(side, leader)
    side.until(lambda: "deletionTimestamp" in side.get("Pod", rest)["metadata"], "it goes")
    side.settle("verdict")
    fail(side, rest)
    let_go(side, rest)
    completed(side)


@scenario
def too_many_failures_before_it_holds(side):
    """The limit holds first."""
    side.create(indexed(3, backoffLimit=0, **enough({"succeededIndexes": "0"})))
    side.settle("created")
    fail(side, pod_of(side, 2))
    failed(side)


@scenario
def an_index_of_the_rule_has_failed(side):
    """The other rule holds, although indexes have failed."""
    rules = enough({"succeededIndexes": "0"}, {"succeededCount": 1})
    side.create(indexed(3, backoffLimitPerIndex=0, **rules))
    side.settle("created")
    fail(side, pod_of(side, 0))
    side.counts(failed=1, failedIndexes="0")
    side.settle("one has failed", stuck=True)
    succeed(side, pod_of(side, 1))
    completed(side)
