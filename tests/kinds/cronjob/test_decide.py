"""What a CronJob does in one look."""

from datetime import timedelta

import pytest

from builders import NOW
from podwright import labels
from podwright.kinds.cronjob import CRONJOB
from podwright.kinds.cronjob.children import Children
from podwright.kinds.cronjob.decide import (
    decide,
    impossible,
    rest,
    run,
    start,
    tell,
    too_many,
    unreadable,
)
from podwright.kinds.cronjob.runs import Runs
from podwright.plan import Create, Delete, Plan, Record, Wait
from podwright.rules import adoption
from schedules import at, creates, cron_job, job, look, words

DELTA = timedelta(milliseconds=100)


def told(plan):
    return [(it.type, it.reason, it.message) for it in plan.actions if isinstance(it, Record)]


# --- runs --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "does", "next_"),
    [
        ("10:59:59", "", "11:00"),
        ("11:00", "create 11:00", "12:00"),
        ("11:30", "create 11:00", "12:00"),
        ("15:30", "create 15:00", "16:00"),
    ],
)
def test_a_run_that_is_due_is_started(now, does, next_):
    plan = decide(look(cron_job(), now=now))
    assert words(plan) == does
    assert plan.requeue_at == at(next_) + DELTA
    assert not plan.waits


def test_a_creation_is_told_in_the_built_in_words():
    [made] = decide(look(cron_job())).actions
    assert made.say.done == ("SuccessfulCreate", "Created job {name}")
    assert made.say.failed == (("FailedCreate", "Error creating job: {error}"),)
    assert made.owned


@pytest.mark.parametrize("ended", ["", "Complete", "Failed"])
def test_a_run_whose_job_is_there_is_not_started_again(ended):
    it = look(cron_job(last="11:00"), job("12:00", ended=ended))
    assert not creates(decide(it))
    assert decide(it).requeue_at == at("13:00") + DELTA


@pytest.mark.parametrize("policy", ["Allow", "Forbid", "Replace"])
def test_a_run_that_was_written_down_is_not_started_again_when_its_job_is_gone(policy):
    owner = cron_job(last="12:00", concurrency_policy=policy)
    assert decide(look(owner)) == Plan().again_at(at("13:00") + DELTA)


def test_two_runs_of_one_minute_share_a_job():
    owner = cron_job("@every 30s", last="12:00")
    it = look(owner, job("12:00", ended="Complete"), now="12:00:30")
    assert words(decide(it)) == ""


def test_too_many_missed_runs_are_warned_of_and_the_last_is_started():
    plan = decide(look(cron_job("*/5 * * * *", last="03:35")))
    assert words(plan) == "TooManyMissedTimes, create 12:00"
    text = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"
    assert told(plan) == [("Warning", "TooManyMissedTimes", text)]
    assert too_many(Runs.of(look(cron_job("*/5 * * * *", last="03:40")))) == ()


def test_a_run_beyond_its_deadline_is_dropped_silently():
    owner = cron_job(starting_deadline_seconds=600)
    assert decide(look(owner, now="11:30")) == Plan().again_at(at("12:00") + DELTA)
    assert words(run(look(owner, now="11:05"), Children.of(look(owner)))) == "create 11:00"


# --- concurrency -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "does"),
    [
        ("Allow", "create 12:00"),
        ("", "create 12:00"),
        ("Forbid", "JobAlreadyActive"),
        ("Replace", "delete 11:00 > create 12:00"),
    ],
)
def test_the_policy_says_what_becomes_of_a_run_beside_another(policy, does):
    running = job("11:00")
    owner = cron_job(last="11:00", active=[running], concurrency_policy=policy)
    assert words(decide(look(owner, running))) == does


def test_a_forbidden_run_is_told_of_waits_and_starts_late():
    running = job("11:00")
    owner = cron_job(last="11:00", active=[running], concurrency_policy="Forbid")
    plan = decide(look(owner, running, now="13:30"))
    text = "Not starting job because prior execution is running and concurrency policy is Forbid"
    assert told(plan) == [("Normal", "JobAlreadyActive", text)]
    assert plan.waits == (Wait("the last run to end", on=running.name),)
    assert plan.requeue_at == at("14:00") + DELTA
    ended = job("11:00", ended="Complete")
    assert words(decide(look(owner, ended, now="13:30"))) == "SawCompletedJob, create 13:00"


def test_jobs_made_by_hand_are_no_runs():
    by_hand = job(by_hand=True)
    for policy in ("Forbid", "Replace"):
        plan = decide(look(cron_job(concurrency_policy=policy), by_hand))
        assert words(plan) == "UnexpectedJob, create 12:00"


def test_a_job_that_was_not_written_down_counts():
    lost = job("11:00")
    assert words(decide(look(cron_job(concurrency_policy="Forbid"), lost))) == "JobAlreadyActive"


