import pytest

from controlplane import versions

GO_MOD = """\
module podwright.dev/local/kubernetes

require (
\tgithub.com/spf13/cobra v1.10.2
\tk8s.io/kubectl v0.{minor}
\tk8s.io/kubernetes v1.{minor}
)

require k8s.io/api v0.0.0 // indirect

replace (
\tk8s.io/api => k8s.io/api v0.{minor}
\tk8s.io/kubectl => k8s.io/kubectl v0.{minor}
)
"""


@pytest.fixture
def go_mod(tmp_path, monkeypatch):
    """The text of kubernetes/go.mod, replaced by what the test writes to this path."""
    monkeypatch.setattr(versions, "KUBERNETES_SOURCES", tmp_path)
    path = tmp_path / "go.mod"
    path.write_text(GO_MOD.format(minor=versions.KUBERNETES_VERSION.removeprefix("1.")))
    return path


def test_the_go_mod_files_agree_with_the_pinned_versions():
    assert versions.disagreements() == []


def test_a_go_mod_that_agrees_has_nothing_to_say(go_mod):
    assert versions.disagreements() == []


def test_every_line_of_another_version_is_named(go_mod):
    go_mod.write_text(GO_MOD.format(minor="2.1"))
    said = versions.disagreements()
    assert sum("k8s.io/kubectl is v0.2.1" in line for line in said) == 2  # required and replaced
    assert any(line.startswith("k8s.io/kubernetes is v1.2.1") for line in said)


def test_a_kubernetes_that_is_not_required_at_all_is_noticed(go_mod):
    go_mod.write_text("module empty\n")
    assert versions.disagreements() == [
        f"k8s.io/kubernetes v{versions.KUBERNETES_VERSION} is not required"
    ]


@pytest.mark.parametrize("name", ["kwok", "metrics-server"])
def test_another_version_of_a_single_module_is_noticed(go_mod, tmp_path, monkeypatch, name):
    constant = name.replace("-", "_").upper()
    monkeypatch.setattr(versions, f"{constant}_SOURCES", tmp_path / name)
    (tmp_path / name).mkdir()
    (tmp_path / name / "go.mod").write_text(
        f"require (\n\tsigs.k8s.io/{name} v0.1.0 // indirect\n)\n"
    )
    wanted = getattr(versions, f"{constant}_VERSION")
    assert versions.disagreements() == [f"sigs.k8s.io/{name} is v0.1.0, not v{wanted}"]


def test_libraries_come_and_go_with_a_release():
    module = {
        "Require": [{"Path": "k8s.io/api", "Version": "v0.0.0"}],
        "Replace": [{"Old": {"Path": "k8s.io/gone"}}, {"Old": {"Path": "k8s.io/api"}}],
    }
    edits = versions._kubernetes_edits(module, ["k8s.io/api", "k8s.io/new"])
    assert f"-replace=k8s.io/new=k8s.io/new@v{versions.LIBRARY_VERSION}" in edits
    assert [edit for edit in edits if edit.startswith("-drop")] == ["-dropreplace=k8s.io/gone"]
