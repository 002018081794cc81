"""A Job's pods: names, labels, index, and what an index has failed before.

Pods of an Indexed Job carry their index as annotation, label, variable and in their host name:
``work-3``, pod ``work-3-x7k2p``.

Kubernetes: pkg/controller/job/job_controller.go, ``manageJob``; indexed_job_utils.go;
pkg/registry/batch/job/strategy.go, ``generateSelector``.

Differs: labels that say whose a pod is are written over what the template says, so a manifest that
was copied from a Job that is there works; batch/v1 refuses it.
"""

from __future__ import annotations

from collections.abc import Sequence

from podwright import labels
from podwright.kinds.job import backoff
from podwright.kinds.job.work import Work
from podwright.objects import Manifest, Meta, Pod
from podwright.owners import JobSpec
from podwright.plan import Create, Plan
from podwright.rules import templates
from podwright.workload import Observed

_LONGEST_PREFIX = 58
_VARIABLE = {
    "name": labels.COMPLETION_INDEX_VARIABLE,
    "valueFrom": {"fieldRef": {"fieldPath": f"metadata.labels['{labels.COMPLETION_INDEX}']"}},
}


def pods(seen: Observed[JobSpec], places: Sequence[int | None], work: Work) -> Plan:
    """New pods, one for each index, or for None.

    Kubernetes: pkg/controller/job/job_controller.go, ``manageJob``.
    """
    base = _base(seen)
    if wrong := templates.problem({"metadata": base.manifest["metadata"]}):
        return Plan.wait("labels in its template", remedy=wrong)
    return Plan.of(
        *(
            base if index is None else _numbered(seen, base, index, work.held.get(index))
            for index in places
        )
    )


def whose(meta: Meta, spec: JobSpec) -> dict[str, str]:
    """Labels that say which Job a pod belongs to; none where users choose pods themselves.

    Kubernetes: pkg/registry/batch/job/strategy.go, ``generateSelector``.
    """
    if spec.manual_selector:
        return {}
    return {
        labels.JOB_NAME: meta.name,
        labels.JOB_NAME_LEGACY: meta.name,
        labels.CONTROLLER_UID: meta.uid,
        labels.CONTROLLER_UID_LEGACY: meta.uid,
    }


def prefix(job: str, index: int) -> str:
    """What the name of an index's pod begins with.

    Kubernetes: pkg/controller/job/indexed_job_utils.go, ``podGenerateNameWithIndex``.
    """
    number = f"-{index}-"
    return job[: _LONGEST_PREFIX - len(number)] + number


def _base(seen: Observed[JobSpec]) -> Create:
    """A pod without an index."""
    made = templates.pod_of(seen.spec.template)
    metadata = made.manifest["metadata"]
    finalizers = metadata.get("finalizers") or []
    if labels.JOB_TRACKING not in finalizers:
        finalizers = [*finalizers, labels.JOB_TRACKING]
    marked = (metadata.get("labels") or {}) | whose(seen.meta, seen.spec)
    metadata = metadata | {"labels": marked, "finalizers": finalizers}
    return Create(
        made.resource, made.manifest | {"metadata": metadata}, say=made.say, like=seen.spec.template
    )


def _numbered(seen: Observed[JobSpec], base: Create, index: int, replaced: Pod | None) -> Create:
    """The pod of an index."""
    metadata, spec = base.manifest["metadata"], base.manifest["spec"]
    number = {labels.COMPLETION_INDEX: str(index)}
    notes = (metadata.get("annotations") or {}) | number | _failures(seen.spec, replaced)
    marked = metadata | {
        "generateName": prefix(seen.meta.name, index),
        "labels": metadata["labels"] | number,
        "annotations": notes,
    }
    hosted = spec | {"hostname": f"{seen.meta.name}-{index}"} | _told(spec)
    manifest = base.manifest | {"metadata": marked, "spec": hosted}
    return Create(base.resource, manifest, say=base.say, like=base.like)


def _failures(spec: JobSpec, replaced: Pod | None) -> dict[str, str]:
    """How often the index has failed.

    Kubernetes: pkg/controller/job/indexed_job_utils.go, ``addIndexFailureCountAnnotation``.
    """
    if not spec.limits_each_index:
        return {}
    counted, ignored = backoff.failures_after(replaced, spec) if replaced else (0, 0)
    notes = {labels.INDEX_FAILURES: str(counted)}
    return notes | ({labels.INDEX_IGNORED_FAILURES: str(ignored)} if ignored else {})


def _told(spec: Manifest) -> Manifest:
    """Containers that know their index, but for those with a variable of that name.

    Kubernetes: pkg/controller/job/indexed_job_utils.go, ``addCompletionIndexEnvVariables``.
    """
    fields = [name for name in ("initContainers", "containers") if spec.get(name)]
    return {name: [_with_variable(each) for each in spec[name]] for name in fields}


def _with_variable(container: Manifest) -> Manifest:
    known = container.get("env") or []
    if any(each.get("name") == labels.COMPLETION_INDEX_VARIABLE for each in known):
        return container
    return container | {"env": [*known, _VARIABLE]}
