"""The promises of operator/README.md that a test can keep, and a linter cannot."""

import ast
import inspect
import subprocess
from pathlib import Path
from unittest.mock import Mock

import kopf
import pytest

import podwright
from podwright.engine.handlers import Operator
from podwright.kinds import BUILT_IN

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "operator" / "podwright"
MODULES = sorted(PACKAGE.rglob("*.py"))
RULES = [path for path in MODULES if path.parent.name == "rules" and path.name != "__init__.py"]
KINDS = [path for path in MODULES if path.parent.parent.name == "kinds"]

LONG_MODULES: dict[str, str] = {}
"""Modules over 250 lines, with the reason. The list shrinks."""

LONG_FUNCTIONS: dict[str, str] = {}
"""Functions over 25 lines, with the reason. The list shrinks."""

WITHOUT_SOURCE = {
    "rules/adoption.py": set(),
    "rules/checks.py": {"one_of", "well_formed"},
    "rules/conditions.py": {"timestamp", "find", "without"},
    "rules/merging.py": {"patch"},
    "rules/pods.py": {"ready_condition", "available_at"},
    "rules/replicas.py": {"wait_for_pods"},
    "rules/revisions.py": {"template_of", "written"},
    "rules/selectors.py": set(),
    "rules/summary.py": {"words"},
    "rules/templates.py": {"container_names", "container_images"},
    "kinds/daemonset/decide.py": {"hash_of"},
    "kinds/daemonset/placement.py": {"of"},
    "kinds/daemonset/upkeep.py": {"delete"},
    "kinds/deployment/rollback.py": {"explanation", "done"},
    "kinds/deployment/status.py": {"rolled_back"},
    "kinds/job/counting.py": {"track_again"},
    "kinds/statefulset/claims.py": {"shelf", "shelves"},
    "kinds/statefulset/rolling_update.py": {"current", "is_stuck", "advice"},
}
"""Public functions of rules and kinds that Kubernetes has no counterpart of."""

MIRRORLESS = {"__init__.py", "crd.py", "spec.py"}
"""Declarations without a decision: the CRD is tested against a real API server."""


def relative(path):
    return path.relative_to(PACKAGE).as_posix()


def functions(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines(function):
    """Lines of a function's body, without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return function.end_lineno - body[0].lineno + 1 if body else 0


def test_operator_is_never_a_package():
    assert not (ROOT / "operator" / "__init__.py").exists(), "it would shadow Python's operator"


@pytest.mark.parametrize("path", RULES + KINDS, ids=relative)
def test_every_rule_has_a_test_of_the_same_name(path):
    if path.name not in MIRRORLESS:
        mirror = ROOT / "tests" / path.relative_to(PACKAGE).with_name(f"test_{path.name}")
        assert mirror.exists()


@pytest.mark.parametrize("path", RULES + KINDS, ids=relative)
def test_every_public_rule_names_its_source_in_kubernetes(path):
    public = [
        each for each in ast.parse(path.read_text()).body if isinstance(each, ast.FunctionDef)
    ]
    without = {
        each.name
        for each in public
        if not each.name.startswith("_") and "Kubernetes:" not in (ast.get_docstring(each) or "")
    }
    assert without <= WITHOUT_SOURCE.get(relative(path), set())


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_no_module_is_longer_than_250_lines(path):
    if relative(path) not in LONG_MODULES:
        assert len(path.read_text().splitlines()) <= 250


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_no_function_is_longer_than_25_lines(path):
    long = {f"{relative(path)}:{each.name}" for each in functions(path) if lines(each) > 25}
    assert long <= set(LONG_FUNCTIONS)


def test_the_lists_of_exceptions_hold_no_dead_entry():
    long = {
        f"{relative(p)}:{each.name}" for p in MODULES for each in functions(p) if lines(each) > 25
    }
    assert set(LONG_FUNCTIONS) <= long
    assert all(len((PACKAGE / name).read_text().splitlines()) > 250 for name in LONG_MODULES)


def test_the_facade_exports_what_it_names_sorted():
    assert podwright.__all__ == sorted(podwright.__all__)
    tree = ast.parse((PACKAGE / "__init__.py").read_text())
    imported = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert imported == set(podwright.__all__)


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_nobody_inside_imports_the_facade(path):
    """`from podwright import pods` would read like a rule and be the user's door."""
    modules = {module.stem for module in PACKAGE.glob("*.py")} | {
        folder.name for folder in PACKAGE.iterdir() if folder.is_dir()
    }
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == "podwright":
            assert {alias.name for alias in node.names} <= modules
        if isinstance(node, ast.Import):
            assert "podwright" not in {alias.name for alias in node.names}


def test_only_the_handlers_import_kopf():
    importers = {
        relative(path)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Import) and "kopf" in {alias.name for alias in node.names})
        or (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kopf"))
    }
    assert importers == {"engine/handlers.py"}


async def test_our_kopf_handlers_of_custom_resources_return_nothing():
    """Whatever a handler returns, Kopf writes into the object's status."""
    registry, engine = kopf.OperatorRegistry(), Mock()
    Operator(BUILT_IN, (), None, engine).register(registry)
    handlers = registry._watching.get_all_handlers()
    assert len(handlers) == len(BUILT_IN)
    meta = {"namespace": "default", "name": "web", "resourceVersion": "1"}
    for handler in handlers:
        assert inspect.signature(handler.fn).return_annotation in (None, "None")
        assert await handler.fn(event={"object": {"metadata": meta}}, memo=None) is None
    for others in (registry._changing, registry._spawning, registry._indexing, registry._webhooks):
        assert not list(others.get_all_handlers()), "they write on users' objects"


def test_no_file_holds_a_path_of_a_machine():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    places = (f"{Path.home()}/".encode(), f"{ROOT}/".encode())
    files = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    assert files
    for path in files:
        content = path.read_bytes() if path.exists() else b""
        assert not [place for place in places if place in content], path
