"""The scenarios of ReplicationController: what it shares with ReplicaSet is told there."""

from conformance.scenario import Book

BOOK = Book("ReplicationController")
scenario = BOOK.scenario

from conformance.replicationcontroller import controllers  # noqa: E402, F401  # it fills the book
