"""The benchmark: our kinds beside kube-controller-manager's, on equal and fresh clusters.

One etcd and one API server per sample, made for it and thrown away after it; samples alternate
A B B A; times are an independent watcher's. Figures mean something as ratios of one run only.
"""

import json
import os
import platform
import time
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import click
from rich.console import Console

from bench import batch, figures, looks, tables
from bench.contestants import OPERATOR
from bench.figures import FIGURES, KINDS, LIMIT
from bench.life import live
from bench.limits import bare_posts
from bench.processes import used_by_others
from bench.rollouts import COURSES, Course, roll_out
from bench.summary import BARE, DEFAULT, OPEN, Sample, order, summarise
from controlplane import ControlPlaneError, build
from controlplane.versions import KUBERNETES_VERSION

_BARE_PODS = 1000
_DEFAULT_PODS = 1000
_DEFAULT_SAMPLES = 1
_TABLE_WIDTH = 140

progress = Console(stderr=True, highlight=False)
formats = click.option(
    "-o", "--output", type=click.Choice(["table", "markdown", "json"]), default="table"
)


class Words(click.ParamType):
    """A list with commas, of known words or, without any, of numbers."""

    name = "LIST"

    def __init__(self, known=()):
        self._known = known

    def convert(self, value, param, ctx):
        if not isinstance(value, str):
            return value
        words = [word.strip() for word in value.split(",")]
        if not self._known:
            return [click.INT.convert(word, param, ctx) for word in words]
        for word in words:
            if word not in self._known:
                self.fail(f"{word!r} is not one of {', '.join(self._known)}", param, ctx)
        return words


