"""Times in which a test had taken the operator's rights away; who looks at all requests leaves them out."""

import contextlib
import json

from installed import now

from kindcluster import state


@contextlib.contextmanager
def without_rights(operator):
    """For the time of the block nobody may be served; afterwards everything is as installed."""
    began = now()
    operator.kind.kubectl("delete", "clusterrolebinding/podwright")
    try:
        yield
    finally:
        operator.apply()
        operator.wait()
        with _notes(operator.kind).open("a") as notes:
            notes.write(json.dumps([began, now()]) + "\n")


def had_its_rights(kind, moment):
    """Whether none of those times has this moment of the audit log in it."""
    notes = _notes(kind)
    lines = notes.read_text().splitlines() if notes.exists() else []
    return not any(began <= moment <= ended for began, ended in map(json.loads, lines))


def _notes(kind):
    """Of this cluster, and gone with it."""
    return state.folder(kind.name) / "without-rights"
