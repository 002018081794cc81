"""The scenarios of StatefulSet."""

from conformance.scenario import Book

BOOK = Book("StatefulSet")
scenario = BOOK.scenario

from conformance.statefulset import (  # noqa: E402, F401  # they fill the book
    bad_input,
    claiming,
    claims,
    healing,
    kubectl,
    ordering,
    retention,
    revisions,
    updates,
)
