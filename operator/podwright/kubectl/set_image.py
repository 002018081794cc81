"""``set image``: other images for containers of a template, and nothing else changed.

Kubernetes: k8s.io/kubectl pkg/cmd/set/set_image.go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from podwright.kubectl import options
from podwright.kubectl.errors import Failure, ServerFailure
from podwright.kubectl.options import Chosen
from podwright.kubectl.printing import Printer
from podwright.objects import Manifest

if TYPE_CHECKING:
    from podwright.kubectl.found import Found
    from podwright.kubectl.server import Server

JSON_PATCH = "application/json-patch+json"
EVERY = "*"


@options.verb("image", "(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... [flags]")
@click.option(
    "--all",
    "all_",
    is_flag=True,
    help="Select all resources, in the namespace of the specified resource types",
)
@options.dry_run
@options.output
def image(chosen: Chosen, *, all_: bool, dry_run: str, output: str | None) -> None:
    """Update existing container images of resources.

    \b
    Examples:
      # Set a deployment's nginx container image to 'nginx:1.9.1', and its busybox container image
      # to 'busybox'
      kubectl podwright set image deployment/nginx busybox=busybox nginx=nginx:1.9.1

    \b
      # Update all deployments' and rc's nginx container's image to 'nginx:1.9.1'
      kubectl podwright set image deployments,rc nginx=nginx:1.9.1 --all

    \b
      # Update image of all containers of daemon set abc to 'nginx:1.9.1'
      kubectl podwright set image daemonset abc *=nginx:1.9.1
    """
    printer = Printer(output, dry_run)
    resources, images = _pairs(chosen.arguments)
    _check(chosen, resources, images, all_=all_)

    async def work(server: Server, found: Found) -> None:
        patch, missing = changes(found, images)
        if patch:
            printer.show(await _send(server, found, patch, dry_run), "image updated")
        if missing:
            names = (f'error: unable to find container named "{name}"' for name in missing)
            raise Failure("\n".join(names))

    meant = replace(chosen, arguments=tuple(resources), all_=all_)
    options.visit(meant, work, tells_of_none=False)


def _pairs(arguments: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Objects first, then images by container."""
    resources, images = [], {}
    for each in arguments:
        name, is_pair, value = each.partition("=")
        if is_pair and name:
            images[name] = value
        elif images:
            raise Failure(f"all resources must be specified before image changes: {each}")
        else:
            resources.append(each)
    return resources, images


def _check(
    chosen: Chosen, resources: Sequence[str], images: Mapping[str, str], *, all_: bool
) -> None:
    if all_ and chosen.selector:
        raise Failure("cannot set --all and --selector at the same time")
    if not resources and not chosen.files:
        raise Failure(
            "one or more resources must be specified as <resource> <name> or <resource>/<name>"
        )
    if not images:
        raise Failure("at least one image update is required")
    if len(images) > 1 and EVERY in images:
        raise Failure(
            "all containers are already specified by *, but saw more than one "
            "container_name=container_image pairs"
        )


def changes(found: Found, images: Mapping[str, str]) -> tuple[list[Manifest], list[str]]:
    """A JSON patch for the containers whose image is another, and names that none has."""
    patch: list[Manifest] = []
    unseen = dict.fromkeys(images)
    spec, path = found.template.get("spec") or {}, "/".join(found.template_at)
    for field in ("initContainers", "containers"):
        for index, container in enumerate(spec.get(field) or []):
            key = EVERY if EVERY in images else container["name"]
            if key not in images:
                continue
            unseen.pop(key, None)
            if container.get("image") != images[key]:
                patch += _set(f"/{path}/spec/{field}/{index}", container, images[key])
    return patch, list(unseen)


def _set(path: str, container: Manifest, new: str) -> list[Manifest]:
    """Change the image, provided that it is still this container's."""
    return [
        {"op": "test", "path": f"{path}/name", "value": container["name"]},
        {"op": "add", "path": f"{path}/image", "value": new},
    ]


async def _send(server: Server, found: Found, patch: list[Manifest], dry_run: str) -> Manifest:
    if dry_run == "client":
        return _applied(found, patch)
    try:
        return await server.patch(
            found.path, patch, JSON_PATCH, manager="kubectl-set", dry_run=dry_run
        )
    except ServerFailure as error:
        raise Failure(f"failed to patch image update to pod template: {error}") from error


def _applied(found: Found, patch: list[Manifest]) -> Manifest:
    """The object as it would be."""
    template = found.template
    spec = dict(template["spec"])
    for change in patch:
        field, index, leaf = change["path"].split("/")[-3:]
        if leaf == "image":
            containers = list(spec[field])
            containers[int(index)] = containers[int(index)] | {"image": change["value"]}
            spec[field] = containers
    return found.with_template(template | {"spec": spec}).manifest
