"""Which objects a command line means.

    sts/web ds/logs        each of a kind and a name
    sts web db             several of one kind
    sts                    all of a kind, or with -l those that the labels choose
    sts,ds -l tier=back    of several kinds

Kubernetes: k8s.io/cli-runtime pkg/resource/builder.go, ``ResourceTypeOrNameArgs``, ``Do``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from podwright.kubectl import kinds
from podwright.kubectl.errors import Failure
from podwright.workload import Served

_SEPARATE = (
    "there is no need to specify a resource type as a separate argument when passing arguments in "
    "resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get "
    "resource resource/<resource_name>'"  # kubectl's own parentheses
)


@dataclass(frozen=True, slots=True)
class Named:
    """One object; without a namespace the one of the connection is meant."""

    served: Served
    name: str
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """All objects of a kind that a selector chooses."""

    served: Served
    selector: str = ""


Wanted = Named | Listed


def parse(arguments: Sequence[str], selector: str = "", *, all_: bool = True) -> list[Wanted]:
    """What the arguments mean; ``all_``: a kind without names means all of it.

    Raises:
        Failure: they mean nothing, in kubectl's words.
    """
    if any("/" in each for each in arguments):
        if selector:
            raise Failure(
                "selectors and the all flag cannot be used when passing resource/name arguments"
            )
        return [_pair(each) for each in arguments]
    if not arguments:
        return []
    found = [kinds.named(word) for word in arguments[0].split(",") if word]
    names = arguments[1:]
    if not names:
        if not selector and not all_:
            raise Failure("resource(s) were provided, but no name was specified")
        return [Listed(served, selector) for served in found]
    if selector:
        raise Failure("name cannot be provided when a selector is specified")
    if len(found) > 1:
        raise Failure("you must specify only one resource")
    return [Named(found[0], name) for name in names]


def _pair(argument: str) -> Named:
    if "/" not in argument:
        raise Failure(_SEPARATE)
    if argument.count("/") > 1:
        raise Failure("arguments in resource/name form may not have more than one slash")
    kind, name = argument.split("/")
    if not kind or not name:
        raise Failure("arguments in resource/name form must have a single resource and name")
    return Named(kinds.named(kind), name)
