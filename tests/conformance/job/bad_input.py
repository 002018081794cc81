"""What is refused at apply: the same manifests, and the fields that each API complains about."""

from functools import partial

from conformance import mistakes
from conformance.builders import container, job
from conformance.job import scenario
from conformance.mistakes import offer

A_LOT = 100_000

changed = partial(mistakes.changed, job())
numbered = partial(mistakes.changed, job(completionMode="Indexed", completions=3, parallelism=3))


@scenario(smoke=True)
def bad_numbers(side):
    """Less than nothing."""
    fields = (
        *("parallelism", "completions", "backoffLimit", "activeDeadlineSeconds"),
        "ttlSecondsAfterFinished",
    )
    negative = {f"negative {field}": changed(**{f"spec__{field}": -1}) for field in fields}
    zero = {f"no {field}": changed(**{f"spec__{field}": 0}) for field in fields}
    of_indexes = ("backoffLimitPerIndex", "maxFailedIndexes")
    limit = {"spec__backoffLimitPerIndex": 1}
    per_index = {
        f"negative {field}": numbered(**limit | {f"spec__{field}": -1}) for field in of_indexes
    }
    most = {
        "type: the most at a time": changed(spec__parallelism=2**31 - 1),
        "type: too many at a time": changed(spec__parallelism=2**31),
    }
    offer(side, negative | zero | per_index | most)


@scenario
def bad_numbers_of_indexes(side):
    """How many there may be, and how many of them may fail."""
    many = {"spec__completions": A_LOT + 1}
    each = {"spec__backoffLimitPerIndex": 1}
    at_a_time = {"spec__parallelism": 10_001}
    offer(
        side,
        {
            "no completions": changed(spec__completionMode="Indexed"),
            "completions": numbered(),
            "many": numbered(**many),
            "many at a time": numbered(**many, spec__parallelism=A_LOT),
            "too many at a time": numbered(**many, spec__parallelism=A_LOT + 1),
            "each may fail": numbered(**each),
            "each of many may fail": numbered(**many | each),
            "each of many, some": numbered(**many | each, spec__maxFailedIndexes=10_000),
            "each of many, too many": numbered(**many | each, spec__maxFailedIndexes=10_001),
            "each of many, at a time": numbered(
                **many | each | at_a_time, spec__maxFailedIndexes=1
            ),
            "each of few, at a time": numbered(**each | at_a_time),
            "some": numbered(**each, spec__maxFailedIndexes=3),
            "more than all": numbered(**each, spec__maxFailedIndexes=4),
            "more than any": numbered(**many | each, spec__maxFailedIndexes=A_LOT + 1),
            "some of none": numbered(spec__maxFailedIndexes=1),
        },
    )


@scenario
def bad_words(side):
    """Values that are one of a few."""
    rule = {"action": "Count", "onExitCodes": {"operator": "In", "values": [1]}}
    policy = {"rules": [rule]}
    offer(
        side,
        {
            "mode": changed(spec__completionMode="Ordered"),
            "no mode": changed(spec__completionMode=""),
            "replacement": changed(spec__podReplacementPolicy="Never"),
            "replaced when failed": changed(spec__podReplacementPolicy="Failed"),
            "replaced by a policy": changed(
                spec__podFailurePolicy=policy, spec__podReplacementPolicy="TerminatingOrFailed"
            ),
            "replaced by a policy when failed": changed(
                spec__podFailurePolicy=policy, spec__podReplacementPolicy="Failed"
            ),
            "manager": changed(spec__managedBy="example.com/other"),
            "manager without a domain": changed(spec__managedBy="other"),
            "manager without a name": changed(spec__managedBy="example.com/"),
            "no manager": changed(spec__managedBy=""),
            "capital manager": changed(spec__managedBy="Example.com/other"),
            "manager of 63": changed(spec__managedBy=f"example.com/{'a' * 51}"),
            "manager of 64": changed(spec__managedBy=f"example.com/{'a' * 52}"),
            "manager with dots": changed(spec__managedBy="a..b/other"),
            "manager with blanks": changed(spec__managedBy="example.com/a b"),
        },
    )


