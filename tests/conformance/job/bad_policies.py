"""Policies that are refused at apply."""

from functools import partial

from conformance import mistakes
from conformance.builders import container, job
from conformance.job import scenario
from conformance.mistakes import offer

SUPPORTED = {"operator": "In", "values": [1]}
changed = partial(mistakes.changed, job())
numbered = partial(mistakes.changed, job(completionMode="Indexed", completions=3, parallelism=3))


def ruled(*rules, **more):
    return changed(spec__podFailurePolicy={"rules": [*rules]}, **more)


def exits(action="Count", **codes):
    return {"action": action, "onExitCodes": SUPPORTED | codes}


def seen(action="Count", **pattern):
    return {"action": action, "onPodConditions": [{"type": "A", "status": "True"} | pattern]}


@scenario
def bad_failure_policies(side):
    """What a rule has to have, and may not have."""
    both = exits() | seen()
    offer(
        side,
        {
            "no rules": ruled(),
            "no list of failures": changed(spec__podFailurePolicy={}),
            "20 rules": ruled(*[exits()] * 20),
            "21 rules": ruled(*[exits()] * 21),
            "action": ruled(exits("Restart")),
            "no action": ruled({"onExitCodes": SUPPORTED}),
            "FailIndex": ruled(exits("FailIndex")),
            "FailIndex of indexes": numbered(
                spec__backoffLimitPerIndex=1, spec__podFailurePolicy={"rules": [exits("FailIndex")]}
            ),
            "neither": ruled({"action": "Count"}),
            "no conditions": ruled({"action": "Count", "onPodConditions": []}),
            "both": ruled(both),
            "both, but one is empty": ruled(exits() | {"onPodConditions": []}),
            "the second is wrong": ruled(exits(), exits("Restart")),
        },
    )


@scenario
def bad_exit_codes(side):
    """In order, each once, and 0 is none."""
    codes = {
        "none": [],
        "0": [0],
        "0 and 1": [0, 1],
        "negative": [-1],
        "not in order": [2, 1],
        "twice": [1, 1],
        "255": [*range(1, 256)],
        "256": [*range(1, 257)],
        "in order": [1, 2, 300],
    }
    values = {f"In {title}": ruled(exits(values=value)) for title, value in codes.items()}
    zero = {"NotIn 0": ruled(exits(operator="NotIn", values=[0, 1]))}
    others = {
        "operator": ruled(exits(operator="Exists")),
        "no operator": ruled({"action": "Count", "onExitCodes": {"values": [1]}}),
        "container": ruled(exits(containerName="web")),
        "unknown container": ruled(exits(containerName="other")),
        "no container": ruled(exits(containerName="")),
        "init container": ruled(
            exits(containerName="first"),
            spec__template__spec__initContainers=[container(name="first")],
        ),
    }
    offer(side, values | zero | others)


@scenario
def bad_conditions(side):
    """A type, and a status of three."""
    pattern = {"type": "A", "status": "True"}
    offer(
        side,
        {
            "condition": ruled(seen()),
            "status": ruled(seen(status="Maybe")),
            "no status": ruled({"action": "Count", "onPodConditions": [{"type": "A"}]}),
            "type": ruled(seen(type="a b")),
            "no type": ruled({"action": "Count", "onPodConditions": [{"status": "True"}]}),
            "20": ruled({"action": "Count", "onPodConditions": [pattern] * 20}),
            "21": ruled({"action": "Count", "onPodConditions": [pattern] * 21}),
        },
    )


@scenario
def bad_success_policies(side):
    """Indexes that are there, in order, and no more than there are."""

    def enough(*rules):
        return numbered(spec__successPolicy={"rules": [*rules]})

    indexes = {
        text: enough({"succeededIndexes": text})
        for text in (
            *("", "0", "0-2", "0,2", "0-1,2", "3", "0-3", "2,1", "1,1", "0-0", "2-1", "a"),
            *("0-", "-1", "0-1-2", "0,", "0, 1", "+1", "01"),
        )
    }
    counts = {f"count {count}": enough({"succeededCount": count}) for count in (-1, 0, 1, 3, 4)}
    others = {
        "no rules": enough(),
        "no list": numbered(spec__successPolicy={}),
        "neither": enough({}),
        "20 rules": enough(*[{"succeededCount": 1}] * 20),
        "21 rules": enough(*[{"succeededCount": 1}] * 21),
        "more than are listed": enough({"succeededIndexes": "0-1", "succeededCount": 3}),
        "some of those listed": enough({"succeededIndexes": "0-1", "succeededCount": 1}),
        "the second is wrong": enough({"succeededCount": 1}, {"succeededCount": 4}),
    }
    offer(side, {f"indexes: {text}": each for text, each in indexes.items()} | counts | others)
