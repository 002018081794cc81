"""The scenarios of Job."""

from conformance.scenario import Book

BOOK = Book("Job")
scenario = BOOK.scenario

from conformance.job import (  # noqa: E402, F401  # they fill the book
    bad_input,
    bad_policies,
    claiming,
    completions,
    deadlines,
    deletion,
    ending,
    failure_policy,
    failures,
    indexes,
    kubectl,
    manifests,
    per_index,
    replacement,
    scaling,
    success_policy,
    suspending,
    walks,
)
