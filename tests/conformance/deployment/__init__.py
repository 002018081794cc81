"""The scenarios of Deployment."""

from conformance.scenario import Book

BOOK = Book("Deployment")
scenario = BOOK.scenario

from conformance.deployment import (  # noqa: E402, F401  # they fill the book
    bad_input,
    claiming,
    deadlines,
    deletion,
    history,
    kubectl,
    pausing,
    recreate,
    rollback,
    rollouts,
    scaling,
    stuck,
    walks,
)
