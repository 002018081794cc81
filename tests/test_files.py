"""Kinds of your own, in Python files."""

import re
from pathlib import Path

import pytest

from podwright import structural
from podwright.files import FileError, definition, load
from podwright.kinds import BUILT_IN

FLEET = Path(__file__).parents[1] / "deploy" / "examples" / "fleet" / "fleet.py"
KIND = """
from beside import GROUP
from podwright import Model, Plan, Served, Workload

class PetSpec(Model, frozen=True):
    name: str = "rex"

PET = Served(Workload("{kind}", "pets", PetSpec, lambda seen: Plan(), lambda seen, _: {{}}), GROUP)
"""


@pytest.fixture
def file(tmp_path):
    (tmp_path / "beside.py").write_text('GROUP = "example.com"\n')

    def write(text, name="pets.py"):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write


def test_a_file_declares_kinds_and_may_import_what_stands_beside_it(file):
    (pet,) = load([file(KIND.format(kind="Pet"))])
    assert pet.resource.name == "pets.example.com"
    assert pet.workload.read_as is not None


def test_a_file_without_kinds_is_fine(file):
    assert load([file("import kopf\n")]) == ()


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        (KIND.format(kind="Job"), "pets.py", "two kinds Job: jobs.batch.podwright.dev, pets.example.com"),
        ("a = 1\nb = a.c\n", "bad.py", r"bad.py cannot be run: AttributeError: .* \(line 2\)"),
        ("def (\n", "bad.py", r"bad.py cannot be run: SyntaxError: .*line 1"),
        ("", "pets.txt", r"pets.txt is no Python file: its name has to end in .py"),
    ],
    ids=["a name that is taken", "an error", "no Python", "another sort of file"],
)  # fmt: skip
def test_a_mistake_is_one_line_that_says_where(file, text, name, said):
    with pytest.raises(FileError) as error:
        load([file(text, name)])
    assert re.search(said, str(error.value))
    assert "\n" not in str(error.value)


def test_names_count_only_beside_what_else_is_served(file):
    assert load([file(KIND.format(kind="Job"))], beside=())


def test_the_fleet_takes_45_lines_and_brings_a_whole_pod_template():
    assert len(FLEET.read_text().splitlines()) <= 45
    (fleet,) = load([FLEET], beside=BUILT_IN)
    (version,) = definition(fleet)["spec"]["versions"]
    schema = version["schema"]["openAPIV3Schema"]
    ports = structural.node_at(schema, "spec.template.spec.containers[].ports")
    assert ports["x-kubernetes-list-map-keys"] == ["containerPort", "protocol"]
    replicas = structural.node_at(schema, "spec.replicas")
    assert replicas == {
        "type": "integer",
        "minimum": 0,
        "default": 1,
        "description": "How many servers.",
    }
