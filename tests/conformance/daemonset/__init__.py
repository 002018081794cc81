"""The scenarios of DaemonSet."""

from conformance.scenario import Book

BOOK = Book("DaemonSet")
scenario = BOOK.scenario

from conformance.daemonset import (  # noqa: E402, F401  # they fill the book
    bad_input,
    claiming,
    healing,
    kubectl,
    placement,
    revisions,
    updates,
)
