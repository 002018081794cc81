"""``why``: what a workload waits for now, which rule says so, and what would let it go on.

It looks at the object and at all that the operator looks at, decides with the operator's own rules,
and adds what those who know have said: scheduler, kubelets, API server. Nothing is changed.

    look.py        one look, as the operator's store makes it
    rules.py       which function said so
    explain.py     waits and actions become sentences
    obstacles.py   what is wrong with a pod or a claim
    refusals.py    what the API server does not let the operator do
    nodes.py       which nodes a DaemonSet leaves out
    rollouts.py    what holds a Deployment's roll-out
    jobs.py        how far a Job is
    cron_jobs.py   when a CronJob runs next, and why it did not run
    report.py      what is found out
    telling.py     and how it is told
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from podwright.kubectl import options
from podwright.kubectl.options import Chosen

if TYPE_CHECKING:
    from podwright.kubectl.found import Found
    from podwright.kubectl.server import Server


@options.verb("why", "(TYPE NAME | TYPE/NAME)")
@click.option(
    "-o", "--output", type=click.Choice(["json"]), help="One JSON object for each workload."
)
def why(chosen: Chosen, *, output: str | None) -> None:
    """Say what a workload waits for, which rule says so, and what would let it go on.

    \b
    Examples:
      # Why does the rollout of this deployment not go on?
      kubectl podwright why deployment/web

    \b
      # For a program
      kubectl podwright why daemonset/logs -o json
    """
    separator = "" if output else "\n"
    told: list[str] = []

    async def work(server: Server, found: Found) -> None:
        from podwright.kubectl.why import explain, look, telling  # noqa: PLC0415  # not for help

        report = explain.explain(await look.at(server, found))
        text = telling.as_json(report) if output else telling.as_text(report)
        click.echo((separator if told else "") + text)
        told.append(found.name)

    options.visit(chosen, work)
