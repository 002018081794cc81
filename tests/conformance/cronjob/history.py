"""Jobs that have ended: how many are kept."""

from conformance.cronjob import scenario
from conformance.cronjob.hands import arrived, by_itself, cron, due, failed, jobs, ran, started
from conformance.job.hands import fail, succeed

ONE_TRY = {"backoffLimit": 0}


def kept(side, *wanted):
    side.until(lambda: jobs(side) == sorted(wanted), f"{wanted} are kept")


@scenario
def three_that_succeeded(side):
    """By default; the oldest goes first."""
    side.create(by_itself())
    made = [ran(side, minutes) for minutes in (12, 10, 8, 6, 4)]
    kept(side, *made[-3:])
    side.settle("three", ordered=False)


@scenario
def one_that_failed(side):
    """By default; those that succeeded do not count for it."""
    side.create(cron(job_spec=ONE_TRY))
    made = []
    for minutes in (9, 6, 3):
        made.append(started(side, minutes))
        failed(side, made[-1])
    kept(side, made[-1])
    side.settle("one", ordered=False)


@scenario(coarse=True)
def none_that_succeeded(side):
    """It goes as soon as it has ended; nobody tells that it was seen."""
    side.create(cron(successfulJobsHistoryLimit=0, job_spec=ONE_TRY))
    job = started(side, 6)
    side.settle("runs")
    succeed(side, *side.names(job, "Job"))
    kept(side)
    side.gone(job, "Job")
    side.settle("nothing is kept")
    bad = started(side, 3)
    failed(side, bad)
    kept(side, bad)
    side.settle("but a failure")


@scenario(coarse=True)
def none_that_failed(side):
    """Those that succeeded are kept."""
    side.create(cron(failedJobsHistoryLimit=0, job_spec=ONE_TRY))
    job = started(side, 6)
    side.settle("runs")
    fail(side, *side.names(job, "Job"))
    kept(side)
    side.gone(job, "Job")
    side.settle("nothing is kept")


@scenario
def a_limit_that_is_lowered(side):
    """What is too much goes at once."""
    side.create(by_itself(successfulJobsHistoryLimit=4))
    made = [ran(side, minutes) for minutes in (9, 7, 5)]
    kept(side, *made)
    side.settle("three", ordered=False)
    side.spec(successfulJobsHistoryLimit=1)
    kept(side, made[-1])
    side.settle("one", ordered=False)


@scenario(coarse=True)
def one_that_runs_is_no_history(side):
    """However many have ended."""
    side.create(cron(successfulJobsHistoryLimit=0, job_spec=ONE_TRY))
    first = started(side, 9)
    second = due(side, 6)
    arrived(side, 1, second)
    side.settle("two run")
    succeed(side, *side.names(second, "Job"))
    side.gone(second, "Job")
    kept(side, first)
    side.settle("one runs")
    succeed(side, *side.names(first, "Job"))
    side.gone(first, "Job")
    side.settle("none")
