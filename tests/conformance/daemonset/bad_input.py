"""What is refused at apply: the same manifests, and the fields that each API complains about."""

from functools import partial

from conformance import mistakes
from conformance.builders import daemon_set
from conformance.daemonset import scenario
from conformance.daemonset.nodes import daemons
from conformance.daemonset.updates import strategy
from conformance.mistakes import offer

changed = partial(mistakes.changed, daemon_set())


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
    offer(side, mistakes.of_templates(daemon_set()))


@scenario
def what_may_not_change(side):
    """The selector is for ever."""
    side.create(daemons(side))
    side.settle("created")
    side.attempt("selector", side.spec, selector={"matchLabels": {"app": "web", "b": "c"}})
    side.attempt("seconds", side.spec, minReadySeconds=1)
    side.settle("one of them changed")
