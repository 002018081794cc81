"""The scenarios of ReplicaSet."""

from conformance.scenario import Book

BOOK = Book("ReplicaSet")
scenario = BOOK.scenario

from conformance.replicaset import (  # noqa: E402, F401  # they fill the book
    api,
    bad_input,
    claiming,
    contracts,
    deletion,
    healing,
    kubectl,
    kubectl_apply,
    kubectl_pods,
    limits,
    ranking,
    refusals,
    scaling,
    templates,
)
