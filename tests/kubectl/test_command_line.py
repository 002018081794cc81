"""Help and completion: with examples, and quick, because nothing heavy is imported for them."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT / "operator")}
VERBS = [
    [],
    ["create"],
    ["create", "job"],
    ["rollout"],
    ["rollout", "history"],
    ["rollout", "pause"],
    ["rollout", "restart"],
    ["rollout", "resume"],
    ["rollout", "status"],
    ["rollout", "undo"],
    ["set"],
    ["set", "image"],
    ["why"],
]
HEAVY = ("kopf", "kubernetes", "aiohttp", "podwright.engine", "yaml", "asyncio")


def python(code, *arguments):
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=ENVIRONMENT)


def main(*words):
    return python("from podwright.kubectl.__main__ import run; run()", *words).stdout


def complete(*words):
    return python("from podwright.kubectl.__main__ import complete; complete()", *words).stdout


@pytest.mark.parametrize("words", VERBS, ids=" ".join)
def test_help_names_the_command_and_gives_examples(words):
    said = main(*words, "--help")
    assert said.startswith(" ".join(["Usage: kubectl podwright", *words]))
    if words != ["set"]:
        assert "Examples:" in said


@pytest.mark.parametrize("words", VERBS, ids=" ".join)
def test_help_imports_nothing_heavy(words):
    code = (
        "import sys, atexit\n"
        f"heavy = {HEAVY}\n"
        "atexit.register(lambda: print('HEAVY', [m for m in heavy if m in sys.modules]))\n"
        "from podwright.kubectl.__main__ import run; run()"
    )
    assert python(code, *words, "--help").stdout.endswith("HEAVY []\n")


def test_no_verb_imports_kopf():
    code = (
        "import sys\n"
        "from podwright.kubectl import visiting\n"
        "from podwright.kubectl.why import explain, look, telling\n"
        "print([m for m in sys.modules if m.split('.')[0] == 'kopf'])"
    )
    assert python(code).stdout == "[]\n"


def cheapest(work, tries=5):
    """Seconds of processor that a child took at least: other work makes it wait, and cost more."""
    spent = []
    for _ in range(tries):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        work()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(spent)


def test_help_and_completion_are_quick():
    assert cheapest(lambda: main("rollout", "status", "--help")) < 0.3
    assert cheapest(lambda: complete("rollout", "st")) < 0.3


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["rol"], "rollout\tManage the rollout of one or many resources.\n:4\n"),
        (["rollout", "status", "stat"], "statefulsets\n:4\n"),
        (["rollout", "undo", "--to"], "--to-revision\tThe revision to rollback to."),
        (["set", "image", "no-such"], ":4\n"),
    ],
    ids=["a verb", "a kind", "an option", "nothing"],
)
def test_kubectl_gets_its_completions(words, wanted):
    assert complete(*words).startswith(wanted)
