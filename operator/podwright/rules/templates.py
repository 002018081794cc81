"""From a pod template to a pod.

A pod takes the template's labels, annotations, finalizers and spec, and nothing else of it: a name,
namespace or owner written into a template is ignored, as the built-in controllers ignore it.
"""

from __future__ import annotations

from podwright import labels
from podwright.objects import Manifest, Pod
from podwright.plan import Create, Say

_TAKEN = ("labels", "annotations", "finalizers")

SAY_CREATE = Say(
    done=(labels.SUCCESSFUL_CREATE, "Created pod: {name}"),
    failed=((labels.FAILED_CREATE, "Error creating: {error}"),),
)
SAY_DELETE = Say(
    done=(labels.SUCCESSFUL_DELETE, "Deleted pod: {name}"),
    failed=((labels.FAILED_DELETE, "Error deleting: {error}"),),
)


def pod_of(template: Manifest) -> Create:
    """One new pod, named when it is sent.

    Kubernetes: pkg/controller/controller_utils.go, ``GetPodFromTemplate``.
    """
    given = template.get("metadata") or {}
    metadata = {key: given[key] for key in _TAKEN if given.get(key)}
    manifest = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata}
    return Create(Pod.resource, manifest | {"spec": template.get("spec") or {}}, say=SAY_CREATE)


def problem(template: Manifest) -> str:
    """Why no pod is made of a template that the API server would take; or "".

    Kubernetes: pkg/controller/controller_utils.go, ``RealPodControl.createPods``.
    """
    labelled = (template.get("metadata") or {}).get("labels")
    return "" if labelled else "unable to create pods, no labels"


def container_names(template: Manifest) -> str:
    """``app,log``: the CONTAINERS column of kubectl."""
    return ",".join(str(container.get("name", "")) for container in _containers(template))


def container_images(template: Manifest) -> str:
    """``web:1,log:2``: the IMAGES column of kubectl."""
    return ",".join(str(container.get("image", "")) for container in _containers(template))


def _containers(template: Manifest) -> list[Manifest]:
    return (template.get("spec") or {}).get("containers") or []
