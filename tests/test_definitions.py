"""``podwright crds`` and ``podwright rbac``, with files."""

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from podwright import __main__ as command_line

FLEET = str(Path(__file__).parents[1] / "deploy" / "examples" / "fleet" / "fleet.py")


def call(*arguments):
    return CliRunner().invoke(command_line.main, arguments)


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ([FLEET], ["fleets.games.example.com"]),
        (["prs", FLEET], ["replicasets.apps.podwright.dev", "fleets.games.example.com"]),
    ],
)
def test_definitions_of_files_are_printed_alone_or_beside_others(arguments, names):
    printed = yaml.safe_load_all(call("crds", *arguments).output)
    assert [each["metadata"]["name"] for each in printed] == names


def test_rbac_prints_a_role_for_the_kinds_of_a_file():
    role = yaml.safe_load(call("rbac", FLEET, "--name", "fleets", "--namespaced").output)
    assert (role["kind"], role["metadata"]["name"]) == ("Role", "fleets")


def test_alone_takes_a_file_with_kinds(tmp_path):
    (tmp_path / "empty.py").touch()
    result = call("run", "--alone", str(tmp_path / "empty.py"))
    assert result.exit_code == 2
    assert "no file declares a kind" in result.output


def test_a_file_that_cannot_be_run_ends_it_with_one_line(tmp_path):
    (tmp_path / "bad.py").write_text("raise ValueError('no')\n")
    result = call("crds", str(tmp_path / "bad.py"))
    assert result.exit_code == 1
    assert result.output.endswith("bad.py cannot be run: ValueError: no (line 1)\n")
