"""What is refused at apply: the same manifests, and the fields that each API complains about."""

from functools import partial

from conformance import mistakes
from conformance.builders import claim_template, stateful_set
from conformance.mistakes import offer
from conformance.statefulset import scenario

GOOD = stateful_set(claims=("data",))
changed = partial(mistakes.changed, GOOD)


@scenario
def bad_numbers(side):
    """Less than nothing."""
    offer(
        side,
        {
            "replicas": changed(spec__replicas=-1),
            "minReadySeconds": changed(spec__minReadySeconds=-1),
            "start": changed(spec__ordinals__start=-1),
            "partition": changed(spec__updateStrategy__rollingUpdate__partition=-1),
            "history": changed(spec__revisionHistoryLimit=-1),
            "none": changed(spec__replicas=0),
        },
    )


@scenario
def bad_words(side):
    """Policies and strategies that there are not."""
    offer(
        side,
        {
            "policy": changed(spec__podManagementPolicy="Random"),
            "strategy": changed(spec__updateStrategy__type="Recreate"),
            "retention": changed(spec__persistentVolumeClaimRetentionPolicy__whenDeleted="Keep"),
            "scaled": changed(spec__persistentVolumeClaimRetentionPolicy__whenScaled="Keep"),
            "service": changed(spec__serviceName="Not A Label"),
            "no service": changed(spec__serviceName=""),
            "unknown field": changed(spec__unknown=1),
        },
    )


@scenario
def bad_strategies(side):
    """A budget or a partition where there is no roll-out."""
    with_type = {"type": "OnDelete", "rollingUpdate": {"partition": 1}}
    offer(side, {"rollingUpdate": changed(spec__updateStrategy=with_type)})


@scenario
def bad_templates(side):
    """What a pod of a set may not have."""
    more = {
        "no template": changed(spec__template={}),
        "label": changed(spec__template__metadata__labels={"app": "web", "a": "not a value!"}),
    }
    offer(side, mistakes.of_templates(GOOD) | more)


@scenario
def what_may_not_change(side):
    """Selector, Service, claims and order are for ever."""
    side.create(stateful_set(replicas=1, claims=()))
    side.settle("created")
    for title, fields in {
        "selector": {"selector": {"matchLabels": {"app": "web", "b": "c"}}},
        "serviceName": {"serviceName": "other"},
        "claims": {"volumeClaimTemplates": [claim_template("data")]},
        "policy": {"podManagementPolicy": "Parallel"},
    }.items():
        side.attempt(title, side.spec, **fields)
    side.settle("nothing changed")


@scenario
def what_may_change(side):
    """Everything else."""
    side.create(stateful_set(replicas=1))
    side.settle("created")
    for title, fields in {
        "replicas": {"replicas": 2},
        "seconds": {"minReadySeconds": 1},
        "strategy": {"updateStrategy": {"type": "OnDelete", "rollingUpdate": None}},
        "history": {"revisionHistoryLimit": 3},
        "retention": {"persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete"}},
    }.items():
        side.attempt(title, side.spec, **fields)
    side.counts(availableReplicas=2)
    side.settle("changed")
