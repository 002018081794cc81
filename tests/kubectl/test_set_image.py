"""What a new image changes, and what it leaves alone."""

import pytest
from click.testing import CliRunner

from kubectl.objects import cron_job, found, owner, template
from podwright.kubectl.set_image import _applied, changes, image

TWO = template(initContainers=[{"name": "init", "image": "tool:1"}])
TWO["spec"]["containers"] = [{"name": "web", "image": "web:1", "args": ["x"]}, {"name": "log"}]


def paths(patch):
    return {change["path"]: change["value"] for change in patch if change["op"] != "test"}


def test_the_container_of_that_name_and_nothing_else():
    patch, missing = changes(found(owner(template=TWO)), {"web": "web:2"})
    assert paths(patch) == {"/spec/template/spec/containers/0/image": "web:2"}
    assert not missing
    test, _ = patch
    assert test == {"op": "test", "path": "/spec/template/spec/containers/0/name", "value": "web"}


def test_a_star_means_all_init_containers_too():
    patch, missing = changes(found(owner(template=TWO)), {"*": "new"})
    assert paths(patch) == {
        "/spec/template/spec/initContainers/0/image": "new",
        "/spec/template/spec/containers/0/image": "new",
        "/spec/template/spec/containers/1/image": "new",
    }
    assert not missing


def test_an_image_that_is_there_already_changes_nothing():
    assert changes(found(owner(template=TWO)), {"web": "web:1"}) == ([], [])


def test_a_name_that_no_container_has_is_told():
    assert changes(found(owner(template=TWO)), {"wob": "web:2", "web": "web:1"}) == ([], ["wob"])


def test_a_dry_run_shows_the_object_as_it_would_be():
    it = found(owner(template=TWO))
    patch, _ = changes(it, {"web": "web:2", "init": "tool:2"})
    spec = _applied(it, patch)["spec"]["template"]["spec"]
    assert spec["containers"] == [
        {"name": "web", "image": "web:2", "args": ["x"]},
        {"name": "log"},
    ]
    assert spec["initContainers"] == [{"name": "init", "image": "tool:2"}]
    assert it.manifest["spec"]["template"] == TWO


def test_a_cron_jobs_template_is_inside_that_of_its_jobs():
    it = found(cron_job())
    patch, _ = changes(it, {"web": "web:2"})
    at = "/spec/jobTemplate/spec/template/spec/containers/0/image"
    assert paths(patch) == {at: "web:2"}
    assert _applied(it, patch)["spec"]["jobTemplate"]["spec"]["template"] == template("web:2")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sts/web"], "at least one image update is required"),
        (["web=web:2"], "one or more resources must be specified"),
        (["web=web:2", "sts/web"], "all resources must be specified before image changes: sts/web"),
        (["sts/web", "*=a", "web=b"], "all containers are already specified by *"),
        (["sts", "a=b", "--all", "-l", "x=y"], "cannot set --all and --selector at the same time"),
    ],
)
def test_a_command_line_without_sense_is_refused(words, said):
    result = CliRunner().invoke(image, words)
    assert result.exit_code == 1
    assert f"error: {said}" in result.output
