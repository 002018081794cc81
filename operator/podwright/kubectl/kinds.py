"""Which kind a word means: ``sts``, ``psts``, ``statefulset``, ``statefulsets.apps.podwright.dev``.

Within this plugin ``sts`` is ours; for the built-in one there is kubectl itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from podwright.kinds import BUILT_IN
from podwright.kubectl.errors import Failure
from podwright.workload import Served


def words(served: Served) -> Iterator[str]:
    """Everything that a kind is called."""
    resource = served.resource
    for short in served.workload.crd.short_names:
        yield from (short, short.removeprefix("p"))
    for word in (resource.plural, resource.kind.lower()):
        yield from (word, f"{word}.{resource.group}", f"{word}.{resource.version}.{resource.group}")


def named(word: str) -> Served:
    """The kind of this name.

    Raises:
        Failure: there is none.
    """
    for served in BUILT_IN:
        if word.lower() in words(served):
            return served
    raise Failure(f'the server doesn\'t have a resource type "{word}"')


def of_manifest(api_version: str, kind: str) -> Served | None:
    """The kind that an object says it is of."""
    for served in BUILT_IN:
        if (served.resource.api_version, served.resource.kind) == (api_version, kind):
            return served
    return None