@scenario
def only_for_indexes(side):
    """What a Job without indexes has no use for."""
    offer(
        side,
        {
            "limit": changed(spec__backoffLimitPerIndex=1),
            "maximum": changed(spec__maxFailedIndexes=1, spec__completions=1),
            "success": changed(spec__successPolicy={"rules": [{"succeededCount": 1}]}),
        },
    )


@scenario
def bad_templates(side):
    """What a pod of a Job may not have; its restart policy has to be said."""
    spec = "spec__template__spec__"
    rule = {"action": "Count", "onExitCodes": {"operator": "In", "values": [1]}}
    offer(
        side,
        {
            "Always": changed(**{f"{spec}restartPolicy": "Always"}),
            "another": changed(**{f"{spec}restartPolicy": "Sometimes"}),
            "none": changed(**{f"{spec}restartPolicy": ""}),
            "not said": changed(spec__template__spec={"containers": [container()]}),
            "OnFailure": changed(**{f"{spec}restartPolicy": "OnFailure"}),
            "OnFailure with a policy": changed(
                **{f"{spec}restartPolicy": "OnFailure"}, spec__podFailurePolicy={"rules": [rule]}
            ),
            "deadline": changed(**{f"{spec}activeDeadlineSeconds": 5}),
            "no containers": changed(**{f"{spec}containers": []}),
            "a nameless container": changed(**{f"{spec}containers": [{"image": "a"}]}),
            "label": changed(spec__template__metadata__labels={"a": "b c"}),
            "label key": changed(spec__template__metadata__labels={"-a": "b"}),
            "no labels": changed(spec__template__metadata={}),
            "no template": changed(spec__template=None),
            "no spec": changed(spec=None),
            "a field of a Deployment": changed(spec__replicas=1),
        },
    )


@scenario
def bad_names(side):
    """They become labels; those of an Indexed Job become host names with a number."""
    names = {
        "63": "n" * 63,
        "64": "n" * 64,
        "dots": "a.b",
        "capitals": "Web",
        "underscore": "a_b",
    }
    plain = {f"name: {title}": changed(metadata__name=name) for title, name in names.items()}
    indexed = {
        f"indexed: {length} {count}": numbered(metadata__name="n" * length, spec__completions=count)
        for length, count in (
            *((61, 10), (61, 11), (62, 1), (62, 10), (60, 100), (60, 101), (63, 0), (64, 0)),
            *((57, 100_000), (57, 100_001)),
        )
    }
    dots = {"indexed: dots": numbered(metadata__name="a.b")}
    offer(side, plain | indexed | dots)


@scenario
def bad_selectors(side):
    """They are generated, or have to fit."""
    mine = {"matchLabels": {"app": "web"}}
    manual = {"spec__manualSelector": True}
    offer(
        side,
        {
            "manual": changed(**manual, spec__selector=mine),
            "manual that does not fit": changed(
                **manual, spec__selector={"matchLabels": {"app": "other"}}
            ),
            "manual and empty": changed(**manual, spec__selector={}),
            "manual and none": changed(**manual),
            "not manual": changed(spec__selector=mine),
        },
    )


@scenario
def bad_statuses(side):
    """Counts and ends that cannot be."""
    side.create(job(completions=2, suspend=True))
    side.settle("created")

    def write(**fields):
        side.patch({"status": fields}, subresource="status?dryRun=All")

    def told(*types):
        return {"conditions": [{"type": each, "status": "True"} for each in types]}

    for title, fields in {
        "negative": {"active": -1},
        "more ready than active": {"active": 1, "ready": 2},
        "complete and failed": told("Complete", "Failed"),
        "complete without criteria": told("Complete"),
        "failed without a target": told("Failed"),
        "indexes": {"completedIndexes": "0"},
    }.items():
        side.attempt(f"status: {title}", write, **fields)
