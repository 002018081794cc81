"""``rollout status``: follow a roll-out until it is done.

Kubernetes: k8s.io/kubectl pkg/polymorphichelpers/rollout_status.go; pkg/cmd/rollout/
rollout_status.go.

Differs: a line that was just printed is not printed again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from podwright import labels
from podwright.kinds.deployment import notes
from podwright.kubectl import durations, options
from podwright.kubectl.errors import Failure
from podwright.kubectl.options import Chosen
from podwright.objects import Manifest
from podwright.rules import conditions

if TYPE_CHECKING:
    from podwright.kubectl.found import Found
    from podwright.kubectl.server import Server

Progress = tuple[str, bool]
"""(what there is to say, whether it is done)."""

_ONLY_ROLLING = "rollout status is only available for RollingUpdate strategy type"


@options.verb("status", "(TYPE NAME | TYPE/NAME)")
@click.option(
    "-w",
    "--watch",
    type=bool,
    default=True,
    show_default=True,
    help="Watch the status of the rollout until it's done.",
)
@click.option(
    "--timeout",
    type=durations.DURATION,
    default="0s",
    show_default=True,
    help="The length of time to wait before ending watch, zero means never. Any other values "
    "should contain a corresponding time unit (e.g. 1s, 2m, 3h).",
)
@click.option(
    "--revision",
    type=int,
    default=0,
    help="Pin to a specific revision for showing its status. Defaults to 0 (last revision).",
)
def status(chosen: Chosen, *, watch: bool, timeout: float, revision: int) -> None:
    """Show the status of the rollout.

    By default it is watched until it is done; the exit code is 0 then, and 1 when it cannot be or
    when the time is over.

    \b
    Examples:
      # Watch the rollout status of a deployment
      kubectl podwright rollout status deployment/nginx

    \b
      # In a pipeline, for five minutes at most
      kubectl podwright rollout status -f web.yaml --timeout=5m
    """

    async def work(server: Server, found: Found) -> None:
        show = viewer(found, revision)
        if not watch:
            click.echo(show(found.manifest)[0])
            return
        async with server.within(timeout):
            said = ""
            async for manifest in server.follow(found):
                text, done = show(manifest)
                if text != said:
                    click.echo(text)
                    said = text
                if done:
                    return

    if revision < 0:
        raise Failure(f"revision must be a positive integer: {revision}")
    options.visit(chosen, work)


def viewer(found: Found, revision: int = 0) -> Callable[[Manifest], Progress]:
    """How the progress of this kind is told; only a Deployment's can be of one revision."""
    viewers = {
        "Deployment": lambda manifest: deployment(manifest, revision),
        "StatefulSet": stateful_set,
        "DaemonSet": daemon_set,
    }
    if found.served.resource.kind not in viewers:
        raise Failure(f"no status viewer has been implemented for {found.group_kind}")
    return viewers[found.served.resource.kind]


def deployment(manifest: Manifest, revision: int = 0) -> Progress:
    """How far a Deployment has got."""
    metadata, spec = manifest["metadata"], manifest["spec"]
    status, name = manifest.get("status") or {}, metadata["name"]
    if revision:
        _check(manifest, revision)
    if metadata["generation"] > (status.get("observedGeneration") or 0):
        return "Waiting for deployment spec update to be observed...", False
    told = conditions.find(status.get("conditions") or [], labels.PROGRESSING) or {}
    if told.get("reason") == labels.TIMED_OUT:
        raise Failure(f'deployment "{name}" exceeded its progress deadline')
    if waiting := _unfinished(spec.get("replicas", 1), status):
        return f'Waiting for deployment "{name}" rollout to finish: {waiting}...', False
    return f'deployment "{name}" successfully rolled out', True


def _check(manifest: Manifest, revision: int) -> None:
    """It is this revision that runs."""
    metadata = manifest["metadata"]
    given = (metadata.get("annotations") or {}).get(labels.REVISION, "0")
    running = notes.number(given)
    if running is None:
        said = f'strconv.ParseInt: parsing "{given}": invalid syntax'
        raise Failure(f'cannot get the revision of deployment "{metadata["name"]}": {said}')
    if revision != running:
        which = f"({revision}) is different from the running revision ({running})"
        raise Failure(f"desired revision {which}")


def _unfinished(wished: int, status: Manifest) -> str:
    updated, replicas = status.get("updatedReplicas", 0), status.get("replicas", 0)
    available = status.get("availableReplicas", 0)
    if updated < wished:
        return f"{updated} out of {wished} new replicas have been updated"
    if replicas > updated:
        return f"{replicas - updated} old replicas are pending termination"
    if available < updated:
        return f"{available} of {updated} updated replicas are available"
    return ""


def stateful_set(manifest: Manifest) -> Progress:
    """How far a StatefulSet has got."""
    spec, status = manifest["spec"], manifest.get("status") or {}
    strategy = spec.get("updateStrategy") or {}
    if strategy.get("type") != "RollingUpdate":
        raise Failure(_ONLY_ROLLING)
    observed = status.get("observedGeneration") or 0
    if observed == 0 or manifest["metadata"]["generation"] > observed:
        return "Waiting for statefulset spec update to be observed...", False
    replicas, ready = spec.get("replicas", 1), status.get("readyReplicas", 0)
    if ready < replicas:
        return f"Waiting for {replicas - ready} pods to be ready...", False
    if (rolling := strategy.get("rollingUpdate")) is None:
        return _whole(status)
    due, updated = replicas - rolling.get("partition", 0), status.get("updatedReplicas", 0)
    if updated < due:
        waiting = "Waiting for partitioned roll out to finish"
        return f"{waiting}: {updated} out of {due} new pods have been updated...", False
    return f"partitioned roll out complete: {updated} new pods have been updated...", True


def _whole(status: Manifest) -> Progress:
    """A roll-out that has no partition, not even 0."""
    new, current = status.get("updateRevision", ""), status.get("currentRevision", "")
    if new == current:
        count = status.get("currentReplicas", 0)
        return f"statefulset rolling update complete {count} pods at revision {current}...", True
    waiting = "waiting for statefulset rolling update to complete"
    return f"{waiting} {status.get('updatedReplicas', 0)} pods at revision {new}...", False


def daemon_set(manifest: Manifest) -> Progress:
    """How far a DaemonSet has got."""
    spec, status = manifest["spec"], manifest.get("status") or {}
    name = manifest["metadata"]["name"]
    if (spec.get("updateStrategy") or {}).get("type") != "RollingUpdate":
        raise Failure(_ONLY_ROLLING)
    if manifest["metadata"]["generation"] > (status.get("observedGeneration") or 0):
        return "Waiting for daemon set spec update to be observed...", False
    desired = status.get("desiredNumberScheduled", 0)
    updated, available = status.get("updatedNumberScheduled", 0), status.get("numberAvailable", 0)
    waiting = f'Waiting for daemon set "{name}" rollout to finish: '
    if updated < desired:
        return f"{waiting}{updated} out of {desired} new pods have been updated...", False
    if available < desired:
        return f"{waiting}{available} of {desired} updated pods are available...", False
    return f'daemon set "{name}" successfully rolled out', True
