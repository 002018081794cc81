"""Claims: the storage of each ordinal, made before its pod and kept longer.

Template ``data`` of set ``web`` gives ordinal 0 the claim ``data-web-0``. A claim stays when its
pod is replaced or its ordinal goes, unless the retention policy says otherwise; then an owner
reference makes the garbage collector remove it. Nothing here ever deletes a claim.

| whenScaled / whenDeleted | ordinal is wanted | ordinal is on its way out |
|---|---|---|
| Retain / Retain | nobody | nobody |
| Retain / Delete | the set | the set |
| Delete / Retain | nobody | the pod |
| Delete / Delete | the set | the pod |

Kubernetes: pkg/controller/statefulset/stateful_set_utils.go, ``getPersistentVolumeClaims``,
``isClaimOwnerUpToDate``, ``updateClaimOwnerRefForSetAndPod``; stateful_pod_control.go,
``createPersistentVolumeClaims``, ``PodClaimIsStale``, ``UpdatePodClaimForRetentionPolicy``.

Differs: a claim has its owner from its first write; upstream adds it after the pod was made, so a
set that is deleted in between leaves a claim behind. A claim that goes wakes the set that waits for
its name. A claim of an earlier set of the same name is waited for; upstream makes a pod on it, and
then the garbage collector takes the claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec

from podwright import labels
from podwright.kinds.statefulset.spec import StatefulSetSpec
from podwright.objects import Claim, Manifest, Meta, OwnerReference, Pod
from podwright.plan import Action, Create, Patch, Record, Say
from podwright.workload import Observed

DELETE = "Delete"
_SILENT = Say()
_CONFLICT = (
    "PersistentVolumeClaim {} has a conflicting OwnerReference that acts as a manging controller, "
    "the retention policy is ignored for this claim"  # upstream's spelling
)


def shelf(claim: Claim) -> str:
    """``data-web`` for ``data-web-0``: where the set looks for it."""
    return claim.name.rpartition("-")[0]


def shelves(meta: Meta, spec: StatefulSetSpec) -> Iterator[str]:
    """Where a set finds its claims."""
    return (f"{_name(template)}-{meta.name}" for template in spec.volume_claim_templates)


def _name(template: Manifest) -> str:
    return str((template.get("metadata") or {}).get("name", ""))


def names(seen: Observed[StatefulSetSpec], ordinal: int) -> dict[str, str]:
    """The claims of an ordinal by the volumes that they are mounted as.

    Kubernetes: pkg/controller/statefulset/stateful_set_utils.go, ``getPersistentVolumeClaimName``.
    """
    templates = seen.spec.volume_claim_templates
    if not templates:  # asked for every pod at every look
        return {}
    return {_name(each): f"{_name(each)}-{seen.meta.name}-{ordinal}" for each in templates}


def volumes(
    seen: Observed[StatefulSetSpec], ordinal: int, others: list[Manifest]
) -> list[Manifest]:
    """A pod's volumes: its claims, then those of its template that no claim takes the name of.

    Kubernetes: pkg/controller/statefulset/stateful_set_utils.go, ``updateStorage``.
    """
    mine = names(seen, ordinal)
    mounted = [
        {"name": volume, "persistentVolumeClaim": {"claimName": claim}}
        for volume, claim in mine.items()
    ]
    return [*mounted, *(each for each in others if each.get("name") not in mine)]


def are_mounted(seen: Observed[StatefulSetSpec], pod: Pod, ordinal: int) -> bool:
    """The pod mounts the claims of its ordinal.

    Kubernetes: pkg/controller/statefulset/stateful_set_utils.go, ``storageMatches``.
    """
    if not seen.spec.volume_claim_templates:
        return True
    mounted = {
        volume.name: volume.persistent_volume_claim.claim_name
        for volume in pod.spec.volumes
        if volume.persistent_volume_claim
    }
    return names(seen, ordinal).items() <= mounted.items()


@dataclass(frozen=True, slots=True)
class Claims:
    """A set's claims by name, and what has to be done about them."""

    seen: Observed[StatefulSetSpec]
    by_name: Mapping[str, Claim]

    @classmethod
    def of(cls, seen: Observed[StatefulSetSpec]) -> Claims:
        """Those on the set's shelves."""
        return cls(seen, {claim.name: claim for claim in seen.read(Claim)})

    def existing(self, ordinal: int) -> Iterator[Claim]:
        """The claims of an ordinal that are there."""
        for name in names(self.seen, ordinal).values():
            if name in self.by_name:
                yield self.by_name[name]

    def missing(self, ordinal: int) -> list[Create]:
        """The claims of an ordinal that are still to be made."""
        mine = names(self.seen, ordinal).values()
        pairs = zip(mine, self.seen.spec.volume_claim_templates, strict=True)
        return [
            _new(self.seen, name, template) for name, template in pairs if name not in self.by_name
        ]

    def terminating(self, ordinal: int) -> Claim | None:
        """A claim of this ordinal that is on its way out: no pod may be made on it."""
        there = self.existing(ordinal)
        return next((claim for claim in there if claim.metadata.deletion_timestamp), None)

    def stale(self, ordinal: int, pod_name: str) -> Claim | None:
        """A claim that goes with an earlier pod or set: the next pod waits until it is gone."""
        policy = self.seen.spec.persistent_volume_claim_retention_policy
        for claim in self.existing(ordinal):
            for ref in _references(claim):
                of_pod = ref.kind == "Pod" and ref.name == pod_name
                if (of_pod and policy.when_scaled == DELETE) or _is_stale(ref, self.seen.reference):
                    return claim
        return None

    def conflicts(self, ordinal: int, *uids: str) -> list[Record]:
        """Tell of claims that somebody else manages; ``uids`` are those of their pods."""
        return [
            Record(labels.CONFLICTING_CONTROLLER, _CONFLICT.format(claim.name), "Warning")
            for claim in self.existing(ordinal)
            if _has_other_controller(self.seen, claim, *uids)
        ]

    def owned_rightly(self, pod: Pod, ordinal: int, say: Say = _SILENT) -> list[Action]:
        """What makes the owners of a pod's claims those that the retention policy asks for.

        ``say``: upstream updates the pod as well, for no other reason than to tell; told once.
        """
        actions: list[Action] = []
        for claim in self.existing(ordinal):
            if (wanted := _wanted(self.seen, pod, ordinal, claim)) is None:
                continue
            references = [msgspec.to_builtins(each) for each in wanted] or None
            actions.append(Patch(claim, {"metadata": {"ownerReferences": references}}, say=say))
            say = _SILENT
        return [*self.conflicts(ordinal, pod.metadata.uid), *actions] if actions else []


