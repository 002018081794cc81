"""What is refused at apply: the same manifests, and the fields that each API complains about."""

from functools import partial

from conformance import mistakes
from conformance.builders import deployment
from conformance.deployment import scenario
from conformance.deployment.hands import budgets
from conformance.mistakes import offer

changed = partial(mistakes.changed, deployment())


@scenario
def bad_numbers(side):
    """Less than nothing, and a deadline before pods can be available."""
    offer(
        side,
        {
            "replicas": changed(spec__replicas=-1),
            "minReadySeconds": changed(spec__minReadySeconds=-1),
            "history": changed(spec__revisionHistoryLimit=-1),
            "deadline": changed(spec__progressDeadlineSeconds=-1),
            "deadline too early": changed(
                spec__progressDeadlineSeconds=10, spec__minReadySeconds=10
            ),
            "deadline early enough": changed(
                spec__progressDeadlineSeconds=11, spec__minReadySeconds=10
            ),
            "default deadline too early": changed(spec__minReadySeconds=600),
        },
    )


@scenario
def bad_strategies(side):
    """Budgets of a roll-out: a number or a part of all, not both nothing."""
    offer(
        side,
        {
            "type": changed(spec__strategy__type="OnDelete"),
            "recreate with budgets": changed(
                spec__strategy={"type": "Recreate", "rollingUpdate": {"maxSurge": 1}}
            ),
            "recreate": changed(spec__strategy={"type": "Recreate"}),
            "neither": changed(spec__strategy=budgets(0, 0)),
            "neither in percent": changed(spec__strategy=budgets("0%", "0%")),
            "one of the two": changed(spec__strategy__rollingUpdate={"maxSurge": 0}),
            "negative": changed(spec__strategy=budgets(-1, 1)),
            "negative unavailable": changed(spec__strategy=budgets(1, -1)),
            "too much unavailable": changed(spec__strategy=budgets(1, "101%")),
            "much surge": changed(spec__strategy=budgets("200%", 1)),
            "no number": changed(spec__strategy=budgets("many", 1)),
        },
    )


@scenario
def bad_templates(side):
    """What a pod of a Deployment may not have."""
    offer(side, mistakes.of_templates(deployment()))


@scenario
def what_may_not_change(side):
    """The selector is for ever; the strategy is not."""
    side.create(deployment(replicas=1))
    side.settle("created")
    side.attempt("selector", side.spec, selector={"matchLabels": {"app": "web", "b": "c"}})
    side.attempt("strategy", side.spec, strategy=budgets(2, 2))
    side.settle("one of them changed")


@scenario
def bad_statuses(side):
    """Counts that cannot be."""
    side.create(deployment(replicas=0))
    side.settle("created")

    def write(**fields):
        side.patch({"status": fields}, subresource="status?dryRun=All")

    for title, fields in {
        "negative": {"replicas": -1},
        "more updated than there are": {"replicas": 1, "updatedReplicas": 2},
        "more available than ready": {"replicas": 3, "readyReplicas": 1, "availableReplicas": 2},
    }.items():
        side.attempt(title, write, **fields)
