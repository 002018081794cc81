"""Before the operator starts: can it work here? Each problem is one sentence that says what to do.

What may mend itself is waited for, with a message: an API server that cannot be reached, CRDs that
are not installed yet. What will not ends the program: credentials that are not accepted, rights
that are missing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from podwright import client as api
from podwright.credentials import IN_A_POD
from podwright.engine.lease import LEASES
from podwright.objects import Resource
from podwright.workload import Served

log = logging.getLogger("podwright")

PAUSE, LONGEST_PAUSE = 1.0, 10.0
EVENTS = Resource("", "v1", "Event", "events")
CRDS = Resource(
    "apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions"
)
REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
READ = ("get", "list", "watch")
WRITE = ("create", "patch", "delete")
INSTALLED, ALWAYS_THERE = "podwright-system", "kube-system"


class Problem(Exception):  # noqa: N818  # a sentence for people
    """The operator cannot work here; the text says why and what to do."""


class _Kind(msgspec.Struct):
    name: str


class _Kinds(msgspec.Struct):
    resources: list[_Kind] = []


class _Answer(msgspec.Struct):
    allowed: bool = False


class _Review(msgspec.Struct):
    status: _Answer


class Right(NamedTuple):
    """A verb on a resource, as RBAC knows them."""

    verb: str
    resource: Resource
    subresource: str = ""

    def __str__(self) -> str:
        name = self.resource.name + (f"/{self.subresource}" if self.subresource else "")
        return f"{self.verb} {name}"


async def check(
    client: api.Client,
    served: Sequence[Served],
    namespaces: Sequence[str],
    lease: tuple[str, str] | None,
) -> None:
    """Return when the operator can work; ``lease`` is the place of the one that it takes part in.

    Raises:
        Problem: it cannot, and waiting would not help.
    """
    await _find_kinds(client, served)
    rights = list(needed_rights(served, namespaced=bool(namespaces)))
    for namespace in namespaces or ("",):
        await _require(client, rights, namespace)
    if lease:
        verbs = ("get", "create", "update")
        await _require(client, [Right(verb, LEASES) for verb in verbs], *lease)


async def lease_namespace(client: api.Client, namespaces: Sequence[str]) -> str:
    """Where operators meet that must not work at the same time.

    The namespace of our own pod; elsewhere the first one that is served, or the one that the
    operator is installed in, so that one on a laptop and one in the cluster see each other.
    """
    if IN_A_POD.is_file():  # a mounted file
        return IN_A_POD.read_text().strip()
    if namespaces:
        return namespaces[0]
    try:
        await client.send("GET", f"/api/v1/namespaces/{INSTALLED}")
    except (api.NotFound, api.Refused):
        return ALWAYS_THERE
    return INSTALLED


def needed_rights(served: Sequence[Served], *, namespaced: bool) -> Iterator[Right]:
    """Everything that the operator does, and nothing else."""
    yield from _on_objects(served)
    yield from (Right("patch", each.resource, "status") for each in served)
    yield from (Right(verb, EVENTS) for verb in ("create", "patch"))
    if not namespaced:
        yield from (Right(verb, CRDS) for verb in ("list", "watch"))


def _on_objects(served: Sequence[Served]) -> Iterator[Right]:
    """Owners are read, what is owned is made and removed, what is looked at as the kind says."""
    verbs: dict[Resource, dict[str, None]] = {}
    for each in served:
        # Before it adopts anything an owner is read anew.
        read = READ if any(owns.is_claimed for owns in each.workload.owns) else ("list", "watch")
        own = (*read, *each.workload.verbs)
        verbs.setdefault(each.resource, {}).update(dict.fromkeys(own))
    for each in served:
        for owns in each.workload.owns:
            resource = owns.model.resource.beside(each.resource)
            write = WRITE if owns.is_claimed else ("create", "delete")
            verbs.setdefault(resource, {}).update(dict.fromkeys((*READ, *write)))
        for reads in each.workload.reads:
            # Only what is made may have to be looked up.
            read = READ if reads.verbs else ("list", "watch")
            verbs.setdefault(reads.model.resource, {}).update(dict.fromkeys((*read, *reads.verbs)))
    return (Right(verb, resource) for resource, each in verbs.items() for verb in each)


def servable(served: Sequence[Served], namespaces: Sequence[str]) -> tuple[Served, ...]:
    """The kinds that can be served: with rights in namespaces only, those that need no others."""
    return tuple(each for each in served if not (namespaces and each.workload.needs_cluster))


async def reach(client: api.Client) -> None:
    """Wait until the API server answers.

    Raises:
        Problem: it does not accept us, or is not who it should be.
    """
    pause = PAUSE
    while True:
        try:
            await client.send("GET", "/version", timeout=5)
        except api.Unavailable as error:
            if error.code == 401:  # noqa: PLR2004
                raise Problem(
                    f"{client.server} does not accept these credentials (401 {error}): renew them, "
                    "or choose others with --kubeconfig or --context"
                ) from error
            log.warning("cannot reach %s: %s; trying again in %.0f s", client.server, error, pause)
        except api.Refused as error:
            raise Problem(f"{client.server}: {error}") from error
        else:
            return
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def _find_kinds(client: api.Client, served: Sequence[Served]) -> None:
    told: list[str] = []
    while missing := [each.resource for each in served if not await _is_served(client, each)]:
        names = [resource.name for resource in missing]
        if names != told:
            log.warning(
                "not installed: %s; run `podwright crds | kubectl apply --server-side -f -`. "
                "Waiting for it.",
                ", ".join(names),
            )
            told = names
        await asyncio.sleep(PAUSE)


async def _is_served(client: api.Client, served: Served) -> bool:
    try:
        answer = await client.send("GET", f"/apis/{served.group}/{served.version}")
    except api.NotFound:
        return False
    except api.Unavailable as error:
        log.warning("cannot ask for %s: %s", served.resource.name, error)
        return False
    except api.Refused as error:
        raise Problem(f"this user may not ask which kinds there are: {error}") from error
    kinds = msgspec.json.decode(answer, type=_Kinds).resources
    return any(kind.name == served.workload.plural for kind in kinds)


async def _require(
    client: api.Client, rights: Iterable[Right], namespace: str, name: str = ""
) -> None:
    rights = list(rights)
    allowed = await asyncio.gather(*(_may(client, right, namespace, name) for right in rights))
    missing = [str(right) for right, yes in zip(rights, allowed, strict=True) if not yes]
    if missing:
        where = f"in namespace {namespace}" if namespace else "in all namespaces"
        raise Problem(
            f"this user may not {', '.join(missing)} {where}: grant these rights "
            "(README, section Rights), or choose another user with --kubeconfig or --context"
        )


async def _may(client: api.Client, right: Right, namespace: str, name: str) -> bool:
    attributes = {
        "verb": right.verb,
        "group": right.resource.group,
        "resource": right.resource.plural,
        "subresource": right.subresource,
        "namespace": namespace,
        "name": name,
    }
    body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview"}
    try:
        answer = await client.send(
            "POST", REVIEWS, body={**body, "spec": {"resourceAttributes": attributes}}
        )
    except api.ApiError as error:
        raise Problem(f"cannot ask for this user's rights: {error}") from error
    return msgspec.json.decode(answer, type=_Review).status.allowed
