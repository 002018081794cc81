"""Job and CronJob at apply: what batch/v1 says to a mistake, and what ours says."""

import pytest
from operating import install_kinds

THEIRS, OURS = "batch/v1", "batch.podwright.dev/v1"
POD = {"restartPolicy": "Never", "containers": [{"name": "app", "image": "app"}]}
INDEXED = {"completionMode": "Indexed", "completions": 3}
LEAST = "must be greater than or equal to 0"


@pytest.fixture(scope="module", autouse=True)
def kinds(cluster):
    install_kinds(cluster)
    for plural in ("jobs", "cronjobs"):
        path = f"/apis/{OURS}/{plural}"
        cluster.wait_until(plural, lambda path=path: cluster.api.get(path) is not None)


def job(name="work", pod=None, **spec):
    wish = {"template": {"spec": POD | (pod or {})}, "suspend": True} | spec
    return {"kind": "Job", "metadata": {"name": name}, "spec": wish}


def cronjob(name="clock", template=None, **spec):
    wish = {"schedule": "0 0 1 1 *", "jobTemplate": {"spec": job()["spec"] | (template or {})}}
    return {"kind": "CronJob", "metadata": {"name": name}, "spec": wish | spec}


def rule(**fields):
    return {"podFailurePolicy": {"rules": [{"action": "Ignore"} | fields]}}


def codes(operator, *values):
    return rule(onExitCodes={"operator": operator, "values": list(values)})


TAKEN = {
    "plain": job(),
    "queue": job(parallelism=3),
    "indexed": job(**INDEXED, backoffLimitPerIndex=1, maxFailedIndexes=2),
    "failure policy": job(**codes("In", 1, 42)),
    "success policy": job(**INDEXED, successPolicy={"rules": [{"succeededIndexes": "0,2"}]}),
    "run by another": job(managedBy="example.com/other"),
    "cronjob": cronjob(timeZone="Europe/Berlin", concurrencyPolicy="Forbid"),
    "every": cronjob(schedule="@every 90s"),
    "a day that never comes": cronjob(schedule="59 23 31 2 *"),
}


@pytest.mark.parametrize("whole", TAKEN.values(), ids=TAKEN)
def test_both_take_it(offered, whole):
    assert offered.refusal(THEIRS, whole) == ""
    assert offered.refusal(OURS, whole) == ""


