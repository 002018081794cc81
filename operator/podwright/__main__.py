"""The command line: ``podwright run``, ``podwright crds`` and ``podwright rbac``."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

import click
from kubernetes.aio.client import Configuration
from pythonjsonlogger.json import JsonFormatter

from podwright.client import Bucket
from podwright.credentials import NoCredentialsError, load_configuration
from podwright.definitions import FILE, crds, loaded, rbac
from podwright.engine.lease import Timing
from podwright.kinds import BUILT_IN
from podwright.workload import Served

log = logging.getLogger("podwright")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="podwright")
def main() -> None:
    """Kubernetes workload kinds as custom resources.

    \b
    Examples:
      podwright crds | kubectl apply --server-side -f -
      podwright run
      podwright run --kubeconfig ~/.kube/test --namespace team-a --namespace team-b
      podwright crds fleet.py | kubectl apply --server-side -f -
      podwright run fleet.py --alone
    """  # noqa: D301  # click reads \b as "keep these lines"


@main.command()
@click.argument("files", nargs=-1, type=FILE)
@click.option(
    "--kubeconfig", metavar="FILE", help="Default: $KUBECONFIG, the pod's own, or ~/.kube/config."
)
@click.option("--context", metavar="NAME", help="A context of the kubeconfig.")
@click.option(
    "--namespace",
    "-n",
    "namespaces",
    multiple=True,
    metavar="NS",
    help="Serve only this namespace; may be repeated.",
)
@click.option(
    "--qps",
    type=click.FloatRange(min=0),
    default=0,
    show_default="no limit",
    help="Requests a second, over time.",
)
@click.option(
    "--burst",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    help="Requests at once, with --qps.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="Owners worked on at the same time.",
)
@click.option(
    "--listen",
    metavar="[HOST]:PORT",
    default=":8080",
    show_default=True,
    help="Where /livez, /readyz and /metrics are.",
)
@click.option(
    "--leader-elect/--no-leader-elect",
    default=True,
    show_default=True,
    help="Work only while holding a Lease, so that of several operators one works.",
)
@click.option(
    "--lease-name", metavar="NAME", default="podwright", show_default=True, help="The Lease."
)
@click.option(
    "--lease-namespace",
    metavar="NS",
    default="",
    show_default="the pod's, the first --namespace, podwright-system or kube-system",
    help="Where the Lease is.",
)
@click.option(
    "--lease-seconds",
    type=(int, float, float),
    metavar="LEASE RENEW RETRY",
    default=(15, 10, 2),
    show_default="15 10 2",
    callback=lambda _context, _option, value: _timing(value),
    help="A leader that is not heard of for LEASE is replaced; one that cannot renew it for RENEW "
    "ends; it tries every RETRY.",
)
@click.option(
    "--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@click.option("--alone", is_flag=True, help="Serve the kinds of FILES and not the built-in ones.")
@click.option("--verbose", "-v", is_flag=True, help="Say every single action.")
def run(files: tuple[Path, ...], *, alone: bool, **options: Any) -> None:
    """Run the operator until Ctrl-C.

    FILES are Python files with kinds and Kopf handlers of your own, to run in the same process.
    """
    # Ctrl-C ends it also where a shell has started us in the background with SIGINT ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _set_up_logging(options["log_format"], verbose=options["verbose"])
    served = _kinds(files, alone=alone)
    try:
        _run_loop(_operate(served, options))
    except KeyboardInterrupt:
        sys.exit(130)
    except asyncio.CancelledError:  # SIGTERM, while waiting for something
        return
    except SystemExit:
        raise
    except Exception as error:  # one line for people; the traceback with --verbose
        log.debug("ended by", exc_info=True)
        log.error("%s", error if str(error) else type(error).__name__)  # noqa: TRY400
        sys.exit(1)


def _kinds(files: Sequence[Path], *, alone: bool) -> tuple[Served, ...]:
    """What is served: the kinds of these files, beside the built-in ones or alone."""
    beside = () if alone else BUILT_IN
    found = loaded(files, beside)
    if alone and not found:
        raise click.UsageError(
            "--alone: no file declares a kind, a Served at the top of its module"
        )
    return (*beside, *found)


def _run_loop(work: Coroutine[Any, Any, None]) -> None:
    try:
        import uvloop  # noqa: PLC0415  # a fifth faster where there is one
    except ImportError:
        asyncio.run(work)
    else:
        uvloop.run(work)


def _timing(seconds: tuple[int, float, float]) -> Timing:
    try:
        return Timing(*seconds)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


async def _operate(served: Sequence[Served], options: dict[str, Any]) -> None:
    # Kopf takes half a second to import; only this command needs it.
    from podwright.engine.process import Process  # noqa: PLC0415

    async def load() -> Configuration:
        try:
            return await load_configuration(options["kubeconfig"], options["context"])
        except NoCredentialsError as error:
            raise click.ClickException(
                f"no usable kubeconfig ({error}): name one with --kubeconfig or KUBECONFIG"
            ) from error

    place = (options["lease_namespace"], options["lease_name"])
    process = Process(
        served,
        load,
        namespaces=options["namespaces"],
        workers=options["workers"],
        bucket=Bucket(options["qps"], options["burst"]) if options["qps"] else None,
        lease=place if options["leader_elect"] else None,
        timing=options["lease_seconds"],
    )
    host, _, port = options["listen"].rpartition(":")
    if not port.isdecimal():
        raise click.ClickException(f"--listen {options['listen']}: not [HOST]:PORT")
    await process.run(host, int(port))


def _set_up_logging(style: str, *, verbose: bool) -> None:
    handler = logging.StreamHandler()
    if style == "json":
        fields = "%(asctime)s %(levelname)s %(name)s %(message)s"
        handler.setFormatter(JsonFormatter(fields, rename_fields={"asctime": "time"}))
    else:
        handler.setFormatter(
            logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S")
        )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("podwright").setLevel(logging.DEBUG if verbose else logging.INFO)


main.add_command(crds)
main.add_command(rbac)

if __name__ == "__main__":
    main()
