"""What a kind of workload is: two pure functions, what it owns, and how it looks to kubectl.

Read this first, then ``plan.py`` and ``kinds/replicaset/decide.py``. A kind never names its API
group: ``Served`` puts a kind under a group and version where kinds are registered, so the same
controller can serve ``apps.podwright.dev/v1`` or a user's own group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from podwright.objects import LabelSelector, Manifest, Meta, Object, OwnerReference, Resource
from podwright.owners import Owner
from podwright.plan import Outcome, Plan

S = TypeVar("S")
T = TypeVar("T", bound=Object)

Status = Manifest


_NOBODY = OwnerReference()


@dataclass(frozen=True, slots=True)
class Strike:
    """How often a slot has failed, and when it last did; forgotten when the operator ends."""

    count: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Observed(Generic[S]):
    """One consistent look at an owner and everything it may decide on."""

    meta: Meta
    spec: S
    now: datetime
    """The only clock a rule knows."""
    status: Status = field(default_factory=dict)
    """As last written."""
    owned: Mapping[type[Object], tuple[Object, ...]] = field(default_factory=dict)
    """Objects whose controller is this owner, by uid; matching or not."""
    orphans: Mapping[type[Object], tuple[Object, ...]] = field(default_factory=dict)
    """Objects of the namespace without a controller."""
    siblings: Mapping[type[Object], tuple[Object, ...]] = field(default_factory=dict)
    """What owners of this kind with the same controller own, itself included."""
    reads: Mapping[type[Object], tuple[Object, ...]] = field(default_factory=dict)
    """What the kind looks at without owning it."""
    strikes: Mapping[str, Strike] = field(default_factory=dict)
    """Failures by slot, as actions named them."""
    reference: OwnerReference = _NOBODY
    """How an object says that this owner controls it."""

    def of(self, model: type[T]) -> tuple[T, ...]:
        """Everything of this kind that the owner controls, never orphans or strangers."""
        return self.owned.get(model, ())  # type: ignore[return-value]  # keyed by its own type

    def read(self, model: type[T]) -> tuple[T, ...]:
        """Everything of this kind that the owner looks at and need not control."""
        return self.reads.get(model, ())  # type: ignore[return-value]  # keyed by its own type


@dataclass(frozen=True, slots=True)
class Owns(Generic[S]):
    """A kind of object that a workload makes and claims.

    What matches the ``selector``, read from the owner's spec, and ``fits`` the owner is adopted;
    what does not is released. ``claims`` says which candidates count at all: those it refuses are
    neither adopted nor released. Without ``releases`` nothing is. A kind whose selector depends on
    who the owner is says ``chosen`` instead. Without a selector nothing is claimed: what names the
    owner as its controller is the owner's, whatever its labels. ``finalizer`` comes with adoption
    and goes with release.
    """

    model: type[Object]
    selector: Callable[[S], LabelSelector] | None = None
    claims: Callable[[Any], bool] = lambda _: True
    fits: Callable[[Meta, Any], bool] = lambda _meta, _thing: True
    releases: bool = True
    chosen: Callable[[Meta, S], LabelSelector | None] | None = None
    finalizer: str = ""

    @property
    def is_claimed(self) -> bool:
        """Objects may be adopted and released, not only made and removed."""
        return self.selector is not None or self.chosen is not None

    def selects(self, meta: Meta, spec: S) -> LabelSelector | None:
        """What an owner selects; None when it claims nothing."""
        if self.chosen is not None:
            return self.chosen(meta, spec)
        return self.selector(spec) if self.selector is not None else None


@dataclass(frozen=True, slots=True)
class Reads(Generic[S]):
    """A kind of object that a workload looks at and does not own.

    Each object is filed on a shelf, and an owner sees those on its shelves: claim ``data-web-0`` is
    on ``data-web``, where StatefulSet ``web`` looks. By default there is one shelf per namespace,
    or one for all where the kind has no namespaces. ``matters`` is what counts of an object for an
    owner: it is woken when that changes, and ``None`` means that nothing does, as if it were not
    there. ``verbs`` are the rights beyond reading.
    """

    model: type[Object]
    shelf: Callable[[Any], str] = lambda _: ""
    shelves: Callable[[Meta, S], Iterable[str]] = lambda _meta, _spec: ("",)
    matters: Callable[[S, Any], Any] = lambda _spec, thing: thing
    verbs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of ``kubectl get``; ``wide`` ones show with ``-o wide`` only."""

    name: str
    type: str
    path: str
    wide: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A rule that the API server applies to every write: a CEL expression and its message.

    ``at`` is the field that carries the rule (``spec.template``); ``field``, relative to it, is the
    one that the message names (``metadata.labels``). ``message_expression`` is CEL too, and wins
    over ``message`` where it yields a text.
    """

    at: str
    rule: str
    message: str
    field: str = ""
    reason: str = "FieldValueInvalid"
    message_expression: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """Paths of the ``/scale`` subresource, which autoscalers and ``kubectl scale`` use."""

    spec: str = ".spec.replicas"
    status: str = ".status.replicas"
    selector: str = ".status.selector"


@dataclass(frozen=True, slots=True)
class Crd:
    """How a kind looks from outside: where its schema comes from, columns, checks, names.

    ``upstream`` names a kind of Kubernetes' own OpenAPI documents, ``apps/v1/ReplicaSet``; without
    it the schema is made from the kind's ``Spec``. ``fields`` (whole schemas), ``defaults`` and
    ``keywords`` (``maxItems``, ``enum``) add to it, by path: ``spec.replicas``,
    ``spec.ports[].name``, ``spec.labels.*``.
    """

    short_names: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    checks: tuple[Check, ...] = ()
    scale: Scale | None = None
    upstream: str | None = None
    fields: Mapping[str, Manifest] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    keywords: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Workload(Generic[S]):
    """A kind of custom resource that the operator runs.

    ``model`` is how kinds that own such objects read them. ``verbs`` are the rights on the owner
    itself beyond reading: to ``patch`` more than its status, to ``delete`` it. ``source`` is who
    its events come from, ``<kind>-controller`` by default.
    """

    kind: str
    plural: str
    spec: type[S]
    decide: Callable[[Observed[S]], Plan]
    status: Callable[[Observed[S], Outcome], Status]
    owns: tuple[Owns[S], ...] = ()
    reads: tuple[Reads[S], ...] = ()
    crd: Crd = Crd()
    model: type[Owner[S]] | None = None
    verbs: tuple[str, ...] = ()
    source: str = ""

    @property
    def read_as(self) -> type[Owner[S]]:
        """What an object of this kind is decoded to."""
        return self.model or Owner[self.spec]  # type: ignore[name-defined]

    @property
    def needs_cluster(self) -> bool:
        """It looks at objects without a namespace, so rights in namespaces are not enough."""
        return any(not each.model.resource.namespaced for each in self.reads)

    @property
    def component(self) -> str:
        """Who events come from, as the built-in controllers name themselves."""
        return self.source or f"{self.kind.lower()}-controller"


@dataclass(frozen=True, slots=True)
class Served:
    """A workload under an API group: what the operator registers and runs."""

    workload: Workload[Any]
    group: str
    version: str = "v1"

    @property
    def resource(self) -> Resource:
        """Where the API server serves the kind."""
        return Resource(self.group, self.version, self.workload.kind, self.workload.plural)


def looked_at(served: Iterable[Served]) -> set[tuple[Resource, type[Object]]]:
    """What these kinds own and read, and where that is served."""
    found: set[tuple[Resource, type[Object]]] = set()
    for kind in served:
        models = [owns.model for owns in kind.workload.owns]
        models += [reads.model for reads in kind.workload.reads]
        found.update((model.resource.beside(kind.resource), model) for model in models)
    return found
