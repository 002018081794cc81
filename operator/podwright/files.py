"""Kinds of your own: declared in Python files, each as a ``Served`` at the top of its module.

A file is a module like any other: it may import what stands beside it, and may register Kopf
handlers. It is run once, when the program starts.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from pathlib import Path

import yaml

from podwright import crd, structural
from podwright.kinds import BUILT_IN
from podwright.objects import Manifest
from podwright.workload import Served

_TEMPLATE_OF = "replicasets.apps.podwright.dev"


class FileError(Exception):
    """A file cannot be run, or its kinds cannot be served; the text says which and why."""


def load(paths: Iterable[Path], beside: Sequence[Served] = BUILT_IN) -> tuple[Served, ...]:
    """Run these files; return the kinds that they declare, in order.

    Raises:
        FileError: one cannot be run, or a kind has a name that another one has.
    """
    found = tuple(served for path in paths for served in _declared(path))
    known: dict[str, str] = {each.workload.kind: each.resource.name for each in beside}
    for served in found:
        kind = served.workload.kind
        if kind in known:
            raise FileError(f"there are two kinds {kind}: {known[kind]}, {served.resource.name}")
        known[kind] = served.resource.name
    return found


def definition(served: Served) -> Manifest:
    """The CustomResourceDefinition of a kind whose schema comes from its ``Spec``."""
    return crd.definition(served, template=_template())


@cache
def _template() -> Manifest:
    """The schema of a pod template: it takes most of a second to read."""
    whole = yaml.safe_load(packaged(_TEMPLATE_OF))
    (version,) = whole["spec"]["versions"]
    return structural.node_at(version["schema"]["openAPIV3Schema"], "spec.template")


def packaged(name: str) -> str:
    """A generated CRD: inside the installed package, or beside it in a checkout."""
    inside = resources.files("podwright") / "crds" / f"{name}.yaml"
    if inside.is_file():
        return inside.read_text()
    return (Path(__file__).parents[2] / "crds" / f"{name}.yaml").read_text()


def _declared(path: Path) -> list[Served]:
    name = f"podwright_file_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise FileError(f"{path} is no Python file: its name has to end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where annotations are looked up
    sys.path.insert(0, str(path.resolve().parent))
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise FileError(
            f"{path} cannot be run: {type(error).__name__}: {error}{_where(error, path)}"
        ) from error
    return [value for value in vars(module).values() if isinstance(value, Served)]


def _where(error: BaseException, path: Path) -> str:
    """The line of the file at which it happened."""
    if isinstance(error, SyntaxError):
        return ""  # says it itself
    step, line = error.__traceback__, 0
    while step is not None:
        if step.tb_frame.f_code.co_filename == str(path):
            line = step.tb_lineno
        step = step.tb_next
    return f" (line {line})" if line else ""
