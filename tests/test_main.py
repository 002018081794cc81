"""The command line, without a cluster."""

import json
import logging
import re

import pytest
from click.testing import CliRunner

from podwright import __main__ as command_line
from podwright.kinds import BUILT_IN


def call(*arguments):
    return CliRunner().invoke(command_line.main, arguments)


def test_help_names_the_commands_and_gives_examples():
    said = call("--help").output
    assert "podwright crds | kubectl apply --server-side -f -" in said
    assert {"run", "crds"} <= set(said.split())


def test_run_help_explains_every_option():
    said = call("run", "--help").output
    for option in (
        "--kubeconfig",
        "--context",
        "--namespace",
        "--qps",
        "--burst",
        "--workers",
        "--listen",
        "--leader-elect / --no-leader-elect",
        "--lease-name",
        "--lease-namespace",
        "--lease-seconds",
        "--log-format",
        "--verbose",
    ):
        assert option in said


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ((), [served.resource.name for served in BUILT_IN]),
        (("replicasets",), ["replicasets.apps.podwright.dev"]),
        (("pjob",), ["jobs.batch.podwright.dev"]),
        (
            ("prs", "replicasets", "psts"),
            ["replicasets.apps.podwright.dev", "statefulsets.apps.podwright.dev"],
        ),
    ],
)
def test_crds_prints_each_definition_once(arguments, names):
    printed = call("crds", *arguments).output
    found = re.findall(r"^kind: (\w+)\nmetadata:\n  name: (\S+)$", printed, re.MULTILINE)
    assert found == [("CustomResourceDefinition", each) for each in names]


def test_crds_of_an_unknown_kind_says_which_are_known():
    result = call("crds", "pets")
    assert result.exit_code == 2
    assert "unknown kind 'pets'; known are replicasets, prs" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--workers", "0"], id="no workers"),
        pytest.param(["--qps", "-1"], id="negative rate"),
        pytest.param(["--log-format", "xml"], id="unknown format"),
        pytest.param(["--lease-seconds", "5", "10", "2"], id="two leaders"),
        pytest.param(["no-such-file.py"], id="file that is not there"),
    ],
)
def test_a_wrong_option_is_a_usage_error(arguments):
    result = call("run", *arguments)
    assert result.exit_code == 2
    assert "Usage:" in result.output


@pytest.fixture
def logging_restored():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("podwright").setLevel(logging.NOTSET)


@pytest.mark.usefixtures("logging_restored")
def test_json_logs_are_one_object_a_line(capfd):
    command_line._set_up_logging("json", verbose=False)
    logging.getLogger("podwright").info("default/web ReplicaSet: create %d", 3)
    logging.getLogger("podwright").debug("not asked for")
    (line,) = capfd.readouterr().err.splitlines()
    record = json.loads(line)
    assert record["message"] == "default/web ReplicaSet: create 3"
    assert {"time", "levelname", "name"} <= set(record)


@pytest.mark.usefixtures("logging_restored")
def test_verbose_logs_single_actions(capfd):
    command_line._set_up_logging("text", verbose=True)
    logging.getLogger("podwright.executor").debug("create web-abcde")
    assert "create web-abcde" in capfd.readouterr().err