REFUSED = {
    "parallelism": (job(parallelism=-1), f"spec.parallelism: Invalid value: -1: {LEAST}"),
    "completions": (job(completions=-1), f"spec.completions: Invalid value: -1: {LEAST}"),
    "backoff limit": (job(backoffLimit=-1), f"spec.backoffLimit: Invalid value: -1: {LEAST}"),
    "deadline": (
        job(activeDeadlineSeconds=-1),
        f"spec.activeDeadlineSeconds: Invalid value: -1: {LEAST}",
    ),
    "time to live": (
        job(ttlSecondsAfterFinished=-1),
        f"spec.ttlSecondsAfterFinished: Invalid value: -1: {LEAST}",
    ),
    "restarts": (job(pod={"restartPolicy": "Always"}), 'valid values: "OnFailure", "Never"'),
    "indexed without a number": (
        job(completionMode="Indexed", parallelism=2),
        "when completion mode is Indexed",
    ),
    "a limit of no index": (job(completions=2, backoffLimitPerIndex=1), "requires indexed completion mode"),
    "failed indexes without a limit": (
        job(**INDEXED, maxFailedIndexes=1),
        "when maxFailedIndexes is specified",
    ),
    "too many failed indexes": (
        job(**INDEXED, backoffLimitPerIndex=1, maxFailedIndexes=9),
        "must be less than or equal to completions",
    ),
    "a rule of restarts": (
        job(pod={"restartPolicy": "OnFailure"}, **codes("In", 1)),
        'only "Never" is supported when podFailurePolicy is specified',
    ),
    "a rule of nothing": (job(**rule()), "specifying one of OnExitCodes and OnPodConditions is required"),
    "code 0": (job(**codes("In", 0)), "must not be 0 for the In operator"),
    "codes in disorder": (job(**codes("In", 3, 2)), "must be ordered"),
    "an index that fails where none does": (
        job(**codes("In", 1) | rule(action="FailIndex", onExitCodes={"operator": "In", "values": [1]})),
        "requires the backoffLimitPerIndex to be set",
    ),
    "a success without rules": (
        job(**INDEXED, successPolicy={"rules": []}),
        "at least one rules must be specified when the successPolicy is specified",
    ),
    "who runs it": (job(managedBy="me"), 'must be a domain-prefixed path (such as "acme.io/foo")'),
    "a long name": (cronjob("n" * 53), "must be no more than 52 characters"),
    "six fields": (cronjob(schedule="0 0 * * * *"), "expected exactly 5 fields, found 6: [0 0 * * * *]"),
    "a word": (cronjob(schedule="@reboot"), "unrecognized descriptor: @reboot"),
    "a zone inside": (
        cronjob(schedule="TZ=UTC * * * * *"),
        "cannot use TZ or CRON_TZ in schedule, use timeZone field instead",
    ),
    "an empty zone": (cronjob(timeZone=""), "timeZone must be nil or non-empty string"),
    "a zone with a way up": (cronjob(timeZone="../etc"), "unknown time zone ../etc"),
    "the zone of a machine": (cronjob(timeZone="Local"), "timeZone must be an explicit time zone"),
    "start deadline": (cronjob(startingDeadlineSeconds=-1), LEAST),
    "history": (cronjob(failedJobsHistoryLimit=-1), LEAST),
    "a selector in a template": (
        cronjob(template={"selector": {"matchLabels": {"a": "b"}}}),
        "`selector` will be auto-generated",
    ),
    "restarts in a template": (
        cronjob(template={"template": {"spec": POD | {"restartPolicy": "Always"}}}),
        'valid values: "OnFailure", "Never"',
    ),
}  # fmt: skip


@pytest.mark.parametrize(("whole", "words"), REFUSED.values(), ids=REFUSED)
def test_both_refuse_it_in_the_same_words(offered, whole, words):
    assert words in offered.refusal(THEIRS, whole)
    assert words in offered.refusal(OURS, whole)


FOREVER = {
    "mode": ({"completionMode": "NonIndexed"}, "field is immutable"),
    "limit of each": ({"backoffLimitPerIndex": 2}, "field is immutable"),
    "who runs it": ({"managedBy": "example.com/other"}, "field is immutable"),
    "completions alone": (
        {"completions": 5},
        "can only be modified in tandem with spec.parallelism",
    ),
}


@pytest.mark.parametrize(("change", "words"), FOREVER.values(), ids=FOREVER)
def test_what_may_not_change_is_refused_in_the_same_words(offered, change, words):
    for version in (THEIRS, OURS):
        assert words in offered.change(version, job(**INDEXED, parallelism=1), **change)


MAY = {
    "parallelism": {"parallelism": 2},
    "both": {"parallelism": 5, "completions": 5},
    "resumption": {"suspend": False},
    "time to live": {"ttlSecondsAfterFinished": 5},
}


@pytest.mark.parametrize("change", MAY.values(), ids=MAY)
def test_what_may_change_may_in_both(offered, change):
    for version in (THEIRS, OURS):
        assert offered.change(version, job(**INDEXED, parallelism=1), **change) == ""


def test_the_template_of_a_job_that_is_suspended_may_change_and_of_one_that_runs_not(offered):
    lanes = {"template": {"spec": {"nodeSelector": {"lane": "fast"}}}}
    for version in (THEIRS, OURS):
        assert offered.change(version, job("rests"), **lanes) == ""
        assert "field is immutable" in offered.change(version, job("runs", suspend=False), **lanes)
