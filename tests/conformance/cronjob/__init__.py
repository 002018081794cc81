"""The scenarios of CronJob."""

from conformance.scenario import Book

BOOK = Book("CronJob")
scenario = BOOK.scenario

from conformance.cronjob import (  # noqa: E402, F401  # they fill the book
    bad_input,
    by_hand,
    clocks,
    concurrency,
    deadlines,
    deletion,
    history,
    kubectl,
    runs,
    suspending,
)
