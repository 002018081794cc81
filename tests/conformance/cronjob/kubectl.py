"""What kubectl shows of a CronJob, and does to it."""

import json

from conformance.cronjob import scenario
from conformance.cronjob.hands import by_itself, cron, due, lists, ran, started


@scenario
def kubectl_get(side):
    """Columns, and wide columns."""
    side.create(cron(timeZone="Europe/Berlin"))
    started(side)
    side.settle("runs")
    side.kubectl("get", "get", f"{side.resource()}/web")
    side.kubectl("get wide", "get", f"{side.resource()}/web", "-o", "wide")


@scenario
def kubectl_get_before_the_first_run(side):
    """Without a time zone, suspended."""
    side.create(cron(suspend=True))
    side.settle("suspended")
    side.pause(0.5)
    side.kubectl("get: no run yet", "get", f"{side.resource()}/web")


@scenario
def kubectl_apply_twice(side):
    """The second time with another schedule, and one field fewer."""
    manifest = side.manifest(cron(startingDeadlineSeconds=100, timeZone="Etc/UTC"))
    side.kubectl("apply", "apply", "-f", "-", stdin=json.dumps(manifest))
    side.settle("created")
    del manifest["spec"]["startingDeadlineSeconds"]
    manifest["spec"]["schedule"] = "0 0 1 1 *"
    side.kubectl("apply again", "apply", "-f", "-", stdin=json.dumps(manifest))
    side.settle("changed")


@scenario
def kubectl_patch_suspend(side):
    """As the documentation has it."""
    side.create(cron())
    side.settle("created")
    patch = json.dumps({"spec": {"suspend": True}})
    side.kubectl("patch", "patch", f"{side.resource()}/web", "--type=merge", "-p", patch)
    side.settle("suspended")


@scenario
def kubectl_wait_for_a_run(side):
    """For a Job to be active, and for a first success."""
    side.create(by_itself())
    ran(side, 1)
    side.settle("has succeeded")
    path = "--for=jsonpath={.status.lastSuccessfulTime}"
    side.kubectl("wait", "wait", f"{side.resource()}/web", path, "--timeout=10s")


@scenario
def kubectl_delete(side):
    """It waits until it is gone."""
    side.create(cron())
    job = due(side, 1)
    lists(side, job)
    side.settle("runs")
    side.kubectl("delete", "delete", f"{side.resource()}/web")
    side.gone()
    side.gone(job, "Job")
    side.until(lambda: not side.api.get(side.path("Pod"))["items"], "no pods")
    side.settle("gone", ordered=False)
