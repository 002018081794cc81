"""Manifests as users write and copy them, and what may not change afterwards."""

from conformance.builders import container
from conformance.job import scenario
from conformance.job.hands import by_hand, completed, indexed, succeed
from conformance.mistakes import offer


@scenario
def without_labels(side):
    """Neither the Job nor its template has any."""
    side.create(by_hand(metadata={"labels": {}}))
    side.settle("created")


@scenario
def labels_of_its_own(side):
    """Those of the Job and those of its pods."""
    manifest = by_hand(labels={"tier": "batch"}, metadata={"annotations": {"a.io/b": "c"}})
    manifest["metadata"] |= {"labels": {"app": "web"}, "annotations": {"example.com/a": "b"}}
    side.create(manifest)
    side.settle("created")
    succeed(side, *side.names())
    completed(side)


@scenario
def a_finalizer_of_the_template(side):
    """It stays when the pod has been counted."""
    side.create(by_hand(metadata={"finalizers": ["example.com/mine"]}))
    side.settle("created")
    succeed(side, *side.names())
    completed(side)


@scenario
def a_name_that_is_generated(side):
    """`kubectl create` with generateName."""
    manifest = by_hand()
    manifest["metadata"] = {"generateName": "web-"}
    name = side.create(manifest)["metadata"]["name"]
    side.settle("created")
    succeed(side, *side.names(name))
    completed(side, name=name)


@scenario
def a_manifest_that_was_copied(side):
    """With what the first one got: batch/v1 refuses it under another name."""
    side.create(by_hand(suspend=True))
    side.settle("created")
    found = side.get()
    offer(side, {"a copy": by_hand("copy", metadata={"labels": labels_of_its_pods(found)})})


def labels_of_its_pods(found):
    """As batch/v1 writes them into the template."""
    uid = found["metadata"]["uid"]
    names = {"batch.kubernetes.io/job-name": "web", "job-name": "web"}
    return {"app": "web", "batch.kubernetes.io/controller-uid": uid, "controller-uid": uid} | names


@scenario
def what_may_not_change(side):
    """What a Job is."""
    side.create(by_hand(completions=2, parallelism=2))
    side.settle("created")
    rule = {"action": "Count", "onExitCodes": {"operator": "In", "values": [1]}}
    for title, spec in {
        "completions": {"completions": 3},
        "no completions": {"completions": None},
        "both": {"completions": 3, "parallelism": 3},
        "mode": {"completionMode": "Indexed"},
        "manager": {"managedBy": "example.com/other"},
        "limit of indexes": {"backoffLimitPerIndex": 1},
        "failures": {"podFailurePolicy": {"rules": [rule]}},
        "template: image": {"template": {"spec": {"containers": [container(image="nginx:2")]}}},
        "template: label": {"template": {"metadata": {"labels": {"app": "other"}}}},
        "selector": {"selector": {"matchLabels": {"app": "web"}}},
    }.items():
        side.attempt(title, side.spec, **spec)


@scenario
def what_may_change(side):
    """Its numbers."""
    side.create(by_hand(completions=5, parallelism=1))
    side.settle("created")
    for title, spec in {
        "parallelism": {"parallelism": 2},
        "limit": {"backoffLimit": 3},
        "deadline": {"activeDeadlineSeconds": 1000},
        "no deadline": {"activeDeadlineSeconds": None},
        "time to live": {"ttlSecondsAfterFinished": 1000},
        "no time to live": {"ttlSecondsAfterFinished": None},
        "replacement": {"podReplacementPolicy": "Failed"},
        "negative": {"parallelism": -1},
    }.items():
        side.attempt(title, side.spec, **spec)
    side.settle("changed")


@scenario
def what_may_not_change_of_indexes(side):
    """Completions and parallelism change together; policies do not."""
    side.create(indexed(3, backoffLimitPerIndex=1))
    side.settle("created")
    for title, spec in {
        "completions": {"completions": 4},
        "both, unequal": {"completions": 4, "parallelism": 3},
        "both": {"completions": 4, "parallelism": 4},
        "no completions": {"completions": None},
        "limit": {"backoffLimitPerIndex": 2},
        "no limit": {"backoffLimitPerIndex": None},
        "maximum": {"maxFailedIndexes": 2},
        "success": {"successPolicy": {"rules": [{"succeededCount": 2}]}},
        "mode": {"completionMode": "NonIndexed"},
    }.items():
        side.attempt(title, side.spec, **spec)


@scenario
def policies_may_not_change(side):
    """Nor be taken away."""
    rule = {"action": "Count", "onExitCodes": {"operator": "In", "values": [1]}}
    other = rule | {"action": "FailJob"}
    enough = {"rules": [{"succeededCount": 1}]}
    side.create(indexed(3, successPolicy=enough, podFailurePolicy={"rules": [rule]}))
    side.settle("created")
    for title, spec in {
        "success": {"successPolicy": {"rules": [{"succeededCount": 2}]}},
        "no success": {"successPolicy": None},
        "failure": {"podFailurePolicy": {"rules": [other]}},
        "no failure": {"podFailurePolicy": None},
        "replacement": {"podReplacementPolicy": "TerminatingOrFailed"},
    }.items():
        side.attempt(title, side.spec, **spec)