def test_a_replaced_job_goes_whatever_changed_and_before_the_new_one_comes():
    running, going = job("11:00"), job("10:00", going=True)
    owner = cron_job(active=[running, going], concurrency_policy="Replace")
    it = look(owner, running, going)
    plan = start(it, Children.of(it), at("12:00"))
    [[delete], [create]] = plan.steps
    assert isinstance(delete, Delete)
    assert (delete.target, delete.as_seen) == (running, False)
    assert isinstance(create, Create)


# --- what is told of Jobs ----------------------------------------------------------------------


def test_what_becomes_of_jobs_is_told_in_the_built_in_words():
    ended, gone, by_hand = job("11:00", ended="Failed"), job("10:00"), job(by_hand=True)
    it = look(cron_job(active=[ended, gone]), ended, by_hand)
    assert told(tell(it, Children.of(it))) == [
        (
            "Warning",
            "UnexpectedJob",
            "Saw a job that the controller did not create or forgot: by-hand",
        ),
        ("Normal", "SawCompletedJob", f"Saw completed job: {ended.name}, condition: Failed"),
        ("Normal", "MissingJob", f"Active job went missing: {gone.name}"),
    ]


def test_a_job_that_goes_at_once_is_not_told_of_as_ended():
    ended = job("11:00", ended="Failed")
    owner = cron_job(last="12:00", active=[ended], failed_jobs_history_limit=0)
    assert words(decide(look(owner, ended))) == "delete 11:00"


def test_an_end_is_told_of_once():
    ended = job("11:00", ended="Complete")
    assert words(decide(look(cron_job(last="12:00"), ended))) == ""


# --- resting -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("owner", "wait", "events"),
    [
        pytest.param(
            cron_job(meta={"deletion_timestamp": NOW}),
            "the garbage collector to finish its deletion",
            [],
            id="being-deleted",
        ),
        pytest.param(
            cron_job(time_zone="Mars/Base"),
            'a time zone that exists, not "Mars/Base"',
            [
                (
                    "Warning",
                    "UnknownTimeZone",
                    'invalid timeZone: "Mars/Base": unknown time zone Mars/Base',
                )
            ],
            id="unknown-zone",
        ),
        pytest.param(cron_job(suspend=True), "somebody to resume it", [], id="suspended"),
        pytest.param(
            cron_job("0 0 * * 7"),
            "a schedule that can be understood: end of range (7) above maximum (6): 7",
            [
                (
                    "Warning",
                    "UnparseableSchedule",
                    'unparseable schedule: "0 0 * * 7" : end of range (7) above maximum (6): 7',
                )
            ],
            id="unparseable",
        ),
        pytest.param(
            cron_job("59 23 31 2 *"),
            'a schedule with a time that comes, not "59 23 31 2 *"',
            [
                (
                    "Warning",
                    "InvalidSchedule",
                    (
                        "invalid schedule: 59 23 31 2 * : time difference between two schedules is "
                        "less than 1 second"
                    ),
                )
            ],
            id="never",
        ),
    ],
)
def test_it_rests_and_says_why_and_does_not_come_back_by_itself(owner, wait, events):
    plan = decide(look(owner))
    assert [each.until for each in plan.waits] == [wait]
    assert told(plan) == events
    assert plan.requeue_at is None
    assert len(plan.actions) == len(events)
    assert rest(look(owner)) is not None


def test_the_first_reason_to_rest_is_the_one_that_is_told():
    owner = cron_job("L", time_zone="Mars/Base", suspend=True)
    assert words(decide(look(owner))) == "UnknownTimeZone"
    assert words(decide(look(cron_job("L", suspend=True)))) == ""


def test_a_schedule_that_was_changed_to_nonsense_is_told_of_once_more():
    it = look(cron_job("L", told={"timetable": "0 * * * *"}))
    assert [each[1:] for each in told(unreadable(it))] == [
        (
            labels.UNPARSEABLE_SCHEDULE,
            'unparseable schedule: "L" : expected exactly 5 fields, found 1: [L]',
        ),
        (labels.UNPARSEABLE_CHANGED, "unparseable schedule for cronjob: L"),
    ]


def test_a_good_schedule_is_no_reason_to_rest():
    assert rest(look(cron_job())) is None
    assert unreadable(look(cron_job())) is None
    assert impossible(look(cron_job())) is None


def test_history_is_tidied_while_it_rests():
    jobs = [job(hour, ended="Failed") for hour in ("10:00", "11:00")]
    assert words(decide(look(cron_job(suspend=True), *jobs))) == "delete 10:00"


def test_resuming_starts_one_run_that_was_missed():
    assert words(decide(look(cron_job(last="03:00"), now="11:20"))) == "create 11:00"


def test_nothing_is_claimed():
    assert adoption.claim(look(cron_job(), job()), CRONJOB.owns) is None