def _new(seen: Observed[StatefulSetSpec], name: str, template: Manifest) -> Create:
    given = template.get("metadata") or {}
    metadata: Manifest = {
        "name": name,
        "labels": (given.get("labels") or {}) | seen.spec.selector.match_labels,
    }
    if given.get("annotations"):
        metadata["annotations"] = given["annotations"]
    manifest = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata}
    owned = seen.spec.persistent_volume_claim_retention_policy.when_deleted == DELETE
    manifest["spec"] = template.get("spec") or {}
    return Create(Claim.resource, manifest, say=_say(seen.meta.name, name), owned=owned)


def _say(owner: str, claim: str) -> Say:
    """Kubernetes: ``recordClaimEvent``; a pod that misses its claim is told of as well."""
    ordinal = claim.rpartition("-")[2]
    pod = f"{owner}-{ordinal}"
    where = f"in StatefulSet {owner}"
    return Say(
        done=(labels.SUCCESSFUL_CREATE, f"Create Claim {claim} Pod {pod} {where} success"),
        failed=(
            (
                labels.FAILED_CREATE,
                f"Create Claim {claim} for Pod {pod} {where} failed error: {{error}}",
            ),
            (
                labels.FAILED_CREATE,
                f"Create Pod {pod} {where} failed error: failed to create PVC {claim}: {{error}}",
            ),
        ),
    )


# --- who owns a claim ---------------------------------------------------------------------------


def _wanted(
    seen: Observed[StatefulSetSpec], pod: Pod, ordinal: int, claim: Claim
) -> list[OwnerReference] | None:
    """The owners that a claim should have, when it has others."""
    ours = (seen.reference, _pod_reference(pod))
    there = _references(claim)
    if any(_is_stale(ref, one) for ref in there for one in ours):
        return None  # of an earlier set or pod: the garbage collector is about to see to it
    uids = {one.uid for one in ours}
    strangers = [ref for ref in there if ref.uid not in uids]
    policy = seen.spec.persistent_volume_claim_retention_policy
    goes = ordinal not in seen.spec.ordinal_range
    by_pod = policy.when_scaled == DELETE and goes
    by_set = policy.when_deleted == DELETE and not by_pod
    if _has_other_controller(seen, claim, pod.metadata.uid):
        by_pod = by_set = False
    wanted = [*strangers, *[ours[0]] * by_set, *[ours[1]] * by_pod]
    return None if set(wanted) == set(there) else wanted


def _has_other_controller(seen: Observed[StatefulSetSpec], claim: Claim, *uids: str) -> bool:
    """Somebody else manages the claim, and there is a policy that would get in their way."""
    policy = seen.spec.persistent_volume_claim_retention_policy
    if DELETE not in (policy.when_deleted, policy.when_scaled):
        return False
    ours = (seen.meta.uid, *uids)
    return any(ref.controller and ref.uid not in ours for ref in _references(claim))


def _is_stale(ref: OwnerReference, one: OwnerReference) -> bool:
    same = (ref.api_version, ref.kind, ref.name) == (one.api_version, one.kind, one.name)
    return same and ref.uid != one.uid


def _references(claim: Claim) -> tuple[OwnerReference, ...]:
    return claim.metadata.owner_references


def _pod_reference(pod: Pod) -> OwnerReference:
    return OwnerReference(
        "v1", "Pod", pod.name, pod.metadata.uid, controller=True, block_owner_deletion=True
    )
