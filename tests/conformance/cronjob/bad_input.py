"""What is refused at apply: the same manifests, and the fields that each API complains about."""

from functools import partial

from conformance import mistakes
from conformance.cronjob import scenario
from conformance.cronjob.hands import cron
from conformance.mistakes import offer

changed = partial(mistakes.changed, cron())
JOB = "spec__jobTemplate__spec"


def schedules(*texts):
    return {f"schedule {text!r}": changed(spec__schedule=text) for text in texts}


def in_job(title, **changes):
    """A mistake in the spec of the Job's template."""
    return {title: changed(**{f"{JOB}__{path}": value for path, value in changes.items()})}


@scenario
def bad_schedules(side):
    """Words, numbers and lengths that no schedule has."""
    offer(
        side,
        schedules(
            "",
            " ",
            "* * * *",
            "0 0 * * * *",
            "* * * * * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * 32 * *",
            "* * * 0 *",
            "* * * 13 *",
            "0 0 * * 7",
            "0 0 * * 1,7",
            "0 0 * * 1-7",
            "-1 * * * *",
            "*/0 * * * *",
            "*/x * * * *",
            "1/2/3 * * * *",
            "1-2-3 * * * *",
            "a * * * *",
            "0 0 L * *",
            "0 0 15W * *",
            "0 0 * * 5#3",
            "0 0 * january *",
            "0 0 * * sunday",
            "é * * * *",
            "* * * * *é",
            "٥ * * * *",
            "0\t0\t*\t*",
        ),
    )


@scenario
def bad_descriptors(side):
    """Short words that there are not, and lengths of time that are none."""
    offer(
        side,
        schedules(
            "@",
            "@reboot",
            "@Daily",
            " @daily",
            "@daily ",
            "@every",
            "@every ",
            "@every 5",
            "@every five minutes",
            "@every 1d",
            "@every 1h 5m",
            "@every s",
            "@every 1.2.3s",
            "@every1h",
        ),
    )


@scenario
def odd_schedules(side):
    """They mean something, and are taken."""
    offer(
        side,
        schedules(
            "*/5 * * * *",
            "? ? ? ? ?",
            "+5 * * * *",
            "007 * * * *",
            "*-5 * * * *",
            ", * * * *",
            "1,,2 * * * *",
            "59 23 31 2 *",
            "0 0 * JAN,dec mon-FRI",
            "0 0 1/5 * *",
            "0-59/7 * * * *",
            "  0   0 * * *  ",
            "0\t0\t*\t*\t*",
            "0 0 * * *\n",
            "@yearly",
            "@annually",
            "@monthly",
            "@weekly",
            "@daily",
            "@midnight",
            "@hourly",
            "@every 1h30m",
            "@every 1.5h",
            "@every 0",
            "@every -5m",
            "@every 10ns",
            "@every 1us1µs1ms",
        ),
    )


@scenario
def zones_inside_schedules(side):
    """There is a field for that."""
    offer(
        side,
        schedules(
            "TZ=UTC 0 0 * * *",
            "CRON_TZ=Europe/Berlin 0 0 * * *",
            "TZ=UTC",
            "TZ=Nowhere 0 0 * * *",
            "0 0 * * TZ",
        ),
    )


@scenario
def bad_time_zones(side):
    """Names that no zone can have."""
    zones = ("", "Local", "local", "../etc", "a//b", "/UTC", "-5", "Europe/New York", "UTC+1é")
    long = "Europe/Abcdefghijklmnop"
    offer(side, {f"zone {zone!r}": changed(spec__timeZone=zone) for zone in (*zones, long)})


@scenario
def good_time_zones(side):
    """Old names, and names of three parts."""
    zones = ("UTC", "Etc/UTC", "Europe/Berlin", "America/Argentina/Ushuaia", "GMT", "Etc/GMT+5")
    offer(side, {f"zone {zone}": changed(spec__timeZone=zone) for zone in (*zones, "US/Pacific")})


@scenario
def told_later(side):
    """What the API server cannot know of ours: the operator tells it, with an event."""
    offer(
        side,
        {
            "told later: a zone that there is not": changed(spec__timeZone="Europe/Atlantis"),
            "told later: a range that goes backwards": changed(spec__schedule="5-1 * * * *"),
            "told later: days that go backwards": changed(spec__schedule="0 0 * * fri-mon"),
            "told later: a number without end": changed(spec__schedule=f"*/{'9' * 30} * * * *"),
        },
    )


