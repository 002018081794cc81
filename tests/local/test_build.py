"""Building, with a `go` that is a shell script: nothing is compiled here."""

import shutil
import threading
from types import SimpleNamespace

import click
import pytest

from controlplane import ControlPlaneError, build, folders, go

# What the test wants go to say when it builds is in the file `go-build`.
FAKE_GO = """\
#!/bin/sh
case "$1" in
env) echo "$FAKE_VERSION"; echo "$XDG_CACHE_HOME/go-build" ;;
list) echo "$XDG_CACHE_HOME/kwok-module" ;;
build)
    echo "$@" >> "$XDG_CACHE_HOME/calls"
    while [ "$1" != -o ]; do shift; done
    echo program > "$2"
    . "$XDG_CACHE_HOME/go-build.sh" ;;
esac
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty cache folder, a copy of our Go sources and a Go that compiles at once."""
    for name in ("KUBERNETES_SOURCES", "KWOK_SOURCES"):
        copy = tmp_path / name
        shutil.copytree(getattr(build, name), copy)
        monkeypatch.setattr(build, name, copy)
    for stage in build.STAGES:
        path = tmp_path / "kwok-module/kustomize/stage" / f"{stage}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"name: {stage}\n")
    (tmp_path / "go-build.sh").write_text("")
    fake = tmp_path / "bin/go"
    fake.parent.mkdir()
    fake.write_text(FAKE_GO)
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:/usr/bin:/bin")
    monkeypatch.setenv("FAKE_VERSION", "go1.26.3")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


def left_over(home):
    return sorted(path.name for path in (home / "podwright/programs").glob("*"))


def calls(home):
    return (home / "calls").read_text().splitlines()


def test_all_programs_and_stages_are_beside_each_other(home):
    built = build.programs()
    for name in (*build.PROGRAMS, "kwok"):
        assert (built / name).read_text() == "program\n"
    assert (built / "stages.yaml").read_text().count("\n---\n") == len(build.STAGES) - 1


def test_programs_are_stamped_with_the_version(home):
    build.programs()
    assert "-X k8s.io/component-base/version.gitVersion=v1." in calls(home)[0]


def test_what_was_built_is_not_built_again(home):
    assert build.programs() == build.programs()
    assert len(calls(home)) == 2


def test_changed_sources_are_built_again(home):
    before = build.programs()
    with (build.KUBERNETES_SOURCES / "main.go").open("a") as source:
        source.write("// changed\n")
    assert build.programs() != before


def test_changed_versions_are_built_again(home):
    before = build.programs()
    with (build.KWOK_SOURCES / "go.sum").open("a") as source:
        source.write("another kwok\n")
    assert build.programs() != before


def test_another_go_builds_again(home, monkeypatch):
    before = build.programs()
    monkeypatch.setenv("FAKE_VERSION", "go1.27.0")
    assert build.programs() != before


def test_a_missing_go_is_said_in_a_sentence(home):
    (home / "bin/go").unlink()
    with pytest.raises(ControlPlaneError, match=r"Go was not found: install Go 1\.26 or newer"):
        build.programs()


def test_without_go_the_programs_of_an_earlier_build_still_run(home):
    built = build.programs()
    (home / "bin/go").unlink()
    assert build.programs() == built


def test_a_go_that_is_too_old_is_said_in_a_sentence(home, monkeypatch):
    monkeypatch.setenv("FAKE_VERSION", "go1.25.9")
    with pytest.raises(ControlPlaneError, match=r"go1\.25\.9 is too old: install Go 1\.26"):
        build.programs()


def test_an_interrupted_build_leaves_nothing(home, monkeypatch):
    children = []

    def interrupt(child, _what):
        children.append(child.pid)
        raise KeyboardInterrupt

    (home / "go-build.sh").write_text("sleep 60")
    monkeypatch.setattr(go, "wait", interrupt)
    with pytest.raises(KeyboardInterrupt):
        build.programs()
    assert left_over(home) == []
    assert folders._birth(children[0]) is None  # go has ended too


def test_what_a_killed_build_left_is_removed_by_the_next(home):
    remnant = home / "podwright/programs/.building-killed/programs"
    remnant.mkdir(parents=True)
    built = build.programs()
    assert left_over(home) == [built.name]


def test_a_full_disk_is_noticed_before_the_build(home, monkeypatch):
    nearly_full = SimpleNamespace(free=4 * 1024**3)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: nearly_full)
    with pytest.raises(ControlPlaneError, match=r"not enough space on the disk that holds .*5 GB"):
        build.programs()
    assert left_over(home) == []


@pytest.mark.parametrize(
    ("output", "meaning"),
    [
        pytest.param("write /x/b001: no space left on device", "not enough space", id="full"),
        pytest.param(
            'go: a.io/b@v1: Get "https://proxy.example/a": dial tcp: lookup proxy.example: no host',
            "module proxy cannot be reached",
            id="offline",
        ),
        pytest.param("main.go:7:2: undefined: app", "main.go:7:2: undefined: app", id="mistake"),
        pytest.param("reading https://sum.example/x: 404", "reading <address>", id="no addresses"),
    ],
)
def test_a_failed_build_says_what_to_do(home, output, meaning):
    (home / "go-build.sh").write_text(f"echo '{output}'; exit 1")
    with pytest.raises(ControlPlaneError) as failure:
        build.programs()
    assert meaning in str(failure.value)
    assert "example" not in str(failure.value)
    assert left_over(home) == []


def test_only_the_end_of_a_long_error_is_shown(home):
    (home / "go-build.sh").write_text("seq 1 100; exit 1")
    with pytest.raises(ControlPlaneError) as failure:
        build.programs()
    assert str(failure.value).splitlines()[-1] == "100"
    assert "\n80\n" not in str(failure.value)


def test_a_long_build_shows_that_it_lives(home, monkeypatch, capsys):
    monkeypatch.setattr(go, "_REPORT_SECONDS", 0.01)
    (home / "go-build.sh").write_text("sleep 0.03")
    build.programs()
    assert "still compiling Kubernetes" in capsys.readouterr().err


def test_a_second_build_waits_for_the_first_and_says_so(home, capsys, monkeypatch):
    locked, said = threading.Event(), threading.Event()

    def first_build():
        with folders.locked(home / "podwright/programs", waiting=""):
            locked.set()
            said.wait(5)

    def echo(message, **how):
        click.echo(message, **how)
        said.set()

    monkeypatch.setattr(folders, "click", SimpleNamespace(echo=echo))
    first = threading.Thread(target=first_build)
    first.start()
    locked.wait(5)
    build.programs()
    first.join()
    assert "Another build is running" in capsys.readouterr().err
