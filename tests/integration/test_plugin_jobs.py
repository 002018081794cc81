"""`kubectl podwright` for Job and CronJob on a real control plane, beside kubectl for batch/v1."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import yaml
from operating import eventually

from integration.test_plugin import Plugin

GROUPS = {"kubectl": "batch", "kubectl podwright": "batch.podwright.dev"}
POD = {"restartPolicy": "Never", "containers": [{"name": "web", "image": "web:1"}]}


@pytest.fixture
def plugin(world, tmp_path):
    return Plugin(world, tmp_path)


class Both:
    """The same object of both groups, and the same command for each."""

    def __init__(self, plugin, **spec):
        self.plugin, api = plugin, plugin.world.api
        metadata = {"labels": {"a": "b"}, "annotations": {"c": "d"}}
        jobs = {"metadata": metadata, "spec": {"template": {"spec": POD}}}
        wish = {"schedule": "0 0 1 1 *", "suspend": True, "jobTemplate": jobs} | spec
        for group in GROUPS.values():
            whole = {"apiVersion": f"{group}/v1", "kind": "CronJob", "metadata": {"name": "web"}}
            api.post(self.path(group, "cronjobs"), whole | {"spec": wish})

    def path(self, group, plural, name=""):
        root = f"/apis/{group}/v1/namespaces/{self.plugin.world.namespace}/{plural}"
        return f"{root}/{name}" if name else root

    def ended(self, *words):
        return [self.plugin.run(program, *words) for program in GROUPS]

    def __call__(self, *words):
        """Compare what they print and how they end; return it."""
        theirs, ours = self.ended(*words)
        assert _plain(ours) == _plain(theirs)
        return ours.stdout + ours.stderr


def _plain(ended):
    text = (ended.stdout + ended.stderr).replace(".podwright.dev", "").replace(" podwright", "")
    return [f"exit code {ended.returncode}", *text.splitlines()]


def told(text):
    """An object without what differs by chance, or because only one of them writes defaults."""
    whole = json.loads(re.sub(r"\.podwright\.dev", "", text))
    for key in ("uid", "creationTimestamp", "resourceVersion", "generation"):
        whole["metadata"].pop(key, None)
    for each in whole["metadata"]["ownerReferences"]:
        assert each.pop("uid")
    images = [each["image"] for each in whole["spec"]["template"]["spec"]["containers"]]
    return whole["apiVersion"], whole["kind"], whole["metadata"], images


def test_a_job_of_a_cron_job_in_kubectls_words(plugin):
    both = Both(plugin)
    make = ("create", "job", "now", "--from=cronjob/web")
    assert "job.batch.podwright.dev/now created (dry run)\n" in both(*make, "--dry-run=client")
    assert "(server dry run)" in both(*make, "--dry-run=server")
    both(*make, "--dry-run=client", "-o", "name")
    theirs, ours = both.ended(*make, "--dry-run=client", "-o", "json")
    assert told(ours.stdout) == told(theirs.stdout)
    assert json.loads(ours.stdout).keys() == json.loads(theirs.stdout).keys()
    theirs, ours = both.ended(*make, "--dry-run=server", "-o", "yaml")
    assert yaml.safe_load(ours.stdout)["kind"] == yaml.safe_load(theirs.stdout)["kind"] == "Job"
    assert both(*make) == "job.batch.podwright.dev/now created\n"
    for group in GROUPS.values():
        job = plugin.world.api.get(both.path(group, "jobs", "now"))
        (owner,) = job["metadata"]["ownerReferences"]
        assert "blockOwnerDeletion" not in owner
        assert job["metadata"]["annotations"]["cronjob.kubernetes.io/instantiate"] == "manual"
    assert "failed to create job: jobs.batch.podwright.dev" in both(*make)


def test_mistakes_of_create_job_in_kubectls_words(plugin):
    both = Both(plugin)
    both("create", "job", "--from=cronjob/web")
    both("create", "job", "a", "b", "--from=cronjob/web")
    assert 'cronjobs.batch.podwright.dev "none" not found' in both(
        "create", "job", "now", "--from=cronjob/none"
    )
    both("create", "job", "now", "--from=cronjob")
    both("create", "job", "now", "--from=nothing/web")
    both("create", "job", "now", "--from=a/b/c")
    assert "unknown object type *v1.Job" in (
        both("create", "job", "now", "--from=cronjob/web")
        and both("create", "job", "again", "--from=job/now")
    )


def test_what_a_job_cannot_do_in_kubectls_words(plugin):
    both = Both(plugin)
    both("create", "job", "now", "--from=cronjob/web")
    for what in ("job/now", "cronjob/web"):
        for verb in ("status", "history", "undo", "restart", "pause", "resume"):
            said = both("rollout", verb, what)
            assert "error:" in said


def test_another_image_for_a_cron_job(plugin):
    both = Both(plugin)
    assert both("set", "image", "cronjob/web", "web=web:2").endswith("image updated\n")
    both("set", "image", "cronjob/web", "wob=web:2")
    for group in GROUPS.values():
        spec = plugin.world.api.get(both.path(group, "cronjobs", "web"))["spec"]
        pod = spec["jobTemplate"]["spec"]["template"]["spec"]
        assert pod["containers"][0]["image"] == "web:2"


def test_the_image_of_a_job_stays(plugin):
    both = Both(plugin)
    both("create", "job", "now", "--from=cronjob/web")
    for ended in both.ended("set", "image", "job/now", "web=web:2"):
        assert ended.returncode == 1
        assert "failed to patch image update to pod template" in ended.stderr
        assert "field is immutable" in ended.stderr


def test_a_job_made_by_hand_runs(plugin):
    both = Both(plugin)
    both("create", "job", "now", "--from=cronjob/web")
    path = both.path(GROUPS["kubectl podwright"], "jobs", "now")
    job = eventually(
        lambda: (found := plugin.world.api.get(path)).get("status", {}).get("succeeded") and found,
        "the Job has succeeded",
    )
    assert job["metadata"]["labels"] == {"a": "b"}


# --- why ----------------------------------------------------------------------------------------


def ours(plugin, kind, name="web", **spec):
    group = GROUPS["kubectl podwright"]
    path = f"/apis/{group}/v1/namespaces/{plugin.world.namespace}/{kind.lower()}s"
    whole = {"apiVersion": f"{group}/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}
    plugin.world.api.post(path, whole)
    return f"{path}/{name}"


def test_why_a_job_does_not_get_on(plugin):
    """A pod that fits nowhere, a pause, the end."""
    lost = {"template": {"spec": POD | {"nodeSelector": {"none": "such"}}}}
    ours(plugin, "Job", **lost, activeDeadlineSeconds=600)
    eventually(
        lambda: any(
            "scheduler says" in fact for fact in plugin.waits("job/web", "its pods")["facts"]
        ),
        "the scheduler has said something",
    )
    found = plugin.why("job/web")
    assert found["state"] == "waits: 0 of 1 pod succeeded, 1 at work"
    assert "spec.activeDeadlineSeconds" in found["notes"][0]["text"]
    by_hand = {"template": {"spec": POD | {"nodeName": "by-hand"}}}
    ours(plugin, "Job", "weak", **by_hand, backoffLimit=1)
    path = f"{plugin.world.core}/pods?labelSelector=job-name=weak"
    (pod,) = eventually(lambda: plugin.world.api.get(path)["items"], "its pod")
    failed = {"status": {"phase": "Failed"}}
    name = pod["metadata"]["name"]
    plugin.world.api.patch(f"{plugin.world.core}/pods/{name}/status", failed)
    pause = plugin.waits("job/weak", "the pause after a failure")
    assert pause["facts"][0] == "Its pods have failed once in a row."
    assert "It waits for the pause" in plugin("why", "job/weak")
    ours(plugin, "Job", "good", template={"spec": POD})
    eventually(lambda: plugin.why("job/good")["state"].startswith("is complete"), "complete")
    assert not plugin.why("job/good")["reasons"]


def test_why_a_cron_job_does_not_run(plugin):
    """The next run, a run that is held by another, and a schedule that means nothing."""
    template = {"spec": {"template": {"spec": POD | {"nodeName": "by-hand"}}}}
    path = ours(
        plugin, "CronJob", jobTemplate=template, schedule="@every 1h", concurrencyPolicy="Forbid"
    )
    assert plugin.why("cronjob/web")["state"].startswith("runs next ")
    for minutes in (69, 63):
        last = datetime.now(UTC) - timedelta(minutes=minutes)
        status = {"status": {"lastScheduleTime": f"{last:%Y-%m-%dT%H:%M:%SZ}"}}
        plugin.world.api.patch(f"{path}/status", status)
        eventually(
            lambda: "1 Job is at work" in plugin.why("cronjob/web")["state"], "a Job is at work"
        )
    held = plugin.waits("cronjob/web", "the last run to end")
    assert held["rule"] == "kinds/cronjob/decide.py, start"
    assert "is due" in held["facts"][0]
    assert re.fullmatch(r"Job web-\d+", held["on"])
    ours(plugin, "CronJob", "odd", jobTemplate=template, schedule="5-1 * * * *")
    odd = plugin.waits("cronjob/odd", "a schedule that can be understood")
    assert "beginning of range (5) beyond end of range (1): 5-1" in odd["until"]
    assert "starts nothing" in plugin("why", "cj/odd")
