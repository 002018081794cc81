"""What is refused at apply: the same manifests, and the fields that each API complains about."""

import copy

from conformance.builders import daemon_set
from conformance.daemonset import scenario
from conformance.daemonset.nodes import daemons
from conformance.daemonset.updates import strategy


def changed(**changes):
    """A good manifest but for changes by path: ``spec__template__spec__hostname="A"``."""
    whole = copy.deepcopy(daemon_set())
    for path, value in changes.items():
        *parents, last = path.split("__")
        node = whole
        for parent in parents:
            node = node.setdefault(parent, {})
        node[last] = value
    return whole


def offer(side, manifests):
    """Try to create each, without doing it, and note what is said."""
    for title, manifest in manifests.items():
        path = side.path("DaemonSet") + "?dryRun=All&fieldValidation=Strict"
        side.attempt(title, side.api.post, path, side.manifest(manifest))
    side.settle("nothing was made")


@scenario
def bad_numbers(side):
    """Less than nothing."""
    offer(
        side,
        {
            "minReadySeconds": changed(spec__minReadySeconds=-1),
            "history": changed(spec__revisionHistoryLimit=-1),
            "replicas": changed(spec__replicas=1),
        },
    )


@scenario
def bad_strategies(side):
    """Budgets of a roll-out: one of the two, a number or a part of all."""
    offer(
        side,
        {
            "type": changed(spec__updateStrategy__type="Recreate"),
            "both": changed(spec__updateStrategy=strategy(1, 1)),
            "neither": changed(spec__updateStrategy=strategy(0, 0)),
            "neither in percent": changed(spec__updateStrategy=strategy("0%", "0%")),
            "negative": changed(spec__updateStrategy=strategy(-1)),
            "too much": changed(spec__updateStrategy=strategy("101%")),
            "no number": changed(spec__updateStrategy=strategy("many")),
            "surge": changed(spec__updateStrategy=strategy(0, "10%")),
            "surge of a default": changed(spec__updateStrategy__rollingUpdate__maxSurge=1),
            "all": changed(spec__updateStrategy=strategy("100%")),
        },
    )


@scenario
def bad_templates(side):
    """What a pod of a set may not have."""
    offer(
        side,
        {
            "restart": changed(spec__template__spec__restartPolicy="Never"),
            "deadline": changed(spec__template__spec__activeDeadlineSeconds=5),
            "selector": changed(spec__selector__matchLabels={"app": "other"}),
            "empty selector": changed(spec__selector={}),
            "no containers": changed(spec__template__spec__containers=[]),
        },
    )


@scenario
def what_may_not_change(side):
    """The selector is for ever."""
    side.create(daemons(side))
    side.settle("created")
    side.attempt("selector", side.spec, selector={"matchLabels": {"app": "web", "b": "c"}})
    side.attempt("seconds", side.spec, minReadySeconds=1)
    side.settle("one of them changed")
