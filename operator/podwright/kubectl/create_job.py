"""``create job --from=cronjob/NAME``: a run of a CronJob now, whatever its schedule says.

The Job is the CronJob's: it counts for its history, and keeps no run from being started.

Kubernetes: k8s.io/kubectl pkg/cmd/create/create_job.go.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from podwright import labels
from podwright.kubectl import options
from podwright.kubectl.errors import Failure, ServerFailure
from podwright.kubectl.options import Chosen
from podwright.kubectl.printing import Printer
from podwright.objects import Manifest
from podwright.owners import Job

if TYPE_CHECKING:
    from podwright.kubectl.found import Found
    from podwright.kubectl.server import Server

_SEE = "See 'kubectl podwright create job -h' for help and examples"


@options.verb("job", "NAME --from=cronjob/name", chooses=False)
@click.option(
    "--from",
    "source",
    metavar="cronjob/NAME",
    default="",
    help="The name of the resource to create a Job from (only CronJob is supported).",
)
@options.dry_run
@options.output
def job(chosen: Chosen, *, source: str, dry_run: str, output: str | None) -> None:
    """Create a job with the specified name from a cron job.

    \b
    Examples:
      # Create a job from a cron job named "a-cronjob"
      kubectl podwright create job test-job --from=cronjob/a-cronjob
    """
    if len(chosen.arguments) != 1:
        raise Failure(f"exactly one NAME is required, got {len(chosen.arguments)}\n{_SEE}")
    if not source:
        raise Failure("--from must be specified")
    printer = Printer(output, dry_run)

    async def work(server: Server, found: Found) -> None:
        if found.served.resource.kind != "CronJob":
            raise Failure(f"unknown object type *v1.{found.served.resource.kind}")
        manifest = of_cron_job(found.manifest, chosen.arguments[0], chosen.namespace)
        if dry_run != "client":
            manifest = await _send(server, found, manifest, dry_run)
        printer.show(manifest, "created")

    options.visit(replace(chosen, arguments=(source,), all_=False), work, tells_of_none=False)


def of_cron_job(cron_job: Manifest, name: str, namespace: str = "") -> Manifest:
    """The Job of its template; without ``blockOwnerDeletion``, which would need rights."""
    template, owner = cron_job["spec"]["jobTemplate"], cron_job["metadata"]
    metadata = template.get("metadata") or {}
    reference = {
        "apiVersion": cron_job["apiVersion"],
        "kind": cron_job["kind"],
        "name": owner["name"],
        "uid": owner["uid"],
        "controller": True,
    }
    whole = {
        "name": name,
        "annotations": labels.BY_HAND | (metadata.get("annotations") or {}),
        "ownerReferences": [reference],
    }
    optional = {"namespace": namespace, "labels": metadata.get("labels")}
    return {
        "apiVersion": cron_job["apiVersion"],
        "kind": Job.resource.kind,
        "metadata": whole | {key: value for key, value in optional.items() if value},
        "spec": template["spec"],
        "status": {},
    }


async def _send(server: Server, found: Found, manifest: Manifest, dry_run: str) -> Manifest:
    path = Job.resource.beside(found.served.resource).path(found.namespace)
    try:
        return await server.create(path, manifest, manager="kubectl-create", dry_run=dry_run)
    except ServerFailure as error:
        raise Failure(f"failed to create job: {error}") from error
