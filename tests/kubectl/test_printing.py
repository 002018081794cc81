"""Names, JSON and YAML as kubectl prints them."""

import json

import pytest
import yaml

from kubectl.objects import owner
from podwright.kubectl.printing import Printer

FULL = "statefulset.apps.podwright.dev/web"
MANIFEST = owner()
MANIFEST["metadata"]["managedFields"] = [{"manager": "kubectl"}]


@pytest.mark.parametrize(
    ("output", "dry_run", "line"),
    [
        (None, "none", f"{FULL} restarted"),
        (None, "client", f"{FULL} restarted (dry run)"),
        (None, "server", f"{FULL} restarted (server dry run)"),
        ("name", "none", FULL),
    ],
)
def test_a_name_and_what_became_of_it(output, dry_run, line, capsys):
    Printer(output, dry_run).show(MANIFEST, "restarted")
    assert capsys.readouterr().out == f"{line}\n"


def test_json_and_yaml_leave_managed_fields_out(capsys):
    Printer("json").show(MANIFEST, "restarted")
    shown = json.loads(capsys.readouterr().out)
    assert shown["metadata"] == {
        k: v for k, v in MANIFEST["metadata"].items() if k != "managedFields"
    }
    printer = Printer("yaml")
    printer.show(MANIFEST, "restarted")
    printer.show(MANIFEST, "restarted")
    assert list(yaml.safe_load_all(capsys.readouterr().out)) == [shown, shown]