@scenario
def bad_numbers(side):
    """Less than nothing, and words that there are not."""
    offer(
        side,
        {
            "deadline": changed(spec__startingDeadlineSeconds=-1),
            "successes": changed(spec__successfulJobsHistoryLimit=-1),
            "failures": changed(spec__failedJobsHistoryLimit=-1),
            "policy": changed(spec__concurrencyPolicy="Never"),
            "nothing of either": changed(
                spec__successfulJobsHistoryLimit=0, spec__failedJobsHistoryLimit=0
            ),
        },
    )


@scenario
def names(side):
    """The names of its Jobs have eleven characters more."""
    offer(
        side,
        {
            "longest": changed(metadata__name="a" * 52),
            "too long": changed(metadata__name="a" * 53),
            "with a dot": changed(metadata__name="a.b"),
        },
    )


@scenario
def bad_jobs(side):
    """What a Job's template may not have."""
    offer(
        side,
        {
            **in_job("selector", selector={"matchLabels": {"a": "b"}}),
            **in_job("manual selector", manualSelector=True),
            **in_job("parallelism", parallelism=-1),
            **in_job("completions", completions=-1),
            **in_job("backoff", backoffLimit=-1),
            **in_job("active deadline", activeDeadlineSeconds=-1),
            **in_job("time to live", ttlSecondsAfterFinished=-1),
            **in_job("mode", completionMode="Sorted"),
            **in_job("indexed without completions", completionMode="Indexed"),
            **in_job("per index", backoffLimitPerIndex=1),
            **in_job("failed indexes", maxFailedIndexes=1, backoffLimitPerIndex=1),
            **in_job(
                "more may fail than there are",
                completionMode="Indexed",
                completions=2,
                backoffLimitPerIndex=1,
                maxFailedIndexes=3,
            ),
            **in_job("replacement", podReplacementPolicy="Always"),
            **in_job("manager", managedBy="nobody"),
            **in_job("long manager", managedBy=f"a.io/{'b' * 60}"),
            **in_job("success without indexes", successPolicy={"rules": [{"succeededCount": 1}]}),
            "no job": changed(spec__jobTemplate={}),
        },
    )


def failure(**rule):
    return {"rules": [{"action": "FailJob"} | rule]}


@scenario
def bad_policies_of_jobs(side):
    """What their failure and success policies may not say."""
    codes = {"operator": "In", "values": [1]}
    indexed = {"completionMode": "Indexed", "completions": 3}
    offer(
        side,
        {
            **in_job("neither", podFailurePolicy=failure()),
            **in_job(
                "both",
                podFailurePolicy=failure(
                    onExitCodes=codes, onPodConditions=[{"type": "A", "status": "True"}]
                ),
            ),
            **in_job("action", podFailurePolicy=failure(action="Panic", onExitCodes=codes)),
            **in_job("fail index", podFailurePolicy=failure(action="FailIndex", onExitCodes=codes)),
            **in_job("operator", podFailurePolicy=failure(onExitCodes=codes | {"operator": "Is"})),
            **in_job("no values", podFailurePolicy=failure(onExitCodes=codes | {"values": []})),
            **in_job("order", podFailurePolicy=failure(onExitCodes=codes | {"values": [3, 2]})),
            **in_job(
                "restarts",
                podFailurePolicy=failure(onExitCodes=codes),
                template__spec__restartPolicy="OnFailure",
            ),
            **in_job(
                "replacement with a policy",
                podFailurePolicy=failure(onExitCodes=codes),
                podReplacementPolicy="TerminatingOrFailed",
            ),
            **in_job("no rules", **indexed, successPolicy={"rules": []}),
            **in_job("empty rule", **indexed, successPolicy={"rules": [{}]}),
            **in_job("indexes", **indexed, successPolicy={"rules": [{"succeededIndexes": "a"}]}),
        },
    )


@scenario
def bad_pods(side):
    """What the template of their pods may not have."""
    pod = f"{JOB}__template__spec"
    offer(
        side,
        {
            "no restart policy": changed(**{f"{pod}__restartPolicy": ""}),
            "always": changed(**{f"{pod}__restartPolicy": "Always"}),
            "sometimes": changed(**{f"{pod}__restartPolicy": "Sometimes"}),
            "no containers": changed(**{f"{pod}__containers": []}),
            "no image": changed(**{f"{pod}__containers": [{"name": "web"}]}),
            "container's name": changed(**{f"{pod}__containers": [{"name": "W", "image": "a"}]}),
            "label": changed(**{f"{JOB}__template__metadata__labels": {"a b": "c"}}),
        },
    )
