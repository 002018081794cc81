"""Times in which the operator's rights did not hold, for whoever looks at all its requests.

A test has taken them away or has removed the operator, or the API server has just been started: for
a moment it answers 403 to everybody, until it has read the roles.
"""

import contextlib
import json

from installed import now

from kindcluster import state


@contextlib.contextmanager
def deprived(kind):
    """Note the time of the block as one of those."""
    began = now()
    try:
        yield
    finally:
        with _notes(kind).open("a") as notes:
            notes.write(json.dumps([began, now()]) + "\n")


def had_its_rights(kind, moment):
    """Whether none of those times has this moment of the audit log in it."""
    notes = _notes(kind)
    lines = notes.read_text().splitlines() if notes.exists() else []
    return not any(began <= moment <= ended for began, ended in map(json.loads, lines))


def _notes(kind):
    """Of this cluster, and gone with it."""
    return state.folder(kind.name) / "deprived"