@click.group(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
def main():
    """Measure our kinds beside kube-controller-manager's.

    \b
    Examples:
      python -m bench run --figures T1,T8 --pods 1000 --samples 3 --baseline open
      python -m bench run --kinds statefulset,daemonset --samples 3 --baseline open
      python -m bench run --save result.json
      python -m bench show result.json -o markdown
      python -m bench looks
    """


@main.command()
@click.option("--figures", type=Words((*FIGURES, LIMIT)), default=",".join((*FIGURES, LIMIT)))
@click.option("--kinds", type=Words(KINDS), default="replicaset", help=f"Of {', '.join(KINDS)}.")
@click.option("--pods", type=Words(), default="1000,5000", help="Sizes of the ReplicaSet.")
@click.option("--samples", type=click.IntRange(1), default=5, help="Per contestant and size.")
@click.option("--baseline", type=Words(("open", "default")), default="open,default")
@click.option("--deletions", type=click.IntRange(1), default=200, help="Of T7, over all samples.")
@click.option(
    "--operator",
    "source",
    type=click.Path(exists=True, file_okay=False, resolve_path=True),
    default=OPERATOR,
    show_default="this checkout's",
    help="Another folder with the package podwright.",
)
@click.option(
    "--save", type=click.Path(dir_okay=False, path_type=Path), help="Keep it, for `show`."
)
@formats
def run(output, save, **options):
    """Take the samples and show what came out. With everything at its default: about an hour."""
    _prepare(options)
    started, others = time.monotonic(), used_by_others()
    result = {"notes": [], "samples": []}
    try:
        for sample in _take(options, list(_schedule(options))):
            result["samples"].append(asdict(sample))
            seconds = time.monotonic() - started
            result["notes"] = _notes(options, seconds, (used_by_others() - others) / seconds)
            if save:
                save.write_text(json.dumps(result))
    except (ControlPlaneError, TimeoutError, AssertionError) as error:
        raise click.ClickException(str(error)) from error
    _print(result, output)


@main.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@formats
def show(file, output):
    """Show a result that was saved."""
    _print(json.loads(file.read_text()), output)


@main.command("looks")
@click.option("--sizes", type=Words(), default="500,5000", help="Pods, and nodes, of an owner.")
def show_looks(sizes):
    """Time one look at an owner, `decide` and `status`, without any cluster."""
    click.echo(looks.as_text(sizes))


def _prepare(options):
    options["figures"] = set(options["figures"])
    options["deletions"] = -(-options["deletions"] // options["samples"])
    build.programs()  # minutes, the first time, and says so


class Turn(NamedTuple):
    """Who is measured next, with how many pods; without a course it is a ReplicaSet's life."""

    who: str
    pods: int
    course: Course | None = None

    def __str__(self):
        kind = f"{self.course.kind}, " if self.course else ""
        return f"{self.who}, {kind}{self.pods:,} pods"


def _schedule(options):
    """The turns in order; the limits first and last."""
    limits = []
    if LIMIT in options["figures"] and "replicaset" in options["kinds"]:
        limits = [Turn(BARE, min([*options["pods"], _BARE_PODS]))]
    yield from limits
    for course, pods in _subjects(options):
        yield from (Turn(who, pods, course) for who in _contestants(options, pods))
    yield from limits if options["samples"] > 1 else []


def _subjects(options):
    """What is measured, at which sizes."""
    if "replicaset" in options["kinds"] and options["figures"] & figures.of("replicaset"):
        yield from ((None, pods) for pods in options["pods"])
    for course in (*COURSES, *batch.COURSES):
        keys = {course.made: (), course.renewed: ()}
        if course.kind.lower() in options["kinds"] and figures.only(options["figures"], keys):
            yield from ((course, pods) for pods in course.sizes)


def _contestants(options, pods):
    baselines = options["baseline"]
    yield from (who for who in order(options["samples"]) if who != OPEN or "open" in baselines)
    if "default" in baselines and pods <= _DEFAULT_PODS:
        yield from [DEFAULT] * _DEFAULT_SAMPLES


def _take(options, schedule):
    for number, turn in enumerate(schedule, 1):
        what = f"sample {number} of {len(schedule)}, {turn}"
        with progress.status(what) as status:

            def tell(stage, what=what, status=status):
                status.update(f"{what}: {stage}")
                if not progress.is_terminal:
                    progress.print(f"{what}: {stage}", soft_wrap=True)

            tell("starting a control plane")
            yield Sample(turn.who, turn.pods, _sample(turn, options, tell))


def _sample(turn, options, tell):
    who, pods, course = turn
    if who == BARE:
        return bare_posts(pods, tell)
    wanted, deletions, source = options["figures"], options["deletions"], options["source"]
    if course:
        take = batch.take if course.kind in batch.KINDS else roll_out
        return take(who, course, pods, wanted, tell=tell, source=source)
    return live(who, pods, wanted, deletions=deletions, tell=tell, source=source)


def _notes(options, seconds, others):
    """What a reader has to know to judge the figures."""
    versions = f"Kubernetes {KUBERNETES_VERSION}, Python {platform.python_version()}"
    machine = f"{os.cpu_count()} cores, of which others used {max(others, 0):.1f} meanwhile"
    notes = [
        f"{versions}; {machine}; {seconds / 60:.0f} min",
        "values: median (range) of the samples; p50 and p99 are of all deletions together",
        "the API server's CPU includes its work for our own watches",
    ]
    if "default" in options["baseline"]:
        small = f"with up to {_DEFAULT_PODS:,} pods, and no cascade delete"
        notes.append(f"{DEFAULT}, at 20 requests/s, is sampled {_DEFAULT_SAMPLES} time, {small}")
    return notes


def _print(result, output):
    summary = summarise([Sample(**sample) for sample in result["samples"]])
    if output == "json":
        click.echo(json.dumps(result | tables.for_programs(summary), indent=2))
    elif output == "markdown":
        click.echo(tables.for_markdown(summary, result["notes"]))
    else:
        console = Console(highlight=False)
        console.width = max(console.width, _TABLE_WIDTH)
        console.print(tables.for_people(summary, result["notes"]))


if __name__ == "__main__":
    main()
